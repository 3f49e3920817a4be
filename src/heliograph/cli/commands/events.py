"""The command `events`: what happened that people should know."""

import click

from heliograph.cli import answer, times
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where


@click.command()
@click.option("--since", help="1h, 2d, or 2026-05-01T08:00Z.")
@click.option("--limit", type=click.IntRange(min=1, max=500), default=50, show_default=True)
@everywhere
def events(where: Where, since: str | None, limit: int) -> None:
    """What happened that people should know, newest first."""
    moment = times.since(since, times.now()) if since else None
    columns = ["at", "severity", "type", "device_name", "message", "detail"]
    answer.table(where, columns, "event.list", since=moment, limit=limit)
