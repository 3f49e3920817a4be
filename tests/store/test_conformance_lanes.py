"""The store's verbs about lanes and their deliveries: heads, clocks, timers, what is under way."""

from typing import Any

import pytest

from heliograph.core.changes import Park
from heliograph.core.delivery import Delivery, Job, Kind, LaneKey, Place
from heliograph.core.gate import Gate
from heliograph.core.message import Direction
from heliograph.core.policy import Policy
from heliograph.flow.lanes import moved
from heliograph.flow.ports import LaneCount, Transaction
from tests.engine import RADIO, START_MS, imsi_of, msisdn_of
from tests.store.engines import Bench
from tests.store.rows import APP, add, delivery, device, lane, message, waiting, write

GATE = f"application:{APP}"


@pytest.fixture(autouse=True)
def fleet(bench: Bench) -> None:
    bench.gates.add(RADIO, Gate(reachable=True))
    bench.gates.add(GATE, Gate(reachable=True))
    add(bench, Policy(1, 1, "p"), device(1), device(2), device(3, network="metro"))


def load(bench: Bench, verb: str, *arguments: Any) -> Any:
    async def work(tx: Transaction) -> Any:
        return await getattr(tx, verb)(*arguments)

    return bench.do(work)


def take(bench: Bench, gate: str, key: LaneKey) -> None:
    async def work(tx: Transaction) -> None:
        assert tx.rooms.take(gate, key)

    bench.do(work)


def ids(jobs: list[Job]) -> list[int]:
    return [job.delivery.id for job in jobs]


def test_a_head_is_the_first_by_priority_and_position(bench: Bench) -> None:
    rows = [delivery(1, position=5), delivery(2, position=3), delivery(3, position=9, priority=1)]
    rows += [delivery(4, position=1, priority=3, place=Place.SCHEDULED), delivery(5, key=2)]
    write(bench, messages=[message(id) for id in range(1, 6)], deliveries=rows)
    heads = load(bench, "load_heads", [LaneKey(0, 1), LaneKey(0, 2), LaneKey(0, 3)])
    assert {key: head.job.delivery.id for key, head in heads.items()} == {LaneKey(0, 1): 3, LaneKey(0, 2): 5}
    assert [head.job.more for head in heads.values()] == [True, False]
    assert heads[LaneKey(0, 1)].device == device(1)
    write(bench, dones=[3])
    assert load(bench, "load_heads", [LaneKey(0, 1)])[LaneKey(0, 1)].job.delivery.id == 2


def test_a_job_has_all_that_its_outlet_needs(bench: Bench) -> None:
    write(bench, lanes=[lane(3, attempts=4)], **waiting(257, key=3))
    job = load(bench, "load_deliveries", [257])[257]
    assert job == Job(delivery(257, key=3), message(257, device=3), "metro", msisdn_of(3), imsi_of(3), 4)


def test_an_applications_head_has_no_device_and_leaves_by_its_gate(bench: Bench) -> None:
    rows = [delivery(257, kind=Kind.RECEIPT, receiver=APP), delivery(513, kind=Kind.MO, receiver=APP)]
    write(bench, messages=[message(257), message(513)], deliveries=rows)
    head = load(bench, "load_heads", [LaneKey(APP, 1)])[LaneKey(APP, 1)]
    assert (head.device, head.job.gate, head.job.delivery.id) == (None, GATE, 257)


def test_a_lane_under_way_has_no_head(bench: Bench) -> None:
    write(bench, **waiting(257))
    take(bench, RADIO, LaneKey(0, 1))
    assert load(bench, "load_heads", [LaneKey(0, 1)]) == {}
    assert load(bench, "count_lanes", [LaneKey(0, 1), LaneKey(0, 2)]) == {LaneKey(0, 1): LaneCount(1, True)}
    assert load(bench, "load_devices", [1])[1].busy


def test_lanes_are_counted_by_what_waits_in_them(bench: Bench) -> None:
    rows = [delivery(1), delivery(2), delivery(3, place=Place.SCHEDULED), delivery(4, receiver=APP)]
    write(bench, messages=[message(id) for id in range(1, 5)], deliveries=rows)
    wanted = [LaneKey(0, 1), LaneKey(0, 2), LaneKey(APP, 1)]
    assert load(bench, "count_lanes", wanted) == {
        LaneKey(0, 1): LaneCount(2, False),
        LaneKey(APP, 1): LaneCount(1, False),
    }


def test_jobs_of_messages_are_those_not_under_way(bench: Bench) -> None:
    places = dict(enumerate(Place, 1))
    write(
        bench,
        messages=[message(id) for id in places] + [message(9)],
        deliveries=[delivery(id, place=place) for id, place in places.items()]
        + [delivery(10, message=9, receiver=APP, kind=Kind.RECEIPT)],
    )
    jobs = load(bench, "load_jobs", [*places, 9, 99])
    assert {id: job.delivery.place for id, job in jobs.items()} == {
        id: place for id, place in places.items() if place != Place.TAKEN
    }


