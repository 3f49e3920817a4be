"""The command `application`: who receives A2P traffic."""

import click

from heliograph.cli import show
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where

COLUMNS = ["id", "name", "created_at"]


@click.group()
def application() -> None:
    """Applications: who receives what devices send."""


@application.command("create")
@click.argument("name")
@everywhere
def create(where: Where, name: str) -> None:
    """Create an application. Name it in a policy, and `listen` as it."""
    with asking(where, founds=True) as ask:
        made = ask("application.create", application=name)
    show.as_json(made) if where.json else show.line(str(made["id"]))


@application.command("list")
@everywhere
def list_all(where: Where) -> None:
    """List applications."""
    with asking(where) as ask:
        if where.json:
            ask("application.list", on_item=show.as_json)
            return
        found = ask.items("application.list")
    show.table(COLUMNS, [[show.field(column, row[column]) for column in COLUMNS] for row in found])


@application.command("delete")
@click.argument("key", metavar="APPLICATION")
@everywhere
def delete(where: Where, key: str) -> None:
    """Delete an application that no policy names and for which nothing waits."""
    with asking(where) as ask:
        gone = ask("application.delete", application=key)
    show.as_json(gone) if where.json else show.line(f"The application {gone['name']} is deleted.")
