"""The third-party console: what somebody outside the organisation may do to chosen devices, and how they show
that they may.

In: links as rows, devices with their tags, what a third party sends. Out: the refusal, or None. A link's
secret is shown once and kept as its SHA-256; its PIN is kept as an Argon2id hash that the interface makes.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest

from msgspec import Struct, ValidationError, json

from heliograph.core.device import Device
from heliograph.core.labels import bad_name, bad_range
from heliograph.core.message import DAY_MS, HOUR_MS
from heliograph.core.organisation import hash_of
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.access import covers

PREFIX = "sms-"  # of the tag that opens a console for its device, as at emnify
SECRET_MARK = "hgl_"  # noqa: S105  # so that a secret that leaked is recognised
SHORTEST_IDENTIFIER = 5
STRONG_IDENTIFIER = 12  # shorter ones are guessed sooner, of which the owner is told
MOST_IDENTIFIERS = 8  # of one device; the others open nothing
SHORTEST_PIN, LONGEST_PIN = 4, 12
MOST_LINKS = 1_000  # of one organisation
MOST_DEVICES = 100  # that a link names, or that a session is shown of a tag
MOST_COMMANDS = 50
LONGEST_LABEL = 60
LONGEST_TEXT = 1_600  # ten segments of plain letters
MOST_AN_HOUR = 1_000
USUAL_AN_HOUR = 60
OF_TAG_AN_HOUR = 60  # of a device that was opened by its identifier
LONGEST_LINK_MS = 366 * DAY_MS
SESSION_MS = HOUR_MS
LOOK_BACK_MS = DAY_MS  # what a console that was opened by an identifier shows of the time before
OPENING_SCOPES = frozenset({"console:write", "sms:read", "sms:send"})  # of whoever lets others do that
SENDER = "console"
BY_TAG = f"{SENDER}:device"
_IDENTIFIER = re.compile(f"[A-Za-z0-9]{{{SHORTEST_IDENTIFIER},}}")
_PIN = re.compile(f"[0-9]{{{SHORTEST_PIN},{LONGEST_PIN}}}")


class ConsoleLink(Struct, gc=False, frozen=True):
    """What somebody may do who has it. One row of its table."""

    id: int
    org: int
    name: str
    hash: bytes  # of the secret
    password: str  # the hash of its PIN; empty: none is asked for
    devices: str  # JSON of ids; empty where a tag chooses them
    tag: str
    commands: str  # JSON of [label, text]
    free_text: int
    rate: int  # SMS in an hour
    source: str  # the sender that devices see
    created_at: int
    expires_at: int
    revoked_at: int | None = None


class ConsoleSent(Struct, gc=False, frozen=True):
    """An SMS that went through a console. One row of its table."""

    message: int
    org: int
    link: int  # 0: the console of the device's tag
    device: int
    at: int
    label: str  # of the command; empty: free text


class ConsoleUse(Struct, frozen=True):
    """What the audit trail tells of a console that was opened or used."""

    id: int  # of the link, or of the device
    org: int
    by: str  # `link`, `identifier`
    device: int = 0
    message: int = 0
    command: str = ""


class Command(Struct, frozen=True):
    label: str
    text: str


def identifiers_of(tags: str) -> list[str]:
    """By which a console of this device is opened."""
    return _identifiers(tags)[:MOST_IDENTIFIERS]


def _identifiers(tags: str) -> list[str]:
    named = [tag[len(PREFIX) :] for tag in tags.split(",") if tag.startswith(PREFIX)]
    return [one for one in named if _IDENTIFIER.fullmatch(one)]


def refuses_opening(old: str, new: str, ceiling: frozenset[str] | None) -> Refusal | None:
    """Tags that were and shall be: a new identifier lets whoever knows it send and read. One too many opens
    nothing yet, but does when another is taken away.
    """
    if ceiling is None or covers(ceiling, OPENING_SCOPES) or set(_identifiers(new)) <= set(_identifiers(old)):
        return None
    needed = ", ".join(sorted(OPENING_SCOPES))
    return refuse("beyond_scopes", "tags", f"A tag that opens the console takes the scopes {needed}.")


def is_weak(identifier: str) -> bool:
    return len(identifier) < STRONG_IDENTIFIER


def opens(device: Device | None, identifier: str) -> str | None:
    """Its identifier, if this is one. Whatever is given, and whether or not there is a device, as many are
    compared, each as a whole.
    """
    given = sha256(identifier.removeprefix(PREFIX).encode(errors="surrogatepass")).digest()
    known = identifiers_of(device.tags) if device is not None else []
    padded = known + [""] * (MOST_IDENTIFIERS - len(known))
    same = [compare_digest(sha256(one.encode()).digest(), given) for one in padded]
    return next((one for one, is_same in zip(padded, same, strict=True) if is_same and one), None)


def mark_of(*secrets: str | bytes) -> str:
    """What a console's token holds of what opened it: when that changes, the token is over."""
    pieces = [one if isinstance(one, bytes) else one.encode() for one in secrets]
    return sha256(b"".join(b"%d:%b" % (len(one), one) for one in pieces)).hexdigest()[:32]


