"""The command `token`: with what applications show who they are."""

import click

from heliograph.cli import answer, times
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where
from heliograph.core.organisation import SCOPES


@click.group()
def token() -> None:
    """Tokens: with what applications show who they are."""


@token.command("create")
@click.option("--name", default="application", show_default=True)
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="May be repeated.")
@click.option("--expires", help="Until: +30d or 2026-05-01T00:00Z.")
@click.option("--ip", "networks", multiple=True, help="Only from there: 192.0.2.0/24. May be repeated.")
@everywhere
def create_token(
    where: Where, name: str, scopes: tuple[str, ...], expires: str | None, networks: tuple[str, ...]
) -> None:
    """Create a token and print it, and nothing else. It cannot be shown again."""
    wanted = scopes or ("sms:send", "sms:read", "device:read")
    expires_at = times.at(expires, times.now()) if expires else None
    with asking(where, founds=True) as ask:
        made = ask("token.create", name=name, scopes=wanted, expires_at=expires_at, networks=networks)
    answer.line(where, made, made["secret"])


@token.command("list")
@everywhere
def list_tokens(where: Where) -> None:
    """List tokens, without their secrets."""
    answer.table(
        where, ["id", "name", "scopes", "created_at", "expires_at", "revoked_at", "networks"], "token.list"
    )


@token.command("revoke")
@click.argument("token_id", type=int, metavar="TOKEN")
@everywhere
def revoke_token(where: Where, token_id: int) -> None:
    """End a token at once."""
    with asking(where) as ask:
        answer.fields(where, ask("token.revoke", token=token_id))
