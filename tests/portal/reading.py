"""What axe says of a page."""

from functools import cache

from playwright.sync_api import Page

from tests.portal.needs import axe_source

_RUN = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target}: ${node.failureSummary}`))"""


@cache
def _source() -> str:
    return axe_source()


def axe_findings(page: Page) -> list[str]:
    page.evaluate(_source())
    found: list[str] = page.evaluate(_RUN)
    return found
