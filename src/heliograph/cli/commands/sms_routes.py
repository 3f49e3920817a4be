"""The command `route`: which SMS go to which upstream."""

from typing import Any

import click

from heliograph.cli import answer
from heliograph.cli.ask import asking
from heliograph.cli.options import ON_OFF, changes, everywhere, given, switch
from heliograph.cli.where import Where

COLUMNS = ["id", "network", "prefix", "upstream", "cost", "weight", "enabled", "everyone", "origin"]
WAY_COLUMNS = ["order", "upstream", "up", "route", "why"]


@click.group()
def route() -> None:
    """Routes: which SMS go to which upstream."""


def wishes(command: Any) -> Any:
    """The options of `create` and `set`."""
    command = click.option("--enabled", type=ON_OFF, help="Off: it leads nowhere.")(command)
    command = click.option("--weight", type=int, help="Share among routes that are equally good.")(command)
    command = click.option("--cost", type=int, help="Of a segment, in millionths of the currency.")(command)
    command = click.option("--prefix", help="Beginning of the international number.")(command)
    return click.option("--network", help="Of devices; empty: any, and phones outside the fleet.")(command)


def _wish(options: dict[str, Any]) -> dict[str, Any]:
    wish = given(options)
    if "enabled" in wish:
        wish["enabled"] = switch(wish["enabled"])
    return wish


@route.command("create")
@click.argument("upstream")
@click.option("--everyone", is_flag=True, help="For every organisation.")
@wishes
@everywhere
def create(where: Where, upstream: str, everyone: bool, **wish: Any) -> None:
    """Create a route to UPSTREAM. It counts at once."""
    with asking(where) as ask:
        made = ask("route.create", wish={**_wish(wish), "upstream": upstream}, everyone=everyone)
    answer.line(where, made, f"The route {made['id']} leads to {upstream}.")


@route.command("list")
@everywhere
def list_all(where: Where) -> None:
    """List routes: by network, by prefix, the cheapest first."""
    answer.table(where, COLUMNS, "route.list")


@route.command("set")
@click.argument("id", type=int)
@click.option("--upstream", help="Where it leads.")
@wishes
@everywhere
def change(where: Where, id: int, **wish: Any) -> None:
    """Change the route ID."""
    with asking(where) as ask:
        answer.fields(where, ask("route.set", route=id, wish=_wish(changes(wish))))


@route.command("delete")
@click.argument("id", type=int)
@everywhere
def delete(where: Where, id: int) -> None:
    """Delete the route ID."""
    with asking(where) as ask:
        gone = ask("route.delete", route=id)
    answer.line(where, gone, f"The route {gone['id']} is deleted.")


@route.command("preview")
@click.argument("to")
@everywhere
def preview(where: Where, to: str) -> None:
    """Show which upstreams would carry an SMS to TO, a device or a number, in which order and why."""
    answer.table(where, WAY_COLUMNS, "route.preview", to=to)
