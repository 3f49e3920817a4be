"""TPDUs against pycrate, both ways: what we encode it reads alike, what it encodes we read alike."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.gsm.address import Address
from heliograph.wire.gsm.tpdu import (
    Command,
    Deliver,
    StatusReport,
    Submit,
    decode_mobile_originated,
    decode_mobile_terminated,
    encode,
    octets_of,
)
from tests.wire.gsm.pycrate_view import ORACLE_DCS, Tpdu, is_readable, ours, pycrate_class, theirs, to_pycrate
from tests.wire.gsm.tpdus import in_error, mobile_originated, mobile_terminated


def address_of(tpdu: Tpdu) -> Address | None:
    match tpdu:
        case Submit() | Command():
            return tpdu.destination
        case Deliver():
            return tpdu.originator
        case StatusReport():
            return tpdu.recipient
    return None


def is_fair(tpdu: Tpdu) -> bool:
    """Without a header (pycrate takes it apart) and with an address that pycrate can read."""
    address = address_of(tpdu)
    return not tpdu.udhi and (address is None or is_readable(address))


ORIGINATED = mobile_originated(ORACLE_DCS).filter(is_fair)
TERMINATED = mobile_terminated(ORACLE_DCS).filter(is_fair)


def is_readable_back(tpdu: Tpdu) -> bool:
    """pycrate reads as many bits of command data as TP-CDL has octets."""
    return not (isinstance(tpdu, Command) and tpdu.command_data)


def read_by_pycrate(tpdu: Tpdu) -> Any:
    message = pycrate_class(tpdu)()
    message.from_bytes(encode(tpdu))
    return message


@given((ORIGINATED | TERMINATED).filter(is_readable_back))
def test_pycrate_reads_what_we_encode(tpdu: Tpdu) -> None:
    assert theirs(read_by_pycrate(tpdu)) == ours(tpdu)


@given(ORIGINATED)
def test_we_read_what_pycrate_encodes_mobile_originated(tpdu: Tpdu) -> None:
    assert decode_mobile_originated(to_pycrate(tpdu).to_bytes(), in_error=in_error(tpdu)) == tpdu


@given(TERMINATED)
def test_we_read_what_pycrate_encodes_mobile_terminated(tpdu: Tpdu) -> None:
    assert decode_mobile_terminated(to_pycrate(tpdu).to_bytes(), in_error=in_error(tpdu)) == tpdu


@given(st.sampled_from([0x00, 0x04, 0x08]), st.binary(min_size=3, max_size=3), st.integers(1, 100))
def test_pycrate_finds_the_header_in_what_we_encode(dcs: int, concatenation: bytes, length: int) -> None:
    octets = b"\x05\x00\x03" + concatenation + bytes(length)
    udl = len(octets) * 8 // 7 if dcs == 0 else len(octets)
    tpdu = Submit(1, Address("1234"), dcs=dcs, udl=udl, user_data=octets[: octets_of(udl, dcs)], udhi=True)
    message = read_by_pycrate(tpdu)
    assert theirs(message) == ours(tpdu)
    assert message["TP_UD"]["UDH"].to_bytes() == octets[:6]
