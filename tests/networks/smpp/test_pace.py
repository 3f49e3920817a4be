"""The pace of an upstream: down when it complains, up again while it does not."""

import asyncio
from itertools import pairwise

from heliograph.networks.smpp.pace import DEAF_SECONDS, Pace
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import SubmitSm, SubmitSmResp
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab
from tests.networks.smpp.smsc import Talk


def test_it_falls_by_the_share_that_was_throttled() -> None:
    pace = Pace(1_000)
    pace.took(300, 10.0)
    assert pace.throttled(100, 10.5)
    assert pace.rate_per_s == 625


def test_the_first_complaints_are_no_reason_to_stop() -> None:
    pace = Pace(1_000)
    assert pace.throttled(50, 10.0)
    assert pace.rate_per_s == 200


def test_one_complaint_of_many_is_heard() -> None:
    pace = Pace(100)
    pace.took(99, 10.0)
    pace.throttled(1, 10.1)
    assert pace.rate_per_s == 98


def test_a_few_full_queues_are_their_subscribers_own() -> None:
    pace = Pace(100)
    pace.took(99, 10.0)
    assert not pace.throttled(1, 10.1, full=True)
    assert pace.throttled(30, 10.2, full=True)
    assert pace.rate_per_s == 64


def test_what_was_under_way_when_it_fell_says_nothing_new() -> None:
    pace = Pace(1_000)
    pace.took(500, 10.0)
    assert pace.throttled(1, 10.0)
    lowered = pace.rate_per_s
    assert not pace.throttled(100, 10.0 + DEAF_SECONDS / 2)
    assert pace.rate_per_s == lowered
    assert pace.throttled(1, 10.1 + DEAF_SECONDS)


def test_it_rises_by_steps_and_never_above_what_is_allowed() -> None:
    pace = Pace(100)
    pace.throttled(1, 10.0)
    rates = []
    for second in range(11, 40):
        pace.took(1, second - 0.5)
        pace.pass_time(float(second))
        rates.append(pace.rate_per_s)
    steps = {after - before for before, after in pairwise(rates) if before and after}
    assert steps == {5, 0}
    assert rates[-1] == 100
    assert not pace.is_lowered


def test_it_does_not_rise_while_nothing_goes() -> None:
    pace = Pace(100)
    pace.throttled(1, 10.0)
    assert not pace.pass_time(15.0)


def test_without_an_allowed_rate_what_was_tried_is_one_and_it_is_free_again_in_the_end() -> None:
    pace = Pace(None)
    pace.took(90, 10.0)
    pace.throttled(10, 10.5)
    assert pace.rate_per_s == 170
    for second in range(11, 200):
        pace.took(1, second - 0.5)
        pace.pass_time(float(second))
    assert pace.rate_per_s is None


def test_another_allowed_rate_begins_anew() -> None:
    pace = Pace(100)
    pace.throttled(1, 10.0)
    pace.configure(500)
    assert pace.rate_per_s == 500


class _Slow:
    """So many in each tenth of a second, the rest throttled."""

    def __init__(self, per_tenth: int) -> None:
        self._per_tenth = per_tenth
        self._tenth = -1
        self._taken = 0
        self.refused = 0

    def takes(self) -> bool:
        tenth = int(asyncio.get_running_loop().time() * 10)
        if tenth != self._tenth:
            self._tenth, self._taken = tenth, 0
        self._taken += 1
        self.refused += self._taken > self._per_tenth
        return self._taken <= self._per_tenth


def test_it_finds_the_rate_of_one_that_throttles(run: Run) -> None:
    """All arrive within seconds, though most were refused at first."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(window=100, rate_per_s=1_000)
        slow = _Slow(5)

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            if slow.takes():
                smsc.take(talk, sequence, pdu)
            else:
                talk.answer(sequence, SubmitSmResp(Status.RTHROTTLED))

        smsc.on_submit = submitted
        messages = await lab.send_all([await lab.device() for _ in range(150)])
        started = asyncio.get_running_loop().time()
        for message in messages:
            await lab.ends(message)
        assert asyncio.get_running_loop().time() - started < 10
        view = lab.view()
        assert view.throttled_at is not None
        assert view.rate_per_s is not None
        assert view.rate_per_s < 200
        assert view.refused["ESME_RTHROTTLED"] == slow.refused < 300

    run(work)


def test_a_full_queue_is_left_alone_and_tried_again(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc()
        statuses = iter([Status.RMSGQFUL, Status.RMSGQFUL])

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            status = next(statuses, None)
            if status is None:
                smsc.take(talk, sequence, pdu)
            else:
                talk.answer(sequence, SubmitSmResp(status))

        smsc.on_submit = submitted
        ended = await lab.ends(await lab.send(await lab.device()))
        assert ended.attempts == 3

    run(work)
