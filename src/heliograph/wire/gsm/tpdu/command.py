"""SMS-COMMAND (3GPP TS 23.040 §9.2.2.4): a mobile asks about, or acts on, a message it submitted before.

Never here: doing what the command says.
"""

from dataclasses import dataclass
from enum import IntEnum

from heliograph.wire.errors import Malformed
from heliograph.wire.gsm.address import Address, encode_address, read_address

_MTI = 0x02
_SRR, _UDHI = 0x20, 0x40


class CommandType(IntEnum):
    """The values that have a name (§9.2.3.19); 0xE0 to 0xFF belong to the service centre."""

    ENQUIRY = 0
    CANCEL_STATUS_REPORT = 1
    DELETE = 2
    ENABLE_STATUS_REPORT = 3


@dataclass(frozen=True, slots=True)
class Command:
    """`message_number` is the reference of the SUBMIT that is meant, `destination` where that one went."""

    reference: int
    command_type: int
    message_number: int
    destination: Address
    pid: int = 0
    command_data: bytes = b""
    udhi: bool = False
    status_report_requested: bool = False


def encode_command(command: Command) -> bytes:
    first = _MTI | (_SRR if command.status_report_requested else 0) | (_UDHI if command.udhi else 0)
    fields = (first, command.reference, command.pid, command.command_type, command.message_number)
    tail = bytes((len(command.command_data),)) + command.command_data
    return bytes(fields) + encode_address(command.destination) + tail


def decode_command(data: bytes) -> Command:
    """IndexError when a field is missing, `Malformed` when one is wrong."""
    destination, at = read_address(data, 5)
    # TP-CDL counts octets; there is no TP-DCS here.
    command_data = data[at + 1 :]
    if data[at] != len(command_data):
        raise Malformed(f"TP-CDL {data[at]} with {len(command_data)} octets")
    return Command(
        reference=data[1],
        command_type=data[3],
        message_number=data[4],
        destination=destination,
        pid=data[2],
        command_data=command_data,
        udhi=bool(data[0] & _UDHI),
        status_report_requested=bool(data[0] & _SRR),
    )
