"""Reassembly: the segments of a long SMS from a device, in any order, twice, or with one missing.

A set of parts is known by sender, dialled address, reference and total. From outside the fleet the sender is
a key that no device has, and the address says by which upstream it came. Each part is kept on disk
before it is acknowledged; the last one to arrive makes the message. When one never comes, what arrived is
delivered and says so.
"""

from collections.abc import Sequence
from hashlib import blake2b
from itertools import groupby

from msgspec import Struct

MISSING = "[…]"
_BEYOND_PHONES = 10**15  # their numbers have at most 15 digits


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


def key_of_name(org: int, upstream: str) -> int:
    """The sender of parts that names and short codes sent: those that one upstream brings to one organisation
    share a limit, and nobody else has it.
    """
    digest = blake2b(f"{org} {upstream}".encode(), digest_size=7).digest()
    return -_BEYOND_PHONES - int.from_bytes(digest)


def set_key(part: Part) -> tuple[int, str, int, int]:
    return (part.device, part.destination, part.reference, part.total)


def missing(parts: Sequence[Part]) -> list[int]:
    """The numbers that have not arrived."""
    have = {part.number for part in parts}
    return [number for number in range(1, parts[0].total + 1) if number not in have]


def join(parts: Sequence[Part]) -> bytes:
    """The body of the whole. The first copy of a number counts; a gap in a text is shown as such. Whatever a
    device mixes into one set, it is joined: octets as they are, text with what cannot be read replaced.
    """
    first = {part.number: part for part in reversed(parts)}
    whole = [first.get(number) for number in range(1, parts[0].total + 1)]
    if is_octets(min(parts, key=_number)):
        return b"".join(part.body for part in whole if part is not None)
    return "".join(_text(is_raw, list(run)) for is_raw, run in groupby(whole, _is_raw)).encode()


def _number(part: Part) -> int:
    return part.number


def _is_raw(part: Part | None) -> bool | None:
    return None if part is None else bool(part.raw_ucs2)


def _text(is_raw: bool | None, run: Sequence[Part | None]) -> str:
    """Neighbours of one kind; a pair may be cut in two between them."""
    if is_raw is None:
        return MISSING * len(run)
    octets = b"".join(part.body for part in run if part is not None)
    return octets.decode("utf-16-be" if is_raw else "utf-8", errors="replace")


def is_octets(part: Part) -> bool:
    """Whether the set carries octets, not text."""
    return part.dcs & 0x0C == 0x04  # 3GPP TS 23.038 §4: bits 3..2, 01 is 8-bit data
