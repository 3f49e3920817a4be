"""One site for all tests of a module: each test makes devices of its own."""

from collections.abc import Iterator

import pytest

from tests.rest.site import Site, site


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site") / "data") as running:
        yield running
