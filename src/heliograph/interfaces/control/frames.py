"""Frames of the local socket: one JSON document per line, at most `FRAME_BYTES` long.

A caller sends a `Request`; it hears any number of progress, item and `alive` frames, then one answer or one
error.
Within a stream that asks for it (`listen`) the caller sends `Reply` lines. Then the next request may follow.
"""

from typing import Any

import msgspec
from msgspec import Struct

from heliograph.core.refusal import Refusal

FRAME_BYTES = 1 << 20
SOCKET_NAME = "control.sock"
BAD_FRAME = "bad_frame"
ALIVE_SECONDS = 5.0  # a server at work says a word this often
SILENT_SECONDS = 30.0  # after that a server hangs


class Request(Struct, forbid_unknown_fields=True):
    verb: str
    org: str | None = None  # None: the first organisation
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Reply(Struct, forbid_unknown_fields=True):
    """A listener's word on one delivery."""

    delivery: int
    accepted: bool = True


class Progress(Struct):
    done: int
    total: int | None = None


NOTHING = msgspec.Raw(b"")


class Frame(Struct, omit_defaults=True):
    """Exactly one of the fields is there. `alive` only says that the request is still under way."""

    item: msgspec.Raw = NOTHING
    progress: Progress | None = None
    answer: msgspec.Raw = NOTHING
    error: Refusal | None = None
    alive: bool = False


ALIVE = Frame(alive=True)


class TooLong(Exception):
    """A frame beyond the limit."""


def encode(frame: Frame | Request | Reply) -> bytes:
    line = msgspec.json.encode(frame)
    if len(line) >= FRAME_BYTES:
        raise TooLong(f"A frame of {len(line)} bytes; {FRAME_BYTES} is the limit.")
    return line + b"\n"


def item(value: Any) -> Frame:
    return Frame(item=msgspec.Raw(msgspec.json.encode(value)))


def answer(value: Any) -> Frame:
    return Frame(answer=msgspec.Raw(msgspec.json.encode(value)))


def error(code: str, reason: str, rule: str | None = None) -> Frame:
    return Frame(error=Refusal(code, reason, rule))


decode_frame = msgspec.json.Decoder(Frame).decode
decode_request = msgspec.json.Decoder(Request).decode
decode_reply = msgspec.json.Decoder(Reply).decode
