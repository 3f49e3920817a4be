"""Names and plain words of the codes in answers: RP causes (3GPP TS 24.011 table 8.4), TP-FCS and TP-ST
(TS 23.040 §9.2.3.22, §9.2.3.15).

In: a code. Out: its name, or words for a person. Never here: what to do about it, an outcome of `core`.
"""

from collections.abc import Mapping
from enum import Enum, IntEnum
from types import MappingProxyType


class RpCause(IntEnum):
    UNASSIGNED_NUMBER = 1
    OPERATOR_BARRING = 8
    CALL_BARRED = 10
    RESERVED = 11
    TRANSFER_REJECTED = 21
    MEMORY_EXCEEDED = 22
    DESTINATION_OUT_OF_ORDER = 27
    UNIDENTIFIED_SUBSCRIBER = 28
    FACILITY_REJECTED = 29
    UNKNOWN_SUBSCRIBER = 30
    NETWORK_OUT_OF_ORDER = 38
    TEMPORARY_FAILURE = 41
    CONGESTION = 42
    RESOURCES_UNAVAILABLE = 47
    FACILITY_NOT_SUBSCRIBED = 50
    FACILITY_NOT_IMPLEMENTED = 69
    INVALID_REFERENCE = 81
    SEMANTICALLY_INCORRECT = 95
    INVALID_MANDATORY_INFORMATION = 96
    UNKNOWN_MESSAGE_TYPE = 97
    INCOMPATIBLE_WITH_STATE = 98
    UNKNOWN_INFORMATION_ELEMENT = 99
    PROTOCOL_ERROR = 111
    INTERWORKING = 127


class FailureCause(IntEnum):
    """TP-FCS."""

    TELEMATIC_NOT_SUPPORTED = 0x80
    TYPE_0_NOT_SUPPORTED = 0x81
    CANNOT_REPLACE = 0x82
    PID_ERROR = 0x8F
    ALPHABET_NOT_SUPPORTED = 0x90
    CLASS_NOT_SUPPORTED = 0x91
    DCS_ERROR = 0x9F
    COMMAND_CANNOT_BE_ACTIONED = 0xA0
    COMMAND_UNSUPPORTED = 0xA1
    COMMAND_ERROR = 0xAF
    TPDU_NOT_SUPPORTED = 0xB0
    SC_BUSY = 0xC0
    NO_SC_SUBSCRIPTION = 0xC1
    SC_SYSTEM_FAILURE = 0xC2
    INVALID_SME_ADDRESS = 0xC3
    DESTINATION_BARRED = 0xC4
    DUPLICATE_REJECTED = 0xC5
    VPF_NOT_SUPPORTED = 0xC6
    VP_NOT_SUPPORTED = 0xC7
    SIM_STORAGE_FULL = 0xD0
    NO_SIM_STORAGE = 0xD1
    ERROR_IN_MS = 0xD2
    MEMORY_EXCEEDED = 0xD3
    SIM_TOOLKIT_BUSY = 0xD4
    SIM_DOWNLOAD_ERROR = 0xD5
    UNSPECIFIED = 0xFF


class Status(IntEnum):
    """TP-ST."""

    RECEIVED = 0x00
    FORWARDED_UNCONFIRMED = 0x01
    REPLACED = 0x02
    TRYING_CONGESTION = 0x20
    TRYING_SME_BUSY = 0x21
    TRYING_NO_RESPONSE = 0x22
    TRYING_SERVICE_REJECTED = 0x23
    TRYING_NO_QUALITY = 0x24
    TRYING_ERROR_IN_SME = 0x25
    REMOTE_PROCEDURE_ERROR = 0x40
    INCOMPATIBLE_DESTINATION = 0x41
    CONNECTION_REJECTED = 0x42
    NOT_OBTAINABLE = 0x43
    NO_QUALITY = 0x44
    NO_INTERWORKING = 0x45
    EXPIRED = 0x46
    DELETED_BY_SENDER = 0x47
    DELETED_BY_ADMINISTRATION = 0x48
    DOES_NOT_EXIST = 0x49
    GAVE_UP_CONGESTION = 0x60
    GAVE_UP_SME_BUSY = 0x61
    GAVE_UP_NO_RESPONSE = 0x62
    GAVE_UP_SERVICE_REJECTED = 0x63
    GAVE_UP_NO_QUALITY = 0x64
    GAVE_UP_ERROR_IN_SME = 0x65


