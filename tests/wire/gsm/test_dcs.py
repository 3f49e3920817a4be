"""The data coding scheme: every group by golden octets, all 256 accounted for, and what no octet says."""

import pytest

from heliograph.wire.gsm.dcs import Alphabet, Dcs, make_dcs, parse_dcs
from heliograph.wire.gsm.message_waiting import Waiting, WaitingKind

GSM7, OCTETS, UCS2 = Alphabet.GSM7, Alphabet.OCTETS, Alphabet.UCS2

# 3GPP TS 23.038 §4.
GOLDEN = [
    Dcs(0x00, GSM7),
    Dcs(0x03, GSM7),  # bit 4 is 0: bits 1..0 are reserved, not a class
    Dcs(0x04, OCTETS),
    Dcs(0x08, UCS2),
    Dcs(0x10, GSM7, 0),
    Dcs(0x11, GSM7, 1),
    Dcs(0x16, OCTETS, 2),
    Dcs(0x18, UCS2, 0),
    Dcs(0x20, GSM7, compressed=True),
    Dcs(0x2A, UCS2, compressed=True),
    Dcs(0x37, OCTETS, 3, compressed=True),
    Dcs(0x40, GSM7, auto_delete=True),
    Dcs(0x58, UCS2, 0, auto_delete=True),
    Dcs(0x74, OCTETS, 0, compressed=True, auto_delete=True),
    Dcs(0xC0, GSM7, waiting=Waiting(WaitingKind.VOICEMAIL, active=False, store=False)),
    Dcs(0xC9, GSM7, waiting=Waiting(WaitingKind.FAX, active=True, store=False)),
    Dcs(0xD8, GSM7, waiting=Waiting(WaitingKind.VOICEMAIL, active=True, store=True)),
    Dcs(0xD2, GSM7, waiting=Waiting(WaitingKind.EMAIL, active=False, store=True)),
    Dcs(0xEB, UCS2, waiting=Waiting(WaitingKind.OTHER, active=True, store=True)),
    Dcs(0xF0, GSM7, 0),
    Dcs(0xF3, GSM7, 3),
    Dcs(0xF6, OCTETS, 2),
    Dcs(0xFE, OCTETS, 2),  # bit 3 is reserved
    # Reserved codings are the default alphabet, whatever their other bits say.
    Dcs(0x0C),
    Dcs(0x1D),
    Dcs(0x7C),
    Dcs(0x80),
    Dcs(0x9A),
    Dcs(0xBF),
]


@pytest.mark.parametrize("scheme", GOLDEN, ids=lambda scheme: f"{scheme.octet:02x}")
def test_golden(scheme: Dcs) -> None:
    assert parse_dcs(scheme.octet) == scheme


@pytest.mark.parametrize("octet", range(256))
def test_what_an_octet_says_can_be_said_again(octet: int) -> None:
    said = parse_dcs(octet)
    made = make_dcs(
        said.alphabet,
        said.message_class,
        compressed=said.compressed,
        auto_delete=said.auto_delete,
        waiting=said.waiting,
    )
    assert said.octet == octet
    assert (made.alphabet, made.message_class, made.compressed, made.auto_delete, made.waiting) == (
        said.alphabet,
        said.message_class,
        said.compressed,
        said.auto_delete,
        said.waiting,
    )


@pytest.mark.parametrize(
    ("scheme", "octet"),
    [
        (make_dcs(GSM7), 0x00),
        (make_dcs(OCTETS), 0x04),
        (make_dcs(UCS2), 0x08),
        (make_dcs(GSM7, 0), 0xF0),
        (make_dcs(OCTETS, 2), 0xF6),
        (make_dcs(UCS2, 0), 0x18),
        (make_dcs(GSM7, 1, auto_delete=True), 0x51),
    ],
)
def test_the_octet_that_is_chosen(scheme: Dcs, octet: int) -> None:
    assert scheme.octet == octet


def test_length_counts_septets_only_for_plain_gsm_text() -> None:
    # TS 23.040 §9.2.3.16
    octets = [0x00, 0x10, 0xC8, 0xF0, 0x80, 0x0C, 0x40]
    assert all(parse_dcs(octet).counts_septets for octet in octets)
    assert not any(parse_dcs(octet).counts_septets for octet in [0x04, 0x08, 0x20, 0xE0, 0xF4, 0x60])


def test_what_no_octet_says() -> None:
    lamp = Waiting(WaitingKind.FAX, active=True, store=False)
    for impossible in (
        lambda: make_dcs(UCS2, waiting=lamp),  # UCS-2 indications are stored
        lambda: make_dcs(OCTETS, waiting=lamp),
        lambda: make_dcs(GSM7, 0, waiting=lamp),
        lambda: make_dcs(GSM7, 4),
        lambda: make_dcs(GSM7, -1),
    ):
        with pytest.raises(ValueError, match=r"class|scheme"):
            impossible()
