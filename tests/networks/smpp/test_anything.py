"""Whatever an operator brings is a receipt, an SMS or a refusal; nothing of it breaks us."""

from hypothesis import given, settings
from hypothesis import strategies as st

from heliograph.core.content import Content
from heliograph.core.refusal import Refusal
from heliograph.flow.from_outside import FromPhone
from heliograph.networks.smpp.translate.ids import Ids
from heliograph.networks.smpp.translate.mo import from_phone_of
from heliograph.networks.smpp.translate.receipts import receipt_of
from heliograph.wire.smpp.pdus import DeliverSm

OCTETS = st.binary(max_size=160)
TLVS = st.lists(
    st.tuples(
        st.sampled_from([0x001E, 0x0427, 0x0423, 0x020C, 0x020E, 0x020F, 0x020A, 0x9999]),
        st.binary(min_size=2, max_size=4),
    ),
    max_size=5,
).map(tuple)
PDUS = st.builds(
    DeliverSm,
    source_addr_ton=st.integers(0, 255),
    source_addr=st.text(st.characters(max_codepoint=255, exclude_characters="\0"), max_size=20),
    dest_addr_ton=st.integers(0, 255),
    destination_addr=st.text("0123456789+ab", max_size=20),
    esm_class=st.sampled_from([0, 0x04, 0x08, 0x20, 0x40, 0x44, 0xC0]),
    protocol_id=st.integers(0, 255),
    data_coding=st.integers(0, 255),
    short_message=OCTETS | OCTETS.map(lambda octets: b"id:" + octets + b" stat:DELIVRD"),
    tlvs=TLVS,
)


@given(PDUS, st.sampled_from(["gsm", "ascii", "latin1"]), st.booleans())
@settings(deadline=None, max_examples=500)
def test_any_pdu_is_something(pdu: DeliverSm, coding_0: str, is_thorough: bool) -> None:
    receipt = receipt_of(pdu, is_thorough)
    if receipt is not None:
        assert receipt.state
        assert receipt.outcome is None or receipt.ids
        return
    made = from_phone_of("acme", pdu, coding_0, "49")
    assert isinstance(made, FromPhone | Refusal)
    if isinstance(made, FromPhone):
        assert isinstance(made.content, Content)
        made.content.body.decode("utf-8", "replace")


@given(st.text(max_size=70), st.sampled_from(["as_is", "hex_to_decimal", "decimal_to_hex", "tolerant"]))
def test_any_id_names_something(id: str, id_format: str) -> None:
    ids = Ids(id_format)
    assert isinstance(ids.of_response(id), str)
    references = ids.of_receipt(id)
    assert references
    for reference in references:
        ids.matched(id, reference)


@given(st.integers(0, 2**63))
def test_numbers_are_found_in_either_writing(number: int) -> None:
    decimal, hexadecimal = str(number), f"{number:X}"
    assert Ids("hex_to_decimal").of_response(decimal) in Ids("hex_to_decimal").of_receipt(hexadecimal)
    assert Ids("decimal_to_hex").of_response(hexadecimal) in Ids("decimal_to_hex").of_receipt(decimal)
    tolerant = Ids("tolerant")
    for response, in_receipt in ((decimal, hexadecimal), (hexadecimal, decimal), (decimal, decimal)):
        assert tolerant.of_response(response) in tolerant.of_receipt(in_receipt)


def test_matching_finds_out_which_writing_it_is() -> None:
    """After a few, the right one is asked about first."""
    ids = Ids("tolerant")
    for number in (31, 32, 33):
        reference = ids.of_response(f"{number:x}")
        assert reference in ids.of_receipt(str(number))
        ids.matched(str(number), reference)
    assert ids.of_receipt("40")[0] == "28"


def test_letters_give_a_hexadecimal_number_away() -> None:
    ids = Ids("tolerant")
    ids.of_response("3F")
    assert ids.of_receipt("63")[0] == "3f"
