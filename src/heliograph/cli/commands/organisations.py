"""The command `org`: organisations."""

import click

from heliograph.cli import answer
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where

NO_LIMIT = "none"


@click.group()
def org() -> None:
    """Organisations: nothing of one is visible to another."""


@org.command("create")
@click.argument("name")
@click.option("--body-days", type=int, help="How long texts of final messages stay.")
@everywhere
def create_org(where: Where, name: str, body_days: int | None) -> None:
    """Create an organisation, with an application and a policy to begin with."""
    with asking(where, founds=True) as ask:
        made = ask("org.create", name=name, body_days=body_days)
    answer.line(where, made, str(made["id"]))


@org.command("show")
@click.argument("name")
@everywhere
def show_org(where: Where, name: str) -> None:
    """Show one organisation."""
    with asking(where) as ask:
        answer.fields(where, ask("org.show", name=name))


@org.command("set")
@click.argument("name")
@click.option("--body-days", required=True, help=f"How long texts of final messages stay, or {NO_LIMIT}.")
@everywhere
def set_org(where: Where, name: str, body_days: str) -> None:
    """Change an organisation."""
    if body_days != NO_LIMIT and not (body_days.isascii() and body_days.isdecimal()):
        raise click.BadParameter(f"--body-days: {body_days!r} is neither a number nor {NO_LIMIT}.")
    with asking(where) as ask:
        answer.fields(
            where, ask("org.set", name=name, body_days=None if body_days == NO_LIMIT else int(body_days))
        )


@org.command("list")
@everywhere
def list_orgs(where: Where) -> None:
    """List organisations."""
    answer.table(where, ["id", "name", "created_at", "body_days"], "org.list")
