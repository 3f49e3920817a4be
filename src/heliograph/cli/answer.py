"""Answering: what a command was told, as JSON for programs, as lines and tables for people."""

from typing import Any

from heliograph.cli import show
from heliograph.cli.ask import asking
from heliograph.cli.where import Where

ROWS_SHOWN = 100  # for people, unless they say how many


def fields(where: Where, document: Any) -> None:
    """One thing, field by field; of none, people hear nothing."""
    if where.json:
        show.as_json(document)
    elif document is not None:
        show.fields(document)


def line(where: Where, document: Any, text: str) -> None:
    if where.json:
        show.as_json(document)
    else:
        show.line(text)


def table(where: Where, columns: list[str], verb: str, **wanted: Any) -> None:
    """All that a verb lists."""
    with asking(where) as ask:
        if where.json:
            ask(verb, on_item=show.as_json, **wanted)
            return
        found = ask.items(verb, **wanted)
    _draw(columns, found)


def page(where: Where, columns: list[str], verb: str, limit: int | None, **wanted: Any) -> None:
    """What a verb lists first, and how many more there are."""
    found: list[dict[str, Any]] = []
    with asking(where) as ask:
        if where.json:
            ask(verb, on_item=show.as_json, limit=limit, **wanted)
            return
        ended = ask(verb, on_item=found.append, limit=limit or ROWS_SHOWN, **wanted)
    _draw(columns, found)
    if ended["more"]:
        show.note(f"... and {ended['more']} more; --limit shows them.")


def _draw(columns: list[str], found: list[dict[str, Any]]) -> None:
    show.table(columns, [[show.field(column, row[column]) for column in columns] for row in found])
