"""SMS-DELIVER and SMS-SUBMIT taken apart for people: each field with its octets, its value, its meaning.

Comes in: a TPDU. Goes out: fields in the order in which they travel; `Malformed` for what no TPDU is.
Never here: building one, and what is done with it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.address import Address, NumberKind, read_address
from heliograph.wire.gsm.dcs import Alphabet, Dcs, parse_dcs
from heliograph.wire.gsm.received import decode_user_data
from heliograph.wire.gsm.timestamp import TIMESTAMP_OCTETS, Timestamp, decode_timestamp, epoch_seconds
from heliograph.wire.gsm.tpdu.deliver import decode_deliver
from heliograph.wire.gsm.tpdu.submit import decode_submit
from heliograph.wire.gsm.udh import NO_HEADER, ElementId, Header, header_length, make_header, parse_header
from heliograph.wire.gsm.validity import AbsoluteValidity, Validity, read_validity, validity_seconds

_KINDS = ("unknown type", "international", "national", "network specific", "subscriber")
_ALPHABETS = {Alphabet.GSM7: "GSM 7-bit", Alphabet.OCTETS: "8-bit data", Alphabet.UCS2: "UCS-2"}
_ELEMENTS: dict[int, str] = {
    ElementId.CONCATENATION: "Concatenation, 8-bit reference",
    ElementId.SPECIAL_INDICATION: "Special SMS message indication",
    ElementId.PORTS: "Application ports, 8-bit",
    ElementId.WIDE_PORTS: "Application ports, 16-bit",
    ElementId.WIDE_CONCATENATION: "Concatenation, 16-bit reference",
    ElementId.SINGLE_SHIFT: "National language, single shift",
    ElementId.LOCKING_SHIFT: "National language, locking shift",
}
# 3GPP TS 23.040 §9.2.3.9
_PIDS = {0x00: "a plain short message", 0x40: "type 0: acknowledged and discarded", 0x7F: "SIM data download"}
_REPLACE_PIDS = range(0x41, 0x48)


class Field(NamedTuple):
    """`octets` in hexadecimal; the bits of one octet share it."""

    name: str
    octets: str
    value: str
    meaning: str


def dissect_deliver(data: bytes) -> list[Field]:
    try:
        return _deliver(data)
    except IndexError:
        raise Malformed("TPDU ends early") from None


def dissect_submit(data: bytes) -> list[Field]:
    try:
        return _submit(data)
    except IndexError:
        raise Malformed("TPDU ends early") from None


def _deliver(data: bytes) -> list[Field]:
    """3GPP TS 23.040 §9.2.2.1."""
    deliver = decode_deliver(data)
    first = f"{data[0]:02x}"
    address, at = read_address(data, 1)
    stamp = data[at + 2 : at + 2 + TIMESTAMP_OCTETS]
    return [
        Field("TP-MTI", first, "0", "SMS-DELIVER"),
        _bit(
            "TP-MMS",
            data[0],
            0x04,
            "more messages wait in the centre",
            "no more messages wait",
            inverted=True,
        ),
        _bit("TP-LP", data[0], 0x08, "it may not be forwarded once more", "nothing said about forwarding"),
        _bit("TP-SRI", data[0], 0x20, "a status report shall be returned", "no status report is asked for"),
        _bit(
            "TP-UDHI",
            data[0],
            0x40,
            "the user data begin with a header",
            "the user data are text or data alone",
        ),
        _bit("TP-RP", data[0], 0x80, "there is a reply path", "there is no reply path"),
        _address("TP-OA", data[1:at], address),
        _pid(data[at]),
        _dcs(data[at + 1]),
        Field("TP-SCTS", stamp.hex(), _moment(decode_timestamp(stamp)), "when the centre took it"),
        *_user_data(data[at + 2 + TIMESTAMP_OCTETS :], data[at + 1], deliver.udhi),
    ]


def _submit(data: bytes) -> list[Field]:
    """3GPP TS 23.040 §9.2.2.2."""
    submit = decode_submit(data)
    first = f"{data[0]:02x}"
    address, at = read_address(data, 2)
    vpf = data[0] >> 3 & 3
    validity, end = read_validity(vpf, data, at + 2)
    formats = ("no validity is given", "enhanced", "relative", "absolute")
    return [
        Field("TP-MTI", first, "1", "SMS-SUBMIT"),
        _bit("TP-RD", data[0], 0x04, "a repeat shall be refused", "a repeat is taken"),
        Field("TP-VPF", first, str(vpf), formats[vpf]),
        _bit("TP-SRR", data[0], 0x20, "a status report is asked for", "no status report is asked for"),
        _bit(
            "TP-UDHI",
            data[0],
            0x40,
            "the user data begin with a header",
            "the user data are text or data alone",
        ),
        _bit("TP-RP", data[0], 0x80, "there is a reply path", "there is no reply path"),
        Field("TP-MR", f"{data[1]:02x}", str(data[1]), "the device's own number of it"),
        _address("TP-DA", data[2:at], address),
        _pid(data[at]),
        _dcs(data[at + 1]),
        *_validity(data[at + 2 : end], validity),
        *_user_data(data[end:], data[at + 1], submit.udhi),
    ]


def _bit(name: str, octet: int, mask: int, yes: str, no: str, inverted: bool = False) -> Field:
    bit = bool(octet & mask)
    return Field(name, f"{octet:02x}", str(int(bit)), yes if bit != inverted else no)


def _address(name: str, octets: bytes, address: Address) -> Field:
    if address.kind is NumberKind.ALPHANUMERIC:
        return Field(name, octets.hex(), address.value, "a name")
    kind = _KINDS[address.kind] if address.kind < len(_KINDS) else address.kind.name.lower()
    plus = "+" if address.kind is NumberKind.INTERNATIONAL else ""
    return Field(name, octets.hex(), plus + address.value, f"a number, {kind}, plan {int(address.plan)}")


def _pid(pid: int) -> Field:
    meaning = _PIDS.get(pid) or (
        f"replaces an earlier one of type {pid - 0x40}"
        if pid in _REPLACE_PIDS
        else "another protocol or service"
    )
    return Field("TP-PID", f"{pid:02x}", str(pid), meaning)


def _dcs(octet: int) -> Field:
    scheme = parse_dcs(octet)
    words = [_ALPHABETS[scheme.alphabet]]
    if scheme.message_class is not None:
        words.append(f"class {scheme.message_class}" + ("" if scheme.message_class else " (flash)"))
    if scheme.compressed:
        words.append("compressed")
    if scheme.waiting is not None:
        words.append("message waiting indication")
    return Field("TP-DCS", f"{octet:02x}", str(octet), ", ".join(words))


def _moment(stamp: Timestamp) -> str:
    if epoch_seconds(stamp) is None:
        return "no time"
    hours, minutes = divmod(abs(stamp.zone_quarters) * 15, 60)
    sign = "-" if stamp.zone_quarters < 0 else "+"
    day = f"{stamp.year}-{stamp.month:02}-{stamp.day:02}"
    return f"{day} {stamp.hour:02}:{stamp.minute:02}:{stamp.second:02} {sign}{hours:02}:{minutes:02}"


def _validity(octets: bytes, validity: Validity) -> Iterator[Field]:
    if validity is None:
        return
    if isinstance(validity, AbsoluteValidity):
        yield Field("TP-VP", octets.hex(), _moment(validity.until), "until then")
        return
    seconds = validity_seconds(validity, 0)
    yield Field("TP-VP", octets.hex(), str(octets[0]), f"{seconds} seconds" if seconds else "nothing said")


def _user_data(octets: bytes, dcs: int, udhi: bool) -> Iterator[Field]:
    scheme, udl, data = parse_dcs(dcs), octets[0], octets[1:]
    unit = "septets" if scheme.counts_septets else "octets"
    yield Field("TP-UDL", f"{udl:02x}", str(udl), f"{udl} {unit}, the header counted")
    length = header_length(data) if udhi else 0
    if udhi:
        yield Field("TP-UDH", f"{data[0]:02x}", str(data[0]), f"a header of {data[0]} octets follows")
        yield from _elements(data[:length])
    yield _content(scheme, udhi, udl, data, length)


def _elements(header: bytes) -> Iterator[Field]:
    try:
        parsed = parse_header(header)
    except Malformed as bad:
        # §9.2.3.24: a receiver leaves such a header out and reads the text.
        yield Field("IE", header[1:].hex(), "", f"not readable, it counts for nothing: {bad}")
        return
    for element in parsed.elements:
        name = _ELEMENTS.get(element.id)
        raw = bytes((element.id, len(element.data))) + element.data
        meaning = _meaning(make_header([element]))
        yield Field(
            f"IE {element.id:02x}", raw.hex(), element.data.hex(), f"{name or 'Unknown element'}{meaning}"
        )


def _meaning(header: Header) -> str:
    if (place := header.concatenation) is not None:
        return f": part {place.sequence} of {place.total}, reference {place.reference}"
    if (ports := header.ports) is not None:
        return f": to port {ports.destination} from port {ports.source}"
    language = header.locking or header.single
    return f": {language.name.capitalize()}" if language else ""


def _content(scheme: Dcs, udhi: bool, udl: int, data: bytes, length: int) -> Field:
    raw = data[length:].hex()
    header, words = decode_user_data(scheme, udhi, udl, data)
    if isinstance(words, bytes):
        return Field("TP-UD", raw, words.hex(), f"{len(words)} octets of data")
    by = "" if header == NO_HEADER or not (header.locking or header.single) else ", by the national tables"
    return Field("TP-UD", raw, words, f"{len(words)} characters{by}")
