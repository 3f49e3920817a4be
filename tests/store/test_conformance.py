"""The store's verbs about devices, messages and what is kept of them: each loads what was written."""

from typing import Any

import pytest

from heliograph.core.changes import Confirmation, Edit, Mark, Note, Reference
from heliograph.core.delivery import Place
from heliograph.core.device import DeviceView, MonthUsage, Quota, Tally
from heliograph.core.ids import LARGEST_ID, SHARDS
from heliograph.core.message import Message, State
from heliograph.core.policy import Policy
from heliograph.core.reassembly import Part
from heliograph.core.story.timeline import LIMIT
from heliograph.flow.ports import ReferenceCount, Transaction
from tests.engine import START_MS, imsi_of, msisdn_of
from tests.store.engines import LANE_LIMIT, Bench
from tests.store.rows import add, changes, delivery, device, message, part, waiting, write


def load(bench: Bench, verb: str, *arguments: Any) -> Any:
    async def work(tx: Transaction) -> Any:
        return await getattr(tx, verb)(*arguments)

    return bench.do(work)


def test_ids_and_positions_grow_and_never_repeat(bench: Bench) -> None:
    async def work(tx: Transaction) -> list[int]:
        return [tx.next_id(shard) for shard in (3, 255, 0)] + [tx.next_position()]

    first, second = bench.do(work), bench.do(work)
    assert [id % SHARDS for id in first[:3]] == [3, 255, 0]
    numbers = [*(id // SHARDS for id in first[:3]), first[3], *(id // SHARDS for id in second[:3]), second[3]]
    assert numbers == sorted(set(numbers))
    assert max(first + second) <= LARGEST_ID


def test_a_device_is_loaded_with_its_tally_and_its_lane(bench: Bench) -> None:
    first, second = device(1), device(2, attached=0, tags="a,b", status=1)
    tally = Tally(2, 202603, 1, 2, 3, 4, "5 6", "7", "8 9 10 11")
    add(bench, Policy(1, 1, "p"), first, second)
    write(bench, tallies=[tally], **waiting(257, key=2))
    views = load(bench, "load_devices", [1, 2, 3])
    assert views[1] == DeviceView(first, Tally(1), 0, 0)
    assert (views[2].device, views[2].tally, views[2].queued) == (second, tally, 1)
    assert views[2].busy
    assert list(views) == [1, 2]


@pytest.mark.parametrize(
    ("place", "queued", "is_busy"),
    [(Place.WAITING, 1, True), (Place.SCHEDULED, 1, False), (Place.AWAITING, 1, False)],
)
def test_what_makes_a_lane_busy(bench: Bench, place: Place, queued: int, is_busy: bool) -> None:
    add(bench, Policy(1, 1, "p"), device(1))
    write(bench, **waiting(257, place=place, enter_at=START_MS if place == Place.SCHEDULED else None))
    view = load(bench, "load_devices", [1])[1]
    assert (view.queued, bool(view.busy)) == (queued, is_busy)


def test_the_queue_is_counted_up_to_its_limit(bench: Bench) -> None:
    add(bench, Policy(1, 1, "p"), device(1))
    write(bench, **waiting(*range(257, 257 + LANE_LIMIT + 3)))
    assert load(bench, "load_devices", [1])[1].queued == LANE_LIMIT


@pytest.mark.parametrize("applies", [0, 1])
def test_a_quota_is_loaded_where_the_policy_applies_it(bench: Bench, applies: int) -> None:
    quota = Quota(1, 1, 100, 90, 80, START_MS, 50, 1, 20_000, 7, 1)
    add(bench, Policy(1, 1, "p", quota=applies), device(1))
    write(bench, quotas=[quota])
    assert load(bench, "load_devices", [1])[1].quota == (quota if applies else None)
    quota.remaining = 1
    write(bench, quotas=[quota])
    assert load(bench, "load_devices", [1])[1].quota == (quota if applies else None)


def test_devices_are_found_by_number_and_subscriber(bench: Bench) -> None:
    add(bench, Policy(1, 1, "p"), device(1), device(2), device(3, msisdn="", imsi=""))
    add(bench, device(4, msisdn="", imsi=""))
    assert load(bench, "find_numbers", [msisdn_of(2), "", "999"]) == {msisdn_of(2): 2}
    assert load(bench, "find_subscribers", [imsi_of(1), "999"]) == {imsi_of(1): 1}
    assert load(bench, "find_numbers", []) == load(bench, "find_subscribers", []) == {}


def test_policies(bench: Bench) -> None:
    policy = Policy(5, 1, "full", 0, 0, 0, 0, 1, 2, 1, 3, 4, 9, 5, 6, "what", 2, 8, 7, 1, "{}", 10, 11, 12)
    add(bench, policy, Policy(6, 2, "full"))
    assert load(bench, "load_policies", [5, 7]) == {5: policy}


def test_a_message_comes_back_as_it_was_written(bench: Bench) -> None:
    full = message(
        257, body=b"\xff\0", udh=b"\x05", replace_key="k", not_before=1, final_at=2, reason="why", pid=64
    )
    empty = message(513, body=None, device=None, origin=7, application=9)
    write(bench, messages=[full, empty])
    assert load(bench, "load_messages", [257, 513, 769]) == {257: full, 513: empty}


def test_marks_notes_and_edits_move_a_message(bench: Bench) -> None:
    write(bench, messages=[message(257), message(513), message(769)])
    edit = Edit(b"new", 8, 1, b"\x01", 2, 3, 1, 0, 7, START_MS, START_MS + 5, "changed 4\n", 769)
    write(
        bench,
        marks=[Mark(State.FAILED, "why", 3, 2, "final 2\n", 257)],
        notes=[Note("note 3\n", 513), Note("note 4\n", 513)],
        edits=[edit],
    )
    found: dict[int, Message] = load(bench, "load_messages", [257, 513, 769])
    marked, noted, edited = found[257], found[513], found[769]
    assert (marked.state, marked.reason, marked.final_at, marked.attempts) == (State.FAILED, "why", 3, 2)
    assert marked.timeline == "accepted 1\nfinal 2\n"
    assert noted == message(513, timeline="accepted 1\nnote 3\nnote 4\n")
    assert edited == message(
        769,
        body=b"new",
        dcs=8,
        pid=1,
        udh=b"\x01",
        languages=2,
        segments=3,
        priority=1,
        price=7,
        not_before=START_MS,
        expires_at=START_MS + 5,
        timeline="accepted 1\nchanged 4\n",
    )


def test_a_timeline_has_an_end_and_the_final_step_is_still_written(bench: Bench) -> None:
    write(bench, messages=[message(257)])
    mark = Mark(State.BUFFERED, None, None, 1, "x" * LIMIT + "\n", 257)
    write(bench, marks=[mark])
    write(bench, marks=[mark], notes=[Note("note\n", 257)])
    write(bench, marks=[Mark(State.EXPIRED, "validity", 5, 1, "final 5\n", 257)])
    timeline = load(bench, "load_messages", [257])[257].timeline
    assert timeline == "accepted 1\n" + "x" * LIMIT + "\nfinal 5\n"


def test_months_that_closed_are_kept_once(bench: Bench) -> None:
    month = MonthUsage(1, 202603, 1, 2, 3, 4)
    write(bench, history=[month])
    month.mt = 5
    write(bench, history=[month, MonthUsage(1, 202604, 0, 0, 0, 0)])
    add(bench, Policy(1, 1, "p"), device(1))
    assert load(bench, "load_devices", [1])[1].tally == Tally(1)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [([(1, "k")], [(1, "k")]), ([(1, "x"), (2, "k")], []), ([(1, "k"), (1, "s")], [(1, "k"), (1, "s")])],
)
def test_replaceable_messages(bench: Bench, wanted: list[Any], found: list[Any]) -> None:
    add(bench, Policy(1, 1, "p"), device(1), device(2))
    rows: list[tuple[str, Place, dict[str, Any]]] = [
        ("k", Place.WAITING, {}),
        ("s", Place.SCHEDULED, {}),
        ("taken", Place.TAKEN, {"state": State.IN_PROGRESS}),
        ("upstream", Place.AWAITING, {"state": State.IN_PROGRESS}),
        ("p2p", Place.WAITING, {"direction": 3}),
    ]
    ids = range(257, 257 + 256 * len(rows), 256)
    write(
        bench,
        messages=[
            message(id, replace_key=key, **extra) for id, (key, _, extra) in zip(ids, rows, strict=True)
        ],
        deliveries=[delivery(id, place=place) for id, (_, place, _) in zip(ids, rows, strict=True)],
    )
    never = [(1, "taken"), (1, "upstream"), (1, "p2p")]
    jobs = load(bench, "load_replaceable", wanted + never)
    assert sorted(jobs) == sorted(found)
    assert all(job.message.replace_key == key for (_, key), job in jobs.items())


def test_parts(bench: Bench) -> None:
    first, second, other = part(257), part(513, number=2, body=b"\xff", raw_ucs2=1), part(769, device=2)
    write(bench, parts=[first, second, other])
    assert load(bench, "load_parts", [1]) == [first, second]
    write(bench, parts_done=[257])
    assert load(bench, "load_parts", [1, 2]) == [second, other]


def test_old_sets_of_parts_come_whole(bench: Bench) -> None:
    late = part(513, number=2, arrived_at=START_MS + 500)
    young = part(769, reference=8, arrived_at=START_MS + 500)
    assert load(bench, "oldest_part") is None
    write(bench, parts=[part(257), late, young])
    found: list[Part] = load(bench, "load_old_parts", START_MS, 10)
    assert [row.id for row in found] == [257, 513]
    assert load(bench, "oldest_part") == START_MS
    assert load(bench, "load_old_parts", START_MS - 1, 10) == []
    assert {row.reference for row in load(bench, "load_old_parts", START_MS + 500, 1)} in ({7}, {8})


def test_references(bench: Bench) -> None:
    rows = [Reference("up", name, 257, 1, segment) for segment, name in enumerate("abc")]
    foreign = Reference("other", "a", 513, 2, 0)
    write(bench, references=[*rows, foreign])
    assert load(bench, "load_references", "up", ["a", "z"]) == {"a": rows[0]}
    assert load(bench, "count_references", [257, 999]) == {257: ReferenceCount(3, None)}
    write(bench, confirmations=[Confirmation("", "up", "a")])
    assert load(bench, "count_references", [257]) == {257: ReferenceCount(2, None)}
    write(bench, confirmations=[Confirmation("barred", "up", "b")])
    assert load(bench, "count_references", [257]) == {257: ReferenceCount(1, "barred")}
    write(bench, references=[Reference("up", "a", 769, 3, 0)])  # known already: the first one stays
    assert load(bench, "load_references", "up", ["a"])["a"].message == 257
    write(bench, references_done=[257])
    assert load(bench, "load_references", "up", ["a", "b", "c"]) == {}
    assert load(bench, "load_references", "other", ["a"]) == {"a": foreign}


def test_loads_see_what_the_same_transaction_wrote(bench: Bench) -> None:
    async def work(tx: Transaction) -> dict[int, Message]:
        await tx.write(changes(messages=[message(257)]))
        return await tx.load_messages([257])

    assert bench.do(work) == {257: message(257)}


def test_ids_of_a_transaction_that_failed_were_never_leased_and_are_not_kept(bench: Bench) -> None:
    async def draws(tx: Transaction) -> int:
        return tx.next_id(0)

    async def fails(tx: Transaction) -> None:
        tx.next_id(0)
        raise ValueError("planted")

    with pytest.raises(ValueError, match="planted"):
        bench.do(fails)
    drawn = bench.do(draws)
    other = bench.again()
    assert other.do(draws) > drawn
    other.engine.close()


def test_a_transaction_that_fails_leaves_nothing(bench: Bench) -> None:
    async def work(tx: Transaction) -> None:
        await tx.write(changes(messages=[message(257)]))
        raise ValueError("planted")

    with pytest.raises(ValueError, match="planted"):
        bench.do(work)
    assert load(bench, "load_messages", [257]) == {}
