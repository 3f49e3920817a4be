"""Jobs as submit_sm, as one upstream wants them (SMPP 3.4 §4.4.1).

In: a job, the time, whether the peer knows TLVs. Out: the PDU, and whether it carries all segments at once;
ValueError where it cannot be said.
"""

from functools import lru_cache
from typing import NamedTuple

from heliograph.core.delivery import Job
from heliograph.core.message import Message
from heliograph.core.outcome import DELIVERED, Accepted, Delivered, Outcome
from heliograph.core.sender_rules import BadRule, parse_rules
from heliograph.core.upstream import Upstream
from heliograph.networks.smpp.translate.addresses import receiver_of, sender_of
from heliograph.networks.smpp.translate.statuses import outcome_of
from heliograph.networks.smpp.translate.texts import (
    GSM,
    SAR_FORMS,
    WIDE,
    Piece,
    Unsayable,
    codec_of,
    pieces,
    plain,
    reference_of,
    whole,
)
from heliograph.wire.smpp.kinds import SHORT_MESSAGE_LIMIT
from heliograph.wire.smpp.numbers import Feature, MessageMode, ReceiptWish, Status
from heliograph.wire.smpp.pdus import GenericNack, Response, SubmitSm
from heliograph.wire.smpp.times import relative_time
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD, USER_MESSAGE_REFERENCE, Tlvs

LONGEST_VALIDITY_SECONDS = 63 * 24 * 3600  # TS 23.040 §9.2.3.12.1: the longest that every centre can keep
HIGHEST_PRIORITY = 3  # SMPP 3.4 §5.2.14
_UDHI = int(Feature.UDHI)
_WHOLE = Delivered(whole=True)


class Said(NamedTuple):
    pdu: SubmitSm
    is_whole: bool


class Words:
    """How one upstream is spoken to."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        try:
            self._rules = parse_rules(upstream.source)
        except BadRule:  # nobody lets one in; if it is there, senders stay as they are
            self._rules = ()
        self._codec = codec_of(upstream.coding_0)
        self._wants_receipts = upstream.receipts == "receipt"
        self._wish = int(ReceiptWish.FINAL if self._wants_receipts else ReceiptWish.NONE)
        is_transaction = upstream.receipts == "transaction"
        self._mode = int(MessageMode.FORWARD if is_transaction else MessageMode.DEFAULT)
        self._refers = upstream.repeats == "reference"

    def submit(self, job: Job, now: int, with_tlvs: bool) -> Said:
        message = job.message
        if message.segments == 1 and not (message.dcs or message.udh or message.languages):
            try:
                octets = plain(message.body or b"", self._codec)
            except Unsayable:
                pass
            else:
                return Said(self._pdu(job, now, Piece(GSM, b"", octets), with_tlvs), False)
        piece, is_whole = self._piece(job, with_tlvs)
        return Said(self._pdu(job, now, piece, with_tlvs), is_whole)

    def _piece(self, job: Job, with_tlvs: bool) -> tuple[Piece, bool]:
        """Once it went segment by segment, it goes on so."""
        message, segment = job.message, job.delivery.segment
        form = self.upstream.long_form
        if form == "payload" and message.segments > 1 and segment == 0 and with_tlvs:
            return whole(message, self._codec), True
        if form in SAR_FORMS and not with_tlvs:
            form = "udh"
        try:
            return pieces(message, form, self._codec)[segment], False
        except Unsayable:
            return self._anew(message, segment, form, with_tlvs)

    def _anew(self, message: Message, segment: int, form: str, with_tlvs: bool) -> tuple[Piece, bool]:
        """What data_coding 0 cannot say here goes at once in UCS-2; else in GSM 7-bit after all."""
        if segment == 0 and with_tlvs:
            return whole(message, self._codec), message.segments > 1
        return pieces(message, form, None)[segment], False

    def _pdu(self, job: Job, now: int, piece: Piece, with_tlvs: bool) -> SubmitSm:
        message, upstream = job.message, self.upstream
        octets = piece.udh + piece.octets if piece.udh else piece.octets
        tlvs = piece.tlvs
        if len(octets) > SHORT_MESSAGE_LIMIT:
            tlvs, octets = (*tlvs, MESSAGE_PAYLOAD(octets)), b""
        if self._refers and with_tlvs:
            tlvs = (*tlvs, _reference(reference_of(message.id, WIDE)))
        ton, npi, source = sender_of(self._rules, message.source)
        return SubmitSm(
            message.service_type or upstream.service_type,
            ton,
            npi,
            source,
            upstream.destination_ton,
            upstream.destination_npi,
            receiver_of(upstream, job.msisdn),
            self._mode | _UDHI if piece.udh else self._mode,
            message.pid,
            min(message.priority, HIGHEST_PRIORITY),
            "",
            _validity((message.expires_at - now) // 1000),
            self._wish,
            0,
            piece.coding,
            0,
            octets,
            tlvs,
        )

    def outcome(self, response: Response, reference: str, tlvs: Tlvs, is_whole: bool) -> Outcome:
        """Of its answer. An upstream whose receipts nobody wants has delivered what it took."""
        status = response.status
        if status or type(response) is GenericNack:
            return outcome_of(status or Status.RUNKNOWNERR, self.upstream.submit_fail, tlvs)
        if self._wants_receipts:
            return Accepted(reference, is_whole)
        return _WHOLE if is_whole else DELIVERED


@lru_cache(4096)
def _validity(seconds: int) -> str:
    return relative_time(max(1, min(seconds, LONGEST_VALIDITY_SECONDS)))


def _reference(number: int) -> tuple[int, bytes]:
    return USER_MESSAGE_REFERENCE.tag, number.to_bytes(2, "big")
