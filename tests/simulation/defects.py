"""Defects planted on purpose, one at a time, to see that the simulation finds each.

In: a name. Out: a patch for the time of a run. Each changes one decision of the engine as a slip would.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec import structs

from heliograph import dispatcher
from heliograph.core import far_end
from heliograph.core import gate as gates
from heliograph.core.delivery import Kind
from heliograph.core.outcome import Unknown
from heliograph.core.schedule import RetrySchedule, retry_delay_ms
from heliograph.core.usage import enter_p2p
from heliograph.flow import accept, arrive, attach, ending, heads, lanes, submit, verdict
from heliograph.flow.accept import Admission
from heliograph.flow.ending import Endings
from heliograph.flow.inbound import _Reception
from heliograph.flow.ports import Answers
from heliograph.flow.recover import Recover
from heliograph.flow.verdict import Verdict
from heliograph.store.sqlite import engine as sqlite_engine
from heliograph.store.sqlite import transaction as sqlite_transaction
from heliograph.store.sqlite.transaction import SqliteTransaction
from tests.simulation.process import DyingStore, Process

Plant = Callable[[pytest.MonkeyPatch], None]


def acknowledged_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    """Callers hear the answers of a transaction that is rolled back."""
    original, fold = DyingStore._round, sqlite_engine._fold
    answers: list[Any] = []

    def remember(tx: Any, calls: Any) -> Any:
        done = fold(tx, calls)
        answers[:] = done.results
        return done

    def run_round(self: DyingStore) -> None:
        early = list(self._collected) if self.plan == "before" else []
        for _, future in early:
            future.add_done_callback(_nothing)
        original(self)
        for (_, future), result in zip(early, answers, strict=False):
            if not future.done():
                future.set_result(result)

    def die_later(self: Process, how: str) -> None:
        self._world.loop.call_later(0.001, die, self, how)

    die = Process.die
    patch.setattr(sqlite_engine, "_fold", remember)
    patch.setattr(DyingStore, "_round", run_round)
    patch.setattr(Process, "die", die_later)


def _nothing(future: Any) -> None:
    """Somebody listens."""


def policy_not_asked_at_the_attempt(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(heads, "forbids_mt", lambda *_: None)


def receipt_dropped(patch: pytest.MonkeyPatch) -> None:
    original = Endings._news
    patch.setattr(
        Endings,
        "_news",
        lambda self, kind, message, lane: (
            "" if message.attempts == 2 else original(self, kind, message, lane)
        ),
    )


def delay_told_each_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "_INTERIM", "never written")


def lane_not_parked_when_the_gate_is_full(patch: pytest.MonkeyPatch) -> None:
    for module in (heads, lanes):
        patch.setattr(module, "park", lambda *_: None)


def two_of_a_lane(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gates.Rooms, "is_under_way", lambda *_: False)


def retry_after_ignored(patch: pytest.MonkeyPatch) -> None:
    def delay(schedule: RetrySchedule, name: str, failed: int, asked: int | None) -> int:
        return retry_delay_ms(schedule, name, failed, None)

    patch.setattr(verdict, "retry_delay_ms", delay)


def repeat_not_marked(patch: pytest.MonkeyPatch) -> None:
    original = Verdict._defer

    def defer(self: Any, job: Any, code: str, retry: str, asked: int | None) -> None:
        job.delivery.repeated = 0
        original(self, job, code, retry, asked)

    patch.setattr(Verdict, "_defer", defer)


def limits_not_folded(patch: pytest.MonkeyPatch) -> None:
    """Each submission of a batch sees the counts as they were before the batch."""
    original = submit.decide

    def decide(admission: Admission, request: Any, *rest: Any) -> Any:
        view = admission.views.get(request.device)
        before = structs.replace(view.tally) if view is not None else None
        answer = original(admission, request, *rest)
        if view is not None and before is not None and len(admission.changes.messages) > 1:
            view.tally.mt = before.mt
        return answer

    patch.setattr(submit, "decide", decide)


def priority_the_wrong_way_round(patch: pytest.MonkeyPatch) -> None:
    text = sqlite_transaction._SQL["heads"].replace("priority DESC", "priority")
    patch.setitem(sqlite_transaction._SQL, "heads", text)


def recovery_not_run(patch: pytest.MonkeyPatch) -> None:
    async def nothing(self: Recover, tx: Any, requests: Sequence[None]) -> Answers[int]:
        return Answers([0] * len(requests), [])

    patch.setattr(Recover, "__call__", nothing)


def validity_from_acceptance(patch: pytest.MonkeyPatch) -> None:
    """A scheduled message expires as if it had been due at once."""
    original = submit._message

    def message(admission: Admission, request: Any, *rest: Any) -> Any:
        made = original(admission, request, *rest)
        made.expires_at = made.accepted_at + request.validity_seconds * 1000
        return made

    patch.setattr(submit, "_message", message)


def rate_off_by_one(patch: pytest.MonkeyPatch) -> None:
    def enter(tally: Any, policy: Any, now: int) -> int:
        return enter_p2p(tally, structs.replace(policy, p2p_received_per_minute=7), now)

    patch.setattr(accept, "enter_p2p", enter)


def cap_not_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(arrive, "over_p2p_cap", lambda *_: None)


def window_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(far_end.FarEnd, "free", lambda _: 1_000)
    patch.setattr(far_end.FarEnd, "budget", lambda *_: 1_000)


def attach_wakes_nobody(patch: pytest.MonkeyPatch) -> None:
    """Settling is forgotten: a booting device is tried at once."""
    original = attach.Attach.__init__

    def start(self: Any, schedule: RetrySchedule) -> None:
        original(self, structs.replace(schedule, settling_seconds=0))

    patch.setattr(attach.Attach, "__init__", start)


def late_answer_taken_for_another(patch: pytest.MonkeyPatch) -> None:
    def take_back(port: Any, job: Any) -> bool:
        return port.in_flight.pop(job.delivery.id, None) is not None

    patch.setattr(dispatcher, "_take_back", take_back)


def nothing_given_back_on_cancel(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Admission, "give_back", lambda *_: None)


def first_part_lost(patch: pytest.MonkeyPatch) -> None:
    original = _Reception._complete

    def complete(self: Any, view: Any, policy: Any, parts: Any) -> Any:
        answer = original(self, view, policy, parts)
        made = self._admission.changes.messages[-1]
        made.body = made.body.partition(b".")[2]
        return answer

    patch.setattr(_Reception, "_complete", complete)


def segment_skipped(patch: pytest.MonkeyPatch) -> None:
    original = Verdict._next_segment

    def next_segment(self: Any, job: Any, story: str) -> None:
        if job.delivery.segment + 2 < job.message.segments:
            job.delivery.segment += 1
        original(self, job, story)

    patch.setattr(Verdict, "_next_segment", next_segment)


def unknown_called_delivered(patch: pytest.MonkeyPatch) -> None:
    original = Verdict.settle

    def settle(self: Any, job: Any, outcome: Any) -> None:
        lost = outcome == Unknown("no_answer") and job.delivery.kind == Kind.SMS
        self._delivered(job) if lost else original(self, job, outcome)

    patch.setattr(Verdict, "settle", settle)


def detached_devices_tried(patch: pytest.MonkeyPatch) -> None:
    original = SqliteTransaction._devices

    async def devices(self: Any, ids: Any) -> Any:
        found = await original(self, ids)
        for device in found.values():
            device.attached = 1
        return found

    patch.setattr(SqliteTransaction, "_devices", devices)


PLANTS: tuple[Plant, ...] = (
    acknowledged_before_the_commit,
    policy_not_asked_at_the_attempt,
    receipt_dropped,
    delay_told_each_time,
    lane_not_parked_when_the_gate_is_full,
    two_of_a_lane,
    retry_after_ignored,
    repeat_not_marked,
    limits_not_folded,
    priority_the_wrong_way_round,
    recovery_not_run,
    validity_from_acceptance,
    rate_off_by_one,
    cap_not_counted,
    window_ignored,
    attach_wakes_nobody,
    late_answer_taken_for_another,
    nothing_given_back_on_cancel,
    first_part_lost,
    segment_skipped,
    unknown_called_delivered,
    detached_devices_tried,
)
