"""What an upstream's answer to a submit means: the one table (SMPP 3.4 §5.1.3). And how our refusals of SMS
that it brings are said.

In: a response, with what it says beside its status; or a refusal. Out: an outcome; or a status.
"""

from collections.abc import Mapping

from heliograph.core.outcome import GATE_CLOSED, Outcome, Permanent, Temporary
from heliograph.core.refusal import Refusal
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.tlv import DELIVERY_FAILURE_REASON, NETWORK_ERROR_CODE, NetworkError, Tlvs

BUSY_SECONDS = 2  # a lane that was throttled waits so long; the gate's rate does the rest
NOT_CARRIED = Permanent("protocol")  # what cannot be said to this peer at all

_BAD_DESTINATION, _BAD_SOURCE = Permanent("bad_destination"), Permanent("bad_source")
_PROTOCOL, _REFUSED = Permanent("protocol"), Permanent("refused")
_OUT_OF_ORDER = Temporary("upstream_error")
_OUTCOMES: Mapping[int, Outcome] = {
    Status.RTHROTTLED: Temporary("throttled", BUSY_SECONDS),
    Status.RMSGQFUL: Temporary("upstream_full", BUSY_SECONDS),
    # The link's own fault: no attempt is spent.
    Status.RINVBNDSTS: GATE_CLOSED,
    Status.RBINDFAIL: GATE_CLOSED,
    Status.RSYSERR: _OUT_OF_ORDER,
    Status.RUNKNOWNERR: _OUT_OF_ORDER,
    Status.RSERTYPUNAVAIL: _OUT_OF_ORDER,
    Status.RX_T_APPN: Temporary("temporary_failure"),
    Status.RX_P_APPN: _REFUSED,
    Status.RX_R_APPN: _REFUSED,
    Status.RPROHIBITED: _REFUSED,
    Status.RSERTYPUNAUTH: _REFUSED,
    Status.RSERTYPDENIED: _REFUSED,
    Status.RINVDSTADR: _BAD_DESTINATION,
    Status.RINVDSTTON: _BAD_DESTINATION,
    Status.RINVDSTNPI: _BAD_DESTINATION,
    Status.RINVDSTADDRSUBUNIT: _BAD_DESTINATION,
    Status.RINVSRCADR: _BAD_SOURCE,
    Status.RINVSRCTON: _BAD_SOURCE,
    Status.RINVSRCNPI: _BAD_SOURCE,
    Status.RINVSRCADDRSUBUNIT: _BAD_SOURCE,
    Status.RINVMSGLEN: _PROTOCOL,
    Status.RINVCMDLEN: _PROTOCOL,
    Status.RINVCMDID: _PROTOCOL,
    Status.RINVPRTFLG: _PROTOCOL,
    Status.RINVREGDLVFLG: _PROTOCOL,
    Status.RINVSERTYP: _PROTOCOL,
    Status.RINVREPFLAG: _PROTOCOL,
    Status.RINVESMCLASS: _PROTOCOL,
    Status.RINVSCHED: _PROTOCOL,
    Status.RINVEXPIRY: _PROTOCOL,
    Status.RINVDFTMSGID: _PROTOCOL,
    Status.RINVOPTPARSTREAM: _PROTOCOL,
    Status.ROPTPARNOTALLWD: _PROTOCOL,
    Status.RINVPARLEN: _PROTOCOL,
    Status.RMISSINGOPTPARAM: _PROTOCOL,
    Status.RINVOPTPARAMVAL: _PROTOCOL,
    Status.RINVDCS: _PROTOCOL,
}
_OTHER = Temporary("temporary_failure")
_SUBMIT_FAIL: Mapping[str, Outcome] = {"temporary": Temporary("submit_failed"), "permanent": _REFUSED}
NOT_BOUND = frozenset({int(Status.RINVBNDSTS), int(Status.RBINDFAIL)})

# delivery_failure_reason, SMPP 3.4 §5.3.2.33.
_REASONS: Mapping[int, Outcome] = {
    0: Temporary("absent"),
    1: Permanent("unknown_subscriber"),
    2: Permanent("undeliverable"),
    3: Temporary("network_failure"),
}
_GSM_NETWORK = 3  # network_error_code, SMPP 3.4 §5.3.2.31
# 3GPP TS 29.002 §17.6.6: the errors of MT-ForwardSM and of asking for its way.
_NETWORK_ERRORS: Mapping[int, str] = {
    1: "unknown_subscriber",
    5: "unknown_subscriber",
    6: "absent",
    9: "barred",
    11: "not_provisioned",
    12: "illegal_equipment",
    13: "barred",
    21: "facility",
    27: "absent",
    31: "busy",
    32: "memory_full",
}


def outcome_of(status: int, submit_fail: str, tlvs: Tlvs = ()) -> Outcome:
    """Of a response that is not ESME_ROK."""
    if status == Status.RSUBMITFAIL:
        return _SUBMIT_FAIL.get(submit_fail, _OTHER)
    if status == Status.RDELIVERYFAILURE:
        return _undelivered(tlvs)
    return _OUTCOMES.get(status, _OTHER)


def _undelivered(tlvs: Tlvs) -> Outcome:
    """Transaction mode: the network's own answer."""
    code = network_code(NETWORK_ERROR_CODE.of(tlvs))
    if code is not None:
        return Permanent(code) if code in _FOR_GOOD else Temporary(code)
    return _REASONS.get(DELIVERY_FAILURE_REASON.of(tlvs) or 0, _OTHER)


_FOR_GOOD = frozenset({"unknown_subscriber", "barred", "not_provisioned", "illegal_equipment", "facility"})


def network_code(error: NetworkError | None) -> str | None:
    """A GSM network's error, in our words."""
    if error is None or error.network_type != _GSM_NETWORK:
        return None
    return _NETWORK_ERRORS.get(error.code)


# What the upstream hears of an SMS that it brought. Whatever is not listed is refused for good.
_STATUSES: Mapping[str, Status] = {
    "unknown_device": Status.RINVDSTADR,
    "bad_address": Status.RINVDSTADR,
    "no_external_route": Status.RINVDSTADR,
    "queue_full": Status.RMSGQFUL,
    "store_full": Status.RMSGQFUL,
    "stopping": Status.RMSGQFUL,
    "rate_reached": Status.RX_T_APPN,
    "bad_text": Status.RINVDCS,
    "too_long": Status.RINVMSGLEN,
}
FULL = Status.RMSGQFUL  # our store takes nothing at the moment
BROKE_DOWN = Status.RX_T_APPN
NOT_OURS = Status.RX_P_APPN


def status_of(refusal: Refusal) -> Status:
    return _STATUSES.get(refusal.code, NOT_OURS)
