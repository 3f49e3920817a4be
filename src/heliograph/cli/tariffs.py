"""The command `tariff`: what a segment costs the devices that have one."""

from typing import Any

import click

from heliograph.cli import show
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where

COLUMNS = ["id", "name", "price_mt", "price_mo", "devices", "description"]


@click.group()
def tariff() -> None:
    """Tariffs: a device that has one is charged by it, and not by its policy's prices."""


def wishes(command: Any) -> Any:
    """The options of `create` and `set`."""
    command = click.option("--description", help="In your own words.")(command)
    for name in ("--price-mo", "--price-mt"):
        command = click.option(name, type=int, help="Millionths a segment.")(command)
    return command


def _wish(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _one(where: Where, document: Any) -> None:
    show.as_json(document) if where.json else show.fields(document)


@tariff.command("create")
@click.argument("key", metavar="NAME")
@wishes
@everywhere
def create(where: Where, key: str, **wish: Any) -> None:
    """Create a tariff; what is not said costs nothing."""
    with asking(where, founds=True) as ask:
        _one(where, ask("tariff.create", tariff=key, wish=_wish(wish)))


@tariff.command("list")
@everywhere
def list_all(where: Where) -> None:
    """List tariffs."""
    with asking(where) as ask:
        if where.json:
            ask("tariff.list", on_item=show.as_json)
            return
        found = ask.items("tariff.list")
    show.table(COLUMNS, [[show.field(column, row[column]) for column in COLUMNS] for row in found])


@tariff.command("show")
@click.argument("key", metavar="TARIFF")
@everywhere
def show_one(where: Where, key: str) -> None:
    """Show one tariff."""
    with asking(where) as ask:
        _one(where, ask("tariff.show", tariff=key))


@tariff.command("set")
@click.argument("key", metavar="TARIFF")
@click.option("--name", help="Another name.")
@wishes
@everywhere
def change(where: Where, key: str, **wish: Any) -> None:
    """Change a tariff. New prices count for what is accepted from then on."""
    wanted = _wish(wish)
    if not wanted:
        raise click.UsageError("Say what to change.")
    with asking(where) as ask:
        _one(where, ask("tariff.set", tariff=key, wish=wanted))


@tariff.command("delete")
@click.argument("key", metavar="TARIFF")
@everywhere
def delete(where: Where, key: str) -> None:
    """Delete a tariff that no device has."""
    with asking(where) as ask:
        gone = ask("tariff.delete", tariff=key)
    show.as_json(gone) if where.json else show.line(f"The tariff {gone['name']} is deleted.")
