"""The command `application`: who receives A2P traffic."""

import click

from heliograph.cli import answer
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
    answer.line(where, made, str(made["id"]))


@application.command("list")
@everywhere
def list_all(where: Where) -> None:
    """List applications."""
    answer.table(where, COLUMNS, "application.list")


@application.command("delete")
@click.argument("key", metavar="APPLICATION")
@everywhere
def delete(where: Where, key: str) -> None:
    """Delete an application that no policy names and for which nothing waits."""
    with asking(where) as ask:
        gone = ask("application.delete", application=key)
    answer.line(where, gone, f"The application {gone['name']} is deleted.")
