"""How many PDUs of each command travelled, each way.

Comes in: PDUs as octets, one by one. Goes out: numbers by command. What a peer makes up is counted as one
command, so that nobody grows the table. Never here: sessions, names of peers, who shows it.
"""

from collections.abc import Iterator

from heliograph.wire.smpp.numbers import CommandId, command_name

UNKNOWN = b""
_COMMAND = slice(4, 8)  # SMPP 3.4 §3.2: the second word of the header


class Tally:
    """`note` is called for every PDU there is."""

    def __init__(self) -> None:
        keys = [UNKNOWN, *(id.to_bytes(4, "big") for id in CommandId)]
        self._ways: tuple[dict[bytes, int], dict[bytes, int]] = dict.fromkeys(keys, 0), dict.fromkeys(keys, 0)

    def note(self, is_ours: bool, octets: bytes) -> None:
        counts, command = self._ways[is_ours], octets[_COMMAND]
        counts[command if command in counts else UNKNOWN] += 1

    def read(self) -> Iterator[tuple[bool, str, int]]:
        """Is it ours, its command, how many: of those that there were."""
        for is_ours, counts in zip((False, True), self._ways, strict=True):
            for command, number in counts.items():
                if number:
                    name = command_name(int.from_bytes(command, "big")) if command else "unknown"
                    yield is_ours, name, number
