"""What people are shown, as plain frozen values that become JSON as they are. Times are milliseconds UTC.

Filters and pages of lists stand here too. Nothing here decides.
"""

from msgspec import Struct

from heliograph.core.changes import Happening
from heliograph.core.device import Device, MonthUsage, Quota, Tally
from heliograph.core.message import Direction, Message, State
from heliograph.core.organisation import Token
from heliograph.core.story.explain import Sentence
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs


class DeviceFilter(Struct, frozen=True):
    tag: str | None = None
    policy: int | None = None
    status: int | None = None
    network: str | None = None
    text: str | None = None  # in name, MSISDN or IMSI


class MessageFilter(Struct, frozen=True):
    device: int | None = None  # to it or from it
    state: int | None = None
    direction: int | None = None
    since: int | None = None  # accepted then or later
    text: str | None = None  # in the body, source or destination; ASCII letters in any case


class EventFilter(Struct, frozen=True):
    device: int | None = None
    type: str | None = None
    since: int | None = None


class Mark(Struct, frozen=True):
    """A place in a list that runs from new to old."""

    at: int
    id: int


class DevicePage(Struct, frozen=True):
    items: list[Device]
    next: str | None  # ask for the rows after this name


class MessageShown(Struct, frozen=True):
    id: int
    org: int
    direction: str
    state: str
    reason: str | None
    device: int | None
    origin: int | None
    application: int | None
    sender: str
    source: str
    destination: str
    text: str | None  # None: octets, or removed by retention
    octets: str | None  # hex; None: text, or removed by retention
    dcs: int
    pid: int
    udh: str  # hex
    segments: int
    priority: int
    receipt: bool
    replace_key: str | None
    price: int
    accepted_at: int
    not_before: int | None
    expires_at: int
    final_at: int | None
    attempts: int


class MessagePage(Struct, frozen=True):
    items: list[MessageShown]
    next: str | None  # ask for the rows after this mark


class Explained(Struct, frozen=True):
    message: MessageShown
    device_name: str | None
    origin_name: str | None
    application_name: str | None
    story: list[Sentence]


class EventPage(Struct, frozen=True):
    items: list[Happening]
    next: str | None


class LaneShown(Struct, frozen=True):
    """A lane as it stands."""

    receiver: int  # 0: the device itself; else an application
    key: int  # the device
    gate: str
    waiting: int
    scheduled: int
    awaiting: int  # an upstream has them; their receipts decide
    under_way: list[int]  # messages
    head: int | None  # the message that goes next
    due_at: int | None  # when it is tried
    attempts: int  # that failed in a row
    code: str  # what the last one came to
    meaning: str
    next_scheduled_at: int | None


class Usage(Struct, frozen=True):
    device: int
    tally: Tally
    history: list[MonthUsage]  # newest first
    quota: Quota | None


class Counts(Struct, frozen=True):
    """Messages by state. When not `complete`, older ones were left uncounted."""

    by_state: dict[str, int]
    complete: bool


class TokenShown(Struct, frozen=True):
    id: int
    org: int
    name: str
    scopes: str
    created_at: int
    expires_at: int | None
    revoked_at: int | None
    networks: str = ""


class StoreFacts(Struct, frozen=True):
    path: str
    schema: int
    integrity: str  # "ok", what is wrong, or "unfinished" when there was no time for all of it
    size_bytes: int
    wal_pages: int
    page_bytes: int
    free_disk_bytes: int


def show_message(message: Message) -> MessageShown:
    text, octets = _body(message)
    return MessageShown(
        id=message.id,
        org=message.org,
        direction=Direction(message.direction).name,
        state=State(message.state).name,
        reason=message.reason,
        device=message.device,
        origin=message.origin,
        application=message.application,
        sender=message.sender,
        source=message.source,
        destination=message.destination,
        text=text,
        octets=octets,
        dcs=message.dcs,
        pid=message.pid,
        udh=message.udh.hex(),
        segments=message.segments,
        priority=message.priority,
        receipt=bool(message.receipt),
        replace_key=message.replace_key,
        price=message.price,
        accepted_at=message.accepted_at,
        not_before=message.not_before,
        expires_at=message.expires_at,
        final_at=message.final_at,
        attempts=message.attempts,
    )


def _body(message: Message) -> tuple[str | None, str | None]:
    if message.body is None:
        return None, None
    if parse_dcs(message.dcs).alphabet is Alphabet.OCTETS:
        return None, message.body.hex()
    return message.body.decode(errors="replace"), None


def show_token(token: Token) -> TokenShown:
    return TokenShown(
        token.id,
        token.org,
        token.name,
        token.scopes,
        token.created_at,
        token.expires_at,
        token.revoked_at,
        token.networks,
    )
