"""As much of SMPP as the processes around `bench smpp` need: PDUs of one shape, made by filling in, and read
by looking at the places where these have what counts. Never more than a benchmark's own peer.
"""

import struct

HEADER = struct.Struct(">IIII")
HEADER_OCTETS = HEADER.size

BIND_TRANSMITTER, BIND_RECEIVER, BIND_TRANSCEIVER = 0x01, 0x02, 0x09
SUBMIT_SM, DELIVER_SM, UNBIND, ENQUIRE_LINK = 0x04, 0x05, 0x06, 0x15
ANSWER = 0x80000000
SUBMIT_SM_RESP, DELIVER_SM_RESP = SUBMIT_SM | ANSWER, DELIVER_SM | ANSWER

SOURCE = "12345"
NUMBER_DIGITS = 13  # of every device's number
MARK = b"ID#"  # before the number that makes a text unlike all others
MARK_DIGITS = 7
TEXT = "ID#%07d: how are you, and how warm is it where you are?"
_SUBMIT = (
    b"\0\3\0" + SOURCE.encode() + b"\0\1\1%d\0\0\0\0\0\0\1\0\0\0" + bytes([len(TEXT % 0)]) + TEXT.encode()
)

_DATES = b"submit date:2611210000 done date:2611210000"
_SAID = b"id:%010d sub:001 dlvrd:001 " + _DATES + b" stat:DELIVRD err:000 text:"
_RECEIPT = (
    b"\0\1\1%b\0\3\0"
    + SOURCE.encode()
    + b"\0\4\0\0\0\0\0\0\0\0%c"
    + _SAID
    + b"\0\x1e\0\x0b%010d\0\x04\x27\0\1\2"
)
_SAID_OCTETS = len(_SAID % 0)


def pdu(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    return HEADER.pack(HEADER_OCTETS + len(body), command, status, sequence) + body


def number_of(device: int) -> int:
    return 4915 * 10**9 + device


def bind(command: int, sequence: int, system_id: str, password: str) -> bytes:
    return pdu(command, sequence, b"%b\0%b\0\0\x34\0\0\0" % (system_id.encode(), password.encode()))


def submit(sequence: int, mark: int, device: int) -> bytes:
    """With a receipt wanted for any end."""
    body = _SUBMIT % (number_of(device), mark)
    return HEADER.pack(HEADER_OCTETS + len(body), SUBMIT_SM, 0, sequence) + body


def receipt(sequence: int, id: int, number: bytes) -> bytes:
    """Of a message that arrived."""
    body = _RECEIPT % (number, _SAID_OCTETS, id, id)
    return HEADER.pack(HEADER_OCTETS + len(body), DELIVER_SM, 0, sequence) + body


def mark_in(data: bytes, start: int, end: int) -> int:
    """Which of our texts stands there; below zero: none."""
    at = data.find(MARK, start, end)
    return int(data[at + len(MARK) : at + len(MARK) + MARK_DIGITS]) if at >= 0 else -1


def destination_of(data: bytes, start: int) -> bytes:
    """Of the submit_sm whose body begins there: behind service_type and source."""
    source = data.index(0, start) + 3
    at = data.index(0, source) + 3
    return data[at : data.index(0, at)]
