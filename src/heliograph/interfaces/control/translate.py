"""Between the rows of the core and the documents that commands show: the one place where both are known.

In: rows and what a person typed. Out: plain dictionaries for JSON, and the wishes that the core decides on.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct, json
from msgspec.structs import asdict

from heliograph.core.content import Content, Wish, content_of_octets, content_of_text
from heliograph.core.delivery import Job, Kind
from heliograph.core.device import Device, DeviceStatus, Quota
from heliograph.core.ids import LARGEST_ID
from heliograph.core.policy import Interface, Policy
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.shown import MessageShown, Usage, show_message
from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.udh import Ports, build_header, parse_header, ports_element

FLASH_CLASS = 0
SWITCHES = ("mo", "mt", "p2p_internal", "p2p_external", "quota", "mo_per_part")

Document = dict[str, Any]
Octet = Annotated[int, Meta(ge=0, le=0xFF)]
Moment = Annotated[int, Meta(ge=-LARGEST_ID, le=LARGEST_ID)]  # milliseconds, as far as JSON counts exactly
E = TypeVar("E", bound=Enum)


class Coding(Struct, forbid_unknown_fields=True):
    """How a person wants it coded. Nothing said: chosen for them."""

    flash: bool = False
    message_class: Annotated[int, Meta(ge=0, le=3)] | None = None
    alphabet: str | None = None
    national: bool = False
    dcs: Octet | None = None
    pid: Octet = 0
    udh: str = ""
    port: Annotated[int, Meta(ge=0, le=0xFFFF)] | None = None  # the application's on the device


AS_CHOSEN = Coding()


def content_of(text: str | None, binary: str | None, coding: Coding = AS_CHOSEN) -> Content | Refusal:
    """What was typed, as content."""
    if (text is None) == (binary is None):
        return refuse("bad_text", reason="An SMS has either a text or binary data.")
    try:
        octets, header = bytes.fromhex(binary or ""), _header(coding)
    except ValueError:
        return refuse("bad_text", reason="Octets are written as pairs of hexadecimal digits, such as 00ff10.")
    except Malformed as error:
        return refuse("bad_text", reason=f"The user data header is wrong: {error}.")
    wish = Wish(
        alphabet=Alphabet(coding.alphabet) if coding.alphabet else None,
        message_class=FLASH_CLASS if coding.flash else coding.message_class,
        national=coding.national,
        dcs=coding.dcs,
        pid=coding.pid,
        udh=header,
    )
    return content_of_octets(octets, wish) if text is None else content_of_text(text, wish)


def _header(coding: Coding) -> bytes:
    """The typed header, with the port in front when one is wanted."""
    typed = bytes.fromhex(coding.udh)
    if coding.port is None:
        return typed
    ports = ports_element(Ports(coding.port, 0, wide=True))
    return build_header([ports, *(parse_header(typed).elements if typed else ())])


def device_document(device: Device, policies: Mapping[int, str], tariffs: Mapping[int, str]) -> Document:
    return {
        "id": device.id,
        "name": device.name,
        "msisdn": device.msisdn,
        "imsi": device.imsi,
        "policy": policies.get(device.policy, str(device.policy)),
        "tariff": tariffs.get(device.tariff or 0),
        "network": device.network,
        "status": DeviceStatus(device.status).name.lower(),
        "attached": bool(device.attached),
        "tags": [tag for tag in device.tags.split(",") if tag],
    }


def message_document(message: MessageShown) -> Document:
    document = asdict(message)
    del document["org"]
    return document


def job_document(job: Job) -> Document:
    """What a listening application hears."""
    message = job.message
    return {
        "delivery": job.delivery.id,
        "kind": Kind(job.delivery.kind).name.lower(),
        "repeated": bool(job.delivery.repeated),
        **message_document(show_message(message)),
        "device": job.delivery.key,
    }


def policy_document(policy: Policy, applications: Mapping[int, str]) -> Document:
    document = asdict(policy)
    for switch in SWITCHES:
        document[switch] = bool(document[switch])
    document["application"] = applications.get(policy.application or 0, policy.application)
    document["interface"] = Interface(policy.interface).name.lower()
    document["extras"] = json.decode(policy.extras)
    del document["org"]
    return document


def usage_document(usage: Usage) -> Document:
    """This month, and those before it."""
    fields = ("month", "mt", "mo", "cost_mt", "cost_mo")
    months = [usage.tally, *usage.history]
    return {"months": [{field: getattr(month, field) for field in fields} for month in months]}


def quota_document(quota: Quota | None) -> Document | None:
    if quota is None:
        return None
    document = asdict(quota)
    document["auto_refill"] = bool(quota.auto_refill)
    del document["org"], document["refilled_day"], document["ended"]
    return document


def known_id(id: int) -> int:
    """An id beyond all that are ever given names nothing, as 0 does."""
    return id if 0 <= id <= LARGEST_ID else 0


def named(kind: type[E], field: str, name: str | None) -> E | Refusal | None:
    """A member by the name that a person typed."""
    if name is None:
        return None
    found = kind.__members__.get(name.upper().replace(" ", "_").replace("-", "_"))
    if found is not None:
        return found
    known = ", ".join(member.lower() for member in kind.__members__)
    return refuse("bad_value", field, f"{name!r} is none of {known}.")
