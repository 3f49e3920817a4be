"""SMS: a message of ours as the contract's SMS object (§4), with our additions behind.

In: a message with its device and labels. Out: the object; strings where the wire has strings.
"""

from msgspec import Struct

from heliograph.core.address import is_name
from heliograph.core.message import DIRECTION_NAMES, INTERIM, Direction, Message, State
from heliograph.core.story.timeline import read
from heliograph.flow.reads.sms import Sms
from heliograph.flow.shown import Explained
from heliograph.interfaces.rest.translate.sms import ALPHANUMERIC, INTERNATIONAL, NATIONAL
from heliograph.interfaces.rest.translate.times import maybe_shown, shown
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs

MILLIONTHS = 1_000_000  # prices are kept in them


class Described(Struct, frozen=True):
    id: int
    description: str


class EndpointNamed(Struct, frozen=True):
    id: int
    name: str


STATUSES = {
    State.PENDING: Described(1, "DELIVERY ATTEMPT PENDING"),
    State.IN_PROGRESS: Described(2, "IN PROGRESS"),
    State.BUFFERED: Described(3, "BUFFERED"),
    State.DELIVERED: Described(4, "DELIVERED"),
    State.FAILED: Described(5, "FAILED"),
    State.EXPIRED: Described(6, "EXPIRED"),
    State.CANCELED: Described(7, "CANCELED"),
}
MT, MO = Described(1, "MT"), Described(2, "MO")
_SOURCE_TYPES = {
    INTERNATIONAL: Described(INTERNATIONAL, "International"),
    NATIONAL: Described(NATIONAL, "National"),
    ALPHANUMERIC: Described(ALPHANUMERIC, "Alphanumeric"),
}
_REST, _SMPP, _CONSOLE = Described(1, "RestAPI"), Described(2, "SMPP"), Described(3, "Console")
_INTERFACES = {"account": _SMPP, "operator": _CONSOLE, "console": _CONSOLE}


class SmsObject(Struct, frozen=True):
    id: int
    submit_date: str
    delivery_date: str
    expiry_date: str
    final_date: str | None
    retry_date: str | None
    last_delivery_attempt: str | None
    retry_count: str
    gsm_map_error: str | None
    dcs: str
    pid: str
    source_address: str
    dest_address: str
    endpoint: EndpointNamed | None
    endpoint_id: int | None
    sim_id: str | None
    iccid: str | None
    msisdn: str | None
    imsi: str | None
    msc: str | None
    udh: str
    payload: str | None  # binary content as hexadecimal; null once retention removed it
    organisation_id: int
    called_party_prefix: str | None
    registered_delivery: int
    smpp_bind_id: int | None
    smpp_dlr_bind_id: int | None
    dlr_status_id: int | None
    p2p_ext: int | None
    status: Described
    sms_type: Described
    source_address_type: Described
    esme_interface_type: Described
    # Additions to the contract.
    direction: str
    reason: str | None
    segments: int
    cost: float
    priority: int
    not_before: str | None
    replace_key: str | None
    at_most_once: bool
    client_reference: str | None
    tags: str | None
    batch_id: int | None


class _Progress(Struct):
    """What the timeline tells of attempts."""

    attempted_at: int | None = None
    retry_at: int | None = None
    code: str | None = None


def sms_object(sms: Sms) -> SmsObject:
    message, device, label = sms.message, sms.device, sms.label
    progress, is_delivered = _progress(message.timeline), message.state == State.DELIVERED
    is_waiting = message.final_at is None
    return SmsObject(
        id=message.id,
        submit_date=shown(message.accepted_at),
        delivery_date=shown(message.final_at or 0) if is_delivered else shown(message.accepted_at),
        expiry_date=shown(message.expires_at),
        final_date=maybe_shown(message.final_at),
        retry_date=maybe_shown(progress.retry_at) if is_waiting else None,
        last_delivery_attempt=maybe_shown(progress.attempted_at),
        retry_count=str(max(0, message.attempts - 1)),
        gsm_map_error=None if is_delivered else progress.code,
        dcs=str(message.dcs),
        pid=str(message.pid),
        source_address=message.source.removeprefix("+"),
        dest_address=message.destination,
        endpoint=EndpointNamed(sms.end, device.name if device else "") if sms.end is not None else None,
        endpoint_id=sms.end,
        sim_id=str(sms.sim.id) if sms.sim else None,
        iccid=sms.sim.iccid if sms.sim else None,
        msisdn=device.msisdn if device else None,
        imsi=device.imsi if device else None,
        msc=None,
        udh=message.udh.hex(),
        payload=_payload(message),
        organisation_id=message.org,
        called_party_prefix=None,
        registered_delivery=message.receipt & 3 | (message.receipt & INTERIM) << 2,  # SMPP 3.4 §5.2.17
        smpp_bind_id=None,
        smpp_dlr_bind_id=None,
        dlr_status_id=None,
        p2p_ext=None,
        status=STATUSES[State(message.state)],
        sms_type=_sms_type(message, sms.end),
        source_address_type=_SOURCE_TYPES[_source_type(message)],
        esme_interface_type=_INTERFACES.get(message.sender.partition(":")[0], _REST),
        direction=DIRECTION_NAMES[message.direction],
        reason=message.reason,
        segments=message.segments,
        cost=message.price / MILLIONTHS,
        priority=message.priority,
        not_before=maybe_shown(message.not_before or None),
        replace_key=message.replace_key,
        at_most_once=bool(message.at_most_once),
        client_reference=label.reference if label else None,
        tags=label.tags or None if label else None,
        batch_id=label.batch if label else None,
    )


def _payload(message: Message) -> str | None:
    if message.body is None:
        return None
    if parse_dcs(message.dcs).alphabet is Alphabet.OCTETS:
        return message.body.hex()
    return message.body.decode(errors="replace")


def _sms_type(message: Message, end: int | None) -> Described:
    """From device to device it is what it is to the end that is shown."""
    if message.direction == Direction.P2P:
        return MT if end is not None and end == message.device else MO
    return MO if message.direction == Direction.MO else MT


def _source_type(message: Message) -> int:
    """A device's own number is kept international, without its `+`."""
    if is_name(message.source):
        return ALPHANUMERIC
    is_international = message.source.startswith("+") or (message.origin is not None and message.source)
    return INTERNATIONAL if is_international else NATIONAL


def _progress(timeline: str) -> _Progress:
    found = _Progress()
    for step in read(timeline):
        if step.code == "attempt":
            found.attempted_at, found.retry_at = step.at, None
        elif step.code in ("deferred", "unknown", "rejected") and step.arguments:
            found.code = step.arguments[0]
            if step.code == "deferred" and step.arguments[1:] and step.arguments[1].isdecimal():
                found.retry_at = int(step.arguments[1]) or None
    return found


class StepShown(Struct, frozen=True):
    """One step of a timeline. Without a date it is of now: what the SMS waits for."""

    code: str
    date: str | None
    text: str


def story(explained: Explained) -> list[StepShown]:
    return [StepShown(step.code, maybe_shown(step.at), step.text) for step in explained.story]
