"""Callbacks and their secrets: the contract's objects, what people wish of them, the log, replays (§5)."""

from http import HTTPStatus
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from heliograph.core.callback import (
    DEFAULT_OVERLAP_HOURS,
    EVERY_EVENT,
    LONGEST_OVERLAP_HOURS,
    LONGEST_SECRET,
    MOST_EVENT_TYPES,
    Callback,
    CallbackAttempt,
    CallbackSecret,
)
from heliograph.core.delivery import Kind
from heliograph.core.story.reasons import reason
from heliograph.flow.manage.callbacks import BY_HAND, CallbackWish
from heliograph.flow.ports.callbacks import CallFilter, ReplayFilter
from heliograph.interfaces.rest.problem import bad_format, out_of_range, required
from heliograph.interfaces.rest.translate.events import OUR_TYPES
from heliograph.interfaces.rest.translate.shapes import Id, Looked, Reference
from heliograph.interfaces.rest.translate.times import read, shown

KIND = "Api Callback"
SECRET_KIND = "Api Secret"  # noqa: S105  # its name in errors
ENABLED, DISABLED = 0, 1
HOUR_MS = 3_600_000
_STATUSES = {ENABLED: "Enabled", DISABLED: "Disabled"}
_KINDS = {
    Kind.MO: "mo",
    Kind.RECEIPT: "receipt",
    Kind.REPLAY: "replay",
    Kind.EVENT: "event",
    Kind.INTERIM: "interim",
}
_TEST = "test"
_ACCEPTED = "the application's server accepted it"
_WOULD_BE_OFF = "an SMS that is answered so switches the callback off"

EventType = Annotated[str, Meta(pattern=r"^([a-z][a-z0-9_]{0,39}|\*)$")]
EventTypes = Annotated[tuple[EventType, ...], Meta(max_length=MOST_EVENT_TYPES)]
Told = Literal["mo", "receipt", "event"]


class CallbackShown(Struct, frozen=True):
    id: int
    url: str
    purpose: str
    events: list[str]
    api_secret: Reference | None
    window: int | None
    status: Looked
    disabled_because: str | None
    created: str


class NewCallbackBody(Struct, frozen=True):
    url: str
    purpose: str = ""
    events: EventTypes = ()
    api_secret: Reference | None = None
    window: int | None = None


class CallbackChange(Struct, frozen=True, forbid_unknown_fields=True):
    url: str | UnsetType = UNSET
    purpose: str | UnsetType = UNSET
    events: EventTypes | UnsetType = UNSET
    api_secret: Reference | UnsetType | None = UNSET
    window: int | UnsetType | None = UNSET
    status: Reference | UnsetType = UNSET


class SecretShown(Struct, frozen=True):
    """Never the secret itself."""

    id: int
    purpose: str
    created: str
    former_secret_until: str | None


Secret = Annotated[str, Meta(min_length=1, max_length=LONGEST_SECRET)]


class NewSecretBody(Struct, frozen=True):
    secret: Secret
    purpose: str = ""


class SecretChange(Struct, frozen=True, forbid_unknown_fields=True):
    """`secret`: a new one; the one before signs beside it for so long."""

    secret: Secret | UnsetType = UNSET
    purpose: str | UnsetType = UNSET
    overlap_hours: Annotated[int, Meta(ge=0, le=LONGEST_OVERLAP_HOURS)] = DEFAULT_OVERLAP_HOURS


class TestBody(Struct, frozen=True, forbid_unknown_fields=True):
    api_secret: Reference | None = None


class CallShown(Struct, frozen=True):
    """One call, as it went."""

    id: int | None  # null: the log had no room for it
    date: str
    kind: str
    sms: Reference | None
    event: Reference | None
    endpoint: Reference | None
    attempt: int
    result: str
    description: str
    status: int | None
    latency_ms: int
    answer: str


class TestShown(CallShown, frozen=True):
    """The secret that signed it, and the profile that named it, where neither callback nor call did."""

    api_secret: Reference | None
    service_profile: Reference | None


class DeletionQuery(Struct, frozen=True):
    """`fail`: what waits for the callback ends, and may not be told any more."""

    waiting: Literal["keep", "fail"] = "keep"


class LogQuery(Struct, frozen=True):
    endpoint: Id | None = None
    sms: Id | None = None
    event: Id | None = None
    failed: bool | None = None
    since: str | None = None
    until: str | None = None
    before: Id | None = None
    per_page: int = 0


class ReplayBody(Struct, frozen=True, forbid_unknown_fields=True):
    """One SMS or event by its id, or all of a device or a time."""

    sms: Reference | None = None
    event: Reference | None = None
    endpoint: Reference | None = None
    since: str | None = None
    until: str | None = None
    kinds: Annotated[tuple[Told, ...], Meta(min_length=1, max_length=3)] = ("mo", "receipt", "event")
    failed: bool = False


