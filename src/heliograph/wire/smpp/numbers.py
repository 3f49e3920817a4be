"""The numbers of SMPP: commands, statuses, addresses, and the bits of a few fields.

Names are those of the specification without their prefix (ESME_ROK is `Status.ROK`). A number that has no
name here stays an int. Never here: what a number means for a message.
"""

from enum import IntEnum, IntFlag


class CommandId(IntEnum):
    """SMPP 3.4 §5.1.2.1; the broadcast commands are 5.0 §4.7.5."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    QUERY_SM = 0x03
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    REPLACE_SM = 0x07
    CANCEL_SM = 0x08
    BIND_TRANSCEIVER = 0x09
    OUTBIND = 0x0B
    ENQUIRE_LINK = 0x15
    SUBMIT_MULTI = 0x21
    ALERT_NOTIFICATION = 0x102
    DATA_SM = 0x103
    BROADCAST_SM = 0x111
    QUERY_BROADCAST_SM = 0x112
    CANCEL_BROADCAST_SM = 0x113
    GENERIC_NACK = 0x80000000
    BIND_RECEIVER_RESP = 0x80000001
    BIND_TRANSMITTER_RESP = 0x80000002
    QUERY_SM_RESP = 0x80000003
    SUBMIT_SM_RESP = 0x80000004
    DELIVER_SM_RESP = 0x80000005
    UNBIND_RESP = 0x80000006
    REPLACE_SM_RESP = 0x80000007
    CANCEL_SM_RESP = 0x80000008
    BIND_TRANSCEIVER_RESP = 0x80000009
    ENQUIRE_LINK_RESP = 0x80000015
    SUBMIT_MULTI_RESP = 0x80000021
    DATA_SM_RESP = 0x80000103
    BROADCAST_SM_RESP = 0x80000111
    QUERY_BROADCAST_SM_RESP = 0x80000112
    CANCEL_BROADCAST_SM_RESP = 0x80000113


RESPONSE_BIT = 0x80000000
"""SMPP 3.4 §5.1.2.1: a response has its request's number and this bit."""


class Status(IntEnum):
    """command_status, SMPP 3.4 §5.1.3; from SERTYPUNAUTH on 5.0 §4.7.6."""

    ROK = 0x00
    RINVMSGLEN = 0x01
    RINVCMDLEN = 0x02
    RINVCMDID = 0x03
    RINVBNDSTS = 0x04
    RALYBND = 0x05
    RINVPRTFLG = 0x06
    RINVREGDLVFLG = 0x07
    RSYSERR = 0x08
    RINVSRCADR = 0x0A
    RINVDSTADR = 0x0B
    RINVMSGID = 0x0C
    RBINDFAIL = 0x0D
    RINVPASWD = 0x0E
    RINVSYSID = 0x0F
    RCANCELFAIL = 0x11
    RREPLACEFAIL = 0x13
    RMSGQFUL = 0x14
    RINVSERTYP = 0x15
    RINVNUMDESTS = 0x33
    RINVDLNAME = 0x34
    RINVDESTFLAG = 0x40
    RINVSUBREP = 0x42
    RINVESMCLASS = 0x43
    RCNTSUBDL = 0x44
    RSUBMITFAIL = 0x45
    RINVSRCTON = 0x48
    RINVSRCNPI = 0x49
    RINVDSTTON = 0x50
    RINVDSTNPI = 0x51
    RINVSYSTYP = 0x53
    RINVREPFLAG = 0x54
    RINVNUMMSGS = 0x55
    RTHROTTLED = 0x58
    RINVSCHED = 0x61
    RINVEXPIRY = 0x62
    RINVDFTMSGID = 0x63
    RX_T_APPN = 0x64
    RX_P_APPN = 0x65
    RX_R_APPN = 0x66
    RQUERYFAIL = 0x67
    RINVOPTPARSTREAM = 0xC0
    ROPTPARNOTALLWD = 0xC1
    RINVPARLEN = 0xC2
    RMISSINGOPTPARAM = 0xC3
    RINVOPTPARAMVAL = 0xC4
    RDELIVERYFAILURE = 0xFE
    RUNKNOWNERR = 0xFF
    RSERTYPUNAUTH = 0x100
    RPROHIBITED = 0x101
    RSERTYPUNAVAIL = 0x102
    RSERTYPDENIED = 0x103
    RINVDCS = 0x104
    RINVSRCADDRSUBUNIT = 0x105
    RINVDSTADDRSUBUNIT = 0x106
    RINVBCASTFREQINT = 0x107
    RINVBCASTALIAS_NAME = 0x108
    RINVBCASTAREAFMT = 0x109
    RINVNUMBCAST_AREAS = 0x10A
    RINVBCASTCNTTYPE = 0x10B
    RINVBCASTMSGCLASS = 0x10C
    RBCASTFAIL = 0x10D
    RBCASTQUERYFAIL = 0x10E
    RBCASTCANCELFAIL = 0x10F
    RINVBCAST_REP = 0x110
    RINVBCASTSRVGRP = 0x111
    RINVBCASTCHANIND = 0x112


