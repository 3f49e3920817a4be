"""The commands about devices and quotas."""

import time
from pathlib import Path
from typing import Any

import click

from heliograph.cli import show, times
from heliograph.cli.ask import asking
from heliograph.cli.firewall import firewall_of, release
from heliograph.cli.importing import import_rows
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where

COLUMNS = ("name", "msisdn", "imsi", "policy", "network", "tags", "tariff")  # of a file to import
ROWS_SHOWN = 100  # for people, unless they say how many
AWAY = "away"  # a lane's code, as `core/waking` has it, which a command to a server need not import


@click.group()
def device() -> None:
    """Devices: who receives and sends SMS."""


_rules = firewall_of("device")
_rules.add_command(release)
device.add_command(_rules)


@device.command()
@click.argument("name")
@click.option("--msisdn", default="", help="Its number, with the country code.")
@click.option("--imsi", default="", help="Its 15 digits on the SIM.")
@click.option("--policy", default="", help="Its policy (default: default).")
@click.option("--tariff", default="", help="Its tariff (default: none; its policy's prices count).")
@click.option("--network", default="", help="The network that carries it (default: simulator).")
@click.option("--tags", default="", help="With commas.")
@everywhere
def add(where: Where, **row: str) -> None:
    """Add one device."""
    from heliograph.core.refusal import Refusal
    from heliograph.interfaces.control.client import Refused

    with asking(where, founds=True) as ask:
        made = ask("device.add", rows=[row])[0]
    if isinstance(made, dict):
        raise Refused(Refusal(**made))
    if where.json:
        show.as_json({"id": made, "name": row["name"]})
    else:
        show.line(str(made))


@device.command("list")
@click.option("--search", help="In name, number or IMSI.")
@click.option("--tag")
@click.option("--policy")
@click.option("--network")
@click.option(
    "--limit", type=click.IntRange(min=1), help=f"At most so many (default {ROWS_SHOWN}; JSON: all)."
)
@everywhere
def list_devices(where: Where, limit: int | None, **wanted: Any) -> None:
    """List devices by name."""
    found: list[dict[str, Any]] = []
    with asking(where) as ask:
        if where.json:
            ask("device.list", on_item=show.as_json, limit=limit, **wanted)
            return
        listed = ask("device.list", on_item=found.append, limit=limit or ROWS_SHOWN, count_all=True, **wanted)
    columns = ["id", "name", "msisdn", "imsi", "policy", "network", "status", "attached", "tags"]
    show.table(columns, [[row[column] for column in columns] for row in found])
    if listed["more"]:
        show.note(f"... and {listed['more']} more; --limit shows them.")


@device.command("show")
@click.argument("key")
@everywhere
def show_device(where: Where, key: str) -> None:
    """Show a device: what it is, what it used, what waits for it."""
    with asking(where) as ask:
        found = ask("device.show", device=key)
    if where.json:
        show.as_json(found)
        return
    usage, quota, lane = found.pop("usage"), found.pop("quota"), found.pop("lane")
    show.fields(found)
    for month in usage["months"]:
        if month["month"]:
            show.line(f"used {month['month']}: {month['mt']} MT, {month['mo']} MO")
    if quota is not None:
        until = f", until {times.shown(quota['expires_at'])}" if quota["expires_at"] else ""
        show.line(f"quota {quota['remaining']} of {quota['volume']}{until}")
    show.line(f"waiting {lane['waiting']}, scheduled {lane['scheduled']}, under way {len(lane['under_way'])}")
    if lane["due_at"] is not None:
        show.line(_next_try(lane, found["attached"]))


def _next_try(lane: dict[str, Any], attached: bool) -> str:
    due = times.shown(lane["due_at"])
    if not attached:
        latest = f", and if it does not, at {due}" if lane["code"] == AWAY else ""
        return f"The device has left the network: its lane is tried when it attaches{latest}."
    if lane["attempts"]:
        return f"next try {due} after {lane['attempts']} that failed: {lane['meaning']}"
    return f"next try {due}" + (f": {lane['meaning']}" if lane["meaning"] else "")


@device.command("set")
@click.argument("key")
@click.option("--name")
@click.option("--msisdn")
@click.option("--imsi")
@click.option("--policy")
@click.option("--tariff", help="Its tariff, or none.")
@click.option("--network")
@click.option("--status", type=click.Choice(["enabled", "disabled"]))
@click.option("--tags")
@everywhere
def set_device(where: Where, key: str, **wish: Any) -> None:
    """Change a device."""
    if not any(value is not None for value in wish.values()):
        raise click.UsageError("Say what to change.")
    with asking(where) as ask:
        _say(where, ask("device.set", device=key, **wish))


@device.command("delete")
@click.argument("key")
@everywhere
def delete_device(where: Where, key: str) -> None:
    """Delete a device for which nothing waits."""
    with asking(where) as ask:
        _say(where, ask("device.delete", device=key))


def _say(where: Where, document: Any) -> None:
    if where.json:
        show.as_json(document)
    elif document is not None:
        show.fields(document)


@device.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@everywhere
def import_devices(where: Where, file: Path) -> None:
    """Add the devices of a CSV file: name,msisdn,imsi,policy,network,tags.

    Good rows are kept, bad ones reported with their line numbers; the exit code is 1 when there was one.
    """
    import_rows(where, file, "device.add", COLUMNS, ("name", "msisdn"))


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
    expires_at = times.at(expires, time.time_ns() // 1_000_000) if expires else None
    with asking(where) as ask:
        _say(where, ask("quota.set", device=key, volume=volume, expires_at=expires_at, **wish))


@quota.command("add")
@click.argument("key", metavar="DEVICE")
@click.argument("volume", type=int)
@everywhere
def add_quota(where: Where, key: str, volume: int) -> None:
    """Add to the quota that a device has."""
    with asking(where) as ask:
        _say(where, ask("quota.add", device=key, volume=volume))


@quota.command("show")
@click.argument("key", metavar="DEVICE")
@everywhere
def show_quota(where: Where, key: str) -> None:
    """Show a device's quota."""
    with asking(where) as ask:
        found = ask("device.show", device=key)["quota"]
    if where.json or found is not None:
        _say(where, found)
    else:
        show.line("no quota")


@quota.command("delete")
@click.argument("key", metavar="DEVICE")
@everywhere
def delete_quota(where: Where, key: str) -> None:
    """Take a device's quota away."""
    with asking(where) as ask:
        _say(where, ask("quota.delete", device=key))
