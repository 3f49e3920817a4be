"""Several gates that lead to one far end: they share its window, its circuit and its rate."""

from heliograph.core.delivery import LaneKey
from heliograph.core.far_end import CIRCUIT_FAILURES, CIRCUIT_OPEN_MS, FarEnd
from heliograph.core.gate import Gate, Gates

NOW = 1_000_000


def led_to(far: FarEnd, *names: str) -> Gates:
    gates = Gates()
    for name in names:
        gates.add(name, Gate(reachable=True)).lead_to(far)
    return gates


def taken(gates: Gates, now: int, *names: str) -> list[bool]:
    """One lane of each, in one transaction that commits."""
    rooms = gates.rooms(now)
    done = [rooms.take(name, LaneKey(place, 1)) for place, name in enumerate(names, 1)]
    gates.settle(rooms)
    return done


def test_one_window_for_all_in_one_transaction_and_the_next() -> None:
    gates = led_to(FarEnd(window=3), "a", "b")
    assert taken(gates, NOW, "a", "b") == [True, True]
    assert taken(gates, NOW, "b", "a", "b") == [True, False, False]
    assert [gates.by_name[name].in_flight for name in "ab"] == [1, 2]
    rooms = gates.rooms(NOW)
    rooms.give_back("a", LaneKey(1, 1))
    assert rooms.left("b") == 1


def test_one_probe_for_all() -> None:
    far = FarEnd(window=50)
    gates = led_to(far, "a", "b")
    for _ in range(CIRCUIT_FAILURES):
        far.failed(NOW)
    assert taken(gates, NOW + 1, "a", "b") == [False, False]
    assert taken(gates, NOW + CIRCUIT_OPEN_MS, "a", "b") == [True, False]
    assert taken(gates, NOW + CIRCUIT_OPEN_MS, "a", "b") == [False, False]


def test_one_pace_until_the_last_has_caught_up() -> None:
    gates = led_to(FarEnd(window=50, drain_per_s=2), "a", "b")
    for gate in gates.by_name.values():
        gate.catch_up(NOW)
    assert taken(gates, NOW, "a", "b", "a", "b") == [True, True, False, False]
    gates.by_name["a"].draining = False
    assert taken(gates, NOW, "a", "b") == [False, False]
    gates.by_name["b"].draining = False
    assert taken(gates, NOW, "a", "b") == [True, True]


def test_a_gate_that_is_closed_takes_nothing_and_hinders_nobody() -> None:
    gates = led_to(FarEnd(window=2), "a", "b")
    gates.by_name["a"].reachable = False
    assert taken(gates, NOW, "a", "b", "b", "b") == [False, True, True, False]


def test_one_that_is_led_elsewhere_takes_what_is_in_flight_along() -> None:
    here, there = FarEnd(window=1), FarEnd(window=2)
    gates = led_to(here, "a", "b")
    assert taken(gates, NOW, "a", "b") == [True, False]
    gates.by_name["a"].lead_to(there)
    assert (here.in_flight, there.in_flight) == (0, 1)
    assert (gates.beside("a"), gates.beside("b")) == (["a"], ["b"])
    rooms = gates.rooms(NOW)
    rooms.give_back("a", LaneKey(1, 1))
    gates.settle(rooms)
    assert (here.in_flight, there.in_flight) == (0, 0)
