"""Receipts: ours to the letter, and those of others as they come."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.smpp.numbers import MessageState
from heliograph.wire.smpp.receipt import RECEIPT_LIMIT, Receipt, build_receipt, is_receipt, parse_receipt

NOON = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp() * 1000)
MINUTE = 60_000


def test_ours() -> None:
    receipt = Receipt(
        "4711", 2, 2, NOON + 59_999, NOON + MINUTE, MessageState.DELIVERED, "000", b"Hello, this is a meter"
    )
    # SMPP 3.4 Appendix B.
    assert build_receipt(receipt) == (
        b"id:4711 sub:002 dlvrd:002 submit date:2611211200 done date:2611211201 stat:DELIVRD err:000"
        b" text:Hello, this is a met"
    )


WORDS = st.sampled_from(MessageState)
MINUTES = st.integers(946_684_800 // 60, 4_102_444_799 // 60).map(lambda minute: minute * MINUTE)
IDS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=",;|\"'"),
    min_size=1,
    max_size=64,
)


@given(
    IDS,
    st.integers(0, 999),
    st.integers(0, 999),
    MINUTES,
    MINUTES,
    WORDS,
    st.integers(0, 999),
    st.binary(max_size=20),
)
def test_what_we_write_we_read(
    id: str, sub: int, dlvrd: int, submitted: int, done: int, state: MessageState, error: int, text: bytes
) -> None:
    receipt = Receipt(id, sub, dlvrd, submitted, done, state, f"{error:03d}", text)
    got = parse_receipt(build_receipt(receipt))
    assert got == Receipt(id, sub, dlvrd, submitted, done, state, f"{error:03d}", text, got.word)
    assert is_receipt(build_receipt(receipt))


OTHERS = {
    "Kannel": (
        b"id:0A1b2C sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:DELIVRD err:000 text:",
        Receipt("0A1b2C", 1, 1, NOON, NOON + MINUTE, MessageState.DELIVERED, "000", b"", "DELIVRD"),
    ),
    "seconds, Text": (
        b"id:7 sub:001 dlvrd:000 submit date:261121120030 done date:261121120130 stat:UNDELIV err:B Text:a",
        Receipt("7", 1, 0, NOON + 30_000, NOON + 90_000, MessageState.UNDELIVERABLE, "B", b"a", "UNDELIV"),
    ),
    "capitals, whole year": (
        b"ID:7 SUBMIT DATE:20261121120000 DONE DATE:2026-11-21 12:01 STAT:Delivered ERR:0",
        Receipt("7", None, None, NOON, NOON + MINUTE, MessageState.DELIVERED, "0", None, "Delivered"),
    ),
    "underscores and commas": (
        b"id:7,submit_date:2611211200,done_date:2611211201,status:REJECTED,error:17",
        Receipt("7", None, None, NOON, NOON + MINUTE, MessageState.REJECTED, "17", None, "REJECTED"),
    ),
    "no spaces after, no text": (
        b"id: 7 stat: EXPIRED",
        Receipt("7", state=MessageState.EXPIRED, word="EXPIRED"),
    ),
    "a word of its own": (b"id:7 stat:HANDSET_OFF err:", Receipt("7", word="HANDSET_OFF")),
    "bad dates and counts": (
        b"id:7 sub:one dlvrd: submit date:9999999999 done date:0000000000 stat:DELIVRD",
        Receipt("7", state=MessageState.DELIVERED, word="DELIVRD"),
    ),
    "a text that looks like one": (
        b"id:7 stat:DELIVRD text:id:8 stat:EXPIRED",
        Receipt("7", state=MessageState.DELIVERED, text=b"id:8 stat:EXPIRED", word="DELIVRD"),
    ),
    "twice": (b"id:7 stat:DELIVRD id:8", Receipt("7", state=MessageState.DELIVERED, word="DELIVRD")),
    "quotes, a NUL": (b'id:"7" stat:DELIVRD\0', Receipt("7", state=MessageState.DELIVERED, word="DELIVRD")),
    "nothing": (b"", Receipt()),
    "a message": (b"please call me: said bob", Receipt()),
}


@pytest.mark.parametrize(("octets", "expected"), OTHERS.values(), ids=OTHERS)
def test_those_of_others(octets: bytes, expected: Receipt) -> None:
    got = parse_receipt(octets)
    assert got == expected
    assert is_receipt(octets) is (expected.message_id is not None)


@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                b"id:",
                b" stat:",
                b"7",
                b" sub:",
                b"submit date:",
                b" done date:",
                b"99999999999999",
                b" ",
                b"text:",
                b"\xff",
            ]
        ),
        max_size=60,
    ).map(b"".join)
)
def test_nothing_is_too_odd(octets: bytes) -> None:
    receipt = parse_receipt(octets)
    assert receipt.message_id != ""


def test_a_long_text_costs_no_more_than_its_start() -> None:
    receipt = parse_receipt(b"id:1 stat:DELIVRD " * 4000)
    assert receipt.message_id == "1"
    assert parse_receipt(b"x" * RECEIPT_LIMIT + b" id:1").message_id is None
