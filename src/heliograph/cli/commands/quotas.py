"""The command `quota`: so many SMS that a device may use."""

from typing import Any

import click

from heliograph.cli import answer, show, times
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where


@click.group()
def quota() -> None:
    """Quotas: so many SMS that a device may use."""


@quota.command("set")
@click.argument("key", metavar="DEVICE")
@click.argument("volume", type=int)
@click.option("--expires", help="Until: +30d or 2026-05-01T00:00Z.")
@click.option("--threshold", "threshold_percent", type=int, help="An event at so many percent used.")
@click.option("--auto-refill", is_flag=True, help="Filled up every day.")
@everywhere
def set_quota(where: Where, key: str, volume: int, expires: str | None, **wish: Any) -> None:
    """Give a device a new quota; it takes the place of the one before."""
    expires_at = times.at(expires, times.now()) if expires else None
    with asking(where) as ask:
        answer.fields(where, ask("quota.set", device=key, volume=volume, expires_at=expires_at, **wish))


@quota.command("add")
@click.argument("key", metavar="DEVICE")
@click.argument("volume", type=int)
@everywhere
def add_quota(where: Where, key: str, volume: int) -> None:
    """Add to the quota that a device has."""
    with asking(where) as ask:
        answer.fields(where, ask("quota.add", device=key, volume=volume))


@quota.command("show")
@click.argument("key", metavar="DEVICE")
@everywhere
def show_quota(where: Where, key: str) -> None:
    """Show a device's quota."""
    with asking(where) as ask:
        found = ask("device.show", device=key)["quota"]
    if where.json or found is not None:
        answer.fields(where, found)
    else:
        show.line("no quota")


@quota.command("delete")
@click.argument("key", metavar="DEVICE")
@everywhere
def delete_quota(where: Where, key: str) -> None:
    """Take a device's quota away."""
    with asking(where) as ask:
        answer.fields(where, ask("quota.delete", device=key))
