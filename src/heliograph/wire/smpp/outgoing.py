"""PDUs of ours on their way: numbered, shown to the trace, held until the driver takes them.

Comes in: PDUs. Goes out: octets. Never here: whether a PDU may be sent.
"""

from collections.abc import Callable

from heliograph.wire.smpp.codec import SEQUENCE_LIMIT, encode
from heliograph.wire.smpp.layout import HEADER, HEADER_OCTETS
from heliograph.wire.smpp.numbers import RESPONSE_BIT, CommandId
from heliograph.wire.smpp.pdus import REQUESTS, DataSm, Pdu, Request
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD

Watch = Callable[[bool, bytes], None]
"""Sees every PDU as it travels; True: it is ours. For traces."""
_ANSWERED = {int(request.command_id) for request in REQUESTS if request.answer is not None}


class Outgoing:
    """`octets` are held now; `with_tlvs` is False towards a peer older than 3.4."""

    def __init__(self, watch: Watch | None) -> None:
        self.octets = 0
        self.with_tlvs = True
        self._watch = watch
        self._held: list[bytes] = []
        self._sequence = 0

    def request(self, pdu: Request) -> int:
        """Number it and hold it. ValueError when a value does not fit, or its text may not travel."""
        if not self.with_tlvs and (isinstance(pdu, DataSm) or MESSAGE_PAYLOAD.of(getattr(pdu, "tlvs", ()))):
            raise ValueError("the text would travel in a TLV, and the peer knows none")
        # SMPP 3.4 §5.1.4: 1 to 0x7FFFFFFF, and round again.
        sequence = self._sequence % SEQUENCE_LIMIT + 1
        self.respond(pdu, sequence)
        self._sequence = sequence
        return sequence

    def respond(self, pdu: Pdu, sequence: int) -> None:
        """The number is the request's. ValueError when a value does not fit."""
        self._hold(encode(pdu, sequence, with_tlvs=self.with_tlvs))

    def reply(self, command_id: int, sequence: int, status: int) -> None:
        """Without a body: the matching response, or generic_nack for a command that has none."""
        answer = command_id | RESPONSE_BIT if command_id in _ANSWERED else CommandId.GENERIC_NACK
        self._hold(HEADER.pack(HEADER_OCTETS, answer, status, sequence))

    def _hold(self, frame: bytes) -> None:
        self.octets += len(frame)
        self._held.append(frame)
        if self._watch is not None:
            self._watch(True, frame)

    def take(self) -> bytes:
        """Everything held, once."""
        data = b"".join(self._held)
        self.drop()
        return data

    def drop(self) -> None:
        self._held.clear()
        self.octets = 0
