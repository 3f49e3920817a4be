"""PDUs drawn at random from their own layouts, for round trips and for the oracles."""

from hypothesis import strategies as st

from heliograph.wire.smpp.kinds import (
    CString,
    Kind,
    Listed,
    Octet,
    ShortMessage,
    StatusField,
    Tail,
    TimeString,
)
from heliograph.wire.smpp.layout import layout_of
from heliograph.wire.smpp.lists import DistributionList, SmeAddress, Unsuccessful
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import PDUS, Pdu, Response, SubmitMulti
from heliograph.wire.smpp.tlv import PARAMETERS, Tlv

OCTET = st.integers(0, 255)
SEQUENCE = st.integers(1, 0x7FFFFFFF)
STATUSES = st.sampled_from(Status) | st.integers(0x400, 0x4FF)
LATIN = st.characters(min_codepoint=1, max_codepoint=255)
PLAIN = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
ADDRESS = st.text(PLAIN, max_size=20)
DESTINATIONS = st.builds(SmeAddress, OCTET, OCTET, ADDRESS) | st.builds(DistributionList, ADDRESS)
REFUSED = st.builds(Unsuccessful, OCTET, OCTET, ADDRESS, STATUSES.map(int))


@st.composite
def tlvs(draw: st.DrawFn) -> Tlv:
    tag = draw(st.sampled_from(sorted(PARAMETERS)) | st.integers(0x1400, 0x3FFF))
    known = PARAMETERS.get(tag)
    low, high = (known.low, min(known.high, 80)) if known else (0, 80)
    return tag, draw(st.binary(min_size=low, max_size=high))


def values(pdu: type[Pdu], kind: Kind) -> st.SearchStrategy[object]:
    match kind:
        case StatusField():
            return STATUSES
        case Octet():
            return OCTET
        case CString(octets):
            return st.text(LATIN, max_size=octets - 1)
        case TimeString():
            return st.just("") | st.text(LATIN, min_size=16, max_size=16)
        case ShortMessage():
            return st.binary(max_size=254)
        case Listed():
            return st.lists(DESTINATIONS if pdu is SubmitMulti else REFUSED, max_size=5).map(tuple)
        case Tail():
            return st.lists(tlvs(), max_size=4).map(tuple)


def of_class(pdu: type[Pdu]) -> st.SearchStrategy[Pdu]:
    return st.builds(pdu, **{name: values(pdu, kind) for name, kind in layout_of(pdu)})


ANY_PDU = st.sampled_from(PDUS).flatmap(of_class)
ANY_REQUEST = st.sampled_from([pdu for pdu in PDUS if not issubclass(pdu, Response)]).flatmap(of_class)
