"""The inlet by itself: what the store answers, and what has happened by then."""

import asyncio
from typing import Any

from heliograph.core.outcome import DELIVERED
from heliograph.flow.confirm import Confirm, Report
from heliograph.networks.smpp.inlet import Inlet, Tools
from heliograph.networks.smpp.translate.ids import Ids
from heliograph.wire.smpp.events import Requested
from heliograph.wire.smpp.numbers import MessageState, MessageType
from heliograph.wire.smpp.pdus import DeliverSm, Response
from heliograph.wire.smpp.tlv import MESSAGE_STATE, RECEIPTED_MESSAGE_ID


class Peer:
    """A session, its line, and the store behind both: each says what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Response]] = []
        self.asked: list[tuple[list[Report], asyncio.Future[list[bool]]]] = []

    def answer(self, sequence: int, response: Response) -> None:
        self.answers.append((sequence, response))

    def flush_soon(self) -> None:
        pass

    def run(self, flow: object, requests: Any, by: object = None) -> asyncio.Future[list[bool]]:
        future = asyncio.get_running_loop().create_future()
        self.asked.append((list(requests), future))
        return future


def test_a_receipt_waits_where_its_answer_was_under_way_when_it_was_asked_about() -> None:
    """The answer is settled between the question and what the store says to it: it may be its message's."""

    async def work() -> None:
        peer: Any = Peer()
        is_behind = True
        tools = Tools(peer, Confirm(60), peer, lambda: 0.0, "")
        inlet = Inlet("acme", tools, Ids("as_is"), "gsm", lambda: is_behind)
        receipt = DeliverSm(
            esm_class=MessageType.DELIVERY_RECEIPT,
            tlvs=(RECEIPTED_MESSAGE_ID("7"), MESSAGE_STATE(MessageState.DELIVERED)),
        )
        inlet.take(peer, peer, [Requested(1, receipt)], 0.0)
        await asyncio.sleep(0)
        is_behind = False
        peer.asked[0][1].set_result([False])
        await asyncio.sleep(0)
        assert (inlet.held, peer.answers) == (1, [])
        inlet.pass_time(0.25)
        await asyncio.sleep(0)
        reports, future = peer.asked[1]
        assert reports == [Report("upstream:acme", "7", DELIVERED)]
        future.set_result([True])
        await asyncio.sleep(0)
        assert [(sequence, answer.status) for sequence, answer in peer.answers] == [(1, 0)]
        assert inlet.counters.unknown_references == 0

    asyncio.run(work())


def test_a_stop_waits_for_what_the_store_says_to_receipts() -> None:
    """Also for those that it was not asked about yet."""

    async def work() -> None:
        peer: Any = Peer()
        inlet = Inlet(
            "acme", Tools(peer, Confirm(60), peer, lambda: 0.0, ""), Ids("as_is"), "gsm", lambda: True
        )
        receipt = DeliverSm(
            esm_class=MessageType.DELIVERY_RECEIPT,
            tlvs=(RECEIPTED_MESSAGE_ID("7"), MESSAGE_STATE(MessageState.DELIVERED)),
        )
        inlet.take(peer, peer, [Requested(1, receipt)], 0.0)
        stopping = asyncio.ensure_future(inlet.stop())
        await asyncio.sleep(0)
        ((_, future),) = peer.asked
        assert not stopping.done()
        future.set_result([True])
        await stopping
        assert [(sequence, answer.status) for sequence, answer in peer.answers] == [(1, 0)]

    asyncio.run(work())
