"""The store's verbs about upstreams and about phones outside the fleet."""

from typing import Any

from heliograph.core.changes import Changes, Park, Via
from heliograph.core.delivery import LaneKey, Place, gate_of_upstream, phones_of
from heliograph.core.message import State
from heliograph.core.upstream import Route, Upstream
from heliograph.flow.ports import Transaction
from tests.engine import START_MS
from tests.store.engines import LANE_LIMIT, Bench
from tests.store.rows import add, delivery, device, lane, message, waiting, write

NUMBER = 491700000001
PHONE = phones_of(1)


def ask(bench: Bench, verb: str, *arguments: Any) -> Any:
    async def work(tx: Transaction) -> Any:
        return await getattr(tx.upstreams, verb)(*arguments)

    return bench.do(work)


def to_phone(id: int, via: str = "acme", number: int = NUMBER, **fields: Any) -> dict[str, Any]:
    sms = message(id, device=None, destination=str(number), state=State.PENDING)
    return {"messages": [sms], "deliveries": [delivery(id, receiver=PHONE, key=number, via=via, **fields)]}


def test_rows_are_what_was_added(bench: Bench) -> None:
    acme = Upstream(3, "acme", "smsc.example", 2775, password=b"sealed", rate_per_s=20)
    route = Route(5, "acme", 1, "nbiot", "49", 12, 3)

    async def work(tx: Transaction) -> Any:
        await tx.admin.add([acme, route])
        named = await tx.admin.find(Upstream, 7, ["acme", "beta"])
        loaded = await tx.admin.load(Upstream, [3]), await tx.admin.load(Route, [5])
        return named, loaded, await tx.upstreams.routes_to("acme")

    assert bench.do(work) == ({"acme": 3}, ({3: acme}, {5: route}), [route])


def test_a_phone_is_seen_by_its_lane(bench: Bench) -> None:
    write(bench, **to_phone(257))
    write(bench, **to_phone(513, number=NUMBER + 1, place=Place.AWAITING))
    write(bench, lanes=[lane(NUMBER + 2, receiver=PHONE)])
    lanes = [LaneKey(PHONE, NUMBER + index) for index in range(4)] + [LaneKey(phones_of(2), NUMBER)]
    phones = ask(bench, "load_phones", lanes)
    seen = [(phones[key].queued, phones[key].busy) for key in lanes]
    assert seen == [(1, 1), (1, 0), (0, 1), (0, 0), (0, 0)]


def test_no_more_is_counted_than_the_lane_holds(bench: Bench) -> None:
    for index in range(LANE_LIMIT + 2):
        write(bench, **to_phone(257 + 256 * index))
    assert ask(bench, "load_phones", [LaneKey(PHONE, NUMBER)])[LaneKey(PHONE, NUMBER)].queued == LANE_LIMIT


def test_a_job_goes_by_the_last_upstream_of_its_list(bench: Bench) -> None:
    add(bench)
    write(bench, **to_phone(257, via="acme beta"))

    async def work(tx: Transaction) -> Any:
        first = (await tx.load_deliveries([257]))[257]
        await tx.write(_vias(Via("acme beta gamma", 257)))
        heads = await tx.load_heads([LaneKey(PHONE, NUMBER)])
        return first, heads[LaneKey(PHONE, NUMBER)], (await tx.load_jobs([257]))[257]

    first, head, of_message = bench.do(work)
    assert (first.gate, first.msisdn, first.imsi) == (gate_of_upstream("beta"), str(NUMBER), "")
    assert (head.job.gate, head.device) == (gate_of_upstream("gamma"), None)
    assert of_message.delivery.via == "acme beta gamma"


def _vias(*vias: Via) -> Changes:
    changes = Changes()
    changes.vias += vias
    return changes


def test_a_phone_whose_number_is_the_id_of_a_device_is_not_it(bench: Bench) -> None:
    add(bench, device(NUMBER))
    write(bench, **to_phone(257))
    write(bench, **waiting(513, key=NUMBER))

    async def work(tx: Transaction) -> Any:
        return await tx.load_deliveries([257, 513])

    jobs = bench.do(work)
    assert (jobs[257].msisdn, jobs[257].imsi) == (str(NUMBER), "")
    assert jobs[513].imsi


