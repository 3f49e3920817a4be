"""The character tables of TS 23.038, by national language identifier; 0 is the default alphabet.

One file per language, drawn as the standard draws them: 16 rows by low half octet, 8 columns by high bits.
A cell is the character itself, four hexadecimal digits of its code point, `SP` `LF` `FF` `CR` `ESC`, or `--`
for a position without a character. Goes out: per table, 128 characters or None, in code order.
Never here: encoding, decoding, choosing a table.
"""

from heliograph.wire.gsm.tables import (
    bengali,
    default,
    gujarati,
    hindi,
    kannada,
    malayalam,
    oriya,
    portuguese,
    punjabi,
    spanish,
    tamil,
    telugu,
    turkish,
    urdu,
)

Table = tuple[str | None, ...]

_ROWS, _COLUMNS = 16, 8
_NAMED = {"SP": " ", "LF": "\n", "FF": "\f", "CR": "\r", "ESC": None, "--": None}


def read_grid(grid: str) -> Table:
    """The 128 cells of a drawn table, in code order."""
    rows = [line.split() for line in grid.strip().splitlines()]
    if len(rows) != _ROWS or any(len(row) != _COLUMNS for row in rows):
        raise ValueError("a character table has 16 rows of 8 cells")
    return tuple(_cell(rows[low][high]) for high in range(_COLUMNS) for low in range(_ROWS))


def _cell(word: str) -> str | None:
    if word in _NAMED:
        return _NAMED[word]
    return word if len(word) == 1 else chr(int(word, 16))


# 3GPP TS 23.038 §6.2.1.2.4: the identifiers. Spanish has no locking shift table (§A.3.2 is void).
LOCKING: dict[int, Table] = {
    0: read_grid(default.LOCKING),
    1: read_grid(turkish.LOCKING),
    3: read_grid(portuguese.LOCKING),
    4: read_grid(bengali.LOCKING),
    5: read_grid(gujarati.LOCKING),
    6: read_grid(hindi.LOCKING),
    7: read_grid(kannada.LOCKING),
    8: read_grid(malayalam.LOCKING),
    9: read_grid(oriya.LOCKING),
    10: read_grid(punjabi.LOCKING),
    11: read_grid(tamil.LOCKING),
    12: read_grid(telugu.LOCKING),
    13: read_grid(urdu.LOCKING),
}

SINGLE: dict[int, Table] = {
    0: read_grid(default.SINGLE),
    1: read_grid(turkish.SINGLE),
    2: read_grid(spanish.SINGLE),
    3: read_grid(portuguese.SINGLE),
    4: read_grid(bengali.SINGLE),
    5: read_grid(gujarati.SINGLE),
    6: read_grid(hindi.SINGLE),
    7: read_grid(kannada.SINGLE),
    8: read_grid(malayalam.SINGLE),
    9: read_grid(oriya.SINGLE),
    10: read_grid(punjabi.SINGLE),
    11: read_grid(tamil.SINGLE),
    12: read_grid(telugu.SINGLE),
    13: read_grid(urdu.SINGLE),
}
