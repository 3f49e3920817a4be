"""Links to the third-party console, and identifiers, as their owner sees them."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.console import (
    LONGEST_LABEL,
    LONGEST_PIN,
    LONGEST_TEXT,
    MOST_AN_HOUR,
    MOST_COMMANDS,
    MOST_DEVICES,
    SHORTEST_PIN,
    USUAL_AN_HOUR,
    Command,
    ConsoleLink,
    bad_pin,
    commands_of,
    devices_of,
    identifiers_of,
    is_weak,
    over,
)
from heliograph.core.device import Device
from heliograph.core.labels import LONGEST_TAGS
from heliograph.flow.manage.console import LinkMade, LinkWish
from heliograph.interfaces.rest.problem import bad_format, out_of_range
from heliograph.interfaces.rest.translate.shapes import Id, Name
from heliograph.interfaces.rest.translate.sms import source
from heliograph.interfaces.rest.translate.times import maybe_shown, read, shown

KIND = "ConsoleLink"
PAGE = "/console"

Date = Annotated[str, Meta(max_length=100)]
Tag = Annotated[str, Meta(min_length=1, max_length=LONGEST_TAGS)]
_DIGITS = f"^[0-9]{{{SHORTEST_PIN},{LONGEST_PIN}}}$"
Pin = Annotated[str, Meta(min_length=SHORTEST_PIN, max_length=LONGEST_PIN, pattern=_DIGITS)]
Rate = Annotated[int, Meta(ge=1, le=MOST_AN_HOUR)]
Sender = Annotated[str, Meta(max_length=30)]


class CommandBody(Struct, frozen=True, forbid_unknown_fields=True):
    label: Annotated[str, Meta(min_length=1, max_length=LONGEST_LABEL)]
    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]


Commands = Annotated[list[CommandBody], Meta(max_length=MOST_COMMANDS)]
Devices = Annotated[list[Id], Meta(max_length=MOST_DEVICES)]


class ConsoleLinkBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`endpoints` or `tag`; `commands`, `free_text`, or both."""

    name: Name
    expiry_date: Date
    endpoints: Devices | None = None
    tag: Tag | None = None
    commands: Commands = []
    free_text: bool = False
    rate: Rate = USUAL_AN_HOUR
    pin: Pin | None = None
    source_address: Sender | None = None


class ConsoleLinkChange(Struct, frozen=True, forbid_unknown_fields=True):
    """`revoked` ends it for good. `pin` null takes it away."""

    name: Name | UnsetType = UNSET
    expiry_date: Date | UnsetType = UNSET
    endpoints: Devices | UnsetType | None = UNSET
    tag: Tag | UnsetType | None = UNSET
    commands: Commands | UnsetType = UNSET
    free_text: bool | UnsetType = UNSET
    rate: Rate | UnsetType = UNSET
    pin: Pin | UnsetType | None = UNSET
    source_address: Sender | UnsetType | None = UNSET
    revoked: bool | UnsetType = UNSET


class EndpointRef(Struct, frozen=True):
    id: int
    name: str


class ConsoleLinkShown(Struct, frozen=True):
    id: int
    name: str
    status: str  # active, expired, revoked
    created: str
    expiry_date: str
    revoked_date: str | None
    endpoints: list[EndpointRef]  # those that are named
    tag: str | None
    commands: list[CommandBody]
    free_text: bool
    rate: int  # SMS in an hour
    has_pin: bool
    source_address: str
    secret: str | UnsetType = UNSET  # of a new one: shown once
    url: str | UnsetType = UNSET  # with the secret


class IdentifierShown(Struct, frozen=True):
    identifier: str
    weak: bool


class IdentifiedShown(Struct, frozen=True):
    """A device that somebody opens a console of by an identifier and its MSISDN."""

    endpoint: EndpointRef
    msisdn: str | None
    weak: bool  # one of its identifiers has fewer than 12 characters
    identifiers: list[IdentifierShown]


def new_wish(body: ConsoleLinkBody, password: str) -> LinkWish:
    return LinkWish(
        body.name,
        password,
        tuple(body.endpoints or ()),
        body.tag or "",
        _commands(body.commands),
        int(body.free_text),
        body.rate,
        source(body.source_address),
        _end(body.expiry_date),
    )


def wish(body: ConsoleLinkChange, password: str | UnsetType) -> LinkWish:
    """Naming devices takes the tag away, and the other way round."""
    devices = body.endpoints if body.endpoints is UNSET else tuple(body.endpoints or ())
    tag = body.tag if body.tag is UNSET else body.tag or ""
    return LinkWish(
        body.name,
        password,
        () if devices is UNSET and tag else devices,
        "" if tag is UNSET and devices else tag,
        UNSET if body.commands is UNSET else _commands(body.commands),
        UNSET if body.free_text is UNSET else int(body.free_text),
        body.rate,
        UNSET if body.source_address is UNSET else source(body.source_address),
        UNSET if body.expiry_date is UNSET else _end(body.expiry_date),
    )


def is_revoked(body: ConsoleLinkChange) -> bool:
    if body.revoked is False:
        raise out_of_range(KIND, "revoked", "is true or left out: a link that was revoked stays so")
    return body.revoked is True


def pin_of(given: str) -> str:
    if bad_pin(given) is not None:
        raise out_of_range(KIND, "pin", f"must have {SHORTEST_PIN} to {LONGEST_PIN} digits")
    return given


def _commands(given: Sequence[CommandBody]) -> tuple[Command, ...]:
    return tuple(Command(one.label, one.text) for one in given)


def _end(text: str) -> int:
    at = read(text)
    if at is None:
        raise bad_format(KIND, "expiry_date", "must be an ISO 8601 date")
    return at


def link_object(link: ConsoleLink, names: dict[int, str], now: int) -> ConsoleLinkShown:
    """Devices that are gone are not shown."""
    return ConsoleLinkShown(
        link.id,
        link.name,
        "revoked" if link.revoked_at is not None else "expired" if over(link, now) else "active",
        shown(link.created_at),
        shown(link.expires_at),
        maybe_shown(link.revoked_at),
        [EndpointRef(id, names[id]) for id in devices_of(link) if id in names],
        link.tag or None,
        [CommandBody(one.label, one.text) for one in commands_of(link)],
        bool(link.free_text),
        link.rate,
        bool(link.password),
        link.source,
    )


def url_of(site: str, made: LinkMade) -> str:
    """The secret stands behind #, which browsers send nowhere; `pin` lets the page ask for one."""
    query = "?pin" if made.link.password else ""
    return f"{site}{PAGE}{query}#{made.secret}"


def identified(device: Device) -> IdentifiedShown:
    found = [IdentifierShown(one, is_weak(one)) for one in identifiers_of(device.tags)]
    weak = any(one.weak for one in found)
    return IdentifiedShown(EndpointRef(device.id, device.name), device.msisdn or None, weak, found)
