"""User data that arrived: foreign cuts are joined, broken headers ignored, and only `Malformed` is raised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.alphabet import Language
from heliograph.wire.gsm.dcs import parse_dcs
from heliograph.wire.gsm.septets import pack
from heliograph.wire.gsm.text import UserData, decode_user_data, join_text, read_content
from heliograph.wire.gsm.udh import Concatenation, Header

GSM7, OCTETS, UCS2, COMPRESSED = parse_dcs(0x00), parse_dcs(0x04), parse_dcs(0x08), parse_dcs(0x20)


def ucs2(octets: bytes) -> UserData:
    return UserData(UCS2, False, len(octets), octets)


def gsm(septets: bytes) -> UserData:
    return UserData(GSM7, False, len(septets), pack(septets))


# TS 23.040 §9.2.3.16, §9.2.3.24; the octets of the first are the DELIVER known from every tutorial.
def test_golden() -> None:
    assert decode_user_data(GSM7, False, 10, bytes.fromhex("e8329bfd4697d9ec37")) == (Header(), "hellohello")
    header, text = decode_user_data(GSM7, True, 9, bytes.fromhex("0500032a0202c262"))
    assert (header.concatenation, text) == (Concatenation(0x2A, 2, 2), "ab")
    header, text = decode_user_data(GSM7, True, 7, bytes.fromhex("03240101d8cc01"))
    assert (header.single, text) == (Language.TURKISH, "ş")


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (ucs2("жж".encode("utf-16-be")), "жж"),
        (ucs2(bytes.fromhex("d83d 0041")), "\ufffdA"),  # half a pair
        (ucs2(bytes.fromhex("0041 de00")), "A\ufffd"),
        (ucs2(bytes.fromhex("0041 00")), "A\ufffd"),  # half a unit
        (UserData(OCTETS, False, 2, b"\x01\xff"), b"\x01\xff"),
        (UserData(OCTETS, False, 1, b"\x01\xff"), b"\x01"),  # TP-UDL decides
        (UserData(COMPRESSED, False, 2, b"\x01\xff"), b"\x01\xff"),
        (gsm(b"a\x1b"), "a "),
    ],
)
def test_content(part: UserData, content: str | bytes) -> None:
    assert decode_user_data(*part) == (Header(), content)


def test_a_broken_header_is_ignored_and_the_text_kept() -> None:
    # TS 23.040 §9.2.3.24: the last element says 9 octets where 3 are left.
    assert decode_user_data(OCTETS, True, 8, bytes.fromhex("050009cc03016162")) == (Header(), b"ab")
    # One octet more than the last element has.
    assert decode_user_data(OCTETS, True, 9, bytes.fromhex("060003cc0301ff6162")) == (Header(), b"ab")


@pytest.mark.parametrize(
    "part",
    [
        UserData(GSM7, False, 11, bytes(9)),
        UserData(OCTETS, False, 3, bytes(2)),
        UserData(UCS2, False, 3, bytes(2)),
        UserData(OCTETS, True, 0, b""),
        UserData(OCTETS, True, 3, bytes.fromhex("050003")),
        UserData(OCTETS, True, 5, bytes.fromhex("050003cc030161")),  # TP-UDL ends within the header
        UserData(GSM7, True, 6, bytes.fromhex("050003cc030161")),
    ],
)
def test_lengths_that_contradict_each_other(part: UserData) -> None:
    for read in (decode_user_data, read_content):
        with pytest.raises(Malformed):
            read(*part)
    with pytest.raises(Malformed):
        join_text([part])


def test_a_foreign_cut_through_a_surrogate_pair_or_a_unit() -> None:
    octets = "a😀ж".encode("utf-16-be")
    for cut in range(len(octets) + 1):
        assert join_text([ucs2(octets[:cut]), ucs2(octets[cut:])]) == "a😀ж"


def test_a_foreign_cut_through_an_escape_pair() -> None:
    assert join_text([gsm(b"ab\x1b"), gsm(b"ec")]) == "ab€c"


def test_each_segment_is_read_with_its_own_tables() -> None:
    # TS 23.040 §9.2.3.24.15: tables hold for the segment that names them.
    turkish = UserData(GSM7, True, 7, bytes.fromhex("03240101") + pack(b"\x1bs", 3))
    assert join_text([turkish, gsm(b"\x1bs")]) == "şs"


def test_text_of_several_alphabets_is_joined_but_not_with_data() -> None:
    assert join_text([gsm(b"a"), ucs2("ж".encode("utf-16-be"))]) == "aж"
    assert join_text([]) == ""
    data = UserData(OCTETS, False, 1, b"x")
    assert join_text([data, data]) == b"xx"
    with pytest.raises(Malformed):
        join_text([gsm(b"a"), data])


@given(st.integers(0, 255), st.booleans(), st.integers(0, 255), st.binary(max_size=150))
def test_any_octets_are_content_or_malformed(dcs: int, udhi: bool, udl: int, ud: bytes) -> None:
    part = UserData(parse_dcs(dcs), udhi, udl, ud)
    try:
        header, content = decode_user_data(*part)
    except Malformed:
        with pytest.raises(Malformed):
            join_text([part])
        return
    assert join_text([part]) == content
    assert udhi or header == Header()
    if isinstance(content, str):
        assert content.encode().decode() == content


@given(st.lists(st.tuples(st.sampled_from([0, 4, 8, 0xF1]), st.binary(max_size=140)), max_size=4))
def test_any_segments_are_joined_or_malformed(parts: list[tuple[int, bytes]]) -> None:
    kinds = {dcs == 4 for dcs, _ in parts}
    received = [
        UserData(parse_dcs(dcs), False, len(ud) * 8 // 7 if dcs in (0, 0xF1) else len(ud), ud)
        for dcs, ud in parts
    ]
    if len(kinds) == 2:
        with pytest.raises(Malformed):
            join_text(received)
    else:
        assert isinstance(join_text(received), bytes if kinds == {True} else str)
