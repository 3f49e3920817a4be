"""Sessions that die in the middle of much: every receipt comes, and few of them twice."""

import asyncio
from collections import Counter

from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import DeliverSm, DeliverSmResp, SubmitSm, SubmitSmResp
from heliograph.wire.smpp.receipt import parse_receipt
from tests.smpp.centre import Centre
from tests.smpp.conftest import Run
from tests.smpp.peer import Gone, Peer

MESSAGES, DEVICES, DEATHS, WINDOW = 600, 40, 6, 20


class Receiver:
    """Answers everything until it dies, with a few deliveries that it never answers."""

    def __init__(self, peer: Peer, told: Counter[str], unanswered: Counter[str], life: int | None) -> None:
        self._peer = peer
        self._told = told
        self._unanswered = unanswered
        self._life = life

    async def work(self) -> None:
        heard = 0
        kept: list[str] = []
        while True:
            try:
                one = await self._peer.hear()
            except (Gone, ConnectionError):
                return
            assert isinstance(one.pdu, DeliverSm), one
            id = parse_receipt(one.pdu.short_message).message_id or ""
            heard += 1
            if self._life is not None and heard > self._life:
                kept.append(id)
                if len(kept) == WINDOW // 2:
                    self._unanswered.update(kept)
                    self._peer.writer.transport.abort()
                    return
                continue
            self._peer.answer(one, DeliverSmResp())
            self._told[id] += 1


async def send(peer: Peer, devices: list[str], ids: set[str]) -> None:
    for _ in range(MESSAGES // DEVICES):
        peer.say(
            *(
                SubmitSm(source_addr="2020", destination_addr=to, short_message=b"x", registered_delivery=1)
                for to in devices
            )
        )
        for _ in devices:
            answer = await peer.expect(SubmitSmResp)
            assert answer.status == Status.ROK
            ids.add(answer.message_id)


def test_no_receipt_is_lost_and_few_come_twice(run: Run) -> None:
    async def work(here: Centre) -> None:
        await here.new_account(window=WINDOW, most_binds=50)
        devices = [await here.new_device() for _ in range(DEVICES)]
        told: Counter[str] = Counter()
        unanswered: Counter[str] = Counter()
        ids: set[str] = set()
        sending = asyncio.ensure_future(send(await here.peer("acme", kind="tx"), devices, ids))
        for death in range(DEATHS):
            peer = await here.peer("acme", kind="rx")
            await Receiver(peer, told, unanswered, 10 + death * 5).work()
        last = await here.peer("acme", kind="rx")
        receiving = asyncio.ensure_future(Receiver(last, told, unanswered, None).work())
        await sending
        async with asyncio.timeout(20):
            while not ids <= told.keys():
                assert not receiving.done()
                await asyncio.wait({receiving}, timeout=0.05)
        assert told.keys() == ids
        # An answer that a dying connection took along was given, and never heard.
        doubled = [id for id, count in told.items() if count > 1]
        assert len(doubled) <= DEATHS * WINDOW // 2
        assert sum(unanswered.values()) == DEATHS * WINDOW // 2
        receiving.cancel()

    run(work)
