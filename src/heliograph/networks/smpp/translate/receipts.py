"""Receipts of upstreams: which deliver_sm is one, whose, what it says (SMPP 3.4 App. B, §5.2.12, §5.2.28).

In: a deliver_sm or data_sm. Out: the ids that it names and its outcome, None where it is not the end. Other
vendors' receipts have no TLVs, no esm_class, other words; what cannot be read is counted. What merely looks
like a receipt says so: it is one if its id is known.
"""

from typing import NamedTuple

from heliograph.core.outcome import DELIVERED, Delivered, Permanent
from heliograph.core.story.errors import written
from heliograph.networks.smpp.translate.statuses import network_code
from heliograph.wire.gsm.alphabet import decode as decode_gsm
from heliograph.wire.smpp.numbers import MESSAGE_TYPE_MASK, MessageState, MessageType
from heliograph.wire.smpp.pdus import DataSm, DeliverSm
from heliograph.wire.smpp.receipt import is_receipt, parse_receipt
from heliograph.wire.smpp.tlv import (
    MESSAGE_PAYLOAD,
    MESSAGE_STATE,
    NETWORK_ERROR_CODE,
    RECEIPTED_MESSAGE_ID,
    Tlvs,
)

Ended = Delivered | Permanent
UNREADABLE = "unreadable"
_ENDS: dict[int, Ended] = {
    MessageState.DELIVERED: DELIVERED,
    MessageState.EXPIRED: Permanent("expired"),
    MessageState.DELETED: Permanent("deleted"),
    MessageState.UNDELIVERABLE: Permanent("undeliverable"),
    MessageState.UNKNOWN: Permanent("unknown_state"),
    MessageState.REJECTED: Permanent("refused"),
    MessageState.SKIPPED: Permanent("undeliverable"),
}
_NAMES = {int(state): state.name.lower() for state in MessageState}
_RECEIPT, _INTERIM = int(MessageType.DELIVERY_RECEIPT), int(MessageType.INTERMEDIATE_NOTIFICATION)
_WITH_REASONS = (MessageState.UNDELIVERABLE, MessageState.EXPIRED)
_SHORT = _NAMES.keys() - _ENDS.keys() | {int(MessageState.DELIVERED)}  # their text says nothing more
_UCS2 = 0x08  # some code a receipt as the words that it quotes
_OTHER_BITS = 0xC0  # header and reply path


class Receipt(NamedTuple):
    """`outcome` None: on its way still. `state` is what people see counted."""

    ids: tuple[str, ...]
    outcome: Ended | None
    state: str
    error: str = ""  # what it calls the reason
    is_certain: bool = True  # else only its text says that it is one, and an SMS may say so too


def receipt_of(pdu: DeliverSm | DataSm, is_thorough: bool) -> Receipt | None:
    """None: an SMS. Where the parameters say all, its text is read for another id alone: `is_thorough`."""
    type = pdu.esm_class & MESSAGE_TYPE_MASK
    octets = pdu.short_message if isinstance(pdu, DeliverSm) else b""
    tlvs = pdu.tlvs
    if not octets and tlvs:
        octets = MESSAGE_PAYLOAD.of(tlvs) or b""
    named = RECEIPTED_MESSAGE_ID.of(tlvs) if tlvs else None
    is_certain = type in (_RECEIPT, _INTERIM) or bool(named)
    if not is_certain and not _looks_like_one(pdu, octets):
        return None
    state = MESSAGE_STATE.of(tlvs) if tlvs else None
    if named and state in _SHORT and not is_thorough:
        return _receipt((named,), state, tlvs, type == _INTERIM)
    if pdu.data_coding == _UCS2:
        octets = octets.decode("utf-16-be", "replace").encode("latin-1", "replace")
    read = _read(octets, tlvs, named, state, type == _INTERIM)
    if is_certain:
        return read
    return None if read.state == UNREADABLE else read._replace(is_certain=False)


def _looks_like_one(pdu: DeliverSm | DataSm, octets: bytes) -> bool:
    """Of centres that forget esm_class. Whoever sends such a text as an SMS sends it in coding 0."""
    return pdu.esm_class & ~_OTHER_BITS == 0 and octets[:3].lower() == b"id:" and is_receipt(octets)


def _read(octets: bytes, tlvs: Tlvs, named: str | None, state: int | None, is_interim: bool) -> Receipt:
    said = parse_receipt(octets)
    if state not in _NAMES:
        state = said.state
    ids = tuple(dict.fromkeys(id for id in (named, _plain(said.message_id)) if id))
    return _receipt(ids, state, tlvs, is_interim, said.error)


def _plain(id: str | None) -> str | None:
    """Where the words are in GSM 7-bit, an underscore is a control: no id has one."""
    if id is None or id.isprintable() or not id.isascii():
        return id
    return decode_gsm(id.encode())


def _receipt(
    ids: tuple[str, ...], state: int | None, tlvs: Tlvs, is_interim: bool, err: str | None = None
) -> Receipt:
    if state is None or not ids:
        return Receipt(ids, None, UNREADABLE)
    outcome = None if is_interim else _ENDS.get(state)
    if outcome is None or outcome is DELIVERED:
        return Receipt(ids, outcome, _NAMES[state])
    error = NETWORK_ERROR_CODE.of(tlvs) if tlvs else None
    code = network_code(error) if state in _WITH_REASONS else None
    if code is not None:
        outcome = Permanent(code)
    return Receipt(ids, outcome, _NAMES[state], written(err, *(error or ())))
