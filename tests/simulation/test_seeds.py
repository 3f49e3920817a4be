"""Two hundred seeds of the whole system. A failing one prints itself; `python -m tests.simulation --seed N`
replays it.
"""

from collections.abc import Callable

import pytest

from tests.simulation.coverage import never, table, total
from tests.simulation.simulation import DEVICES, STEPS, Result, run_seed

SEEDS = 200
CHUNK = 20


def failures(results: list[Result]) -> str:
    told = [
        "\n".join([*result.trace, f"seed {result.seed} breaks: {'; '.join(result.violations)}"])
        for result in results
        if result.violations
    ]
    return "\n\n".join(told)


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_rule_holds(first: int, record_property: Callable[[str, object], None]) -> None:
    results = [run_seed(seed) for seed in range(first, first + CHUNK)]
    counts = total(result.counts for result in results)
    record_property("simulation", [CHUNK, counts])
    assert not failures(results), failures(results)
    assert not never(counts), f"never reached in seeds {first}..: {never(counts)}\n{table(counts, CHUNK)}"


def test_a_seed_is_big_enough_and_gives_the_same_run_each_time() -> None:
    one, other = run_seed(7, steps=400), run_seed(7, steps=400)
    assert (DEVICES, STEPS) >= (50, 2_000)
    assert one == other
    assert one.trace
