"""SMS from devices as deliver_sm: whole, in message_payload when long, or a PDU for each segment.

In: a job of kind MO or REPLAY. Out: the PDUs that bring it, in order; all of them together are the SMS.
"""

from msgspec import Struct

from heliograph.core.content import segments_of
from heliograph.core.delivery import Job
from heliograph.core.message import Message
from heliograph.core.smpp_account import SmppAccount
from heliograph.interfaces.smpp.translate.addresses import address_of
from heliograph.wire.gsm.alphabet import Unencodable, encode
from heliograph.wire.gsm.dcs import Alphabet, Dcs, parse_dcs
from heliograph.wire.gsm.text import read_content
from heliograph.wire.smpp.numbers import Feature
from heliograph.wire.smpp.pdus import DeliverSm
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD, Tlvs

_CODINGS = {Alphabet.GSM7: 0x00, Alphabet.OCTETS: 0x04, Alphabet.UCS2: 0x08}
_CLASSES_FROM = 0x10  # from here on data_coding and TS 23.038 say the same
LONGEST_SHORT = 254  # SMPP 3.4 §5.2.22


class _Piece(Struct):
    coding: int
    udh: bytes
    octets: bytes


def mo_of(job: Job, account: SmppAccount, with_tlvs: bool) -> list[DeliverSm]:
    message = job.message
    whole = _whole(message)
    size = len(whole.udh) + len(whole.octets)
    is_long = size > min(account.payload_from, LONGEST_SHORT)
    per_part = account.mo_per_part or (is_long and not with_tlvs)
    if per_part and message.segments > 1:
        return [_pdu(message, piece) for piece in _pieces(message)]
    if not is_long or not with_tlvs:
        return [_pdu(message, whole)]
    payload = MESSAGE_PAYLOAD(whole.udh + whole.octets)
    return [_pdu(message, _Piece(whole.coding, whole.udh, b""), (payload,))]


def _whole(message: Message) -> _Piece:
    scheme, body = parse_dcs(message.dcs), message.body or b""
    coding = _coding(scheme)
    if scheme.alphabet is Alphabet.OCTETS or scheme.compressed:
        return _Piece(coding, message.udh, body)
    text = body.decode(errors="replace")
    if scheme.alphabet is Alphabet.GSM7:
        try:
            return _Piece(coding, message.udh, encode(text))
        except Unencodable:  # national tables: every application reads UCS-2
            coding = _CODINGS[Alphabet.UCS2]
    return _Piece(coding, message.udh, text.encode("utf-16-be", "surrogatepass"))


def _coding(scheme: Dcs) -> int:
    return scheme.octet if scheme.octet >= _CLASSES_FROM else _CODINGS[scheme.alphabet]


def _pieces(message: Message) -> list[_Piece]:
    """As they would travel to a device, their septets unpacked."""
    scheme = parse_dcs(message.dcs)
    cut = segments_of(message.body or b"", message.dcs, message.udh, message.languages, message.id & 0xFF)
    return [
        _Piece(_coding(scheme), one.udh, read_content(scheme, bool(one.udh), one.udl, one.user_data)[1])
        for one in cut
    ]


def _pdu(message: Message, piece: _Piece, tlvs: Tlvs = ()) -> DeliverSm:
    source_ton, source_npi, source = address_of(message.source)
    dest_ton, dest_npi, dest = address_of(message.destination)
    return DeliverSm(
        service_type=message.service_type,
        source_addr_ton=source_ton,
        source_addr_npi=source_npi,
        source_addr=source,
        dest_addr_ton=dest_ton,
        dest_addr_npi=dest_npi,
        destination_addr=dest,
        esm_class=int(Feature.UDHI) if piece.udh else 0,
        protocol_id=message.pid,
        data_coding=piece.coding,
        short_message=b"" if tlvs else piece.udh + piece.octets,
        tlvs=tlvs,
    )
