"""Reassembly: the segments of a long SMS from a device, in any order, twice, or with one missing.

A set of parts is known by sender, dialled address, reference and total. Each part is kept on disk before it
is acknowledged; the last one to arrive makes the message. When one never comes, what arrived is delivered
and says so.
"""

from collections.abc import Sequence

from msgspec import Struct

MISSING = "[…]"


class Part(Struct, gc=False):
    """One row of the part table, in its column order. The body is text as UTF-8, or octets."""

    id: int
    org: int
    device: int
    destination: str
    reference: int
    total: int
    number: int
    arrived_at: int
    dcs: int
    pid: int
    udh: bytes
    body: bytes
    raw_ucs2: int  # 1: body is UTF-16BE octets, joined before decoding, since a pair may be cut in two


def set_key(part: Part) -> tuple[int, str, int, int]:
    return (part.device, part.destination, part.reference, part.total)


def missing(parts: Sequence[Part]) -> list[int]:
    """The numbers that have not arrived."""
    have = {part.number for part in parts}
    return [number for number in range(1, parts[0].total + 1) if number not in have]


def join(parts: Sequence[Part]) -> bytes:
    """The body of the whole. The first copy of a number counts; a gap in a text is shown as such."""
    first = {part.number: part for part in reversed(parts)}
    if parts[0].raw_ucs2:
        return _join_ucs2(first, parts[0].total)
    gap = b"" if is_octets(parts[0]) else MISSING.encode()
    return b"".join(_body(first.get(number), gap) for number in range(1, parts[0].total + 1))


def _body(part: Part | None, gap: bytes) -> bytes:
    return gap if part is None else part.body


def _join_ucs2(first: dict[int, Part], total: int) -> bytes:
    gap = MISSING.encode("utf-16-be")
    octets = b"".join(_body(first.get(number), gap) for number in range(1, total + 1))
    return octets.decode("utf-16-be", errors="replace").encode()


def is_octets(part: Part) -> bool:
    """Whether the set carries octets, not text."""
    return part.dcs & 0x0C == 0x04  # 3GPP TS 23.038 §4: bits 3..2, 01 is 8-bit data
