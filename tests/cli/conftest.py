"""A folder of its own for each test, in both ways: with a server on it, and with none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


@pytest.fixture(params=["server", "no server"])
def both(request: pytest.FixtureRequest, folder: Folder) -> Iterator[Folder]:
    """A folder with one device, `one`."""
    if request.param == "server":
        with folder.serving():
            folder.ok("device", "add", "one", "--msisdn", "99900000001", "--imsi", "001010000000001")
            yield folder
    else:
        folder.ok("device", "add", "one", "--msisdn", "99900000001", "--imsi", "001010000000001")
        yield folder
