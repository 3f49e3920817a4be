"""The third-party console as third parties see it: what they may do, what was said. Nothing of the
organisation but the names that its owner chose to show.
"""

from typing import Annotated

from msgspec import Meta, Struct

from heliograph.core.console import LONGEST_LABEL, LONGEST_TEXT, MOST_DEVICES, OF_TAG_AN_HOUR, commands_of
from heliograph.core.device import Device
from heliograph.core.message import FINAL, Direction, Message, State
from heliograph.core.story.reasons import reason
from heliograph.flow.console import ConsoleSend
from heliograph.interfaces.rest.callers.console import Opened, Seat
from heliograph.interfaces.rest.reading import nested
from heliograph.interfaces.rest.translate.sms_shown import STATUSES, Described
from heliograph.interfaces.rest.translate.times import maybe_shown, shown
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs

KIND = "Console"
MOST_SHOWN = 200
USUAL_SHOWN = 50
LONGEST_WAIT_SECONDS = 25

Short = Annotated[str, Meta(max_length=200)]
Payload = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
Label = Annotated[str, Meta(min_length=1, max_length=LONGEST_LABEL)]


class OpenBody(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`identifier` with `msisdn`; or `link`, with `pin` where one is asked for."""

    identifier: Short | None = None
    msisdn: Short | int | None = None
    link: Short | None = None
    pin: Short | None = None


class ConsoleOpened(Struct, frozen=True):
    console_token: str
    expiry_date: str


class ConsoleDevice(Struct, frozen=True):
    id: int
    name: str


class CommandLabel(Struct, frozen=True):
    label: str


class SessionShown(Struct, frozen=True):
    kind: str  # link, identifier
    name: str
    expiry_date: str
    devices: list[ConsoleDevice]
    more_devices: bool  # there are more than are shown
    commands: list[CommandLabel]  # their texts stay with the owner
    free_text: bool
    rate: int  # SMS in an hour
    rate_left: int


class ConsoleSmsBody(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of them."""

    payload: Payload | None = None
    command: Label | None = None  # its label


class ConsoleSmsQuery(Struct, frozen=True):
    per_page: Annotated[int, Meta(ge=1, le=MOST_SHOWN)] = USUAL_SHOWN
    known: Annotated[str, Meta(max_length=100)] = ""  # the `version` that the client has
    wait: Annotated[int, Meta(ge=0, le=LONGEST_WAIT_SECONDS)] = 0  # seconds, for another version than that


class ConsoleSms(Struct, frozen=True):
    id: int
    date: str
    direction: str  # MT: to the device; MO: from it
    command: str | None  # what was sent, by its label
    payload: str | None  # what was said; null: a command, or gone with time
    binary: bool  # the payload is hexadecimal
    segments: int
    status: Described
    final: bool
    final_date: str | None
    reason: str | None  # why it did not arrive, in plain words


class Conversation(Struct, frozen=True):
    version: str  # another one when anything is different; give it back as `known`
    sms: list[ConsoleSms]


class SmsAccepted(Struct, frozen=True):
    id: int
    segments: int
    rate_left: int


def form_of(body: OpenBody) -> str:
    by_identifier = body.identifier is not None and body.msisdn is not None
    given = [value for value in (body.identifier, body.msisdn, body.link, body.pin) if value is not None]
    if by_identifier and len(given) == 2:
        return "identifier"
    if body.link is not None and body.identifier is None and body.msisdn is None:
        return "link"
    raise nested(KIND, "body", "must be identifier and msisdn, or link with the pin that it may ask for")


def opened(found: Opened) -> ConsoleOpened:
    return ConsoleOpened(found.token, shown(found.ends_at))


def session(seat: Seat, devices: list[Device], sent: int) -> SessionShown:
    link = seat.link
    rate = OF_TAG_AN_HOUR if link is None else link.rate
    return SessionShown(
        "identifier" if link is None else "link",
        devices[0].name if link is None else link.name,
        shown(seat.ends_at),
        [ConsoleDevice(device.id, device.name) for device in devices[:MOST_DEVICES]],
        len(devices) > MOST_DEVICES,
        [] if link is None else [CommandLabel(one.label) for one in commands_of(link)],
        link is None or bool(link.free_text),
        rate,
        max(0, rate - sent),
    )


def sending(body: ConsoleSmsBody, seat: Seat, device: int) -> ConsoleSend:
    if (body.payload is None) == (body.command is None):
        raise nested(KIND, "payload", "a payload or a command is sent, one of them")
    link = 0 if seat.link is None else seat.link.id
    return ConsoleSend(seat.org, link, device, seat.mark, body.payload or "", body.command or "")


def console_sms(message: Message, label: str) -> ConsoleSms:
    is_binary = parse_dcs(message.dcs).alphabet is Alphabet.OCTETS
    state = State(message.state)
    is_lost = state in FINAL and state is not State.DELIVERED
    return ConsoleSms(
        message.id,
        shown(message.accepted_at),
        "MO" if message.direction == Direction.MO else "MT",
        label or None,
        None if label else _payload(message, is_binary),
        is_binary,
        message.segments,
        STATUSES[state],
        state in FINAL,
        maybe_shown(message.final_at),
        reason(message.reason) if is_lost and message.reason else None,
    )


def _payload(message: Message, is_binary: bool) -> str | None:
    if message.body is None:
        return None
    return message.body.hex() if is_binary else message.body.decode(errors="replace")