def test_deliveries_come_in_the_order_asked_for(bench: Bench) -> None:
    write(bench, **waiting(257, 513, 769))
    assert list(load(bench, "load_deliveries", [769, 1, 257])) == [769, 257]


def test_a_move_writes_where_the_delivery_stands(bench: Bench) -> None:
    write(bench, **waiting(257))
    stands = delivery(
        257, place=Place.SCHEDULED, segment=2, attempts=3, repeated=1, priority=4, position=9, enter_at=5
    )
    stands.expires_at = 6
    write(bench, moves=[moved(stands)])
    assert load(bench, "load_deliveries", [257])[257].delivery == stands


def test_due_lanes_by_age_gate_and_limit(bench: Bench) -> None:
    rows = [lane(1, START_MS - 1), lane(2, START_MS - 5), lane(3, START_MS - 9, gate="metro")]
    rows += [lane(4, START_MS + 1), lane(5, None, attempts=2)]
    write(bench, lanes=rows)
    assert load(bench, "due_lanes", RADIO, START_MS, 10) == [rows[1], rows[0]]
    assert load(bench, "due_lanes", RADIO, START_MS, 1) == [rows[1]]
    assert load(bench, "next_lane_due", RADIO) == START_MS - 5
    assert load(bench, "next_lane_due", "nowhere") is None
    assert load(bench, "gates_due") == {RADIO: START_MS - 5, "metro": START_MS - 9}


def test_a_park_leaves_a_running_clock_alone(bench: Bench) -> None:
    write(bench, lanes=[lane(1, START_MS + 50, attempts=2), lane(2, None, attempts=3)])
    write(bench, parks=[Park(0, key, RADIO, START_MS) for key in (1, 2, 3)])
    due = {row.key: (row.due_at, row.attempts) for row in load(bench, "due_lanes", RADIO, START_MS + 99, 9)}
    assert due == {1: (START_MS + 50, 2), 2: (START_MS, 3), 3: (START_MS, 0)}
    write(bench, lanes_dropped=[LaneKey(0, 2)], lanes=[lane(1, START_MS + 7, attempts=4, code="busy")])
    assert load(bench, "due_lanes", RADIO, START_MS + 99, 9) == [
        lane(3),
        lane(1, START_MS + 7, attempts=4, code="busy"),
    ]


def test_turns_are_those_of_one_device_in_order(bench: Bench) -> None:
    turn: dict[str, Any] = {"place": Place.SCHEDULED, "key": 7}
    rows = [
        delivery(1, enter_at=START_MS + 10, **turn),
        delivery(2, enter_at=START_MS + 5, **turn),
        delivery(3, enter_at=START_MS + 5, **turn),
        delivery(4, enter_at=START_MS + 1, **turn),  # A2P
        delivery(5, enter_at=START_MS + 1, place=Place.SCHEDULED, key=8),
        delivery(6, key=7),
    ]
    directions = {4: Direction.MT}
    written = [message(id, direction=directions.get(id, Direction.P2P)) for id in range(1, 7)]
    write(bench, messages=written, deliveries=rows)
    assert ids(load(bench, "load_turns", 7)) == [2, 3, 1]


def test_timers(bench: Bench) -> None:
    assert load(bench, "next_timer") is None
    scheduled: dict[str, Any] = {"place": Place.SCHEDULED, "expires_at": START_MS + 900}
    rows = [
        delivery(1, enter_at=START_MS + 10, **scheduled),
        delivery(2, enter_at=START_MS + 5, **scheduled),
        delivery(3, expires_at=START_MS + 7),
        delivery(4, expires_at=START_MS + 1, place=Place.TAKEN),
        delivery(5, expires_at=START_MS + 8, place=Place.AWAITING),
    ]
    write(bench, messages=[message(id) for id in range(1, 6)], deliveries=rows)
    assert bench.wake_at == START_MS + 5
    assert load(bench, "next_timer") == START_MS + 5
    assert ids(load(bench, "due_entries", START_MS + 10, 9)) == [2, 1]
    assert ids(load(bench, "due_entries", START_MS + 10, 1)) == [2]
    assert ids(load(bench, "due_entries", START_MS + 4, 9)) == []
    assert ids(load(bench, "due_expiries", START_MS + 8, 9)) == [3, 5]
    assert ids(load(bench, "due_expiries", START_MS + 6, 9)) == []
    write(bench, dones=[1, 2])
    assert load(bench, "next_timer") == START_MS + 7


