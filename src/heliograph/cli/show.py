"""Showing: answers as tables and lines for people, or as JSON for programs."""

import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from heliograph.cli import times

SEVERITIES = ("info", "warning", "error")
PIPED_WIDTH = 10_000  # whoever reads a pipe wants each row on one line


def as_json(document: Any) -> None:
    """One document, or one line of a list."""
    print(msgspec.json.encode(document).decode())


def line(text: str = "") -> None:
    print(text)


def note(text: str) -> None:
    """For people, beside the result: it never mixes with what is piped."""
    print(text, file=sys.stderr)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns with their headings."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console() if sys.stdout.isatty() else Console(width=PIPED_WIDTH, no_color=True)
    grid = Table(box=box.SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)
    for column in columns:
        grid.add_column(Text(column))
    for row in rows:
        grid.add_row(*[Text(shown(value)) for value in row])
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
    return times.shown(value) if name == "at" or name.endswith("_at") else value


def shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)
