"""A gate's circuit rests for longer each time, as long as its far end asks, and drains at its own pace."""

from heliograph.core.far_end import CIRCUIT_OPEN_MS, LONGEST_HOLD_MS, PACE_DOUBLES_MS
from heliograph.core.gate import Gate

MINUTE_MS = 60_000


def opened(**fields: int) -> Gate:
    return Gate(reachable=True, **fields)


def trip(gate: Gate, now: int) -> int:
    """Fails until it opens. For how long it rests."""
    while not gate.far.circuit_open(now):
        gate.far.failed(now)
    return gate.far.opens_at - now


def test_each_rest_is_twice_as_long_up_to_its_limit() -> None:
    gate, now, rests = opened(longest_open_ms=MINUTE_MS), 1_000_000, []
    for _ in range(6):
        rests.append(trip(gate, now))
        now = gate.far.opens_at
    assert rests == [5_000, 10_000, 20_000, 40_000, MINUTE_MS, MINUTE_MS]


def test_a_plain_gate_rests_for_the_same_time_each_time() -> None:
    gate, now = opened(), 1_000_000
    for _ in range(3):
        assert trip(gate, now) == CIRCUIT_OPEN_MS
        now = gate.far.opens_at


def test_what_was_in_flight_when_it_opened_makes_no_rest_longer() -> None:
    gate = opened(longest_open_ms=MINUTE_MS)
    trip(gate, 1_000_000)
    for _ in range(100):
        gate.far.failed(1_000_100)
    assert (gate.far.trips, gate.far.opens_at) == (1, 1_005_000)


def test_after_a_rest_one_probe_goes() -> None:
    gate = opened(window=50)
    trip(gate, 1_000_000)
    assert gate.budget(1_000_001) == 0
    assert gate.budget(gate.far.opens_at) == 1
    gate.spend(1, 0)
    assert gate.budget(gate.far.opens_at) == 0


def test_success_says_whether_it_had_opened() -> None:
    gate = opened()
    gate.far.failed(1)
    assert not gate.far.worked()
    trip(gate, 1_000_000)
    assert gate.far.worked()
    assert (gate.far.trips, gate.far.failures, gate.budget(1_000_001)) == (0, 0, gate.far.window)


def test_a_far_end_that_asks_for_rest_gets_it() -> None:
    gate = opened(longest_open_ms=MINUTE_MS)
    gate.far.hold(1_000_000, 10 * MINUTE_MS)
    assert gate.far.is_held(1_000_000 + 9 * MINUTE_MS)
    assert gate.budget(1_000_000 + 9 * MINUTE_MS) == 0
    assert not gate.far.is_held(1_000_000 + 10 * MINUTE_MS)
    assert gate.budget(1_000_000 + 10 * MINUTE_MS) == 1
    gate.far.hold(2_000_000, 100 * LONGEST_HOLD_MS)
    assert gate.far.opens_at == 2_000_000 + LONGEST_HOLD_MS


def test_a_clock_that_jumps_back_does_not_close_it_for_ever() -> None:
    gate = opened(longest_open_ms=MINUTE_MS)
    trip(gate, 10_000_000)
    assert not gate.far.circuit_open(1_000_000)


def test_it_drains_at_its_own_pace_until_it_caught_up() -> None:
    gate = opened(window=1_000, drain_per_s=20)
    assert gate.budget(1_000_000) == 1_000
    gate.catch_up(1_000_000)
    assert gate.budget(1_000_000) <= 20
    gate.spend(gate.budget(1_000_000), 0)
    assert gate.budget(1_000_000) == 0
    assert gate.budget(1_000_500) == 10
    gate.caught_up()
    assert gate.budget(1_002_000) == 1_000


def test_its_pace_doubles_so_that_it_catches_up_whatever_comes() -> None:
    gate, paces = opened(window=1_000, drain_per_s=20), []
    gate.catch_up(1_000_000)
    for now in range(1_000_000, 1_000_000 + 5 * PACE_DOUBLES_MS, PACE_DOUBLES_MS):
        paces.append(gate.budget(now))
        gate.spend(paces[-1], 0)
        gate.in_flight = 0
    assert paces == [20, 40, 80, 160, 320]
    gate.catch_up(1_000_000 + 6 * PACE_DOUBLES_MS)
    assert gate.budget(1_000_000 + 6 * PACE_DOUBLES_MS) == 20


def test_a_gate_without_a_pace_does_not_drain() -> None:
    gate = opened()
    gate.catch_up(1_000_000)
    assert gate.budget(1_000_000) == gate.far.window
