"""The test of the test: each defect that is planted is found, with few seeds."""

import pytest

from tests.simulation.defects import PLANTS, Plant
from tests.simulation.simulation import run_seed

SEEDS = range(12)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_defect_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    found = next((result for seed in SEEDS if (result := run_seed(seed)).violations), None)
    assert found is not None, f"{plant.__name__} was not found by the seeds {SEEDS}"
