"""What an operator is spared: more than its window, more than its rate. And what outlives us: references."""

import asyncio
from pathlib import Path

from heliograph.wire.smpp.pdus import SubmitSm, SubmitSmResp
from tests.networks.smpp.conftest import Run
from tests.networks.smpp.lab import Lab, eventually, lab
from tests.networks.smpp.smsc import Smsc, Talk, receipt


def test_no_bind_gets_more_than_its_window(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(window=3, binds=2)
        await lab.is_up(binds=2)
        open_: dict[Talk, int] = {}
        most: list[int] = []

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            open_[talk] = open_.get(talk, 0) + 1
            most.append(open_[talk])
            asyncio.get_running_loop().call_later(0.01, answer, talk, sequence, pdu)

        def answer(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            open_[talk] -= 1
            smsc.take(talk, sequence, pdu)

        smsc.on_submit = submitted
        messages = await lab.send_all([await lab.device() for _ in range(30)])
        for message in messages:
            await lab.ends(message)
        assert max(most) == 3
        assert len(open_) == 2

    run(work)


def test_no_upstream_gets_more_than_its_rate(run: Run) -> None:
    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(rate_per_s=10)
        at: list[float] = []

        def submitted(talk: Talk, sequence: int, pdu: SubmitSm) -> None:
            at.append(asyncio.get_running_loop().time())
            smsc.take(talk, sequence, pdu)

        smsc.on_submit = submitted
        messages = await lab.send_all([await lab.device() for _ in range(25)])
        for message in messages:
            await lab.ends(message)
        # A second's worth at once, then as many a second as it takes.
        assert at[-1] - at[0] > 1.2
        assert all(late - early > 0.9 for early, late in zip(at, at[21:], strict=False))

    run(work)


def test_a_receipt_finds_its_message_after_a_restart(tmp_path: Path) -> None:
    async def work() -> None:
        smsc = Smsc()
        await smsc.start()
        smsc.receipts = False
        async with lab(tmp_path) as first:
            first.put("acme", port=smsc.port)
            first.route("acme")
            await first.is_up()
            message = await first.send(await first.device())
            await eventually(lambda: first.view().accepted == 1)
        async with lab(tmp_path) as second:
            second.put("acme", port=smsc.port)
            second.route("acme")
            await second.is_up()
            smsc.bound[0].say(receipt(smsc.submits[0], "2"))
            await second.ends(message)
        await smsc.stop()
        assert len(smsc.submits) == 1

    asyncio.run(work())


def test_what_was_under_way_at_a_stop_is_repeated_after_it(tmp_path: Path) -> None:
    async def work() -> None:
        smsc = Smsc()
        await smsc.start()
        smsc.on_submit = lambda *_: None
        async with lab(tmp_path) as first:
            first.put("acme", port=smsc.port)
            first.route("acme")
            await first.is_up()
            message = await first.send(await first.device())
            await eventually(lambda: smsc.submits)
        smsc.on_submit = smsc.take
        async with lab(tmp_path) as second:
            second.put("acme", port=smsc.port)
            second.route("acme")
            await second.ends(message)
        await smsc.stop()
        assert len(smsc.submits) == 2

    asyncio.run(work())


def test_an_answer_that_comes_with_the_next_ones_is_that_of_its_own(run: Run) -> None:
    """Answers in any order."""

    async def work(lab: Lab) -> None:
        smsc = await lab.smsc(window=10)
        held: list[tuple[Talk, int, SubmitSm]] = []
        smsc.on_submit = lambda *told: held.append(told)
        messages = await lab.send_all([await lab.device() for _ in range(8)])
        await eventually(lambda: len(held) == 8)
        for talk, sequence, pdu in reversed(held):
            talk.answer(sequence, SubmitSmResp(message_id=pdu.destination_addr))
            talk.say(receipt(pdu, pdu.destination_addr))
        for message in messages:
            ended = await lab.ends(message)
            assert ended.destination in ended.timeline

    run(work)