class Ton(IntEnum):
    """Type of number, SMPP 3.4 §5.2.5."""

    UNKNOWN = 0
    INTERNATIONAL = 1
    NATIONAL = 2
    NETWORK_SPECIFIC = 3
    SUBSCRIBER = 4
    ALPHANUMERIC = 5
    ABBREVIATED = 6


class Npi(IntEnum):
    """Numbering plan, SMPP 3.4 §5.2.6."""

    UNKNOWN = 0
    ISDN = 1
    DATA = 3
    TELEX = 4
    LAND_MOBILE = 6
    NATIONAL = 8
    PRIVATE = 9
    ERMES = 10
    INTERNET = 14
    WAP = 18


class InterfaceVersion(IntEnum):
    """SMPP 3.4 §5.2.4; everything up to 0x33 is 3.3 or older and knows no TLVs."""

    V3_3 = 0x33
    V3_4 = 0x34
    V5_0 = 0x50


class MessageMode(IntEnum):
    """esm_class bits 1 and 0 of a submit_sm, SMPP 3.4 §5.2.12."""

    DEFAULT = 0
    DATAGRAM = 1
    FORWARD = 2
    STORE_AND_FORWARD = 3


class MessageType(IntEnum):
    """esm_class bits 5 to 2, in place. SMPP 3.4 §5.2.12."""

    DEFAULT = 0x00
    DELIVERY_RECEIPT = 0x04
    DELIVERY_ACKNOWLEDGEMENT = 0x08
    USER_ACKNOWLEDGEMENT = 0x10
    CONVERSATION_ABORT = 0x18
    INTERMEDIATE_NOTIFICATION = 0x20


class Feature(IntFlag):
    """esm_class bits 7 and 6. SMPP 3.4 §5.2.12."""

    NONE = 0
    UDHI = 0x40
    REPLY_PATH = 0x80


MESSAGE_MODE_MASK = 0x03
MESSAGE_TYPE_MASK = 0x3C


class ReceiptWish(IntEnum):
    """registered_delivery bits 1 and 0, SMPP 3.4 §5.2.17; success only is 5.0 §4.7.21."""

    NONE = 0
    FINAL = 1
    FAILURE = 2
    SUCCESS = 3


class RegisteredDelivery(IntFlag):
    """registered_delivery above its two lowest bits. SMPP 3.4 §5.2.17."""

    NONE = 0
    DELIVERY_ACKNOWLEDGEMENT = 0x04
    USER_ACKNOWLEDGEMENT = 0x08
    INTERMEDIATE = 0x10


RECEIPT_WISH_MASK = 0x03


class MessageState(IntEnum):
    """SMPP 3.4 §5.2.28; SCHEDULED and SKIPPED are 5.0 §4.7.15."""

    SCHEDULED = 0
    ENROUTE = 1
    DELIVERED = 2
    EXPIRED = 3
    DELETED = 4
    UNDELIVERABLE = 5
    ACCEPTED = 6
    UNKNOWN = 7
    REJECTED = 8
    SKIPPED = 9


_STATUSES = {int(status): status for status in Status}
_COMMANDS = {int(command): command for command in CommandId}


def status_of(number: int) -> int:
    """The status of this number, or the number when it has no name."""
    return _STATUSES.get(number, number)


def status_name(number: int) -> str:
    """As people search for it: ESME_RTHROTTLED, or 0x00000400."""
    status = _STATUSES.get(number)
    return f"0x{number:08X}" if status is None else f"ESME_{status.name}"


def command_name(number: int) -> str:
    """As the specification writes it: submit_sm, or 0x00000200."""
    command = _COMMANDS.get(number)
    return f"0x{number:08X}" if command is None else command.name.lower()
