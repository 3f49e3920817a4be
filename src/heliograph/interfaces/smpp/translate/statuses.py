"""Refusals and command_status: the one table (SMPP 3.4 §5.1.3). The reason travels beside it, in words, as
`additional_status_info_text`.

In: a refusal, or the status of a deliver_sm_resp. Out: a status with TLVs, or an outcome.
"""

from functools import lru_cache

from heliograph.core.outcome import DELIVERED, Outcome, Permanent, Temporary
from heliograph.core.refusal import Refusal
from heliograph.wire.smpp.numbers import InterfaceVersion, Status
from heliograph.wire.smpp.tlv import ADDITIONAL_STATUS_INFO_TEXT, Tlvs

LONGEST_WORDS = 255

# Whatever is not listed is ESME_RSUBMITFAIL: the SMS as it is will not be sent.
_STATUSES: dict[str, Status] = {
    "unknown_device": Status.RINVDSTADR,
    "no_external_route": Status.RINVDSTADR,
    "p2p_external_off": Status.RINVDSTADR,
    "queue_full": Status.RMSGQFUL,
    "store_full": Status.RMSGQFUL,
    "stopping": Status.RMSGQFUL,
    "pending_limit_reached": Status.RMSGQFUL,
    "rate_reached": Status.RTHROTTLED,
    "too_long": Status.RINVMSGLEN,
    "bad_address": Status.RINVDSTADR,
    "bad_validity": Status.RINVEXPIRY,
    "bad_schedule": Status.RINVSCHED,
    "unknown_message": Status.RINVMSGID,
    "broke_down": Status.RSYSERR,
}
# The same code about another field.
_BY_FIELD: dict[tuple[str, str], Status] = {
    ("bad_address", "source address"): Status.RINVSRCADR,
    ("bad_value", "source_addr_ton"): Status.RINVSRCTON,
    ("bad_value", "priority"): Status.RINVPRTFLG,
    ("bad_value", "service_type"): Status.RINVSERTYP,
    ("bad_value", "registered_delivery"): Status.RINVREGDLVFLG,
    ("bad_value", "replace_if_present_flag"): Status.RINVREPFLAG,
    ("bad_value", "sm_default_msg_id"): Status.RINVDFTMSGID,
    ("bad_value", "number_of_dests"): Status.RINVNUMDESTS,
    ("bad_value", "dl_name"): Status.RINVDLNAME,
    ("bad_text", "esm_class"): Status.RINVESMCLASS,
    ("bad_text", "message_payload"): Status.ROPTPARNOTALLWD,
}

# The contract's table. Anything else is for good: no receipt blocks a lane for ever.
_NOT_NOW, _BUSY = Temporary("receiver_error"), Temporary("receiver_full")
NEVER = Permanent("application_rejected")
_TEMPORARY: dict[int, Temporary] = {
    Status.RX_T_APPN: _NOT_NOW,
    Status.RSYSERR: _NOT_NOW,
    Status.RTHROTTLED: _BUSY,
    Status.RMSGQFUL: _BUSY,
}


def status_of(refusal: Refusal, version: int = 0) -> Status:
    """As the answer to a submit, in a session of this version."""
    if version >= InterfaceVersion.V5_0 and (refusal.code, refusal.rule) == ("bad_text", "data_coding"):
        return Status.RINVDCS
    field = _BY_FIELD.get((refusal.code, refusal.rule or ""))
    return field or _STATUSES.get(refusal.code, Status.RSUBMITFAIL)


def status_for(refusal: Refusal, otherwise: Status) -> Status:
    """As the answer to a query, cancel or replace: `otherwise` is the command's own failure."""
    status = status_of(refusal)
    return otherwise if status == Status.RSUBMITFAIL else status


@lru_cache(1_000)
def words_of(refusal: Refusal) -> Tlvs:
    """Why, and which rule said so."""
    words = refusal.reason if refusal.rule is None else f"{refusal.reason} ({refusal.rule})"
    # The parameter is Latin-1 with a NUL at its end.
    sayable = words.replace("\0", " ").encode("latin-1", "replace").decode("latin-1")
    return (ADDITIONAL_STATUS_INFO_TEXT(sayable[:LONGEST_WORDS]),)


def outcome_of(status: int) -> Outcome:
    """What a deliver_sm_resp says."""
    if status == Status.ROK:
        return DELIVERED
    return _TEMPORARY.get(status, NEVER)
