"""One centre and one process of npm's peers for all tests of a file."""

from collections.abc import Iterator

import pytest

from tests.interop.centre import Centre, centre
from tests.interop.npm import Npm, npm


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with centre(tmp_path_factory.mktemp("interop")) as made:
        yield made


@pytest.fixture(scope="module")
def peers() -> Iterator[Npm]:
    with npm() as made:
        yield made
