"""A message centre to bind to: wire/smpp's own SMSC side on a real socket, and every way to misbehave."""

import asyncio
import ssl
from collections.abc import Callable, Sequence

from heliograph.runtime.link import Link
from heliograph.wire.smpp.codec import encode
from heliograph.wire.smpp.events import Answered, BindRequested, Ended, Event, Limits, Requested
from heliograph.wire.smpp.matrix import Side
from heliograph.wire.smpp.numbers import MessageState, MessageType
from heliograph.wire.smpp.pdus import Bind, DeliverSm, Pdu, Request, Response, SubmitSm, SubmitSmResp
from heliograph.wire.smpp.receipt import Receipt, build_receipt
from heliograph.wire.smpp.session import SmppSession
from heliograph.wire.smpp.tlv import MESSAGE_STATE, RECEIPTED_MESSAGE_ID, Tlvs

DELIVERED, UNDELIVERABLE = MessageState.DELIVERED, MessageState.UNDELIVERABLE


class Talk:
    """One connection of a client."""

    def __init__(self, smsc: "Smsc", limits: Limits) -> None:
        self.smsc = smsc
        self.bind: Bind | None = None
        self.session = SmppSession(Side.SMSC, asyncio.get_running_loop().time(), limits)
        self.link: Link[Event] = Link(self.session, self._heard, self._lost)
        self.answers: dict[int, Response] = {}
        self.ended: str = ""

    def _heard(self, events: Sequence[Event]) -> None:
        for event in events:
            match event:
                case BindRequested(_, bind):
                    self.smsc.binds.append(bind)
                    self.smsc.on_bind(self, bind)
                case Requested(sequence, SubmitSm() as pdu):
                    self.smsc.submits.append(pdu)
                    self.smsc.on_submit(self, sequence, pdu)
                case Answered(sequence, _, response):
                    self.answers[sequence] = response
                case Ended(reason):
                    self.ended = reason.value
                    self.link.close()

    def _lost(self) -> None:
        self.smsc.talks.remove(self)

    def accept(self) -> None:
        self.session.accept_bind("smsc", self.time)
        self.link.flush_soon()

    def refuse(self, status: int) -> None:
        self.session.refuse_bind(status)
        self.link.flush_soon()

    @property
    def time(self) -> float:
        return asyncio.get_running_loop().time()

    def answer(self, sequence: int, response: Response) -> None:
        self.session.answer(sequence, response)
        self.link.flush_soon()

    def say(self, request: Request) -> int:
        sequence = self.session.send(request, self.time)
        assert sequence is not None
        self.link.flush_soon()
        return sequence

    def raw(self, *pdus: tuple[Pdu, int]) -> None:
        """Past the session: what it would never say."""
        transport = self.link._transport
        assert transport is not None
        transport.write(b"".join(encode(pdu, sequence) for pdu, sequence in pdus))

    def cut(self) -> None:
        self.link.abort()


class Smsc:
    """`on_bind` and `on_submit` say how it behaves; as it is made, it behaves well."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits(our_window=1000, their_window=1000)
        self.port = 0
        self.talks: list[Talk] = []
        self.binds: list[Bind] = []
        self.submits: list[SubmitSm] = []
        self.receipts = True
        self.state = DELIVERED
        self.first_id = 1
        self.on_bind: Callable[[Talk, Bind], None] = lambda talk, _: talk.accept()
        self.on_submit: Callable[[Talk, int, SubmitSm], None] = self.take
        self._server: asyncio.Server | None = None
        self.tls: ssl.SSLContext | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._welcome, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    def _welcome(self) -> Link[Event]:
        talk = Talk(self, self.limits)
        self.talks.append(talk)
        return talk.link

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for talk in list(self.talks):
                talk.cut()
            await self._server.wait_closed()
            self._server = None

    @property
    def bound(self) -> list[Talk]:
        return [talk for talk in self.talks if talk.session.room]

    def next_id(self) -> str:
        self.first_id += 1
        return str(self.first_id)

    def take(self, talk: Talk, sequence: int, pdu: SubmitSm) -> None:
        """As it should be: an answer, then a receipt."""
        id = self.next_id()
        talk.answer(sequence, SubmitSmResp(message_id=id))
        if pdu.registered_delivery and self.receipts:
            self.receiver(talk).say(receipt(pdu, id, self.state))

    def receiver(self, talk: Talk) -> Talk:
        """Where deliver_sm go."""
        if talk.session.may_send(DeliverSm):
            return talk
        return next(other for other in self.talks if other.session.may_send(DeliverSm))


def receipt(
    pdu: SubmitSm, id: str, state: MessageState = DELIVERED, tlvs: Tlvs | None = None, error: str = "000"
) -> DeliverSm:
    text = build_receipt(Receipt(id, 1, int(state == DELIVERED), 0, 0, state, error, b"hello"))
    return DeliverSm(
        source_addr_ton=1,
        source_addr_npi=1,
        source_addr=pdu.destination_addr.removeprefix("+"),
        destination_addr=pdu.source_addr,
        esm_class=MessageType.DELIVERY_RECEIPT,
        short_message=text,
        tlvs=(RECEIPTED_MESSAGE_ID(id), MESSAGE_STATE(state)) if tlvs is None else tlvs,
    )


def refusing(status: int) -> Callable[[Talk, int, SubmitSm], None]:
    return lambda talk, sequence, _: talk.answer(sequence, SubmitSmResp(status))
