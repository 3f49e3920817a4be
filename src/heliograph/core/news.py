"""News: what a commit changed, as followers hear it. It is told after the commit and kept nowhere."""

from msgspec import Struct

from heliograph.core.changes import Happening


class MessageNews(Struct, gc=False, frozen=True):
    """A message was accepted, or moved on."""

    id: int
    org: int
    at: int
    is_new: bool
    direction: int
    device: int | None
    origin: int | None
    source: str
    destination: str
    segments: int
    dcs: int
    body: bytes | None  # of a new one
    state: int
    reason: str | None
    attempts: int


News = MessageNews | Happening
