"""Callbacks about phones outside the fleet: what they send to a number of the application's."""

from collections.abc import Iterator
from typing import Any

import pytest

from heliograph.core.content import Content, content_of_text
from heliograph.core.routing import NO_TABLE, Table
from heliograph.core.upstream import Upstream
from heliograph.flow.accept import Settings
from heliograph.flow.from_outside import FromOutside, FromPhone
from heliograph.flow.requests import Received
from tests.cli.program import eventually
from tests.rest.site import Site
from tests.webhook.desk import Desk
from tests.webhook.receiver import Receiver
from tests.webhook.test_log_and_replay import replay

PHONE, SHORT = "4917699999999", "24680"


@pytest.fixture
def _numbered(api: Site, desk: Desk) -> Iterator[None]:
    """A short code that leads to the callback."""
    acme = Upstream(1, "acme", "127.0.0.1", 2775, numbers=f"{SHORT}={desk.callback}")
    api.app.routes.table = Table([acme])
    yield
    api.app.routes.table = NO_TABLE


def write(api: Site, text: str) -> int:
    content = content_of_text(text)
    assert isinstance(content, Content)
    flow = FromOutside(Settings(), api.app.routes)
    answer: Any = api.run(flow, FromPhone("acme", PHONE, SHORT, content))
    assert isinstance(answer, Received)
    assert answer.message is not None
    return answer.message


@pytest.mark.usefixtures("_numbered")
def test_it_is_told_without_an_endpoint_and_once_more(api: Site, desk: Desk, receiver: Receiver) -> None:
    id = write(api, "is anybody there?")
    (first,) = receiver.wait(1)
    assert (first.body["id"], first.body["endpoint"]) == (id, None)
    assert (first.body["source_address"], first.body["dest_address"]) == (PHONE, SHORT)
    eventually(lambda: api.app.counters()["in_flight"] == 0, "settled")
    assert replay(desk, sms={"id": id})["replayed"] == 1
    again = receiver.wait(2)[1]
    assert again.octets == first.octets
