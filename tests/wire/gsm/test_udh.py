"""The user data header: golden octets, the last one counts, nonsense is ignored, overruns are malformed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.alphabet import Language
from heliograph.wire.gsm.message_waiting import SpecialIndication, WaitingKind
from heliograph.wire.gsm.udh import (
    Concatenation,
    Element,
    Header,
    Ports,
    build_header,
    concatenation_element,
    header_length,
    indication_element,
    make_header,
    parse_header,
    ports_element,
    shift_elements,
)

ELEMENTS = st.lists(
    st.builds(
        Element, st.integers(0, 255) | st.sampled_from([0, 1, 4, 5, 8, 0x24, 0x25]), st.binary(max_size=6)
    ),
    max_size=15,
).map(tuple)


def parsed(octets: str) -> Header:
    return parse_header(bytes.fromhex(octets))


# 3GPP TS 23.040 §9.2.3.24.1, .3, .4, .8, .15, .16
@pytest.mark.parametrize(
    ("octets", "concatenation"),
    [
        ("05 00 03 cc 03 02", Concatenation(0xCC, 3, 2)),
        ("06 08 04 1234 ff ff", Concatenation(0x1234, 255, 255, wide=True)),
        # Nonsense is ignored: total 0, sequence 0, sequence above the total, a wrong length.
        ("05 00 03 cc 00 00", None),
        ("05 00 03 cc 00 01", None),
        ("05 00 03 cc 03 00", None),
        ("05 00 03 cc 03 04", None),
        ("04 00 02 cc 03", None),
        ("06 00 04 1234 03 01", None),
        ("05 08 03 cc 03 01", None),
        # The last one that can be used counts.
        ("0a 00 03 01 03 01 00 03 02 03 02", Concatenation(2, 3, 2)),
        ("0b 00 03 01 03 01 08 04 0002 03 02", Concatenation(2, 3, 2, wide=True)),
        ("0a 00 03 01 03 01 00 03 02 03 04", Concatenation(1, 3, 1)),
    ],
)
def test_concatenation(octets: str, concatenation: Concatenation | None) -> None:
    assert parsed(octets).concatenation == concatenation


@pytest.mark.parametrize(
    ("octets", "ports"),
    [
        ("06 05 04 0b84 23f0", Ports(0x0B84, 0x23F0, wide=True)),
        ("04 04 02 f0 f1", Ports(0xF0, 0xF1)),
        ("0a 04 02 f0 f1 05 04 0001 0002", Ports(1, 2, wide=True)),
        ("0a 05 04 0001 0002 04 02 f0 f1", Ports(0xF0, 0xF1)),
        ("0a 05 04 0001 0002 05 02 0003", Ports(1, 2, wide=True)),
        ("04 05 02 0b84", None),
        ("06 04 04 0b84 23f0", None),
    ],
)
def test_ports(octets: str, ports: Ports | None) -> None:
    assert parsed(octets).ports == ports


@pytest.mark.parametrize(
    ("octets", "locking", "single"),
    [
        ("03 24 01 01", None, Language.TURKISH),
        ("03 25 01 06", Language.HINDI, None),
        ("06 25 01 03 24 01 02", Language.PORTUGUESE, Language.SPANISH),
        ("03 25 01 02", None, None),  # there is no Spanish locking shift table
        ("03 24 01 0e", None, None),
        ("03 24 01 00", None, None),
        ("02 24 00", None, None),
        ("04 24 02 01 01", None, None),
        ("06 24 01 01 24 01 0d", None, Language.URDU),
    ],
)
def test_national_shifts(octets: str, locking: Language | None, single: Language | None) -> None:
    header = parsed(octets)
    assert (header.locking, header.single) == (locking, single)


def test_indications_may_be_many() -> None:
    header = parsed("0b 01 02 0003 70 01 00 01 02 8105")
    assert header.indications == (
        SpecialIndication(WaitingKind.VOICEMAIL, 3),
        SpecialIndication(WaitingKind.FAX, 5, store=True),
    )
    assert parsed("03 01 01 00").indications == ()


def test_typed_elements() -> None:
    elements = (
        concatenation_element(Concatenation(0xCC, 3, 2)),
        concatenation_element(Concatenation(0x1234, 3, 2, wide=True)),
        ports_element(Ports(0x0B84, 0x23F0, wide=True)),
        ports_element(Ports(1, 2)),
        *shift_elements(Language.TURKISH, Language.SPANISH),
        indication_element(SpecialIndication(WaitingKind.FAX, 2)),
    )
    body = "0003cc0302 080412340302 05040b8423f0 04020102 250101 240102 01020102"
    assert build_header(elements)[1:] == bytes.fromhex(body)
    assert shift_elements(None, None) == ()


def test_what_follows_the_header_is_not_read() -> None:
    assert parsed("00 ff ff") == Header()
    assert parsed("03 24 01 01 25") == parsed("03 24 01 01")
    assert header_length(bytes.fromhex("03 24 01 01 25")) == 4


@pytest.mark.parametrize("octets", ["", "01", "05 00 03 cc 03", "01 00", "03 00 03 cc 03", "04 24 01 01 25"])
def test_overruns_are_malformed(octets: str) -> None:
    with pytest.raises(Malformed):
        parsed(octets)


@given(ELEMENTS)
def test_elements_are_kept_as_they_came(elements: tuple[Element, ...]) -> None:
    octets = build_header(elements)
    if elements:
        assert parse_header(octets) == make_header(elements)
        assert parse_header(octets).elements == elements
    else:
        assert octets == b""


@given(st.binary(max_size=150))
def test_any_octets_are_a_header_or_malformed(octets: bytes) -> None:
    try:
        header = parse_header(octets)
    except Malformed:
        return
    assert build_header(header.elements) == (octets[: octets[0] + 1] if octets[0] else b"")


def test_a_header_is_no_longer_than_the_user_data() -> None:
    assert len(build_header([Element(0x70, bytes(137))])) == 140
    with pytest.raises(ValueError, match="141"):
        build_header([Element(0x70, bytes(138))])
