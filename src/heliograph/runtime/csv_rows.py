"""Rows of a CSV file of devices or SIMs, one by one: the file may be larger than memory.

In: an open file as people save it: comma, semicolon or tab, with or without a byte order mark. Out: rows with
their line numbers, or the reason why a row is none. A file that is no such list at all is a `BadFile`.
"""

import csv
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import BinaryIO

from msgspec import Struct

LINE_BYTES = 65_536
SEPARATORS = ",;\t"
TOO_LONG = "\x00 too long"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class BadFile(Exception):
    """The file as a whole cannot be used. The text says why and what to do."""


class Row(Struct, frozen=True):
    line: int
    values: dict[str, str]
    problem: str | None = None


def read_rows(
    file: BinaryIO, title: str, known: Sequence[str], needed: Sequence[str]
) -> Iterator[tuple[Row, int]]:
    """Each row, with how many bytes of the file are read. `title` is what the file is called."""
    for row, octets in CsvFile(file, title, known, needed):
        if row is not None:
            yield row, octets


class CsvFile:
    """A file whose first line was read: its columns; then line by line its rows, None for an empty one, so
    that whoever reads may pause also among these. Each with how many bytes of the file are read.
    """

    def __init__(self, file: BinaryIO, title: str, known: Sequence[str], needed: Sequence[str]) -> None:
        self._lines = _Lines(file, title, known)
        self.columns = _columns(self._lines.header(), self._lines.separator, title, known, needed)

    def __iter__(self) -> Iterator[tuple[Row | None, int]]:
        lines = self._lines
        for line in lines:
            yield _row(lines.count, self.columns, line, lines.separator), lines.octets


class _Lines:
    """The lines of a file as text, with bounded length, counted. Too long a one is told by `TOO_LONG`."""

    def __init__(self, file: BinaryIO, title: str, known: Sequence[str]) -> None:
        self._file = file
        self._known = known
        self._title = title
        self.count = 0
        self.octets = 0
        self.separator = ","

    def header(self) -> str:
        first = self._file.readline(LINE_BYTES)
        self.count, self.octets = 1, len(first)
        if first.startswith(_UTF16_MARKS):
            raise BadFile(f"{self._title}: is UTF-16; save it as UTF-8.")
        try:
            text = first.removeprefix(_UTF8_MARK).decode()
        except UnicodeDecodeError:
            raise BadFile(
                f"{self._title}: its first line is not UTF-8 text; save it as CSV in UTF-8."
            ) from None
        if not text.strip():
            raise BadFile(
                f"{self._title}: is empty; its first line names the columns: {','.join(self._known)}."
            )
        self.separator = max(SEPARATORS, key=text.count)
        return text

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(LINE_BYTES):
            self.count += 1
            self.octets += len(line)
            if len(line) == LINE_BYTES and not line.endswith(b"\n"):
                self._skip()
                yield TOO_LONG
            else:
                # A byte that is no UTF-8 becomes a lone surrogate, which the row is then refused for.
                yield line.decode(errors="surrogateescape")

    def _skip(self) -> None:
        """To the end of a line that is too long."""
        while rest := self._file.readline(LINE_BYTES):
            self.octets += len(rest)
            if rest.endswith(b"\n"):
                return


def _columns(
    header: str, separator: str, title: str, known: Sequence[str], needed: Sequence[str]
) -> Sequence[str]:
    try:
        fields = next(csv.reader([header], delimiter=separator, strict=True))
    except csv.Error as error:
        raise BadFile(f"{title}: its first line is no CSV: {error}.") from None
    names = [field.strip().lower() for field in fields]
    for name in names:
        if names.count(name) > 1:
            raise BadFile(f"{title}: the column {name!r} is there twice.")
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" Known are: {', '.join(known)}."
            raise BadFile(f"{title}: there is no column {name!r}.{hint}")
    missing = [name for name in needed if name not in names]
    if missing:
        raise BadFile(f"{title}: the first line names no column {' and no column '.join(missing)}.")
    return names


def _row(line: int, columns: Sequence[str], text: str, separator: str) -> Row | None:
    """None for an empty line. A field never spans lines, so a stray quote spoils its own line only, and a
    line break in quotes both its halves.
    """
    if text is TOO_LONG:
        return Row(line, {}, f"is longer than {LINE_BYTES} bytes")
    if text.count('"') % 2:
        return Row(line, {}, "is no CSV: a quote is left open; a field cannot hold a line break")
    try:
        fields = next(csv.reader((text,), delimiter=separator, strict=True))
    except csv.Error as error:
        return Row(line, {}, f"is no CSV: {error}")
    if not any(map(str.strip, fields)):
        return None
    if len(fields) != len(columns):
        return Row(line, {}, f"has {len(fields)} fields, the first line has {len(columns)}")
    if not _is_text(text):
        return Row(line, {}, "is not UTF-8 text")
    return Row(line, {name: field.strip() for name, field in zip(columns, fields, strict=True)})


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True
