"""The command `device`: who receives and sends SMS."""

from pathlib import Path
from typing import Any

import click

from heliograph.cli import answer, show, times
from heliograph.cli.adding import add_row, import_rows
from heliograph.cli.ask import asking
from heliograph.cli.commands.firewalls import firewall_of, release
from heliograph.cli.options import changes, everywhere
from heliograph.cli.where import Where

COLUMNS = ("name", "msisdn", "imsi", "policy", "network", "tags", "tariff")  # of a file to import
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
    add_row(where, "device.add", row, "name")


@device.command("list")
@click.option("--search", help="In name, number or IMSI.")
@click.option("--tag")
@click.option("--policy")
@click.option("--network")
@click.option(
    "--limit", type=click.IntRange(min=1), help=f"At most so many (default {answer.ROWS_SHOWN}; JSON: all)."
)
@everywhere
def list_devices(where: Where, limit: int | None, **wanted: Any) -> None:
    """List devices by name."""
    columns = ["id", "name", "msisdn", "imsi", "policy", "network", "status", "attached", "tags"]
    answer.page(where, columns, "device.list", limit, count_all=not where.json, **wanted)


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
    wanted = changes(wish)
    with asking(where) as ask:
        answer.fields(where, ask("device.set", device=key, **wanted))


@device.command("delete")
@click.argument("key")
@everywhere
def delete_device(where: Where, key: str) -> None:
    """Delete a device for which nothing waits."""
    with asking(where) as ask:
        answer.fields(where, ask("device.delete", device=key))


@device.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@everywhere
def import_devices(where: Where, file: Path) -> None:
    """Add the devices of a CSV file: name,msisdn,imsi,policy,network,tags.

    Good rows are kept, bad ones reported with their line numbers; the exit code is 1 when there was one.
    """
    import_rows(where, file, "device.add", COLUMNS, ("name", "msisdn"))
