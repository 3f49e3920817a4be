"""Callbacks: URLs that an application is called at, the secrets that sign the calls, the log of the calls.

A callback is an application: its id is the application's, its gate the application's gate.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.message import DAY_MS

EVERY_EVENT = "*"
LONGEST_URL = 2_048
LONGEST_PURPOSE = 500
LONGEST_SECRET = 1_024
MOST_EVENT_TYPES = 64
MOST_CALLBACKS = 1_000  # of one organisation
MOST_SECRETS = 1_000
MOST_WINDOW = 1_000
EVENT_VALIDITY_MS = 7 * DAY_MS
LONGEST_OVERLAP_HOURS = 30 * 24
DEFAULT_OVERLAP_HOURS = 24  # for which a secret that was replaced still signs


class Callback(Struct, gc=False, frozen=True):
    """One row of the callback table, in its column order."""

    id: int  # of its application
    org: int
    url: str
    purpose: str
    events: str  # types of events that it hears of, separated by commas; `*` is every one
    api_secret: int | None  # signs what belongs to no device, and where the device's policy names none
    window: int | None  # calls at a time; None: as the settings say
    disabled: str  # why it is off; empty: it is on
    created_at: int


class CallbackSecret(Struct, gc=False, frozen=True):
    """One row of the callback_secret table, in its column order. What is sealed, only the vault opens."""

    id: int
    org: int
    purpose: str
    sealed: bytes
    sealed_before: bytes | None  # the secret that it took the place of
    before_until: int | None  # until when that one signs too
    created_at: int


class CallbackAttempt(Struct, gc=False, frozen=True):
    """One call, as it went: a row of the callback_attempt table, in its column order."""

    callback: int
    number: int  # grows with time
    org: int
    at: int
    kind: int  # `delivery.Kind`; -1: a test
    subject: int  # the message or event that it told of; 0: a test
    device: int
    attempt: int
    code: str  # what it came to: `delivered`, or an outcome's code
    status: int | None  # the answer's; None: there was none
    latency_ms: int
    answer: str  # its first bytes, as text


class Addressee(Struct, gc=False, frozen=True):
    """What a call has to know of a device beside the message itself."""

    device: int
    name: str
    api_secret: int | None


class Subscriber(Struct, gc=False, frozen=True):
    """A callback that hears of events."""

    callback: int
    org: int
    events: str


def subscribed(subscribers: Sequence[Subscriber], org: int, type: str) -> list[int]:
    """The callbacks of the organisation that want to hear of this type."""
    return [
        one.callback
        for one in subscribers
        if one.org == org and (one.events == EVERY_EVENT or type in one.events.split(","))
    ]
