"""Whatever is sent, every route does what its description says: over real sockets, with a token that may all.

Generated from the description itself. Values are both good and bad; all of schemathesis's checks are on.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import ROUTES
from tests.rest.estate import Estate
from tests.rest.site import LONGEST_SECONDS, Site, site

EXAMPLES = 8  # of each operation: all of them together take about a minute
ACCEPTED = ["2xx", "401", "403", "404", "409", "413", "422", "5xx"]
LENIENT = [*ACCEPTED, "400"]
ENDLESS = {"/v1/stream"}  # it has a test of its own

Described = Any  # schemathesis has no public name for the type of a schema


@pytest.fixture(scope="module")
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One that does not slow us down."""
    plenty = {"HTTP__CALLS_PER_SECOND": "100000", "HTTP__CALLS_AT_ONCE": "100000"}
    with site(tmp_path_factory.mktemp("described") / "data", plenty) as running:
        yield running


@pytest.fixture(scope="module")
def described(open_site: Site) -> Described:
    Estate(open_site, open_site.org)
    schema = schemathesis.openapi.from_dict(open_site.get("/openapi.json", token=None).body)
    schema.config.update(base_url=f"http://127.0.0.1:{open_site.port}/api")
    # Unknown parameters are ignored: clients of the contract send more than it documents.
    schema.config.generation.allow_extra_parameters = False
    # What no schema can say (a name is taken, an id is of nobody) is 422.
    schema.config.checks.positive_data_acceptance.expected_statuses = ACCEPTED
    return schema


def takes_something(route: Route) -> bool:
    return route.scope is not None or route.body is not None


OPERATIONS = [
    pytest.param(route, mode, id=f"{mode.value}-{route.method} {route.path}")
    for mode in GenerationMode
    for route in ROUTES
    if route.path not in ENDLESS and (mode is GenerationMode.POSITIVE or takes_something(route))
]


@pytest.mark.parametrize(("route", "mode"), OPERATIONS)
def test_it_does_what_its_description_says(
    open_site: Site, described: Described, route: Route, mode: GenerationMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = described[route.path][route.method]
    if route.malformed == 400:  # as the contract says for logging in
        monkeypatch.setattr(described.config.checks.positive_data_acceptance, "expected_statuses", LENIENT)
    cases = operation.as_strategy(generation_mode=mode)

    @given(case=cases)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    def call(case: Any) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {open_site.token}"}, timeout=LONGEST_SECONDS
        )

    try:
        call()
    except FailureGroup as group:
        pytest.fail("\n".join(str(one) for one in group.exceptions), pytrace=False)
