"""One centre for all tests of a file."""

from collections.abc import Iterator

import pytest

from tests.interop.centre import Centre, centre


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with centre(tmp_path_factory.mktemp("interop")) as made:
        yield made
