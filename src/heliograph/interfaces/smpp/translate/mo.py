"""SMS from devices as deliver_sm: whole, in message_payload when long, or a PDU for each segment.

In: a job of kind MO or REPLAY. Out: the PDUs that bring it, in order; all of them together are the SMS.
"""

from heliograph.core.delivery import Job
from heliograph.core.message import Message
from heliograph.core.smpp_account import SmppAccount
from heliograph.interfaces.smpp.translate.addresses import address_of
from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.segments import TooLong
from heliograph.wire.smpp.coding import spell
from heliograph.wire.smpp.kinds import SHORT_MESSAGE_LIMIT
from heliograph.wire.smpp.numbers import Feature
from heliograph.wire.smpp.parts import Form, Written, write_parts
from heliograph.wire.smpp.pdus import DeliverSm
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD


def mo_of(job: Job, account: SmppAccount, with_tlvs: bool) -> list[DeliverSm]:
    message = job.message
    coding, alphabet, octets = spell(message.dcs, message.body or b"")
    is_long = len(message.udh) + len(octets) > min(account.payload_from, SHORT_MESSAGE_LIMIT)
    if message.segments > 1 and (account.mo_per_part != "no" or (is_long and not with_tlvs)):
        form = Form.SAR if account.mo_per_part == "sar" and with_tlvs else Form.UDH
        try:
            # The lowest octet of an id is its shard, the same for all of a device.
            pieces = write_parts(octets, alphabet, reference=message.id >> 8, form=form, udh=message.udh)
        except (TooLong, Malformed):  # a header that is none; national letters that need more room as UCS-2
            return [_whole(message, coding, octets, True)]
        return [_pdu(message, coding, piece) for piece in pieces]
    return [_whole(message, coding, octets, is_long and with_tlvs)]


def _whole(message: Message, coding: int, octets: bytes, in_payload: bool) -> DeliverSm:
    esm_class = int(Feature.UDHI) if message.udh else 0
    everything = message.udh + octets
    if in_payload:
        return _pdu(message, coding, Written(esm_class, b"", (MESSAGE_PAYLOAD(everything),)))
    return _pdu(message, coding, Written(esm_class, everything))


def _pdu(message: Message, coding: int, written: Written) -> DeliverSm:
    return DeliverSm(
        message.service_type,
        *address_of(message.source),
        *address_of(message.destination),
        int(written.esm_class),
        message.pid,
        data_coding=coding,
        short_message=written.short_message,
        tlvs=written.tlvs,
    )