def test_what_was_left_under_way(bench: Bench) -> None:
    rows = [delivery(id, place=Place.TAKEN) for id in (1, 2, 3)] + [delivery(4)]
    write(bench, messages=[message(id) for id in range(1, 5)], deliveries=rows)
    assert ids(load(bench, "left_under_way", 0, 99, 9)) == [1, 2, 3]
    assert ids(load(bench, "left_under_way", 1, 2, 9)) == [2]
    assert ids(load(bench, "left_under_way", 0, 99, 2)) == [1, 2]


def test_waking_a_gate_makes_its_lanes_due_a_slice_at_a_time(bench: Bench) -> None:
    rows: list[Delivery] = [delivery(1, key=1), delivery(2, key=1), delivery(3, key=2), delivery(4, key=3)]
    rows += [delivery(5, key=1, receiver=APP), delivery(6, key=8, place=Place.SCHEDULED)]
    write(
        bench,
        messages=[message(id) for id in range(1, 7)],
        deliveries=rows,
        lanes=[lane(2, START_MS + 60_000, attempts=2)],
    )
    assert [load(bench, "wake_gate", RADIO, 0, after, 2) for after in (0, 2, 3)] == [2, 3, None]
    assert load(bench, "due_lanes", RADIO, START_MS + 99_999, 9) == [
        lane(1, code="gate_opened"),
        lane(2, START_MS + 60_000, attempts=2),  # its clock still runs
    ]
    assert load(bench, "due_lanes", "metro", START_MS, 9) == []


async def positions(tx: Transaction) -> None:
    """Those up to a hundred are given."""
    for _ in range(100):
        tx.next_position()


def test_what_waits_for_an_application_is_woken_by_its_age(bench: Bench) -> None:
    """Whichever lane it is on, and slice by slice. A lane that was asked to wait keeps its clock; any other
    that rests is due at once.
    """
    places = {3: 10, 1: 20, 2: 30, 4: 40, 5: 50}  # the device, and when what waits for it came
    rows = [delivery(n, kind=Kind.MO, receiver=APP, key=n, position=at) for n, at in places.items()]
    rows.append(delivery(6, kind=Kind.MO, receiver=APP, key=3, position=60))
    bench.do(positions)
    resting = {"receiver": APP, "gate": GATE, "attempts": 2}
    write(
        bench,
        messages=[message(id) for id in range(1, 7)],
        deliveries=rows,
        lanes=[
            lane(4, START_MS + 60_000, code="receiver_busy", **resting),
            lane(5, START_MS + 60_000, code="link_lost", **resting),
        ],
    )
    assert [load(bench, "wake_gate", GATE, APP, after, 2) for after in (0, 20, 40, 60)] == [20, 40, 60, None]
    due = load(bench, "due_lanes", GATE, START_MS, 9)
    assert [one.key for one in due] == [3, 1, 2, 5]
    assert {(one.gate, one.receiver, one.attempts, one.code) for one in due} == {
        (GATE, APP, 0, f"gate_opened:{START_MS}")
    }
    assert [one.key for one in load(bench, "due_lanes", GATE, START_MS + 60_000, 9)] == [3, 1, 2, 5, 4]


def test_waking_devices(bench: Bench) -> None:
    write(
        bench,
        lanes=[
            lane(1, START_MS + 50, attempts=2),
            lane(2, None, attempts=2),
            lane(1, START_MS + 50, receiver=APP, gate=GATE),
        ],
    )
    load(bench, "wake_lanes", [1, 2], START_MS + 7, "attached:2")
    assert bench.wake_at == START_MS + 7
    assert load(bench, "due_lanes", RADIO, START_MS + 99, 9) == [lane(1, START_MS + 7, code="attached:2")]
    assert load(bench, "next_lane_due", GATE) == START_MS + 50


def test_presence(bench: Bench) -> None:
    load(bench, "set_attached", [1, 2], False)
    load(bench, "set_attached", [2], True)
    views = load(bench, "load_devices", [1, 2, 3])
    assert [views[id].device.attached for id in (1, 2, 3)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ({"lanes": [lane(1, START_MS + 5)]}, START_MS + 5),
        ({"lanes": [lane(1, None)]}, None),
        ({"parks": [Park(0, 1, RADIO, START_MS + 3)]}, START_MS + 3),
        (waiting(257, expires_at=START_MS + 9), START_MS + 9),
        (waiting(257, place=Place.TAKEN, expires_at=START_MS + 9), None),
        ({"messages": [message(257)]}, None),
    ],
)
def test_the_dispatcher_hears_when_something_will_be_due(
    bench: Bench, rows: dict[str, list[Any]], at: int | None
) -> None:
    write(bench, **rows)
    assert bench.wake_at == at
