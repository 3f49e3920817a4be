"""Entries of the audit trail, as the API shows them."""

from msgspec import Raw, Struct

from heliograph.core.security.audit import Entry
from heliograph.interfaces.rest.translate.times import shown

_NOTHING = Raw(b"null")


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
        entry.kind,
        entry.row,
        _raw(entry.before),
        _raw(entry.after),
        entry.hash.hex(),
    )


def _raw(text: str) -> Raw:
    """They are JSON already."""
    return Raw(text.encode()) if text else _NOTHING