def test_what_waits_for_an_upstream_is_found_slice_by_slice(bench: Bench) -> None:
    for index, via in enumerate(["acme", "beta acme", "acme beta", "acme-2", "acme"]):
        write(bench, **to_phone(257 + 256 * index, via=via, number=NUMBER + index))
    write(bench, **to_phone(2049, via="acme", place=Place.TAKEN))
    found, after = [], 0
    while some := ask(bench, "waiting", "acme", after, 2):
        found += some
        after = some[-1]
    assert found == [257, 513, 1281]
    assert ask(bench, "waiting", "acme-2", 0, 9) == [1025]
    assert ask(bench, "waiting", "nobody", 0, 9) == []


def test_an_upstream_that_opens_wakes_its_lanes(bench: Bench) -> None:
    for index in range(3):
        write(bench, **to_phone(257 + 256 * index, number=NUMBER + index))
    resting = lane(NUMBER + 1, START_MS + 5000, receiver=PHONE, gate=gate_of_upstream("acme"), attempts=2)
    elsewhere = lane(NUMBER + 2, START_MS + 5000, receiver=PHONE, gate=gate_of_upstream("beta"))
    write(bench, lanes=[resting, elsewhere])

    async def work(tx: Transaction) -> Any:
        gate = gate_of_upstream("acme")
        first = await tx.wake_gate(gate, 0, 0, 2)
        last = await tx.wake_gate(gate, 0, first or 0, 2)
        return first, last, await tx.due_lanes(gate, START_MS + 5000, 9)

    first, last, due = bench.do(work)
    assert (first, last) == (513, None)
    assert {one.key: one.due_at for one in due} == {
        NUMBER: START_MS,
        NUMBER + 1: START_MS + 5000,
        NUMBER + 2: START_MS + 5000,
    }


def test_a_lane_that_turns_keeps_its_clock(bench: Bench) -> None:
    acme, beta = gate_of_upstream("acme"), gate_of_upstream("beta")
    resting = lane(NUMBER, START_MS + 5000, receiver=PHONE, gate=acme, attempts=2, code="absent")
    under_way = lane(NUMBER + 1, None, receiver=PHONE, gate=acme, attempts=1, code="under_way")
    write(bench, lanes=[resting, under_way])
    write(bench, turns=[Park(PHONE, NUMBER + index, beta, START_MS) for index in range(3)])
    assert bench.wake_at == START_MS

    async def work(tx: Transaction) -> Any:
        return await tx.due_lanes(acme, START_MS + 5000, 9), await tx.due_lanes(beta, START_MS + 5000, 9)

    before, after = bench.do(work)
    assert before == []
    found = {one.key - NUMBER: (one.due_at - START_MS, one.attempts, one.code) for one in after}
    assert found == {0: (5000, 2, "absent"), 1: (0, 1, "under_way"), 2: (0, 0, "")}


def test_the_upstreams_for_which_something_waits_are_known(bench: Bench) -> None:
    for index, via in enumerate(["acme", "beta acme", "acme beta", "gamma"]):
        place = Place.AWAITING if via == "gamma" else Place.WAITING
        write(bench, **to_phone(257 + 256 * index, via=via, number=NUMBER + index, place=place))
    assert ask(bench, "awaited") == ["acme", "beta"]


def test_what_waits_for_a_device_is_found_whatever_carries_it(bench: Bench) -> None:
    add(bench, device(1))
    for index, place in enumerate([Place.WAITING, Place.SCHEDULED, Place.HELD, Place.TAKEN, Place.AWAITING]):
        write(bench, **waiting(257 + 256 * index, place=place, via="acme" if index else ""))
    assert sorted(ask(bench, "waiting_of_device", 1)) == [257, 513, 769]


def test_a_replace_key_is_one_phone_s_own(bench: Bench) -> None:
    for index, number in enumerate([NUMBER, NUMBER + 1]):
        id = 257 + 256 * index
        sms = message(id, device=None, destination=str(number), replace_key="k")
        write(bench, messages=[sms], deliveries=[delivery(id, receiver=PHONE, key=number, via="acme")])
    (job,) = ask(bench, "replaceable", LaneKey(PHONE, NUMBER), "k")
    assert job.message.id == 257
    assert ask(bench, "replaceable", LaneKey(PHONE, NUMBER), "other") == []
