"""The command `listen`: becomes the application."""

from typing import Any

import click

from heliograph.cli import show, times
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where
from heliograph.interfaces.control.frames import Reply


@click.command()
@click.option("--application", help="Which one (default: the organisation's first).")
@click.option("--count", type=click.IntRange(min=1), help="Leave after so many.")
@everywhere
def listen(where: Where, application: str | None, count: int | None) -> None:
    """Receive SMS from devices and receipts, print each and acknowledge it. Ctrl-C ends it."""

    def hear(item: dict[str, Any]) -> Reply | None:
        if "delivery" not in item:
            show.note(f"Listening as {item['listening']}. Ctrl-C ends it.")
            return None
        show.as_json(item) if where.json else _say(item)
        return Reply(item["delivery"])

    with asking(where, engine=True) as ask:
        ask("listen", on_item=hear, application=application, count=count)


def _say(item: dict[str, Any]) -> None:
    when = times.shown(item["final_at"] or item["accepted_at"])
    if item["kind"] == "receipt":
        reason = f" ({item['reason']})" if item["reason"] else ""
        show.line(f"{when}  receipt  {item['id']} {item['state']}{reason}  to {item['destination']}")
        return
    text = item["text"] if item["text"] is not None else f"0x{item['octets']}"
    again = "  (again)" if item["repeated"] else ""
    show.line(f"{when}  {item['source']} to {item['destination']}: {show.harmless(text)}{again}")
