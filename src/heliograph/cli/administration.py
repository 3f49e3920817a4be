"""The commands about organisations, policies, tokens and events."""

import time
from typing import Any

import click

from heliograph.cli import show, times
from heliograph.cli.ask import asking
from heliograph.cli.firewall import firewall_of
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where

NO_LIMIT = "none"
INTERFACES = {"rest": 1, "smpp": 2, "console": 3}  # as the core counts them
ALL_SCOPES = (
    "sms:send",
    "sms:read",
    "device:read",
    "device:write",
    "policy:read",
    "policy:write",
    "event:read",
    "callback:read",
    "callback:write",
    "user:read",
    "user:write",
    "token:read",
    "token:write",
    "organisation:read",
    "admin",
)


def now() -> int:
    return time.time_ns() // 1_000_000


def _listed(where: Where, verb: str, columns: list[str], **arguments: Any) -> None:
    with asking(where) as ask:
        if where.json:
            ask(verb, on_item=show.as_json, **arguments)
            return
        found = ask.items(verb, **arguments)
    show.table(columns, [[show.field(column, row[column]) for column in columns] for row in found])


def _one(where: Where, document: Any) -> None:
    if where.json:
        show.as_json(document)
    else:
        show.fields(document)


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
    show.as_json(made) if where.json else show.line(str(made["id"]))


@org.command("show")
@click.argument("name")
@everywhere
def show_org(where: Where, name: str) -> None:
    """Show one organisation."""
    with asking(where) as ask:
        _one(where, ask("org.show", name=name))


@org.command("set")
@click.argument("name")
@click.option("--body-days", required=True, help=f"How long texts of final messages stay, or {NO_LIMIT}.")
@everywhere
def set_org(where: Where, name: str, body_days: str) -> None:
    """Change an organisation."""
    if body_days != NO_LIMIT and not (body_days.isascii() and body_days.isdecimal()):
        raise click.BadParameter(f"--body-days: {body_days!r} is neither a number nor {NO_LIMIT}.")
    with asking(where) as ask:
        _one(where, ask("org.set", name=name, body_days=None if body_days == NO_LIMIT else int(body_days)))


@org.command("list")
@everywhere
def list_orgs(where: Where) -> None:
    """List organisations."""
    _listed(where, "org.list", ["id", "name", "created_at", "body_days"])


@click.group()
def token() -> None:
    """Tokens: with what applications show who they are."""


@token.command("create")
@click.option("--name", default="application", show_default=True)
@click.option("--scope", "scopes", multiple=True, type=click.Choice(ALL_SCOPES), help="May be repeated.")
@click.option("--expires", help="Until: +30d or 2026-05-01T00:00Z.")
@click.option("--ip", "networks", multiple=True, help="Only from there: 192.0.2.0/24. May be repeated.")
@everywhere
def create_token(
    where: Where, name: str, scopes: tuple[str, ...], expires: str | None, networks: tuple[str, ...]
) -> None:
    """Create a token and print it, and nothing else. It cannot be shown again."""
    wanted = scopes or ("sms:send", "sms:read", "device:read")
    expires_at = times.at(expires, now()) if expires else None
    with asking(where, founds=True) as ask:
        made = ask("token.create", name=name, scopes=wanted, expires_at=expires_at, networks=networks)
    show.as_json(made) if where.json else show.line(made["secret"])


@token.command("list")
@everywhere
def list_tokens(where: Where) -> None:
    """List tokens, without their secrets."""
    _listed(
        where, "token.list", ["id", "name", "scopes", "created_at", "expires_at", "revoked_at", "networks"]
    )


@token.command("revoke")
@click.argument("token_id", type=int, metavar="TOKEN")
@everywhere
def revoke_token(where: Where, token_id: int) -> None:
    """End a token at once."""
    with asking(where) as ask:
        _one(where, ask("token.revoke", token=token_id))


@click.group()
def policy() -> None:
    """Policies: who may send what to whom, how much a month, at which price."""


