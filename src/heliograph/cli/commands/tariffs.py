"""The command `tariff`: what a segment costs the devices that have one."""

from typing import Any

import click

from heliograph.cli import answer
from heliograph.cli.ask import asking
from heliograph.cli.options import changes, everywhere, given
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


@tariff.command("create")
@click.argument("key", metavar="NAME")
@wishes
@everywhere
def create(where: Where, key: str, **wish: Any) -> None:
    """Create a tariff; what is not said costs nothing."""
    with asking(where, founds=True) as ask:
        answer.fields(where, ask("tariff.create", tariff=key, wish=given(wish)))


@tariff.command("list")
@everywhere
def list_all(where: Where) -> None:
    """List tariffs."""
    answer.table(where, COLUMNS, "tariff.list")


@tariff.command("show")
@click.argument("key", metavar="TARIFF")
@everywhere
def show_one(where: Where, key: str) -> None:
    """Show one tariff."""
    with asking(where) as ask:
        answer.fields(where, ask("tariff.show", tariff=key))


@tariff.command("set")
@click.argument("key", metavar="TARIFF")
@click.option("--name", help="Another name.")
@wishes
@everywhere
def change(where: Where, key: str, **wish: Any) -> None:
    """Change a tariff. New prices count for what is accepted from then on."""
    wanted = changes(wish)
    with asking(where) as ask:
        answer.fields(where, ask("tariff.set", tariff=key, wish=wanted))


@tariff.command("delete")
@click.argument("key", metavar="TARIFF")
@everywhere
def delete(where: Where, key: str) -> None:
    """Delete a tariff that no device has."""
    with asking(where) as ask:
        gone = ask("tariff.delete", tariff=key)
    answer.line(where, gone, f"The tariff {gone['name']} is deleted.")