class Replayed(Struct, frozen=True):
    replayed: int
    more_since: str | None  # there is more: ask again from here


def shown_callback(callback: Callback) -> CallbackShown:
    status = DISABLED if callback.disabled else ENABLED
    return CallbackShown(
        callback.id,
        callback.url,
        callback.purpose,
        [type for type in callback.events.split(",") if type],
        None if callback.api_secret is None else Reference(callback.api_secret),
        callback.window,
        Looked(status, _STATUSES[status]),
        callback.disabled or None,
        shown(callback.created_at),
    )


def shown_secret(secret: CallbackSecret) -> SecretShown:
    until = secret.before_until if secret.sealed_before is not None else None
    return SecretShown(
        secret.id, secret.purpose, shown(secret.created_at), None if until is None else shown(until)
    )


def _subscribed(types: tuple[str, ...] | UnsetType) -> tuple[str, ...] | UnsetType:
    for type in () if types is UNSET else types:
        if type != EVERY_EVENT and type not in OUR_TYPES:
            raise out_of_range(KIND, "events", f"{type} is none of {', '.join(sorted(OUR_TYPES))}")
    return types


def new_wish(body: NewCallbackBody) -> CallbackWish:
    secret = None if body.api_secret is None else body.api_secret.number
    return CallbackWish(body.url, body.purpose, _subscribed(body.events), secret, body.window)


def wish(body: CallbackChange) -> CallbackWish:
    secret: int | UnsetType | None = UNSET
    if body.api_secret is not UNSET:
        secret = None if body.api_secret is None else body.api_secret.number
    disabled: str | UnsetType = UNSET
    if body.status is not UNSET:
        if body.status.number not in _STATUSES:
            raise out_of_range(KIND, "status", "must be 0 (Enabled) or 1 (Disabled)")
        disabled = BY_HAND if body.status.number == DISABLED else ""
    return CallbackWish(body.url, body.purpose, _subscribed(body.events), secret, body.window, disabled)


def shown_call(row: CallbackAttempt) -> CallShown:
    is_event = row.kind == Kind.EVENT
    subject = Reference(row.subject) if row.subject else None
    return CallShown(
        row.number or None,
        shown(row.at),
        _KINDS.get(Kind(row.kind), "") if row.kind >= 0 else _TEST,
        None if is_event else subject,
        subject if is_event else None,
        Reference(row.device) if row.device else None,
        row.attempt,
        row.code,
        _described(row),
        row.status,
        row.latency_ms,
        row.answer,
    )


def shown_test(row: CallbackAttempt, secret: int | None, policy: int | None) -> TestShown:
    return TestShown(
        **asdict(shown_call(row)),
        api_secret=None if secret is None else Reference(secret),
        service_profile=None if policy is None else Reference(policy),
    )


def _described(row: CallbackAttempt) -> str:
    """What was answered, and what that means."""
    means = _ACCEPTED if row.code == "delivered" else reason(row.code)
    if row.status is None:
        return means
    if row.kind < 0 and row.code == "callback_disabled":
        means = _WOULD_BE_OFF
    try:
        phrase = f" {HTTPStatus(row.status).phrase}"
    except ValueError:
        phrase = ""
    return f"{row.status}{phrase}: {means}"


def call_filter(query: LogQuery) -> CallFilter:
    subject = query.sms if query.sms is not None else query.event
    until = _time("Query", "until", query.until)
    return CallFilter(query.endpoint, subject, query.failed, _time("Query", "since", query.since) or 0, until)


def replay_filters(body: ReplayBody, now: int) -> list[ReplayFilter]:
    """What is looked for, kind by kind."""
    since, until = _time("Replay", "since", body.since), _time("Replay", "until", body.until)
    device = None if body.endpoint is None else body.endpoint.number
    if since is None and device is None:
        raise required("Replay", "sms, event, endpoint or since")
    if until is not None and until <= (since or 0):
        raise out_of_range("Replay", "until", "must lie after since")
    kinds = {"mo": Kind.MO, "receipt": Kind.RECEIPT, "event": Kind.EVENT}
    wanted = [kinds[name] for name in kinds if name in body.kinds]
    return [
        ReplayFilter(kind, since or 0, until or now, device, body.failed)
        for kind in wanted
        if not (body.failed and kind == Kind.EVENT)  # of an event only the log knows whether it arrived
    ]


def _time(kind: str, field: str, text: str | None) -> int | None:
    if text is None:
        return None
    at = read(text)
    if at is None:
        raise bad_format(kind, field, "must be an ISO 8601 date")
    return at