def mark_of_link(link: ConsoleLink) -> str:
    return mark_of(link.hash, link.password)


def hash_of_link(secret: str) -> bytes:
    return hash_of(secret)


def over(link: ConsoleLink, now: int) -> bool:
    return link.revoked_at is not None or now >= link.expires_at


def devices_of(link: ConsoleLink) -> list[int]:
    return json.decode(link.devices, type=list[int]) if link.devices else []


def commands_of(link: ConsoleLink) -> list[Command]:
    try:
        return [Command(*one) for one in json.decode(link.commands, type=list[tuple[str, str]])]
    except ValidationError:
        return []


def kept_commands(commands: Sequence[Command]) -> str:
    return json.encode([[one.label, one.text] for one in commands]).decode()


def kept_devices(devices: Sequence[int]) -> str:
    return json.encode(list(dict.fromkeys(devices))).decode() if devices else ""


def reaches(link: ConsoleLink, device: Device) -> bool:
    """Is it one of the link's? What has the tag no more is no longer."""
    if device.org != link.org:
        return False
    if link.tag:
        return link.tag in device.tags.split(",")
    return device.id in devices_of(link)


def bad_link(link: ConsoleLink, now: int) -> Refusal | None:
    return (
        bad_name(link.name)
        or _bad_devices(link)
        or _bad_commands(link)
        or bad_range("rate", link.rate, 1, MOST_AN_HOUR)
        or _bad_end(link.expires_at, now)
    )


def bad_pin(pin: str) -> Refusal | None:
    if _PIN.fullmatch(pin):
        return None
    return _bad("pin", f"A PIN has {SHORTEST_PIN} to {LONGEST_PIN} digits.")


def _bad_devices(link: ConsoleLink) -> Refusal | None:
    if bool(link.devices) == bool(link.tag):
        return _bad("devices", "A link is for devices that are named, or for those with a tag.")
    if len(devices_of(link)) > MOST_DEVICES:
        return _bad("devices", f"A link names at most {MOST_DEVICES} devices; more can have a tag.")
    if "," in link.tag or link.tag != link.tag.strip() or not link.tag.isprintable():
        return _bad("tag", "This is no single tag.")
    return None


def _bad_commands(link: ConsoleLink) -> Refusal | None:
    commands = commands_of(link)
    labels = [one.label for one in commands]
    if not commands and not link.free_text:
        return _bad("commands", "A link has commands, or allows free text.")
    if len(commands) > MOST_COMMANDS or len(set(labels)) < len(labels):
        return _bad("commands", f"There are at most {MOST_COMMANDS} commands, each with a label of its own.")
    if any(not 1 <= len(label) <= LONGEST_LABEL or not label.isprintable() for label in labels):
        return _bad("commands", f"A label has 1 to {LONGEST_LABEL} printable characters.")
    if any(not 1 <= len(one.text) <= LONGEST_TEXT for one in commands):
        return _bad("commands", f"A command's text has 1 to {LONGEST_TEXT} characters.")
    return None


def _bad_end(expires_at: int, now: int) -> Refusal | None:
    if now < expires_at <= now + LONGEST_LINK_MS:
        return None
    return _bad("expires_at", "A link ends in the future, and within a year.")


def _bad(field: str, reason: str) -> Refusal:
    return refuse("bad_value", field, reason)