class StatusClass(Enum):
    """What a TP-ST says about the message, whatever its reason."""

    COMPLETED = "completed"
    TRYING = "still trying"
    PERMANENT = "permanent error"
    GAVE_UP = "temporary error, given up"


RP_CAUSE_WORDS: Mapping[int, str] = MappingProxyType(
    {
        RpCause.UNASSIGNED_NUMBER: "nobody has this number",
        RpCause.OPERATOR_BARRING: "barred by the operator",
        RpCause.CALL_BARRED: "barred",
        RpCause.RESERVED: "reserved by the specification",
        RpCause.TRANSFER_REJECTED: "rejected",
        RpCause.MEMORY_EXCEEDED: "the memory of the device is full",
        RpCause.DESTINATION_OUT_OF_ORDER: "the device cannot be reached",
        RpCause.UNIDENTIFIED_SUBSCRIBER: "subscriber not identified",
        RpCause.FACILITY_REJECTED: "facility rejected",
        RpCause.UNKNOWN_SUBSCRIBER: "unknown subscriber",
        RpCause.NETWORK_OUT_OF_ORDER: "the network is out of order",
        RpCause.TEMPORARY_FAILURE: "temporary failure",
        RpCause.CONGESTION: "congestion",
        RpCause.RESOURCES_UNAVAILABLE: "no resources",
        RpCause.FACILITY_NOT_SUBSCRIBED: "SMS is not subscribed",
        RpCause.FACILITY_NOT_IMPLEMENTED: "facility not implemented",
        RpCause.INVALID_REFERENCE: "invalid message reference",
        RpCause.SEMANTICALLY_INCORRECT: "the message makes no sense",
        RpCause.INVALID_MANDATORY_INFORMATION: "a required field is missing or wrong",
        RpCause.UNKNOWN_MESSAGE_TYPE: "unknown message type",
        RpCause.INCOMPATIBLE_WITH_STATE: "message not expected now",
        RpCause.UNKNOWN_INFORMATION_ELEMENT: "unknown information element",
        RpCause.PROTOCOL_ERROR: "protocol error",
        RpCause.INTERWORKING: "failure in another network",
    }
)

FAILURE_CAUSE_WORDS: Mapping[int, str] = MappingProxyType(
    {
        FailureCause.TELEMATIC_NOT_SUPPORTED: "telematic interworking not supported",
        FailureCause.TYPE_0_NOT_SUPPORTED: "type 0 messages not supported",
        FailureCause.CANNOT_REPLACE: "cannot replace the message",
        FailureCause.PID_ERROR: "protocol identifier not accepted",
        FailureCause.ALPHABET_NOT_SUPPORTED: "alphabet not supported",
        FailureCause.CLASS_NOT_SUPPORTED: "message class not supported",
        FailureCause.DCS_ERROR: "data coding scheme not accepted",
        FailureCause.COMMAND_CANNOT_BE_ACTIONED: "the command cannot be carried out",
        FailureCause.COMMAND_UNSUPPORTED: "command not supported",
        FailureCause.COMMAND_ERROR: "command not accepted",
        FailureCause.TPDU_NOT_SUPPORTED: "message type not supported",
        FailureCause.SC_BUSY: "the service centre is busy",
        FailureCause.NO_SC_SUBSCRIPTION: "no subscription at the service centre",
        FailureCause.SC_SYSTEM_FAILURE: "the service centre has failed",
        FailureCause.INVALID_SME_ADDRESS: "invalid address",
        FailureCause.DESTINATION_BARRED: "the destination is barred",
        FailureCause.DUPLICATE_REJECTED: "rejected as a duplicate",
        FailureCause.VPF_NOT_SUPPORTED: "validity format not supported",
        FailureCause.VP_NOT_SUPPORTED: "validity period not supported",
        FailureCause.SIM_STORAGE_FULL: "the message store of the SIM is full",
        FailureCause.NO_SIM_STORAGE: "the SIM has no message store",
        FailureCause.ERROR_IN_MS: "error in the device",
        FailureCause.MEMORY_EXCEEDED: "the memory of the device is full",
        FailureCause.SIM_TOOLKIT_BUSY: "the SIM toolkit is busy",
        FailureCause.SIM_DOWNLOAD_ERROR: "the SIM refused the data",
        FailureCause.UNSPECIFIED: "no cause given",
    }
)