policy.add_command(firewall_of("policy"))


@policy.command("list")
@everywhere
def list_policies(where: Where) -> None:
    """List policies."""
    columns = ["id", "name", "mt", "mo", "p2p_internal", "p2p_external", "mt_limit", "mo_limit", "quota"]
    _listed(where, "policy.list", [*columns, "price_mt", "price_mo", "application"])


@policy.command("show")
@click.argument("key", metavar="POLICY")
@everywhere
def show_policy(where: Where, key: str) -> None:
    """Show one policy."""
    with asking(where) as ask:
        _one(where, ask("policy.show", policy=key))


def wishes(command: Any) -> Any:
    """The options of `create` and `set`, gathered as the argument `wish`."""
    on_off = click.Choice(["on", "off"])
    for name in ("--mo", "--mt", "--p2p-internal", "--p2p-external", "--quota"):
        command = click.option(name, type=on_off)(command)
    for name in ("--mo-limit", "--mt-limit"):
        command = click.option(name, help=f"SMS a month, or {NO_LIMIT}.")(command)
    for name in ("--price-mo", "--price-mt"):
        command = click.option(name, type=int, help="Millionths a segment.")(command)
    for name in ("--p2p-received-per-minute", "--p2p-sent-per-day"):
        command = click.option(name, type=int)(command)
    command = click.option("--mo-per-part", type=on_off, help="One call for each part of a long SMS.")(
        command
    )
    command = click.option("--interface", type=click.Choice(list(INTERFACES)), help="Where it is heard.")(
        command
    )
    command = click.option("--description", help="In your own words.")(command)
    return click.option("--application", help=f"Who receives what its devices send, or {NO_LIMIT}.")(command)


def _wish(options: dict[str, Any]) -> dict[str, Any]:
    return {name: _wished(name, value) for name, value in options.items() if value is not None}


def _wished(name: str, value: Any) -> Any:
    if name in ("name", "description"):
        return value
    if name == "interface":
        return INTERFACES[value]
    if value == NO_LIMIT:
        return None
    if value in ("on", "off"):
        return int(value == "on")
    if name.endswith("_limit"):
        if not value.isdecimal():
            raise click.BadParameter(
                f"--{name.replace('_', '-')}: {value!r} is neither a number nor {NO_LIMIT}."
            )
        return int(value)
    return value


@policy.command("create")
@click.argument("key", metavar="NAME")
@wishes
@everywhere
def create_policy(where: Where, key: str, **wish: Any) -> None:
    """Create a policy; what is not said is on and without limit."""
    with asking(where, founds=True) as ask:
        _one(where, ask("policy.create", policy=key, wish=_wish(wish)))


@policy.command("set")
@click.argument("key", metavar="POLICY")
@click.option("--name", help="Another name.")
@wishes
@everywhere
def set_policy(where: Where, key: str, **wish: Any) -> None:
    """Change a policy. It is in force at once, for what waits too."""
    wanted = _wish(wish)
    if not wanted:
        raise click.UsageError("Say what to change.")
    with asking(where) as ask:
        _one(where, ask("policy.set", policy=key, wish=wanted))


@policy.command("delete")
@click.argument("key", metavar="POLICY")
@everywhere
def delete_policy(where: Where, key: str) -> None:
    """Delete a policy that no device has."""
    with asking(where) as ask:
        gone = ask("policy.delete", policy=key)
    show.as_json(gone) if where.json else show.line(f"The policy {gone['name']} is deleted.")


@click.command()
@click.option("--since", help="1h, 2d, or 2026-05-01T08:00Z.")
@click.option("--limit", type=click.IntRange(min=1, max=500), default=50, show_default=True)
@everywhere
def events(where: Where, since: str | None, limit: int) -> None:
    """What happened that people should know, newest first."""
    moment = times.since(since, now()) if since else None
    columns = ["at", "severity", "type", "device_name", "message", "detail"]
    _listed(where, "event.list", columns, since=moment, limit=limit)
