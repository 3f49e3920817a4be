"""Tables: rows as CSV for a spreadsheet, and cells as they come back from one."""

import csv
from collections.abc import Sequence
from io import StringIO

from heliograph.interfaces.rest.route import Headers

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute what begins so


def table_headers(name: str) -> Headers:
    shown = f'attachment; filename="{name}.csv"'.encode()
    return ((b"content-type", b"text/csv; charset=utf-8"), (b"content-disposition", shown))


def table_rows(rows: Sequence[Sequence[object]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return text.getvalue().encode()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def cell_meant(cell: str) -> str:
    """Without the mark that keeps a spreadsheet from computing it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
