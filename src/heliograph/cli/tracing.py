"""The command `trace`, beneath `account` and `upstream`: the last PDUs, decoded, a line each."""

from typing import Any

import click

from heliograph.cli import show, times
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where


def trace_of(kind: str) -> click.Command:
    @click.command("trace")
    @click.argument("key", metavar=kind.upper())
    @click.option("--limit", type=int, help="How many (default 100).")
    @click.option("--text", is_flag=True, help="With the words of messages.")
    @everywhere
    def trace(where: Where, key: str, limit: int | None, text: bool) -> None:
        """Show the last PDUs, decoded, oldest first."""
        with asking(where) as ask:
            found = ask.items(f"{kind}.trace", limit=limit, text=text or None, **{kind: key})
        for row in found:
            if where.json:
                show.as_json(row)
            else:
                show.line(_line(row))

    return trace


def _line(row: dict[str, Any]) -> str:
    arrow = ">" if row["is_ours"] else "<"
    fields = " ".join(f"{name}={value!r}" for name, value in row["fields"].items())
    begin = f"{times.shown(row['at'])} {row['bind']} {arrow} {row['command']} #{row['sequence']}"
    return f"{begin} {row['status']} {fields}".rstrip()
