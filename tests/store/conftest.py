"""The suite's bench, once per engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine import SetClock
from tests.store.engines import ENGINES, Bench


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=sorted(ENGINES))
def bench(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Iterator[Bench]:
    made = Bench(lambda gates: ENGINES[request.param](tmp_path, gates, clock))
    yield made
    made.engine.close()
