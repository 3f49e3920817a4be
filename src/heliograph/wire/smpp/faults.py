"""What is wrong with a PDU, with the header that its answer needs.

Raised by the codec and by framing. Never here: the answer itself, which the session makes.
"""

from heliograph.wire.errors import Broken, Malformed


class MalformedPdu(Malformed):
    """The frame stands, its content does not: answer with `status`, then go on."""

    def __init__(self, reason: str, status: int, command_id: int = 0, sequence: int = 0) -> None:
        super().__init__(reason)
        self.status = status
        self.command_id = command_id
        self.sequence = sequence


class BrokenStream(Broken):
    """No frame can be found any more: answer with `status`, then close."""

    def __init__(self, reason: str, status: int, command_id: int, sequence: int) -> None:
        super().__init__(reason)
        self.status = status
        self.command_id = command_id
        self.sequence = sequence
