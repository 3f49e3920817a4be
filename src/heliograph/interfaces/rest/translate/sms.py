"""SMS: the contract's request (§4) into a submission of ours, or into an SMS from the device.

In: a body. Out: values for flows, or the `Problem` that names the field. What depends on the time is decided
by the flows: a repeat under an idempotency key says the same a day later.
"""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from heliograph.core.address import is_dialled, is_name, is_source
from heliograph.core.content import (
    LONGEST_PRIORITY,
    LONGEST_UDH,
    PLAIN,
    Content,
    Wish,
    content_of_octets,
    content_of_text,
)
from heliograph.core.device import Device
from heliograph.core.message_label import (
    LONGEST_REFERENCE,
    LONGEST_REPLACE_KEY,
    LONGEST_TAGS,
    Label,
    bad_replace_key,
    label_of,
)
from heliograph.core.parts_alone import place_in
from heliograph.core.refusal import Refusal
from heliograph.core.schedule import LONGEST_VALIDITY_SECONDS
from heliograph.flow.requests import DEFAULT_VALIDITY_SECONDS, OF_POLICY, Inbound, Submission
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.problem import bad_format, out_of_range
from heliograph.interfaces.rest.reading import nested
from heliograph.interfaces.rest.refusals import of_refusal
from heliograph.interfaces.rest.translate.times import read
from heliograph.wire.gsm.dcs import Alphabet

KIND = "Sms"
OCTETS = 4  # the contract's `dcs` of binary content; the payload is then hexadecimal
FLASH_CLASS = 0
MOST_NUMBER = 10**20
MOST_TAGS = 100
INTERNATIONAL, NATIONAL, ALPHANUMERIC = 145, 161, 208
_ALPHABETS = {0: Alphabet.GSM7, OCTETS: Alphabet.OCTETS, 8: Alphabet.UCS2}
_AS_CHOSEN = (None, None, False)
_ONLY_TO_DEVICES = ("not_before", "validity_seconds", "priority", "replace_key", "client_reference", "tags")

Validity = Annotated[int, Meta(ge=1, le=LONGEST_VALIDITY_SECONDS)]
Tags = Annotated[str, Meta(max_length=LONGEST_TAGS)]
Priority = Annotated[int, Meta(ge=0, le=LONGEST_PRIORITY)]


class Numbered(Struct, frozen=True):
    """`{"id": 1}`; some clients send `1.0`."""

    id: int | float


class SmsText(Struct, frozen=True, omit_defaults=True):
    """What is said, and how it travels. `flash` shows it at once and keeps it nowhere."""

    payload: str
    udh: str | None = None
    dcs: int | float | str | None = None
    flash: bool = False


class SmsBody(SmsText, frozen=True, omit_defaults=True):
    source_address: str | int | float | None = None
    source_address_type: Numbered | None = None
    expiry_date: str | None = None
    dest_address: str | int | float | None = None
    not_before: str | None = None
    validity_seconds: Validity | None = None
    priority: Priority = 0
    replace_key: Annotated[str, Meta(min_length=1, max_length=LONGEST_REPLACE_KEY)] | None = None
    client_reference: Annotated[str, Meta(min_length=1, max_length=LONGEST_REFERENCE)] | None = None
    tags: Tags | Annotated[list[Tags], Meta(max_length=MOST_TAGS)] | None = None
    at_most_once: bool = False


def submission(body: SmsBody, caller: Caller, device: int) -> Submission:
    """What the caller asks for; a `Problem` when it cannot be meant."""
    _may(bad_replace_key(body.replace_key))
    return Submission(
        caller.org,
        device,
        content(body),
        caller.name,
        source(body.source_address, body.source_address_type),
        validity_seconds(body.validity_seconds, body.expiry_date),
        moment("not_before", body.not_before),
        body.priority,
        body.replace_key,
        OF_POLICY,
        body.at_most_once,
        moment("expiry_date", body.expiry_date),
        label(body),
    )


