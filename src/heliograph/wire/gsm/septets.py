"""Seven-bit packing of SMS text: one septet per byte in, packed octets out, and back.

Never here: what a septet means (see `alphabet`), or where a header ends (see `text`).
"""

from functools import lru_cache

from heliograph.wire.errors import Malformed

# A text has at most 160 septets, so that at most 21 sizes of masks are in use; USSD adds a few.
_MASKS_KEPT = 64


@lru_cache(maxsize=_MASKS_KEPT)
def _masks(groups: int) -> tuple[int, int, int, int, int, int]:
    """Low and high lanes for each of three merges, for `groups` groups of eight septets."""
    septets = int.from_bytes(b"\x7f\x00" * (4 * groups), "little")
    pairs = int.from_bytes(b"\xff\x3f\x00\x00" * (2 * groups), "little")
    quads = int.from_bytes(b"\xff\xff\xff\x0f\x00\x00\x00\x00" * groups, "little")
    return septets, septets << 8, pairs, pairs << 16, quads, quads << 32


def pack(septets: bytes, fill_bits: int = 0) -> bytes:
    """Pack one septet per byte into octets, after `fill_bits` zero bits; the eighth bit is dropped."""
    # 3GPP TS 23.038 §6.1.2.1.1: the first septet lies in the low bits. All lanes are merged at once:
    # 7 bits of 8, then 14 of 16, 28 of 32, 56 of 64; then every eighth octet is empty and goes.
    count = len(septets)
    groups = (count + 7) // 8
    low7, high7, low14, high14, low28, high28 = _masks(groups)
    lanes = int.from_bytes(septets, "little")
    lanes = (lanes & low7) | ((lanes & high7) >> 1)
    lanes = (lanes & low14) | ((lanes & high14) >> 2)
    lanes = (lanes & low28) | ((lanes & high28) >> 4)
    octets = bytearray(lanes.to_bytes(groups * 8, "little"))
    del octets[7::8]
    length = (fill_bits + count * 7 + 7) // 8
    if fill_bits:
        return (int.from_bytes(octets, "little") << fill_bits).to_bytes(length + 1, "little")[:length]
    return bytes(octets[:length])


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """Take `count` septets out of packed octets, one per byte; `Malformed` when they are too few."""
    length = (fill_bits + count * 7 + 7) // 8
    if len(octets) < length:
        raise Malformed(f"{count} septets need {length} octets, {len(octets)} are there")
    groups = (count + 7) // 8
    packed = octets[:length]
    if fill_bits:
        packed = (int.from_bytes(packed, "little") >> fill_bits).to_bytes(length, "little")
    packed = packed.ljust(groups * 7, b"\0")
    spread = bytearray(groups * 8)
    for lane in range(7):
        spread[lane::8] = packed[lane : groups * 7 : 7]
    low7, high7, low14, high14, low28, high28 = _masks(groups)
    lanes = int.from_bytes(spread, "little")
    lanes = (lanes & low28) | ((lanes << 4) & high28)
    lanes = (lanes & low14) | ((lanes << 2) & high14)
    lanes = (lanes & low7) | ((lanes << 1) & high7)
    return lanes.to_bytes(groups * 8, "little")[:count]
