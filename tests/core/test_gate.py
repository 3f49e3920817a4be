"""Gates: window, rate, circuit; and what one transaction may take of them."""

import pytest

from heliograph.core.delivery import LaneKey
from heliograph.core.far_end import CIRCUIT_FAILURES, CIRCUIT_OPEN_MS
from heliograph.core.gate import Gate, Gates

NOW = 1_000_000
LANE, OTHER, THIRD = LaneKey(0, 1), LaneKey(0, 2), LaneKey(7, 1)


def failing(failures: int = CIRCUIT_FAILURES, **fields: int) -> Gate:
    gate = Gate(reachable=True, **fields)
    for _ in range(failures):
        gate.far.failed(NOW)
    return gate


@pytest.mark.parametrize(
    ("gate", "now", "budget"),
    [
        (Gate(), NOW, 0),
        (Gate(window=7, reachable=True), NOW, 7),
        (failing(CIRCUIT_FAILURES - 1, window=7), NOW, 7),
        (failing(), NOW, 0),
        (failing(), NOW + CIRCUIT_OPEN_MS - 1, 0),
        (failing(), NOW + CIRCUIT_OPEN_MS, 1),  # half open: one probe
        (failing(in_flight=1), NOW + CIRCUIT_OPEN_MS, 0),  # which is under way
        (failing(), NOW - 3_600_000, 1),  # the clock went back: an hour is no pause that we made
    ],
)
def test_what_a_gate_allows(gate: Gate, now: int, budget: int) -> None:
    assert gate.budget(now) == budget


def test_a_probe_that_works_opens_and_one_that_fails_closes() -> None:
    gate = failing(window=7)
    later = NOW + CIRCUIT_OPEN_MS
    gate.far.failed(later)
    assert gate.budget(later) == 0
    assert gate.budget(later + CIRCUIT_OPEN_MS) == 1
    gate.far.worked()
    assert gate.budget(later) == 7


def test_a_rate_holds_over_any_second() -> None:
    gate = Gate(window=100, rate_per_s=10, reachable=True)
    assert gate.budget(NOW) == 10
    gate.spend(10, 0)
    assert gate.budget(NOW) == 0
    assert gate.budget(NOW + 99) == 0
    assert gate.budget(NOW + 100) == 1
    assert gate.budget(NOW + 10_000) == 10  # what was not used is not saved up


def test_a_rate_survives_a_clock_that_goes_back() -> None:
    gate = Gate(rate_per_s=10, reachable=True)
    gate.budget(NOW)
    gate.spend(10, 0)
    assert gate.budget(NOW - 60_000) == 0
    assert gate.budget(NOW - 59_000) == 10


def test_the_window_counts_what_is_in_flight_and_never_goes_below_nothing() -> None:
    gate = Gate(window=3)
    gate.spend(2, 0)
    assert (gate.in_flight, gate.far.free()) == (2, 1)
    gate.spend(0, 5)
    assert (gate.in_flight, gate.far.free()) == (0, 3)


def gates(**fields: int) -> Gates:
    made = Gates()
    made.add("a", Gate(reachable=True, **fields))
    return made


def test_each_take_sees_those_before_it() -> None:
    rooms = gates(window=2).rooms(NOW)
    assert [rooms.take("a", LaneKey(0, key)) for key in range(4)] == [True, True, False, False]
    assert rooms.left("a") == 0


def test_a_place_given_back_can_be_taken_in_the_same_transaction() -> None:
    made = gates(window=1, in_flight=1)
    made.lanes.add(LANE)
    rooms = made.rooms(NOW)
    assert not rooms.take("a", OTHER)
    rooms.give_back("a", LANE)
    assert not rooms.is_under_way(LANE)
    assert rooms.take("a", LANE)
    assert rooms.is_under_way(LANE)
    made.settle(rooms)
    assert (made.by_name["a"].in_flight, made.lanes) == (1, {LANE})


def test_a_place_given_back_is_no_more_of_the_rate() -> None:
    made = gates(window=10, rate_per_s=1)
    rooms = made.rooms(NOW)
    assert rooms.take("a", LANE)
    rooms.give_back("a", LANE)
    assert rooms.left("a") == 0


def test_nothing_is_true_before_the_commit() -> None:
    made = gates(window=5)
    rooms = made.rooms(NOW)
    rooms.take("a", LANE)
    assert (made.by_name["a"].in_flight, made.lanes) == (0, set())
    made.settle(rooms)
    assert (made.by_name["a"].in_flight, made.lanes) == (1, {LANE})
    rooms = made.rooms(NOW)
    rooms.give_back("a", LANE)
    rooms.take("a", THIRD)
    made.settle(rooms)
    assert (made.by_name["a"].in_flight, made.lanes) == (1, {THIRD})


def test_an_unknown_gate_has_no_room_and_is_never_reached() -> None:
    made = gates()
    rooms = made.rooms(NOW)
    assert (rooms.take("b", LANE), rooms.left("b"), rooms.is_reachable("b")) == (False, 0, False)
    rooms.give_back("b", LANE)  # a gate that is gone: its attempt ended all the same
    made.settle(rooms)
    assert made.by_name["a"].in_flight == 0


def test_a_closed_gate_with_free_places_has_no_room() -> None:
    made = gates()
    made.by_name["a"].reachable = False
    assert not made.rooms(NOW).take("a", LANE)
    assert not made.rooms(NOW).is_reachable("a")


def test_a_lane_taken_and_given_back_in_one_transaction_is_not_under_way() -> None:
    made = gates()
    rooms = made.rooms(NOW)
    rooms.take("a", LANE)
    rooms.give_back("a", LANE)
    assert not rooms.is_under_way(LANE)
    made.settle(rooms)
    assert (made.by_name["a"].in_flight, made.lanes) == (0, set())


def test_a_gate_that_is_added_meanwhile_harms_nobody_who_looks_at_all() -> None:
    """Transactions have a thread of their own."""
    gates = Gates()

    class Slow(Gate):
        @property
        def reachable(self) -> bool:
            gates.add("upstream:new", Gate(reachable=True))
            return False

        @reachable.setter
        def reachable(self, value: bool) -> None:
            assert not value

    gates.add("upstream:slow", Slow())
    gates.add("upstream:open", Gate(reachable=True))
    assert gates.rooms(NOW).reachable("upstream:") == "upstream:open"
    assert gates.by_name.keys() == {"upstream:slow", "upstream:open", "upstream:new"}
