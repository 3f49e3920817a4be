"""Receipts and intermediate notifications as deliver_sm (SMPP 3.4 appendix B, §5.2.12, §5.2.28).

In: a job of kind RECEIPT or INTERIM. Out: a PDU from the message's destination to its source, with the text
that everybody reads, and the TLVs that say the same without it.
"""

from datetime import UTC, datetime
from functools import lru_cache

from heliograph.core.delivery import Job
from heliograph.core.message import Message, State
from heliograph.core.refusal import CODES
from heliograph.core.story.errors import far_error
from heliograph.interfaces.smpp.translate.addresses import address_of
from heliograph.wire.gsm.causes import RpCause
from heliograph.wire.smpp.kinds import SHORT_MESSAGE_LIMIT
from heliograph.wire.smpp.numbers import MessageState, MessageType
from heliograph.wire.smpp.pdus import DeliverSm
from heliograph.wire.smpp.tlv import (
    MESSAGE_STATE,
    NETWORK_ERROR_CODE,
    RECEIPTED_MESSAGE_ID,
    NetworkError,
    Tlvs,
)

LONGEST_TEXT = 20  # of the message, at the receipt's end
_OCTETS_TOLD = 80  # of the body: enough for so many characters of any kind
_GSM_NETWORK = 3  # SMPP 3.4 §5.3.2.31
_CODINGS = {"ascii": (0, "ascii"), "latin1": (3, "latin-1"), "ucs2": (8, "utf-16-be")}

_WORDS = {
    int(MessageState.ENROUTE): "ENROUTE",
    int(MessageState.DELIVERED): "DELIVRD",
    int(MessageState.EXPIRED): "EXPIRED",
    int(MessageState.DELETED): "DELETED",
    int(MessageState.UNDELIVERABLE): "UNDELIV",
    int(MessageState.REJECTED): "REJECTD",
}
# By plain numbers, since an enum's hash is slow, and every message passes here.
_STATES = {
    int(State.PENDING): int(MessageState.ENROUTE),
    int(State.IN_PROGRESS): int(MessageState.ENROUTE),
    int(State.BUFFERED): int(MessageState.ENROUTE),
    int(State.DELIVERED): int(MessageState.DELIVERED),
    int(State.FAILED): int(MessageState.UNDELIVERABLE),
    int(State.EXPIRED): int(MessageState.EXPIRED),
    int(State.CANCELED): int(MessageState.DELETED),
}
_ENROUTE, _DELIVERED, _DELETED = (
    int(MessageState.ENROUTE),
    int(MessageState.DELIVERED),
    int(MessageState.DELETED),
)
_UNDELIVERABLE, _REJECTED = int(MessageState.UNDELIVERABLE), int(MessageState.REJECTED)
_FINAL, _INTERIM = int(MessageType.DELIVERY_RECEIPT), int(MessageType.INTERMEDIATE_NOTIFICATION)
# 3GPP TS 24.011 §8.2.5.4, the network's own numbers; 0 is no error.
_ERRORS: dict[str, int] = {
    "absent": RpCause.DESTINATION_OUT_OF_ORDER,
    "detached": RpCause.DESTINATION_OUT_OF_ORDER,
    "sleeping": RpCause.DESTINATION_OUT_OF_ORDER,
    "no_answer": RpCause.DESTINATION_OUT_OF_ORDER,
    "validity": RpCause.DESTINATION_OUT_OF_ORDER,
    "memory_full": RpCause.MEMORY_EXCEEDED,
    "busy": RpCause.CONGESTION,
    "congestion": RpCause.CONGESTION,
    "network_failure": RpCause.NETWORK_OUT_OF_ORDER,
    "temporary_failure": RpCause.TEMPORARY_FAILURE,
    "resources": RpCause.RESOURCES_UNAVAILABLE,
    "interworking": RpCause.INTERWORKING,
    "unknown_subscriber": RpCause.UNKNOWN_SUBSCRIBER,
    "unknown_device": RpCause.UNKNOWN_SUBSCRIBER,
    "barred": RpCause.CALL_BARRED,
    "device_disabled": RpCause.CALL_BARRED,
    "sim_not_active": RpCause.CALL_BARRED,
    "suppressed": RpCause.CALL_BARRED,
    "mt_off": RpCause.OPERATOR_BARRING,
    "rejected": RpCause.TRANSFER_REJECTED,
    "facility": RpCause.FACILITY_NOT_SUBSCRIBED,
    "not_provisioned": RpCause.FACILITY_NOT_SUBSCRIBED,
    "protocol": RpCause.PROTOCOL_ERROR,
    # What an upstream answers and reports, as far as it says more than "no".
    "expired": RpCause.DESTINATION_OUT_OF_ORDER,
    "bad_destination": RpCause.UNASSIGNED_NUMBER,
    "refused": RpCause.TRANSFER_REJECTED,
    "throttled": RpCause.CONGESTION,
    "upstream_full": RpCause.CONGESTION,
    "upstream_error": RpCause.NETWORK_OUT_OF_ORDER,
    "upstream_down": RpCause.NETWORK_OUT_OF_ORDER,
    "submit_failed": RpCause.TEMPORARY_FAILURE,
}
_OTHER_ERROR = RpCause.INTERWORKING


