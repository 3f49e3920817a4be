"""Optional parameters: tag, length, value (SMPP 3.4 §5.3, 5.0 §4.8).

In a PDU they are pairs of tag and octets, in their order and as they came, unknown ones too. A `Parameter`
of the table gives the known ones their type: `SAR_MSG_REF_NUM.of(pdu.tlvs)`, `tlvs=(SAR_MSG_REF_NUM(7),)`.
Never here: which parameter belongs into which PDU.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Generic, NamedTuple, TypeVar

from heliograph.wire.smpp.faults import MalformedPdu
from heliograph.wire.smpp.numbers import Status

Tlv = tuple[int, bytes]
Tlvs = tuple[Tlv, ...]
T = TypeVar("T")
VALUE_LIMIT = 0xFFFF
NUMBER_OCTETS_LIMIT = 8
TLVS_LIMIT = 128
"""In one PDU. The specification knows half as many; empty ones cost more than they weigh."""
_HEAD = Struct(">HH")


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """One known parameter. A value whose length lies outside low..high is refused when it is read."""

    tag: int
    name: str
    low: int
    high: int
    _read: Callable[[bytes], T]
    _write: Callable[[T], bytes]

    def of(self, tlvs: Tlvs) -> T | None:
        """The value of the first of this tag; None without one."""
        for tag, value in tlvs:
            if tag == self.tag:
                return self._read(value)
        return None

    def __call__(self, value: T) -> Tlv:
        """ValueError when the value does not fit."""
        octets = self._write(value)
        if not self.low <= len(octets) <= self.high:
            raise ValueError(f"{self.name} of {len(octets)} octets")
        return self.tag, octets


class NetworkError(NamedTuple):
    """network_error_code, SMPP 3.4 §5.3.2.31. Type 1 ANSI-136, 2 IS-95, 3 GSM; 8 (5.0) a message centre."""

    network_type: int
    code: int


PARAMETERS: "dict[int, Parameter[int] | Parameter[str] | Parameter[bytes] | Parameter[NetworkError]]" = {}
_LENGTHS: dict[int, tuple[int, int]] = {}


def _numbered(tag: int, name: str, octets: int) -> Parameter[int]:
    def write(value: int) -> bytes:
        try:
            return value.to_bytes(octets, "big")
        except OverflowError:
            raise ValueError(f"{name} is {value}") from None

    # Some senders use more or fewer octets than the table; the number is clear all the same.
    made = Parameter(tag, name, 1, NUMBER_OCTETS_LIMIT, _number, write)
    PARAMETERS[tag] = made
    _LENGTHS[tag] = (made.low, made.high)
    return made


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")


def _worded(tag: int, name: str, octets: int) -> Parameter[str]:
    def write(value: str) -> bytes:
        if "\0" in value:
            raise ValueError(f"{name} holds a NUL")
        return value.encode("latin-1") + b"\0"

    made = Parameter(tag, name, 0, octets, _words, write)
    PARAMETERS[tag] = made
    _LENGTHS[tag] = (made.low, made.high)
    return made


def _words(value: bytes) -> str:
    # Some senders leave the NUL out.
    return value.partition(b"\0")[0].decode("latin-1")


def _octets(tag: int, name: str, low: int, high: int) -> Parameter[bytes]:
    made = Parameter(tag, name, low, high, bytes, bytes)
    PARAMETERS[tag] = made
    _LENGTHS[tag] = (made.low, made.high)
    return made


def _network_error(tag: int, name: str) -> Parameter[NetworkError]:
    def read(value: bytes) -> NetworkError:
        return NetworkError(value[0], int.from_bytes(value[1:], "big"))

    def write(value: NetworkError) -> bytes:
        if not (0 <= value.network_type <= 0xFF and 0 <= value.code <= 0xFFFF):
            raise ValueError(f"{name} is {value}")
        return _PACK_NETWORK_ERROR(value.network_type, value.code)

    made = Parameter(tag, name, 2, 4, read, write)
    PARAMETERS[tag] = made
    _LENGTHS[tag] = (made.low, made.high)
    return made


_PACK_NETWORK_ERROR = Struct(">BH").pack

DEST_ADDR_SUBUNIT = _numbered(0x0005, "dest_addr_subunit", 1)
DEST_NETWORK_TYPE = _numbered(0x0006, "dest_network_type", 1)
DEST_BEARER_TYPE = _numbered(0x0007, "dest_bearer_type", 1)
DEST_TELEMATICS_ID = _numbered(0x0008, "dest_telematics_id", 2)
SOURCE_ADDR_SUBUNIT = _numbered(0x000D, "source_addr_subunit", 1)
SOURCE_NETWORK_TYPE = _numbered(0x000E, "source_network_type", 1)
SOURCE_BEARER_TYPE = _numbered(0x000F, "source_bearer_type", 1)
SOURCE_TELEMATICS_ID = _numbered(0x0010, "source_telematics_id", 1)
QOS_TIME_TO_LIVE = _numbered(0x0017, "qos_time_to_live", 4)
PAYLOAD_TYPE = _numbered(0x0019, "payload_type", 1)
ADDITIONAL_STATUS_INFO_TEXT = _worded(0x001D, "additional_status_info_text", 256)
RECEIPTED_MESSAGE_ID = _worded(0x001E, "receipted_message_id", 65)
MS_MSG_WAIT_FACILITIES = _numbered(0x0030, "ms_msg_wait_facilities", 1)
PRIVACY_INDICATOR = _numbered(0x0201, "privacy_indicator", 1)
SOURCE_SUBADDRESS = _octets(0x0202, "source_subaddress", 1, 23)
DEST_SUBADDRESS = _octets(0x0203, "dest_subaddress", 1, 23)
USER_MESSAGE_REFERENCE = _numbered(0x0204, "user_message_reference", 2)
USER_RESPONSE_CODE = _numbered(0x0205, "user_response_code", 1)
SOURCE_PORT = _numbered(0x020A, "source_port", 2)
DESTINATION_PORT = _numbered(0x020B, "destination_port", 2)
SAR_MSG_REF_NUM = _numbered(0x020C, "sar_msg_ref_num", 2)
LANGUAGE_INDICATOR = _numbered(0x020D, "language_indicator", 1)
SAR_TOTAL_SEGMENTS = _numbered(0x020E, "sar_total_segments", 1)
SAR_SEGMENT_SEQNUM = _numbered(0x020F, "sar_segment_seqnum", 1)
SC_INTERFACE_VERSION = _numbered(0x0210, "sc_interface_version", 1)
CALLBACK_NUM_PRES_IND = _numbered(0x0302, "callback_num_pres_ind", 1)
CALLBACK_NUM_ATAG = _octets(0x0303, "callback_num_atag", 0, 65)
NUMBER_OF_MESSAGES = _numbered(0x0304, "number_of_messages", 1)
CALLBACK_NUM = _octets(0x0381, "callback_num", 1, 64)
DPF_RESULT = _numbered(0x0420, "dpf_result", 1)
SET_DPF = _numbered(0x0421, "set_dpf", 1)
MS_AVAILABILITY_STATUS = _numbered(0x0422, "ms_availability_status", 1)
NETWORK_ERROR_CODE = _network_error(0x0423, "network_error_code")
MESSAGE_PAYLOAD = _octets(0x0424, "message_payload", 0, VALUE_LIMIT)
DELIVERY_FAILURE_REASON = _numbered(0x0425, "delivery_failure_reason", 1)
MORE_MESSAGES_TO_SEND = _numbered(0x0426, "more_messages_to_send", 1)
MESSAGE_STATE = _numbered(0x0427, "message_state", 1)
CONGESTION_STATE = _numbered(0x0428, "congestion_state", 1)
USSD_SERVICE_OP = _numbered(0x0501, "ussd_service_op", 1)
BILLING_IDENTIFICATION = _octets(0x060B, "billing_identification", 1, 1024)
SOURCE_NETWORK_ID = _worded(0x060D, "source_network_id", 65)
DEST_NETWORK_ID = _worded(0x060E, "dest_network_id", 65)
SOURCE_NODE_ID = _octets(0x060F, "source_node_id", 6, 6)
DEST_NODE_ID = _octets(0x0610, "dest_node_id", 6, 6)
DEST_ADDR_NP_RESOLUTION = _numbered(0x0611, "dest_addr_np_resolution", 1)
DEST_ADDR_NP_INFORMATION = _octets(0x0612, "dest_addr_np_information", 10, 10)
DEST_ADDR_NP_COUNTRY = _octets(0x0613, "dest_addr_np_country", 1, 5)
DISPLAY_TIME = _numbered(0x1201, "display_time", 1)
SMS_SIGNAL = _numbered(0x1203, "sms_signal", 2)
MS_VALIDITY = _octets(0x1204, "ms_validity", 1, 4)
ALERT_ON_MESSAGE_DELIVERY = _octets(0x130C, "alert_on_message_delivery", 0, 1)
ITS_REPLY_TYPE = _numbered(0x1380, "its_reply_type", 1)
ITS_SESSION_INFO = _octets(0x1383, "its_session_info", 2, 2)

_ANY_LENGTH = (0, VALUE_LIMIT)


def read_tlvs(data: bytes, at: int) -> Tlvs:
    """The parameters from here to the end; `MalformedPdu` without its header."""
    found: list[Tlv] = []
    end = len(data)
    while at < end:
        start = at + 4
        if start > end:
            raise MalformedPdu("a TLV is cut off", Status.RINVOPTPARSTREAM)
        tag, size = _HEAD.unpack_from(data, at)
        at = start + size
        if at > end:
            raise MalformedPdu("a TLV runs over the end of its PDU", Status.RINVOPTPARSTREAM)
        low, high = _LENGTHS.get(tag, _ANY_LENGTH)
        if not low <= size <= high:
            raise MalformedPdu(f"TLV 0x{tag:04X} of {size} octets", Status.RINVPARLEN)
        found.append((tag, data[start:at]))
    if len(found) > TLVS_LIMIT:
        raise MalformedPdu(f"{len(found)} TLVs, limit {TLVS_LIMIT}", Status.RINVOPTPARSTREAM)
    return tuple(found)


def read_good_tlvs(data: bytes, at: int) -> Tlvs:
    """The parameters up to the first bad one: a response is worth more than its TLVs."""
    found: list[Tlv] = []
    end = len(data)
    while at + 4 <= end and len(found) < TLVS_LIMIT:
        tag, size = _HEAD.unpack_from(data, at)
        start, at = at + 4, at + 4 + size
        low, high = _LENGTHS.get(tag, _ANY_LENGTH)
        if at > end or not low <= size <= high:
            break
        found.append((tag, data[start:at]))
    return tuple(found)


def write_tlvs(tlvs: Iterable[Tlv]) -> bytes:
    """ValueError when a tag or a length needs more than 16 bits."""
    pieces: list[bytes] = []
    for tag, value in tlvs:
        size = len(value)
        if size > VALUE_LIMIT or not 0 <= tag <= VALUE_LIMIT:
            raise ValueError(f"TLV 0x{tag:X} of {size} octets")
        pieces.append(_HEAD.pack(tag, size))
        pieces.append(value)
    return b"".join(pieces)
