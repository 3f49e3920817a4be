"""Showing: answers as tables and lines for people, or as JSON for programs."""

import sys
from collections.abc import Sequence
from typing import Any
from unicodedata import category

import msgspec

from heliograph.cli import times

SEVERITIES = ("info", "warning", "error")
DRAWN_ROWS = 500  # more are printed plainly: drawing takes a millisecond each
LONGEST_LINE = 10_000
_JOINERS = "\u200c\u200d"  # of letters and of emoji
_PICTURES, _SPACE = 0x2400, 0x20  # Unicode has a picture of each control character


def as_json(document: Any) -> None:
    """One document, or one line of a list."""
    print(msgspec.json.encode(document).decode())


def line(text: str = "") -> None:
    print(harmless(text, keep="\n\t"))


def note(text: str) -> None:
    """For people, beside the result: it never mixes with what is piped."""
    print(harmless(text, keep="\n\t"), file=sys.stderr)


def harmless(text: str, keep: str = "") -> str:
    """What anybody may have sent us commands no terminal: control and direction marks become visible."""
    if text.isprintable():
        return text
    return "".join(one if one in keep or not _is_command(one) else _picture(one) for one in text)


def _is_command(character: str) -> bool:
    """Cc: control, Cf: format (bidirectional marks among them), Zl and Zp: line ends of another kind."""
    return category(character) in ("Cc", "Cf", "Zl", "Zp") and character not in _JOINERS


def _picture(character: str) -> str:
    return chr(_PICTURES + ord(character)) if ord(character) < _SPACE else "\ufffd"


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns with their headings. A pipe gets plain ones: one row, one line, nothing cut off."""
    texts = [[shown(value) for value in row] for row in rows]
    if sys.stdout.isatty() and len(rows) <= DRAWN_ROWS:
        _draw(columns, texts)
        return
    widths = [max(map(len, column)) for column in zip(columns, *texts, strict=True)]
    for row in [columns, *texts]:
        print("  ".join(map(str.ljust, row, widths)).rstrip())


def _draw(columns: Sequence[str], texts: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    console = Console()
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        grid.add_column(Text(column), no_wrap=True)
    for row in texts:
        grid.add_row(*map(Text, row))
    # Half a phone number is worth nothing: a line too long for the terminal is wrapped by it, not cut.
    wanted = Measurement.get(console, console.options.update(max_width=LONGEST_LINE), grid).maximum
    console.width = max(wanted, console.width)
    console.print(grid)


def pairs(values: Sequence[tuple[str, object]]) -> None:
    """One thing, field by field."""
    width = max(len(name) for name, _ in values)
    for name, value in values:
        print(f"{name:<{width}}  {shown(value)}".rstrip())


def fields(document: dict[str, Any]) -> None:
    """One thing, with its times readable."""
    pairs([(name, field(name, value)) for name, value in document.items()])


def field(name: str, value: Any) -> object:
    if name == "severity":
        return SEVERITIES[value]
    is_time = name in ("at", "since") or name.endswith("_at")
    return times.shown(value) if is_time else value


def shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(shown, value))
    return harmless(str(value))
