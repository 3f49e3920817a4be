"""A fresh engine for each test: three devices behind one open gate."""

from collections.abc import Iterator

import pytest

from tests.engine import Lab, make_lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = make_lab()
    yield made
    made.engine.close()
