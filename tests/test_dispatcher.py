"""The dispatcher under virtual time: what leaves when, what becomes of answers that come late or never."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from heliograph.core.delivery import gate_of_application
from heliograph.core.far_end import CIRCUIT_FAILURES, CIRCUIT_OPEN_MS
from heliograph.core.gate import Gate
from heliograph.core.message import State
from heliograph.core.outcome import DELIVERED, Outcome, Permanent, Returned, Temporary, Unknown
from heliograph.dispatcher import LONGEST_SLEEP_MS
from heliograph.flow.attach import Presence, Sighting
from tests.engine import APP, RADIO, START_MS, imsi_of
from tests.plant import TIMER_MS, Plant

LONG = "x" * 400
CLOSED = Returned("gate_closed")
ABSENT = Temporary("absent")


@pytest.fixture
def plant() -> Iterator[Plant]:
    made = Plant()
    yield made
    made.store.die()


def test_what_is_accepted_is_sent_settled_and_followed_by_the_next(plant: Plant) -> None:
    async def work(plant: Plant) -> None:
        ids = await plant.submit(1, 1, 2)
        await asyncio.sleep(0.1)
        assert plant.states(ids) == {State.DELIVERED}
        assert plant.outlet.messages == [ids[0], ids[2], ids[1]]

    plant.run(work)
    assert (plant.dispatcher.counters.sent, plant.dispatcher.counters.settled) == (3, 3)


def test_no_answer_in_time_is_unknown_and_repeated_with_a_mark(plant: Plant) -> None:
    plant.outlet.script = [None, DELIVERED]

    async def work(plant: Plant) -> None:
        (id,) = await plant.submit(1)
        await asyncio.sleep(TIMER_MS / 1000 - 0.001)
        assert plant.states([id]) == {State.IN_PROGRESS}
        await asyncio.sleep(60)
        assert plant.lab.step(id, "deferred")[0] == "no_answer"
        assert plant.states([id]) == {State.DELIVERED}

    plant.run(work)
    assert [job.delivery.repeated for _, job in plant.outlet.sent] == [0, 1]
    first, second = plant.outlet.times
    assert TIMER_MS + 5000 <= second - first < TIMER_MS + 5100


@pytest.mark.parametrize("late_seconds", [31, 36], ids=["before the repeat", "while the repeat is under way"])
def test_a_late_answer_is_dropped_and_counted(plant: Plant, late_seconds: float) -> None:
    plant.outlet.script = [None]

    async def work(plant: Plant) -> None:
        (id,) = await plant.submit(1)
        await asyncio.sleep(late_seconds)
        plant.outlet.answer(plant.outlet.sent[0][1], Permanent("rejected"))
        await asyncio.sleep(1)
        assert plant.dispatcher.counters.dropped == 1
        assert State.FAILED not in plant.states([id])
        await asyncio.sleep(5)
        plant.outlet.answer(plant.outlet.sent[1][1], DELIVERED)
        await asyncio.sleep(1)
        assert plant.states([id]) == {State.DELIVERED}

    plant.run(work)


def test_a_late_answer_for_one_segment_never_settles_another(plant: Plant) -> None:
    """The delivery is the same, the attempt is not."""
    plant.outlet.script = [None, DELIVERED, None]

    async def work(plant: Plant) -> None:
        (id,) = await plant.submit(1, text=LONG)
        await asyncio.sleep(36)  # segment 1 unknown, repeated, arrived; segment 2 under way
        plant.outlet.answer(plant.outlet.sent[0][1], DELIVERED)
        await asyncio.sleep(1)
        assert [job.delivery.segment for _, job in plant.outlet.sent] == [0, 0, 1]
        plant.outlet.script = [DELIVERED]
        plant.outlet.answer(plant.outlet.sent[2][1], DELIVERED)
        await asyncio.sleep(1)
        assert plant.states([id]) == {State.DELIVERED}

    plant.run(work)
    assert [job.delivery.segment for _, job in plant.outlet.sent] == [0, 0, 1, 2]


def test_an_outcome_reported_twice_counts_once(plant: Plant) -> None:
    plant.outlet.script = [None]

    async def work(plant: Plant) -> None:
        (id,) = await plant.submit(1)
        job = plant.outlet.sent[0][1]
        plant.dispatcher.report([(job, DELIVERED), (job, Permanent("rejected"))])
        await asyncio.sleep(1)
        assert plant.states([id]) == {State.DELIVERED}

    plant.run(work)
    assert plant.dispatcher.counters.dropped == 1
    assert plant.lab.gates.by_name[RADIO].in_flight == 0


def test_the_window_is_never_exceeded_and_refilled_at_once() -> None:
    plant = Plant(window=2)
    plant.outlet.delay_seconds = 1

    async def work(plant: Plant) -> None:
        ids = await plant.submit(*range(1, 9))
        await asyncio.sleep(4.5)
        assert plant.states(ids) == {State.DELIVERED}

    plant.run(work)
    assert [round(at / 1000) for at in plant.outlet.times] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_rate_is_kept_and_used() -> None:
    plant = Plant(rate_per_s=2)

    async def work(plant: Plant) -> None:
        ids = await plant.submit(*range(1, 9))
        await asyncio.sleep(4)
        assert plant.states(ids) == {State.DELIVERED}

    plant.run(work)
    times = plant.outlet.times
    for first, third in zip(times, times[2:], strict=False):
        assert third - first >= 500 or first == times[0]
    assert len([at for at in times if at < 1000]) <= 4


def test_a_gate_that_fails_is_left_alone_and_then_probed_by_one(plant: Plant) -> None:
    plant.outlet.script = [*[CLOSED] * 9, DELIVERED]

    async def work(plant: Plant) -> None:
        ids = await plant.submit(*range(1, 10))
        await asyncio.sleep(CIRCUIT_OPEN_MS / 1000 - 1)
        assert len(plant.outlet.sent) == 9  # each once; more than enough to open the circuit
        assert CIRCUIT_FAILURES < 9
        await asyncio.sleep(2)
        assert plant.states(ids) == {State.DELIVERED}
        assert {plant.lab.message(id).attempts for id in ids} == {1}

    plant.run(work)
    assert CIRCUIT_OPEN_MS <= plant.outlet.times[9] < CIRCUIT_OPEN_MS + 300


def test_failures_with_successes_between_them_open_no_circuit(plant: Plant) -> None:
    failures: list[Outcome | None] = [CLOSED] * (CIRCUIT_FAILURES - 1)
    plant.outlet.script = [*failures, DELIVERED, *failures, DELIVERED]

    async def work(plant: Plant) -> None:
        ids = await plant.submit(*range(1, 10))
        await asyncio.sleep(3)
        assert plant.states(ids) == {State.DELIVERED}

    plant.run(work)


def test_a_probe_that_fails_keeps_the_circuit_open(plant: Plant) -> None:
    plant.outlet.script = [Unknown("link_lost")]

    async def work(plant: Plant) -> None:
        await plant.submit(*range(1, 6))
        await asyncio.sleep(CIRCUIT_OPEN_MS * 4 / 1000)

    plant.run(work)
    probes = plant.outlet.times[5:]
    assert 1 <= len(probes) <= 4
    assert all(later - earlier >= CIRCUIT_OPEN_MS for earlier, later in pairwise(probes))


def test_an_earlier_boots_attempts_are_recovered_before_the_gates_open(tmp_path: Path) -> None:
    first = Plant(tmp_path / "db")
    first.outlet.script = [None]

    async def dies(plant: Plant) -> list[int]:
        ids = await plant.submit(1, 1)
        plant.store.die()
        return ids

    ids = first.run(dies)
    second = Plant(tmp_path / "db")

    async def goes_on(plant: Plant) -> None:
        assert plant.lab.step(ids[0], "deferred")[0] == "restart"
        plant.dispatcher.opened(RADIO)
        await asyncio.sleep(10)
        assert plant.states(ids) == {State.DELIVERED}

    second.run(goes_on, opened=False)
    assert [(job.message.id, job.delivery.repeated) for _, job in second.outlet.sent] == [
        (ids[0], 1),
        (ids[1], 0),
    ]
    second.store.die()


def test_settling_is_tried_again_while_the_store_is_full(plant: Plant) -> None:
    plant.outlet.script = [None]

    async def work(plant: Plant) -> None:
        (id,) = await plant.submit(1)
        plant.store.full = True
        plant.outlet.answer(plant.outlet.sent[0][1], DELIVERED)
        await asyncio.sleep(100)  # longer than the timer: the outcome is known, so nothing is repeated
        assert plant.states([id]) == {State.IN_PROGRESS}
        plant.store.full = False
        await asyncio.sleep(2)
        assert plant.states([id]) == {State.DELIVERED}
        assert len(plant.outlet.sent) == 1

    plant.run(work)


def test_the_loop_outlives_a_full_store(plant: Plant) -> None:
    async def work(plant: Plant) -> None:
        ids = await plant.submit(1, not_before=START_MS + 5000)
        plant.store.full = True
        await asyncio.sleep(30)
        plant.store.full = False
        await asyncio.sleep(3)
        assert plant.states(ids) == {State.DELIVERED}

    plant.run(work)


def test_one_outcome_that_cannot_be_settled_harms_no_other(plant: Plant) -> None:
    plant.outlet.script = [None]

    async def work(plant: Plant) -> None:
        bad, good = await plant.submit(1, 2)
        jobs = {job.message.id: job for _, job in plant.outlet.sent}
        broken: Any = Permanent(None)  # type: ignore[arg-type]  # a bug of an adapter
        plant.dispatcher.report([(jobs[bad], broken), (jobs[good], DELIVERED)])
        await asyncio.sleep(1)
        assert plant.states([good]) == {State.DELIVERED}
        assert plant.states([bad]) == {State.IN_PROGRESS}

    plant.run(work)


def test_it_wakes_for_what_falls_due_to_the_moment(plant: Plant) -> None:
    async def work(plant: Plant) -> None:
        await plant.submit(1, not_before=START_MS + 3_600_000)
        await plant.submit(2, not_before=START_MS + 7_000)
        await asyncio.sleep(3_700)

    plant.run(work)
    assert [at - due for at, due in zip(plant.outlet.times, (7_000, 3_600_000), strict=True)] == [
        pytest.approx(0, abs=20)
    ] * 2


def test_an_idle_dispatcher_sleeps(plant: Plant) -> None:
    async def work(plant: Plant) -> int:
        await asyncio.sleep(3600)
        return plant.dispatcher.counters.passes

    assert plant.run(work) <= 3600_000 / LONGEST_SLEEP_MS + 5


def test_a_detached_devices_message_does_not_keep_it_awake(plant: Plant) -> None:
    plant.outlet.script = [ABSENT]

    async def work(plant: Plant) -> int:
        await plant.submit(1)
        sighting = Sighting(imsi_of(1), "", Presence.DETACHED)
        await plant.store.run(plant.lab.flows.attach, [sighting])
        await asyncio.sleep(3600)
        return plant.dispatcher.counters.passes

    assert plant.run(work) <= 3600_000 / LONGEST_SLEEP_MS + 10


def test_an_attach_wakes_the_lane_after_the_settling_delay(plant: Plant) -> None:
    plant.outlet.script = [ABSENT, DELIVERED]

    async def work(plant: Plant) -> None:
        await plant.submit(1)
        await asyncio.sleep(10)
        await plant.store.run(plant.lab.flows.attach, [Sighting(imsi_of(1), "", Presence.ATTACHED)])
        await asyncio.sleep(10)

    plant.run(work)
    assert plant.outlet.times[1] == pytest.approx(12_000, abs=20)


def test_an_alert_during_an_attempt_shortens_the_wait(plant: Plant) -> None:
    plant.outlet.delay_seconds = 5
    plant.outlet.script = [ABSENT, ABSENT, DELIVERED]

    async def work(plant: Plant) -> None:
        await plant.submit(1, 2)
        await asyncio.sleep(1)
        plant.dispatcher.alerted([1, None])
        await asyncio.sleep(30)

    plant.run(work)
    assert [(job.delivery.key, round(at / 1000)) for at, job in plant.outlet.sent[2:]] == [(1, 7)]


def test_a_gate_that_nobody_carries_gives_jobs_back_unspent(plant: Plant) -> None:
    plant.lab.gates.add(gate_of_application(APP), Gate(reachable=True))

    async def work(plant: Plant) -> int:
        (id,) = await plant.submit(1, receipt_to=APP)
        await asyncio.sleep(5)
        return id

    id = plant.run(work)
    assert plant.lab.step(id, "receipt_deferred")[0] == "gate_closed"
    assert plant.lab.sql("SELECT attempts FROM delivery WHERE kind = 2") == [(0,)]


def test_a_closed_gate_costs_nothing_and_its_opening_sends_all(plant: Plant) -> None:
    async def work(plant: Plant) -> None:
        plant.dispatcher.closed(RADIO)
        ids = await plant.submit(1, 2, 3)
        await asyncio.sleep(60)
        assert not plant.outlet.sent
        plant.dispatcher.opened(RADIO)
        await asyncio.sleep(0.1)
        assert plant.states(ids) == {State.DELIVERED}
        assert {plant.lab.message(id).attempts for id in ids} == {1}

    plant.run(work)


def test_a_clock_that_jumps_ahead_is_noticed(plant: Plant) -> None:
    async def work(plant: Plant) -> None:
        ids = await plant.submit(1, not_before=START_MS + 86_400_000)
        await asyncio.sleep(1)
        plant.clock.jump(86_400_000)
        await asyncio.sleep(LONGEST_SLEEP_MS / 1000 + 1)
        assert plant.states(ids) == {State.DELIVERED}

    plant.run(work)


def test_a_clock_that_jumps_ahead_repeats_nothing(plant: Plant) -> None:
    plant.outlet.script = [None]

    async def work(plant: Plant) -> None:
        ids = await plant.submit(1)
        await asyncio.sleep(1)
        plant.clock.jump(3_600_000)
        await asyncio.sleep(TIMER_MS / 1000 - 2)
        assert plant.states(ids) == {State.IN_PROGRESS}
        assert len(plant.outlet.messages) == 1

    plant.run(work)


def test_a_clock_that_goes_back_loses_no_attempt(plant: Plant) -> None:
    plant.outlet.script = [None, DELIVERED]

    async def work(plant: Plant) -> None:
        ids = await plant.submit(1)
        await asyncio.sleep(1)
        plant.clock.jump(-86_400_000)
        await asyncio.sleep(200)
        assert plant.states(ids) == {State.DELIVERED}

    plant.run(work)


def test_a_clean_stop_settles_what_was_reported(plant: Plant) -> None:
    plant.outlet.script = [None]

    async def work(plant: Plant) -> None:
        ids = await plant.submit(1, 2)
        plant.dispatcher.report([(job, DELIVERED) for _, job in plant.outlet.sent])
        await plant.dispatcher.drain()
        assert plant.states(ids) == {State.DELIVERED}

    plant.run(work)
