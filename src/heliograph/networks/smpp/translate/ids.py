"""Message ids: what an upstream answers to a submit, and what its receipts call the same message.

In: ids as they come. Out: the reference under which a segment is kept, and the references that a receipt may
mean, the likeliest first. Some write one of the two in hexadecimal: which, the upstream's row says, or
matching finds out.
"""

import re
from collections.abc import Callable

_DECIMAL = re.compile(r"[0-9]{1,20}")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{1,16}")
_LETTERS = re.compile(r"[a-fA-F]")
Write = Callable[[str], str | None]


def _from_hex(id: str) -> str | None:
    """A number in hexadecimal, as the decimal one."""
    return str(int(id, 16)) if _HEXADECIMAL.fullmatch(id) else None


def _to_hex(id: str) -> str | None:
    """A decimal number, as the hexadecimal one."""
    return f"{int(id):x}" if _DECIMAL.fullmatch(id) else None


def _plain_decimal(id: str) -> str:
    """Without leading zeros."""
    return str(int(id)) if _DECIMAL.fullmatch(id) else id


def _plain_hex(id: str) -> str:
    """Without leading zeros, in small letters."""
    return f"{int(id, 16):x}" if _HEXADECIMAL.fullmatch(id) else id


_WRITES: dict[str, Write] = {"as_is": _plain_hex, "hex_to_decimal": _from_hex, "decimal_to_hex": _to_hex}


class Ids:
    """Of one upstream. `matched` tells which of the references that `of_receipt` gave was known."""

    def __init__(self, id_format: str) -> None:
        self._format = id_format
        self.is_tolerant = id_format == "tolerant"
        self._matches = dict.fromkeys(_WRITES, 0)
        self._letters_in_responses = self._letters_in_receipts = False

    def of_response(self, id: str) -> str:
        match self._format:
            case "hex_to_decimal":
                return _plain_decimal(id)
            case "decimal_to_hex":
                return _plain_hex(id)
            case "tolerant":
                self._letters_in_responses |= _is_hex(id)
                return _plain_hex(id)
        return id

    def of_receipt(self, id: str) -> tuple[str, ...]:
        match self._format:
            case "hex_to_decimal":
                return _some(_from_hex(id), id)
            case "decimal_to_hex":
                return _some(_to_hex(id), id)
            case "tolerant":
                self._letters_in_receipts |= _is_hex(id)
                return self._tries(id)
        return (id,)

    def _tries(self, id: str) -> tuple[str, ...]:
        """References are kept without leading zeros, in small letters, whichever they were."""
        names = sorted(_WRITES, key=lambda name: (-self._matches[name], self._is_unlikely(name)))
        return tuple(dict.fromkeys(made for name in names if (made := _WRITES[name](id)) is not None))

    def _is_unlikely(self, name: str) -> int:
        """Letters give a hexadecimal number away."""
        likely = {(True, False): "decimal_to_hex", (False, True): "hex_to_decimal"}.get(
            (self._letters_in_responses, self._letters_in_receipts), "as_is"
        )
        return int(name != likely)

    def matched(self, id: str, reference: str) -> None:
        if self._format != "tolerant":
            return
        names = [name for name, write in _WRITES.items() if write(id) == reference]
        if len(names) == 1:  # a small number is the same in all of them, and tells nothing
            self._matches[names[0]] += 1


def _is_hex(id: str) -> bool:
    return _LETTERS.search(id) is not None and _HEXADECIMAL.fullmatch(id) is not None


def _some(written: str | None, id: str) -> tuple[str, ...]:
    return (id,) if written is None else (written,)
