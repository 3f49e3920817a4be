"""The command `org`: organisations."""

from typing import Any

import click

from heliograph.cli import answer
from heliograph.cli.ask import asking
from heliograph.cli.options import NO_LIMIT, everywhere, number_or_none
from heliograph.cli.where import Where

COUNTRY = "Of the national numbers that it and its devices dial, as 49; empty: the general setting."


@click.group()
def org() -> None:
    """Organisations: nothing of one is visible to another."""


@org.command("create")
@click.argument("name")
@click.option("--body-days", type=int, help="How long texts of final messages stay.")
@click.option("--country", "country_code", default="", help=COUNTRY)
@everywhere
def create_org(where: Where, name: str, body_days: int | None, country_code: str) -> None:
    """Create an organisation, with an application and a policy to begin with."""
    with asking(where, founds=True) as ask:
        made = ask("org.create", name=name, body_days=body_days, country_code=country_code)
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
@click.option("--body-days", help=f"How long texts of final messages stay, or {NO_LIMIT}.")
@click.option("--country", "country_code", help=COUNTRY)
@everywhere
def set_org(where: Where, name: str, body_days: str | None, country_code: str | None) -> None:
    """Change an organisation."""
    if body_days is None and country_code is None:
        raise click.UsageError("Nothing to change: name --body-days or --country.")
    wish: dict[str, Any] = {}
    if body_days is not None:
        wish["body_days"] = number_or_none("body_days", body_days)
    if country_code is not None:
        wish["country_code"] = country_code
    with asking(where) as ask:
        answer.fields(where, ask("org.set", name=name, wish=wish))


@org.command("list")
@everywhere
def list_orgs(where: Where) -> None:
    """List organisations."""
    answer.table(where, ["id", "name", "created_at", "body_days", "country_code"], "org.list")
