"""TPDUs taken apart for people: the golden octets of the codec's own tests, field by field."""

import pytest

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.tpdu.dissect import Field, dissect_deliver, dissect_submit


def by_name(fields: list[Field]) -> dict[str, Field]:
    return {field.name: field for field in fields}


def test_a_deliver() -> None:
    """3GPP TS 23.040 §9.2.2.1; as a virtual modem sent it to gammu 1.42."""
    fields = dissect_deliver(bytes.fromhex("040c9194610000002000006211129055920005c8329bfd06"))
    assert [field.name for field in fields] == [
        *("TP-MTI", "TP-MMS", "TP-LP", "TP-SRI", "TP-UDHI", "TP-RP"),
        *("TP-OA", "TP-PID", "TP-DCS", "TP-SCTS", "TP-UDL", "TP-UD"),
    ]
    found = by_name(fields)
    assert found["TP-MMS"] == Field("TP-MMS", "04", "1", "no more messages wait")
    assert found["TP-OA"] == Field(
        "TP-OA", "0c91946100000020", "+491600000002", "a number, international, plan 1"
    )
    assert found["TP-SCTS"].value == "2026-11-21 09:55:29 +00:00"
    assert found["TP-UD"] == Field("TP-UD", "c8329bfd06", "Hello", "5 characters")


def test_a_deliver_of_data_with_a_header_and_a_named_sender() -> None:
    """§9.2.2.1 by hand."""
    fields = dissect_deliver(bytes.fromhex("e809d0cd22b528057ff6621112210000400403020102"))
    found = by_name(fields)
    assert found["TP-OA"].value == "METER"
    assert found["TP-PID"].meaning == "SIM data download"
    assert found["TP-DCS"].meaning == "8-bit data, class 2"
    assert found["TP-SCTS"].value.endswith("+01:00")
    assert found["IE 02"] == Field("IE 02", "020102", "02", "Unknown element")


def test_a_header_that_overruns_counts_for_nothing() -> None:
    """§9.2.3.24: the element says 5 octets, and the header has 1 for it."""
    fields = dissect_deliver(bytes.fromhex("44048121430004621112210000000503000501ff"))
    assert by_name(fields)["IE"].meaning.startswith("not readable")
    assert by_name(fields)["TP-UD"].value == "ff"


def test_a_part_of_a_long_one() -> None:
    """§9.2.3.24.1: part 2 of 3, reference 42; one fill bit before the text."""
    fields = dissect_deliver(bytes.fromhex("4404812143000062111221000000080500032a030282"))
    found = by_name(fields)
    assert found["TP-UDHI"].value == "1"
    assert found["IE 00"].meaning == "Concatenation, 8-bit reference: part 2 of 3, reference 42"
    assert found["TP-UD"] == Field("TP-UD", "82", "A", "1 characters")


@pytest.mark.parametrize(
    ("octets", "name", "value", "meaning"),
    [
        ("31000c919461000000200000ff09f4721b0e92c55c35", "TP-VP", "255", "38102400 seconds"),
        ("31000c919461000000200000ff09f4721b0e92c55c35", "TP-SRR", "1", "a status report is asked for"),
        ("110005812143f500f0ff05617658de06", "TP-DA", "12345", "a number, unknown type, plan 1"),
        ("0901048121430000421e000000000005c8329bfd06", "TP-MR", "1", "the device's own number of it"),
        ("0901048121430000421e000000000005c8329bfd06", "TP-VPF", "1", "enhanced"),
    ],
)
def test_a_submit(octets: str, name: str, value: str, meaning: str) -> None:
    """3GPP TS 23.040 §9.2.2.2; as gammu 1.42 sent them, and by hand."""
    found = by_name(dissect_submit(bytes.fromhex(octets)))[name]
    assert (found.value, found.meaning) == (value, meaning)


@pytest.mark.parametrize("octets", ["", "04", "040c9194610000002000"])
def test_what_is_no_tpdu(octets: str) -> None:
    with pytest.raises(Malformed):
        dissect_deliver(bytes.fromhex(octets))
