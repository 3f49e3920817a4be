"""Events: the contract's numbers and words for what happened.

In: an event of ours, with the device and the SIM that it was about. Out: the contract's object. Types of
ours that emnify does not have begin at 1000.
"""

from collections.abc import Iterable

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from heliograph.core.device import Device
from heliograph.flow.reads.fleet_port import EventRow
from heliograph.flow.reads.listing import Condition, Operator, Wanted
from heliograph.interfaces.rest.translate.shapes import Looked
from heliograph.interfaces.rest.translate.sims import OrganisationShown
from heliograph.interfaces.rest.translate.times import shown

NETWORK, POLICY, API = Looked(0, "Network"), Looked(1, "Policy Control"), Looked(2, "API")
SOURCES = (NETWORK, POLICY, API)
SEVERITIES = (Looked(0, "Info"), Looked(1, "Warn"), Looked(2, "Critical"))
OTHER = Looked(1000, "Other")
# Ours, with the contract's number and words (§7), and where it comes from.
_TYPES: dict[str, tuple[Looked, Looked]] = {
    "device_attached": (Looked(1, "Update location"), NETWORK),
    "device_detached": (Looked(15, "Purge location"), NETWORK),
    "device_blocked": (Looked(11, "Endpoint blocked"), POLICY),
    "quota_threshold_reached": (Looked(20, "SMS quota threshold reached"), POLICY),
    "quota_used_up": (Looked(21, "SMS quota used up"), POLICY),
    "quota_enabled": (Looked(54, "SMS quota enabled"), API),
    "quota_disabled": (Looked(55, "SMS quota disabled"), API),
    "quota_assigned": (Looked(58, "SMS quota assigned"), API),
    "quota_deleted": (Looked(59, "SMS quota deleted"), API),
    "quota_expired": (Looked(61, "SMS quota expired"), POLICY),
    "device_enabled": (Looked(42, "Endpoint enabled"), API),
    "device_disabled": (Looked(43, "Endpoint disabled"), API),
    "sim_assigned": (Looked(1001, "SIM assigned"), API),
    "sim_released": (Looked(1002, "SIM released"), API),
    "sim_activated": (Looked(1003, "SIM activated"), API),
    "sim_suspended": (Looked(1004, "SIM suspended"), API),
    "firewall_blocked": (Looked(1011, "SMS blocked by a rule"), POLICY),
    "p2p_cap_reached": (Looked(1012, "P2P SMS cap reached"), POLICY),
    "mt_limit_used_up": (Looked(1013, "SMS MT limit reached"), POLICY),
    "mo_limit_used_up": (Looked(1014, "SMS MO limit reached"), POLICY),
    "device_held": (Looked(1015, "Endpoint held"), POLICY),
    "device_released": (Looked(1016, "Endpoint released"), API),
    "login_failed": (Looked(6, "User authentication failed"), API),
    "callback_disabled": (Looked(1020, "Callback disabled"), API),
    "receipt_refused": (Looked(1021, "Receipt refused by its application"), API),
    "mo_refused": (Looked(1022, "SMS MO refused by its application"), API),
    "waiting_given_up": (Looked(1023, "Too much waits for an SMPP account"), API),
    "upstream_up": (Looked(1030, "Upstream connected"), NETWORK),
    "upstream_down": (Looked(1031, "Upstream lost"), NETWORK),
    "upstream_throttled": (Looked(1032, "Upstream throttles"), NETWORK),
    "console_locked": (Looked(1040, "Console locked"), API),
    "upstream_unnamed": (Looked(1033, "Upstream answers without an id of its own"), NETWORK),
}
OUR_TYPES = frozenset(_TYPES)  # by which callbacks subscribe
# The contract's, which nothing here raises: data is carried elsewhere.
_NEVER = (Looked(2, "Update GPRS location"), Looked(16, "Purge GPRS location"))


class EndpointOf(Struct, frozen=True):
    id: int
    name: str | None
    tags: str | None
    imei: str | None
    ip_address: str | None


class SimOfEvent(Struct, frozen=True):
    id: int
    iccid: str
    production_date: str


class ImsiOf(Struct, frozen=True):
    id: int
    imsi: str
    import_date: str


class EventShown(Struct, frozen=True):
    id: int
    timestamp: str
    alert: bool
    description: str
    event_type: Looked
    event_source: Looked
    event_severity: Looked
    organisation: OrganisationShown
    endpoint: EndpointOf | None
    sim: SimOfEvent | None
    imsi: ImsiOf | None
    detail: str | UnsetType = UNSET


def event_types() -> list[Looked]:
    """Each once, by number."""
    found = {look.id: look for look in (*(look for look, _ in _TYPES.values()), *_NEVER, OTHER)}
    return [found[id] for id in sorted(found)]


def words_of(looked: Iterable[Looked]) -> dict[str, int]:
    """As `q` may write them instead of their numbers."""
    return {one.description.lower(): one.id for one in looked}


def type_of(type: str) -> Looked:
    return _TYPES.get(type, (OTHER, API))[0]


def source_of(type: str) -> Looked:
    return _TYPES.get(type, (OTHER, API))[1]


def in_our_words(wanted: Wanted) -> Wanted:
    """Numbers of types and sources become lists of our types."""
    return replace(wanted, conditions=tuple(map(_ours, wanted.conditions)))


def _ours(condition: Condition) -> Condition:
    if condition.column == "type":
        return _among(type for type, (look, _) in _TYPES.items() if look.id == condition.value)
    if condition.column == "source":
        return _among(type for type, (_, source) in _TYPES.items() if source.id == condition.value)
    return condition


def _among(types: Iterable[str]) -> Condition:
    return Condition("type", Operator.AMONG, ",".join(types))


def shown_event(row: EventRow, organisation: OrganisationShown) -> EventShown:
    event, sim = row.event, row.sim
    look = type_of(event.type)
    words = look.description if look is not OTHER else event.type.replace("_", " ").capitalize()
    return EventShown(
        event.id,
        shown(event.at),
        event.severity > 0,
        f"{words}: {event.detail}" if event.detail else f"{words}.",
        look,
        source_of(event.type),
        SEVERITIES[min(event.severity, len(SEVERITIES) - 1)],
        organisation,
        _endpoint(event.device, row.device),
        SimOfEvent(sim.id, sim.iccid, shown(sim.created_at)) if sim is not None else None,
        ImsiOf(sim.id, sim.imsi, shown(sim.created_at)) if sim is not None and sim.imsi else None,
        event.detail or UNSET,
    )


def _endpoint(id: int | None, device: Device | None) -> EndpointOf | None:
    if id is None:
        return None
    if device is None:
        return EndpointOf(id, None, None, None, None)
    return EndpointOf(id, device.name, device.tags or None, device.imei or None, device.ip_address or None)
