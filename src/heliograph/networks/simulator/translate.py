"""Where the simulator's words and ours meet: its answers become outcomes, our refusals become RP causes.

The only such place of this adapter.
"""

from collections.abc import Mapping

from heliograph.core.outcome import DELIVERED, LINK_LOST, Outcome, Permanent, Temporary
from heliograph.core.refusal import Refusal
from heliograph.flow.requests import Inbound, ReceiveAnswer
from heliograph.networks.simulator.device import Device, Transmission
from heliograph.networks.simulator.radio import Answer, Page
from heliograph.wire.gsm.causes import RpCause

_OUTCOMES: Mapping[Answer, Outcome] = {
    Answer.DELIVERED: DELIVERED,
    Answer.ABSENT: Temporary("absent"),
    Answer.DETACHED: Temporary("detached"),
    Answer.SLEEPING: Temporary("sleeping"),
    Answer.MEMORY_FULL: Temporary("memory_full"),
    Answer.BUSY: Temporary("busy"),
    Answer.CONGESTION: Temporary("congestion"),
    Answer.NETWORK_FAILURE: Temporary("network_failure"),
    Answer.TEMPORARY_FAILURE: Temporary("temporary_failure"),
    Answer.RESOURCES: Temporary("resources"),
    Answer.INTERWORKING: Temporary("interworking"),
    Answer.ANSWER_LOST: LINK_LOST,
    Answer.UNKNOWN_SUBSCRIBER: Permanent("unknown_subscriber"),
    Answer.BARRED: Permanent("barred"),
    Answer.REJECTED: Permanent("rejected"),
    Answer.FACILITY: Permanent("facility"),
    Answer.PROTOCOL: Permanent("protocol"),
    Answer.ILLEGAL_EQUIPMENT: Permanent("illegal_equipment"),
    Answer.NOT_PROVISIONED: Permanent("not_provisioned"),
}

# 3GPP TS 24.011 §8.2.5.4. Whatever is not listed is our own refusal of this SMS for good.
_CAUSES: Mapping[str, RpCause] = {
    "unknown_device": RpCause.UNIDENTIFIED_SUBSCRIBER,
    "device_disabled": RpCause.CALL_BARRED,
    "sim_not_active": RpCause.CALL_BARRED,
    "mo_off": RpCause.FACILITY_NOT_SUBSCRIBED,
    "mo_limit_reached": RpCause.FACILITY_NOT_SUBSCRIBED,
    "quota_missing": RpCause.FACILITY_NOT_SUBSCRIBED,
    "quota_expired": RpCause.FACILITY_NOT_SUBSCRIBED,
    "quota_exhausted": RpCause.FACILITY_NOT_SUBSCRIBED,
    "p2p_internal_off": RpCause.FACILITY_NOT_SUBSCRIBED,
    "p2p_external_off": RpCause.FACILITY_NOT_SUBSCRIBED,
    "no_external_route": RpCause.UNASSIGNED_NUMBER,
    "bad_address": RpCause.UNASSIGNED_NUMBER,
    "bad_text": RpCause.SEMANTICALLY_INCORRECT,
    "too_long": RpCause.SEMANTICALLY_INCORRECT,
    "peer_blocked": RpCause.OPERATOR_BARRING,
    "peer_not_allowed": RpCause.OPERATOR_BARRING,
    "time_blocked": RpCause.OPERATOR_BARRING,
    "content_blocked": RpCause.TRANSFER_REJECTED,
    "suppressed": RpCause.CALL_BARRED,
    "device_held": RpCause.CALL_BARRED,
    "rate_reached": RpCause.CONGESTION,
    "queue_full": RpCause.CONGESTION,
    "store_full": RpCause.CONGESTION,
    "stopping": RpCause.CONGESTION,
}
_OTHER_CAUSE = RpCause.TRANSFER_REJECTED

FULL = RpCause.CONGESTION  # our store takes nothing at the moment
FAILED = RpCause.TEMPORARY_FAILURE  # we broke down over it


def outcome_of(page: Page) -> Outcome:
    """An answer of the network. The time that it names is kept."""
    outcome = _OUTCOMES[page.answer]
    if page.retry_after_ms is not None and isinstance(outcome, Temporary):
        return Temporary(outcome.code, -(-page.retry_after_ms // 1000))
    return outcome


def cause_of(answer: ReceiveAnswer) -> int | None:
    """What the device hears of the SMS that it sent: None is RP-ACK."""
    if isinstance(answer, Refusal):
        return _CAUSES.get(answer.code, _OTHER_CAUSE)
    return None


def inbound_of(gate: str, device: Device, transmission: Transmission) -> Inbound:
    segment = transmission.segment
    return Inbound(
        gate=gate,
        imsi=device.imsi,
        msisdn=device.msisdn,
        destination=transmission.to,
        content=segment.content,
        part_reference=segment.reference,
        part_total=segment.total,
        part_number=segment.number,
        raw_ucs2=segment.raw_ucs2,
    )