def inbound(body: SmsBody, device: Device) -> Inbound:
    """The SMS as if the device had sent it. It comes in one piece, however long it is, unless its header says
    that it is a segment of a longer one.
    """
    for field in _ONLY_TO_DEVICES:
        if getattr(body, field):
            raise nested(KIND, field, "does not go with dest_address: the device sends this SMS")
    if not device.imsi and not device.msisdn:
        raise nested(KIND, "dest_address", "the endpoint has no SIM, so it cannot send")
    said, dialed = content(body), dialled(body.dest_address)
    made = Inbound(device.network, device.imsi, device.msisdn, dialed, said, segments=said.segments)
    part = place_in(said.udh)
    if part is not None:
        place, made.content = part[0], replace(said, udh=part[1])
        made.part_reference, made.part_total, made.part_number = place.reference, place.total, place.sequence
    return made


def is_simulated(body: SmsBody) -> bool:
    """Does the device send it? An empty address is none."""
    return body.dest_address is not None and body.dest_address != ""


def content(body: SmsText) -> Content:
    wish = PLAIN if (body.udh, body.dcs, body.flash) == _AS_CHOSEN else wish_of(body)
    if wish.alphabet is Alphabet.OCTETS:
        made = content_of_octets(hexadecimal("payload", body.payload), wish)
    else:
        made = content_of_text(body.payload, wish)
    if isinstance(made, Refusal):
        raise of_refusal(made)
    return made


def wish_of(body: SmsText) -> Wish:
    message_class = FLASH_CLASS if body.flash else None
    return Wish(_alphabet(body.dcs), message_class, udh=hexadecimal("udh", body.udh or "", LONGEST_UDH))


def _alphabet(dcs: float | str | None) -> Alphabet | None:
    if dcs is None:
        return None
    number = int(dcs) if isinstance(dcs, str) and dcs.isascii() and dcs.isdecimal() else dcs
    if isinstance(number, str) or number not in _ALPHABETS:
        raise out_of_range(KIND, "dcs", "must be 0 (GSM 7-bit), 4 (8-bit) or 8 (UCS-2)")
    return _ALPHABETS[int(number)]


def hexadecimal(field: str, text: str, most: int | None = None) -> bytes:
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        raise bad_format(KIND, field, "must be hexadecimal") from None
    if most is not None and len(octets) > most:
        raise out_of_range(KIND, field, f"must not be longer than {most} octets")
    return octets


def source(given: str | float | None, type: Numbered | None = None) -> str:
    """A number or a short name. The type is inferred when absent; `+` marks an international number."""
    text = _address(given)
    if text is None or not is_source(text):
        raise bad_format(KIND, "source_address", "must be a number of up to 17 digits or a name of up to 11")
    if type is None:
        return text
    if type.id not in (INTERNATIONAL, NATIONAL, ALPHANUMERIC):
        raise out_of_range(KIND, "source_address_type", "must be 145, 161 or 208")
    if type.id != ALPHANUMERIC and is_name(text):
        raise nested(KIND, "source_address_type", "a name has the type 208 (Alphanumeric)")
    digits = text.removeprefix("+")
    return f"+{digits}" if type.id == INTERNATIONAL and digits else digits


def dialled(given: str | float | None) -> str:
    text = _address(given)
    if not text or not is_dialled(text):
        raise bad_format(KIND, "dest_address", "must be a number of up to 20 digits or a name of up to 11")
    return text


def _address(given: str | float | None) -> str | None:
    """Numbers may come as JSON numbers, whole ones and not below zero. None: this is none."""
    if given is None:
        return ""
    if isinstance(given, str):
        return given
    return str(int(given)) if 0 <= given < MOST_NUMBER and given == int(given) else None


def validity_seconds(seconds: int | None, expiry: str | None) -> int:
    if seconds is not None and expiry is not None:
        raise nested(KIND, "validity_seconds", "does not go with expiry_date: one of them says it")
    return DEFAULT_VALIDITY_SECONDS if seconds is None else seconds


def moment(field: str, text: str | None) -> int | None:
    if text is None:
        return None
    at = read(text)
    if at is None:
        raise bad_format(KIND, field, "must be an ISO 8601 date")
    return at


def label(body: SmsBody) -> Label | None:
    if body.client_reference is None and body.tags is None:
        return None
    tags = body.tags if isinstance(body.tags, str) else ",".join(body.tags or ())
    made = label_of(body.client_reference, tags)
    if isinstance(made, Refusal):
        raise of_refusal(made)
    return made


def _may(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise of_refusal(refusal)
