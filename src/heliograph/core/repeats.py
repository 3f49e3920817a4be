"""Repeats: a device whose acknowledgement was lost sends its last SMS again, under the same reference.

One SMS of a device is under way at a time (3GPP TS 24.011 §5.3.1), so remembering the last one is enough.
"""

from zlib import crc32

from heliograph.core.message import MINUTE_MS

WINDOW_MS = 10 * MINUTE_MS


def _mark(reference: int, destination: str, body: bytes) -> str:
    checksum = crc32(destination.encode() + b" " + body)
    return f"{reference} {checksum}"


def remember(reference: int, destination: str, body: bytes, message: int | None, now: int) -> str:
    """What the tally keeps of an SMS that was taken."""
    return f"{_mark(reference, destination, body)} {message or 0} {now}"


def repeats(heard: str, reference: int, destination: str, body: bytes, now: int) -> tuple[bool, int | None]:
    """Whether this is the last SMS once more, and which message it became."""
    mark, _, rest = heard.rpartition(" ")[0].rpartition(" ")
    if mark != _mark(reference, destination, body):
        return False, None
    fresh = abs(now - int(heard.rpartition(" ")[2])) < WINDOW_MS
    return fresh, (int(rest) or None) if fresh else None
