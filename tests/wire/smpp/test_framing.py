"""The stream of PDUs: split anywhere, and what ends it."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.smpp.codec import PDU_OCTETS_LIMIT, Frames, decode, encode
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import EnquireLink, Pdu, SubmitSm
from tests.wire.smpp.drawn import ANY_PDU


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    ends = sorted({min(end, len(data)) for end in cuts} | {len(data)})
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@given(st.lists(ANY_PDU, max_size=4), st.lists(st.integers(0, 400), max_size=12))
def test_any_split_gives_the_same_pdus(pdus: list[Pdu], cuts: list[int]) -> None:
    stream = b"".join(encode(pdu, number) for number, pdu in enumerate(pdus, 1))
    frames = Frames()
    found = [decode(frame) for piece in cut(stream, cuts) for frame in frames.feed(piece)]
    assert found == list(enumerate(pdus, 1))
    assert frames.held_octets == 0


@pytest.mark.parametrize("length", [0, 15, PDU_OCTETS_LIMIT + 1, 0xFFFFFFFF])
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_a_length_that_no_pdu_has_breaks_the_stream(length: int, step: int) -> None:
    good = encode(EnquireLink(), 1)
    stream = good + struct.pack(">4I", length, 4, 0, 77) + b"rubbish" + good
    frames = Frames()
    found = [frame for at in range(0, len(stream), step) for frame in frames.feed(stream[at : at + step])]
    assert found == [good]
    fault = frames.broken
    assert fault is not None
    assert (fault.status, fault.command_id, fault.sequence) == (Status.RINVCMDLEN, 4, 77)


def test_the_longest_pdu_comes_in_single_octets_at_the_cost_of_one() -> None:
    body = b"\0" * 17
    filler = PDU_OCTETS_LIMIT - 16 - len(body) - 8
    long_one = struct.pack(">4I", PDU_OCTETS_LIMIT, 4, 0, 1) + body
    long_one += struct.pack(">HH", 0x1400, 4) + b"abcd" + struct.pack(">HH", 0x1401, 65_535)
    long_one += bytes(65_535)
    long_one += struct.pack(">HH", 0x1402, filler - 65_535 - 8) + bytes(filler - 65_535 - 8)
    frames = Frames()
    found: list[bytes] = []
    for at in range(len(long_one)):
        found += frames.feed(long_one[at : at + 1])
        assert frames.held_octets <= PDU_OCTETS_LIMIT
    assert found == [long_one]
    sequence, pdu = decode(found[0])
    assert sequence == 1
    assert isinstance(pdu, SubmitSm)
    assert [tag for tag, _ in pdu.tlvs] == [0x1400, 0x1401, 0x1402]