def message_state(message: Message) -> int:
    """Our own policy's "no" before an attempt is REJECTED, the network's UNDELIVERABLE."""
    state = _STATES[int(message.state)]
    return _REJECTED if state == _UNDELIVERABLE and message.reason in CODES else state


def error_code(state: int, reason: str | None) -> int:
    if reason is None or state in (_DELIVERED, _ENROUTE, _DELETED):
        return 0
    return int(_ERRORS.get(reason, _OTHER_ERROR))


def receipt_of(job: Job, coding: str, is_interim: bool, now: int) -> DeliverSm:
    message = job.message
    state = _ENROUTE if is_interim else message_state(message)
    error, network = _error(message, state)
    done = now if is_interim or message.final_at is None else message.final_at
    id = str(message.id)
    middle = _middle(message.segments, state, error, message.accepted_at // 60_000, done // 60_000)
    text = f"id:{id}{middle}{_beginning(message)}"
    data_coding, codec = _CODINGS[coding]
    return DeliverSm(
        message.service_type,
        *address_of(message.destination),
        *address_of(message.source),
        _INTERIM if is_interim else _FINAL,
        data_coding=data_coding,
        short_message=text.encode(codec, "replace")[:SHORT_MESSAGE_LIMIT],
        tlvs=((RECEIPTED_MESSAGE_ID.tag, id.encode() + b"\0"), *_parameters(state, *network)),
    )


def _error(message: Message, state: int) -> tuple[str, tuple[int, int]]:
    """What `err` and network_error_code say: the upstream's own numbers where it named any."""
    if state == _DELIVERED:
        return "000", (_GSM_NETWORK, 0)
    theirs = None if state == _ENROUTE else far_error(message.timeline, message.reason)
    if theirs is not None:
        return theirs.err, (theirs.network, theirs.code)
    ours = error_code(state, message.reason)
    return f"{ours:03d}", (_GSM_NETWORK, ours)


@lru_cache(1_024)
def _middle(sub: int, state: int, error: str, submitted: int, done: int) -> str:
    """Many messages end alike in one minute, and formatting this costs more than all else of a receipt."""
    return (
        f" sub:{sub:03d} dlvrd:{sub if state == _DELIVERED else 0:03d}"
        f" submit date:{_minute(submitted)} done date:{_minute(done)}"
        f" stat:{_WORDS[state]} err:{error} text:"
    )


def _minute(at: int) -> str:
    return f"{datetime.fromtimestamp(at * 60, UTC):%y%m%d%H%M}"


@lru_cache(1_024)
def _parameters(state: int, network: int, error: int) -> Tlvs:
    return MESSAGE_STATE(state), NETWORK_ERROR_CODE(NetworkError(network, error))


def _beginning(message: Message) -> str:
    """The first characters of a text; of octets nothing that could be read."""
    if message.body is None or message.dcs & 0x0C == 0x04:  # TS 23.038 §4: 8-bit data
        return ""
    return message.body[:_OCTETS_TOLD].decode("utf-8", "ignore")[:LONGEST_TEXT]
