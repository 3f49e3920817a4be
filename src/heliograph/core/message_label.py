"""Labels of messages: what a sender calls an SMS, to find it again. Kept beside the message, and only where
there are some: the message's own row does not grow.
"""

from msgspec import Struct

from heliograph.core.labels import tidy_tags
from heliograph.core.refusal import Refusal, refuse

LONGEST_REFERENCE = 128
LONGEST_TAGS = 500
LONGEST_REPLACE_KEY = 64


class Label(Struct, frozen=True, gc=False):
    """What the sender gave."""

    reference: str | None = None
    tags: str = ""
    batch: int | None = None
    number: int = 0  # its place in the batch, from 1


class MessageLabel(Struct, gc=False):
    """One row of the message_label table, in its column order."""

    message: int
    org: int
    at: int  # when the message was accepted: lists run by it
    reference: str | None
    tags: str
    batch: int | None
    number: int = 0  # its recipient's place in the batch


def label_of(reference: str | None, tags: str) -> Label | Refusal | None:
    """None when there is nothing to keep; the refusal names the field."""
    if reference is not None and not _is_word(reference, LONGEST_REFERENCE):
        return _bad("client_reference", LONGEST_REFERENCE)
    tags = tidy_tags(tags)
    if tags and not _is_word(tags, LONGEST_TAGS):
        return _bad("tags", LONGEST_TAGS)
    return Label(reference, tags) if reference is not None or tags else None


def bad_replace_key(key: str | None) -> Refusal | None:
    if key is None or _is_word(key, LONGEST_REPLACE_KEY):
        return None
    return _bad("replace_key", LONGEST_REPLACE_KEY)


def _is_word(text: str, most: int) -> bool:
    return 1 <= len(text) <= most and text.isprintable()


def _bad(field: str, most: int) -> Refusal:
    return refuse("bad_value", field, f"{field} has 1 to {most} printable characters.")
