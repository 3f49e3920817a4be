"""The PDUs of SMPP 3.4 as values; the annotation of each field says how it is laid out.

Requests have no status and responses begin with it; sequence numbers belong to the session. A PDU is a value:
nobody changes one that was made. Never here: octets (see `layout`), and who may send what (see `matrix`).
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from heliograph.wire.smpp.kinds import CString, Listed, Octet, ShortMessage, StatusField, Tail, TimeString
from heliograph.wire.smpp.lists import (
    Destination,
    Unsuccessful,
    read_destinations,
    read_unsuccessful,
    write_destinations,
    write_unsuccessful,
)
from heliograph.wire.smpp.numbers import CommandId, InterfaceVersion, Status
from heliograph.wire.smpp.tlv import Tlvs

StatusNumber = Annotated[int, StatusField()]
Number = Annotated[int, Octet()]
SystemId = Annotated[str, CString(16, Status.RINVSYSID)]
Password = Annotated[str, CString(65, Status.RINVPASWD)]
"""§5.2.2 ends at 9 octets; many peers send longer ones, and many expect them."""
SystemType = Annotated[str, CString(13, Status.RINVSYSTYP)]
AddressRange = Annotated[str, CString(41)]
ServiceType = Annotated[str, CString(6, Status.RINVSERTYP)]
Source = Annotated[str, CString(21, Status.RINVSRCADR)]
LongSource = Annotated[str, CString(65, Status.RINVSRCADR)]
Dest = Annotated[str, CString(21, Status.RINVDSTADR)]
LongDest = Annotated[str, CString(65, Status.RINVDSTADR)]
MessageId = Annotated[str, CString(65, Status.RINVMSGID)]
Schedule = Annotated[str, TimeString(Status.RINVSCHED)]
Validity = Annotated[str, TimeString(Status.RINVEXPIRY)]
Message = Annotated[bytes, ShortMessage()]
Parameters = Annotated[Tlvs, Tail()]
Destinations = Annotated[tuple[Destination, ...], Listed(read_destinations, write_destinations)]
Refused = Annotated[tuple[Unsuccessful, ...], Listed(read_unsuccessful, write_unsuccessful)]


@dataclass(slots=True)
class Response:
    """What answers a request. An error needs no body, and gets none when it has nothing to say."""

    command_id: ClassVar[int]

    status: StatusNumber = Status.ROK


@dataclass(slots=True)
class Request:
    """What begins an exchange; `answer` is the class of its response, None when it has none."""

    command_id: ClassVar[int]
    answer: ClassVar[type[Response] | None] = None


@dataclass(slots=True)
class GenericNack(Response):
    """§4.3.1."""

    command_id = CommandId.GENERIC_NACK


@dataclass(slots=True)
class BindResp(Response):
    """§4.1.2, §4.1.4, §4.1.6: what the three have in common."""

    system_id: SystemId = ""
    tlvs: Parameters = ()


@dataclass(slots=True)
class BindTransmitterResp(BindResp):
    command_id = CommandId.BIND_TRANSMITTER_RESP


@dataclass(slots=True)
class BindReceiverResp(BindResp):
    command_id = CommandId.BIND_RECEIVER_RESP


@dataclass(slots=True)
class BindTransceiverResp(BindResp):
    command_id = CommandId.BIND_TRANSCEIVER_RESP


@dataclass(slots=True)
class Bind(Request):
    """§4.1.1, §4.1.3, §4.1.5: what the three have in common."""

    answer: ClassVar[type[BindResp]]

    system_id: SystemId = ""
    password: Password = ""
    system_type: SystemType = ""
    interface_version: Number = InterfaceVersion.V3_4
    addr_ton: Number = 0
    addr_npi: Number = 0
    address_range: AddressRange = ""


@dataclass(slots=True)
class BindTransmitter(Bind):
    command_id = CommandId.BIND_TRANSMITTER
    answer = BindTransmitterResp


@dataclass(slots=True)
class BindReceiver(Bind):
    command_id = CommandId.BIND_RECEIVER
    answer = BindReceiverResp


@dataclass(slots=True)
class BindTransceiver(Bind):
    command_id = CommandId.BIND_TRANSCEIVER
    answer = BindTransceiverResp


@dataclass(slots=True)
class Outbind(Request):
    """§4.1.7.1."""

    command_id = CommandId.OUTBIND

    system_id: SystemId = ""
    password: Password = ""


@dataclass(slots=True)
class UnbindResp(Response):
    """§4.2.2."""

    command_id = CommandId.UNBIND_RESP


@dataclass(slots=True)
class Unbind(Request):
    """§4.2.1."""

    command_id = CommandId.UNBIND
    answer = UnbindResp


@dataclass(slots=True)
class EnquireLinkResp(Response):
    """§4.11.2."""

    command_id = CommandId.ENQUIRE_LINK_RESP


@dataclass(slots=True)
class EnquireLink(Request):
    """§4.11.1."""

    command_id = CommandId.ENQUIRE_LINK
    answer = EnquireLinkResp


@dataclass(slots=True)
class SubmitSmResp(Response):
    """§4.4.2; TLVs are 5.0 §4.2.1.2."""

    command_id = CommandId.SUBMIT_SM_RESP

    message_id: MessageId = ""
    tlvs: Parameters = ()


@dataclass(slots=True)
class DeliverSmResp(Response):
    """§4.6.2; message_id is always empty."""

    command_id = CommandId.DELIVER_SM_RESP

    message_id: MessageId = ""
    tlvs: Parameters = ()


@dataclass(slots=True)
class ShortMessagePdu(Request):
    """§4.4.1, §4.6.1: what submit_sm and deliver_sm have in common, which is everything."""

    service_type: ServiceType = ""
    source_addr_ton: Number = 0
    source_addr_npi: Number = 0
    source_addr: Source = ""
    dest_addr_ton: Number = 0
    dest_addr_npi: Number = 0
    destination_addr: Dest = ""
    esm_class: Number = 0
    protocol_id: Number = 0
    priority_flag: Number = 0
    schedule_delivery_time: Schedule = ""
    validity_period: Validity = ""
    registered_delivery: Number = 0
    replace_if_present_flag: Number = 0
    data_coding: Number = 0
    sm_default_msg_id: Number = 0
    short_message: Message = b""
    tlvs: Parameters = ()


@dataclass(slots=True)
class SubmitSm(ShortMessagePdu):
    command_id = CommandId.SUBMIT_SM
    answer = SubmitSmResp


@dataclass(slots=True)
class DeliverSm(ShortMessagePdu):
    """Schedule, validity, replace flag and default message are always empty."""

    command_id = CommandId.DELIVER_SM
    answer = DeliverSmResp


@dataclass(slots=True)
class SubmitMultiResp(Response):
    """§4.5.2."""

    command_id = CommandId.SUBMIT_MULTI_RESP

    message_id: MessageId = ""
    unsuccess_sme: Refused = ()
    tlvs: Parameters = ()


@dataclass(slots=True)
class SubmitMulti(Request):
    """§4.5.1."""

    command_id = CommandId.SUBMIT_MULTI
    answer = SubmitMultiResp

    service_type: ServiceType = ""
    source_addr_ton: Number = 0
    source_addr_npi: Number = 0
    source_addr: Source = ""
    dest_addresses: Destinations = ()
    esm_class: Number = 0
    protocol_id: Number = 0
    priority_flag: Number = 0
    schedule_delivery_time: Schedule = ""
    validity_period: Validity = ""
    registered_delivery: Number = 0
    replace_if_present_flag: Number = 0
    data_coding: Number = 0
    sm_default_msg_id: Number = 0
    short_message: Message = b""
    tlvs: Parameters = ()


@dataclass(slots=True)
class DataSmResp(Response):
    """§4.7.2."""

    command_id = CommandId.DATA_SM_RESP

    message_id: MessageId = ""
    tlvs: Parameters = ()


@dataclass(slots=True)
class DataSm(Request):
    """§4.7.1."""

    command_id = CommandId.DATA_SM
    answer = DataSmResp

    service_type: ServiceType = ""
    source_addr_ton: Number = 0
    source_addr_npi: Number = 0
    source_addr: LongSource = ""
    dest_addr_ton: Number = 0
    dest_addr_npi: Number = 0
    destination_addr: LongDest = ""
    esm_class: Number = 0
    registered_delivery: Number = 0
    data_coding: Number = 0
    tlvs: Parameters = ()


@dataclass(slots=True)
class QuerySmResp(Response):
    """§4.8.2."""

    command_id = CommandId.QUERY_SM_RESP

    message_id: MessageId = ""
    final_date: Validity = ""
    message_state: Number = 0
    error_code: Number = 0


@dataclass(slots=True)
class QuerySm(Request):
    """§4.8.1."""

    command_id = CommandId.QUERY_SM
    answer = QuerySmResp

    message_id: MessageId = ""
    source_addr_ton: Number = 0
    source_addr_npi: Number = 0
    source_addr: Source = ""


@dataclass(slots=True)
class CancelSmResp(Response):
    """§4.9.2."""

    command_id = CommandId.CANCEL_SM_RESP


@dataclass(slots=True)
class CancelSm(Request):
    """§4.9.1."""

    command_id = CommandId.CANCEL_SM
    answer = CancelSmResp

    service_type: ServiceType = ""
    message_id: MessageId = ""
    source_addr_ton: Number = 0
    source_addr_npi: Number = 0
    source_addr: Source = ""
    dest_addr_ton: Number = 0
    dest_addr_npi: Number = 0
    destination_addr: Dest = ""


@dataclass(slots=True)
class ReplaceSmResp(Response):
    """§4.10.2."""

    command_id = CommandId.REPLACE_SM_RESP


@dataclass(slots=True)
class ReplaceSm(Request):
    """§4.10.1; message_payload instead of the text is 5.0 §4.5.3.1."""

    command_id = CommandId.REPLACE_SM
    answer = ReplaceSmResp

    message_id: MessageId = ""
    source_addr_ton: Number = 0
    source_addr_npi: Number = 0
    source_addr: Source = ""
    schedule_delivery_time: Schedule = ""
    validity_period: Validity = ""
    registered_delivery: Number = 0
    sm_default_msg_id: Number = 0
    short_message: Message = b""
    tlvs: Parameters = ()


@dataclass(slots=True)
class AlertNotification(Request):
    """§4.12.1; it has no response."""

    command_id = CommandId.ALERT_NOTIFICATION

    source_addr_ton: Number = 0
    source_addr_npi: Number = 0
    source_addr: LongSource = ""
    esme_addr_ton: Number = 0
    esme_addr_npi: Number = 0
    esme_addr: LongDest = ""
    tlvs: Parameters = ()


Pdu = Request | Response
REQUESTS: tuple[type[Request], ...] = (
    SubmitSm,
    DeliverSm,
    DataSm,
    SubmitMulti,
    QuerySm,
    CancelSm,
    ReplaceSm,
    AlertNotification,
    EnquireLink,
    Unbind,
    BindTransmitter,
    BindReceiver,
    BindTransceiver,
    Outbind,
)
RESPONSES: tuple[type[Response], ...] = (
    *(request.answer for request in REQUESTS if request.answer is not None),
    GenericNack,
)
PDUS: tuple[type[Pdu], ...] = (*REQUESTS, *RESPONSES)
