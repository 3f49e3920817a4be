"""Entries of the audit trail, as the API shows them and is asked for them: kinds have the API's words."""

import re

from msgspec import Raw, Struct

from heliograph.core.security.audit import ACTIONS, KINDS, Entry
from heliograph.interfaces.rest.problem import problem
from heliograph.interfaces.rest.translate.times import shown

_NOTHING = Raw(b"null")
_ACTOR = re.compile("(user|token):[0-9]{1,16}|command line|heliograph|somebody")
# The others are called here as they are inside.
_CALLED = {
    "account": "user",
    "token": "application_token",
    "policy": "service_profile",
    "tariff": "tariff_profile",
    "stop_words": "stop_word",
    "device": "endpoint",
    "avoided_operator": "operator_blacklist",
    "callback": "api_callback",
    "callback_secret": "api_secret",
    "route": "sms_route",
}
_MEANT = {_CALLED.get(kind, kind): kind for kind in KINDS}
KINDS_SHOWN = tuple(_MEANT)


class EntryShown(Struct, frozen=True):
    number: int
    timestamp: str
    actor: str
    address: str
    action: str
    kind: str
    id: int
    before: Raw  # what changed, field by field; null when there was nothing
    after: Raw
    hash: str


def shown_entry(entry: Entry) -> EntryShown:
    return EntryShown(
        entry.number,
        shown(entry.at),
        entry.actor,
        entry.address,
        entry.action,
        _CALLED.get(entry.kind, entry.kind),
        entry.row,
        _raw(entry.before),
        _raw(entry.after),
        entry.hash.hex(),
    )


def kind_meant(kind: str) -> str:
    """The one inside."""
    return _MEANT[_one_of("kind", kind, KINDS_SHOWN)]


def action_meant(action: str) -> str:
    return _one_of("action", action, ACTIONS)


def actor_meant(actor: str) -> str:
    if not _ACTOR.fullmatch(actor):
        raise problem(400, 1000, "`actor` is user:ID, token:ID, command line, heliograph or somebody")
    return actor


def _one_of(field: str, given: str, known: tuple[str, ...]) -> str:
    if given not in known:
        raise problem(400, 1000, f"`{field}` is one of {', '.join(known)}")
    return given


def _raw(text: str) -> Raw:
    """They are JSON already."""
    return Raw(text.encode()) if text else _NOTHING
