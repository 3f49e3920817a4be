"""Virtual devices as they are shown and changed.

In: pictures of the simulator, wishes of people. Out: the API's shapes; the words of the simulator.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.device import Device
from heliograph.core.security.audit import Simulated
from heliograph.flow.manage.fleet_changes import FleetWish
from heliograph.interfaces.rest.simulator_desk import Picture
from heliograph.interfaces.rest.translate.sms_shown import EndpointNamed
from heliograph.interfaces.rest.translate.times import maybe_shown, shown

KIND = "VirtualDevice"
PROFILE_TAG = "sim-profile="
MOST_READINGS = 32

Coverage = Literal["attached", "detached", "no_answer", "asleep"]
Fault = Literal[
    "answer_lost",
    "barred",
    "busy",
    "congestion",
    "facility",
    "illegal_equipment",
    "interworking",
    "network_failure",
    "not_provisioned",
    "protocol",
    "rejected",
    "resources",
    "temporary_failure",
    "unknown_subscriber",
]
Word = Annotated[str, Meta(min_length=1, max_length=100)]
_STATES = {"detached": "detached", "no_answer": "out_of_coverage", "asleep": "asleep"}


class VirtualDeviceChange(Struct, frozen=True, forbid_unknown_fields=True):
    coverage: Coverage | UnsetType = UNSET  # no_answer: out of coverage, without a word
    memory: Literal["free", "full"] | UnsetType = UNSET
    fault: Fault | UnsetType | None = UNSET  # what the network answers instead of delivering; null ends it
    profile: Word | UnsetType = UNSET
    readings: Annotated[dict[Word, float], Meta(max_length=MOST_READINGS)] | UnsetType = UNSET


class SimulatedSmsBody(Struct, frozen=True, forbid_unknown_fields=True):
    dest_address: Annotated[str, Meta(min_length=1, max_length=40)]
    payload: Annotated[str, Meta(min_length=1, max_length=2_000)]


class InboxSms(Struct, frozen=True):
    date: str
    source_address: str
    payload: str  # data as hexadecimal
    binary: bool
    repeated: bool  # a part of it came once more


class Letter(Struct, frozen=True):
    """An SMS that the device wants to send. The text is for those with the scope sms:read."""

    dest_address: str
    payload: str | None
    segments: int
    acknowledged: int
    tries: int


class RefusedLetter(Struct, frozen=True):
    date: str
    dest_address: str
    payload: str | None
    cause: int  # 3GPP TS 24.011 §8.2.5.4
    reason: str
    given_up: bool


class VirtualDeviceListed(Struct, frozen=True):
    endpoint: EndpointNamed
    msisdn: str | None
    imsi: str | None
    state: str  # attached, detached, out_of_coverage, asleep, full or faulty: what counts first
    coverage: str
    asleep: bool  # by hand, or by its profile
    wakes_at: str | None  # by its profile
    memory: str
    fault: str | None
    profile: str


class VirtualDeviceShown(VirtualDeviceListed, frozen=True, kw_only=True):
    received: int  # segments that reached it, as far as it remembers
    inbox: int  # SMS in its inbox
    last_sms: InboxSms | None  # for those with the scope sms:read
    readings: dict[str, float]
    sending: list[Letter]
    refused: list[RefusedLetter]


class SentShown(Struct, frozen=True):
    """accepted; refused, with the network's cause; or waiting: the device goes on trying."""

    state: str
    cause: int | None = None
    reason: str | None = None
    tries: int | None = None


class Range(Struct, frozen=True):
    low: float
    high: float


class SimulatorProfile(Struct, frozen=True):
    name: str
    description: str
    answers: list[str]  # patterns of SMS that it answers
    reports: int
    alerts: int
    sleep: str | None  # psm or edrx
    known_senders: list[str]
    readings: dict[str, Range]


def listed_device(device: Device, picture: Picture) -> VirtualDeviceListed:
    return VirtualDeviceListed(**_state(device, picture))


def shown_device(device: Device, picture: Picture, last: Picture | None, reads: bool) -> VirtualDeviceShown:
    """`reads`: the caller may read SMS."""
    return VirtualDeviceShown(
        **_state(device, picture),
        received=picture["received"],
        inbox=picture["inbox"],
        last_sms=inbox_sms(last) if last is not None and reads else None,
        readings=picture["readings"],
        sending=[_letter(one, reads) for one in picture["sending"]],
        refused=[_refused(one, reads) for one in picture["refused"]],
    )


def _state(device: Device, picture: Picture) -> dict[str, Any]:
    return {
        "endpoint": EndpointNamed(device.id, device.name),
        "msisdn": device.msisdn or None,
        "imsi": device.imsi or None,
        "state": _word(picture),
        "coverage": picture["coverage"],
        "asleep": picture["asleep"],
        "wakes_at": maybe_shown(picture["wakes_at"]),
        "memory": picture["memory"],
        "fault": picture["fault"],
        "profile": picture["profile"],
    }


def _word(picture: Picture) -> str:
    if (away := _STATES.get(picture["coverage"])) is not None:
        return away
    if picture["asleep"]:
        return "asleep"
    if picture["memory"] == "full":
        return "full"
    return "faulty" if picture["fault"] else "attached"


def _letter(one: Picture, reads: bool) -> Letter:
    text = one["text"] if reads else None
    return Letter(one["to"], text, one["segments"], one["acknowledged"], one["tries"])


def _refused(one: Picture, reads: bool) -> RefusedLetter:
    text = one["text"] if reads else None
    return RefusedLetter(shown(one["at"]), one["to"], text, one["cause"], one["reason"], one["given_up"])


def inbox_sms(one: Picture) -> InboxSms:
    binary = "hex" in one
    text = one["hex"] if binary else one["text"]
    return InboxSms(shown(one["at"]), one["source"], text, binary, one["repeated"])


def profile_shown(one: Picture) -> SimulatorProfile:
    readings = {name: Range(**found) for name, found in one["readings"].items()}
    return SimulatorProfile(**{**one, "readings": readings})


def words(change: VirtualDeviceChange) -> list[str]:
    """In the simulator's words, one after the other."""
    found: list[str] = []
    if change.fault is not UNSET:
        found.append(change.fault or "healthy")
    if change.memory is not UNSET:
        found.append(f"memory_{change.memory}")
    if change.coverage is not UNSET:
        found.append(change.coverage)
    return found


def profile_wish(tags: str, profile: str, known: Iterable[str]) -> FleetWish:
    """By its tag, a device has its profile at every start. That of any other goes, also of one that somebody
    gives it meanwhile; all other tags stay.
    """
    others = {PROFILE_TAG + name for name in known}
    others |= {tag for tag in tags.split(",") if tag.startswith(PROFILE_TAG)}
    return FleetWish(more_tags=(PROFILE_TAG + profile,), fewer_tags=frozenset(others))


def simulated(device: Device, picture: Picture) -> Simulated:
    """For the audit trail."""
    readings = " ".join(f"{name}={value}" for name, value in sorted(picture["readings"].items()))
    coverage, memory = picture["coverage"], picture["memory"]
    return Simulated(device.id, device.org, coverage, memory, picture["fault"], picture["profile"], readings)
