"""A site whose callbacks may lead to loopback, and receivers for them."""

from collections.abc import Iterator

import pytest

from tests.rest.site import Site, site
from tests.webhook.desk import Desk
from tests.webhook.receiver import Receiver, dead_port, receiving

SETTINGS = {
    "WEBHOOKS__ALLOW": "127.0.0.0/8",
    "WEBHOOKS__TOTAL_SECONDS": "1",
    "RETRY__APPLICATION": "1",
    "RETRY__UNKNOWN": "1",
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site") / "data", SETTINGS) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Where the operator allows nothing."""
    with site(tmp_path_factory.mktemp("guarded") / "data") as running:
        yield running


@pytest.fixture
def port() -> Iterator[int]:
    with dead_port() as free:
        yield free


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def desk(api: Site, receiver: Receiver) -> Desk:
    return Desk(api, receiver.url)