STATUS_WORDS: Mapping[int, str] = MappingProxyType(
    {
        Status.RECEIVED: "received",
        Status.FORWARDED_UNCONFIRMED: "forwarded, delivery cannot be confirmed",
        Status.REPLACED: "replaced by a later message",
        Status.TRYING_CONGESTION: "still trying: congestion",
        Status.TRYING_SME_BUSY: "still trying: the receiver is busy",
        Status.TRYING_NO_RESPONSE: "still trying: the receiver does not answer",
        Status.TRYING_SERVICE_REJECTED: "still trying: service rejected",
        Status.TRYING_NO_QUALITY: "still trying: quality of service not available",
        Status.TRYING_ERROR_IN_SME: "still trying: error in the receiver",
        Status.REMOTE_PROCEDURE_ERROR: "failed: remote procedure error",
        Status.INCOMPATIBLE_DESTINATION: "failed: incompatible destination",
        Status.CONNECTION_REJECTED: "failed: rejected by the receiver",
        Status.NOT_OBTAINABLE: "failed: not obtainable",
        Status.NO_QUALITY: "failed: quality of service not available",
        Status.NO_INTERWORKING: "failed: no interworking available",
        Status.EXPIRED: "failed: the validity period ended",
        Status.DELETED_BY_SENDER: "failed: deleted by its sender",
        Status.DELETED_BY_ADMINISTRATION: "failed: deleted by the service centre",
        Status.DOES_NOT_EXIST: "failed: there is no such message",
        Status.GAVE_UP_CONGESTION: "given up: congestion",
        Status.GAVE_UP_SME_BUSY: "given up: the receiver is busy",
        Status.GAVE_UP_NO_RESPONSE: "given up: the receiver does not answer",
        Status.GAVE_UP_SERVICE_REJECTED: "given up: service rejected",
        Status.GAVE_UP_NO_QUALITY: "given up: quality of service not available",
        Status.GAVE_UP_ERROR_IN_SME: "given up: error in the receiver",
    }
)

_STATUS_CLASSES = (StatusClass.COMPLETED, StatusClass.TRYING, StatusClass.PERMANENT, StatusClass.GAVE_UP)


def rp_cause_words(code: int) -> str:
    return RP_CAUSE_WORDS.get(code, f"unknown cause {code}")


def failure_cause_words(code: int) -> str:
    if code in FAILURE_CAUSE_WORDS:
        return FAILURE_CAUSE_WORDS[code]
    # 3GPP TS 23.040 §9.2.3.22: 0xE0 to 0xFE belong to the application.
    return f"specific to the application ({code:#04x})" if code >= 0xE0 else f"reserved cause {code:#04x}"


def status_class(status: int) -> StatusClass:
    # 3GPP TS 23.040 §9.2.3.15: bits 6 and 5; reserved values are "service rejected", given up.
    return StatusClass.GAVE_UP if status >= 0x80 else _STATUS_CLASSES[status >> 5]


def status_words(status: int) -> str:
    if status in STATUS_WORDS:
        return STATUS_WORDS[status]
    # The upper half of each class belongs to the service centre.
    owner = "specific to the service centre" if status < 0x80 and status & 0x10 else "reserved"
    return f"{status_class(status).value}: {owner} ({status:#04x})"
