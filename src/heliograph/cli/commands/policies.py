"""The command `policy`: who may send what to whom, how much a month, at which price."""

from typing import Any

import click

from heliograph.cli import answer
from heliograph.cli.ask import asking
from heliograph.cli.commands.firewalls import firewall_of
from heliograph.cli.options import NO_LIMIT, ON_OFF, changes, everywhere, given, number_or_none, switch
from heliograph.cli.where import Where

SWITCHES = ("mo", "mt", "p2p_internal", "p2p_external", "quota", "mo_per_part")
INTERFACES = {"rest": 1, "smpp": 2, "console": 3}  # as the core counts them


@click.group()
def policy() -> None:
    """Policies: who may send what to whom, how much a month, at which price."""


policy.add_command(firewall_of("policy"))


@policy.command("list")
@everywhere
def list_policies(where: Where) -> None:
    """List policies."""
    columns = ["id", "name", "mt", "mo", "p2p_internal", "p2p_external", "mt_limit", "mo_limit", "quota"]
    answer.table(where, [*columns, "price_mt", "price_mo", "application"], "policy.list")


@policy.command("show")
@click.argument("key", metavar="POLICY")
@everywhere
def show_policy(where: Where, key: str) -> None:
    """Show one policy."""
    with asking(where) as ask:
        answer.fields(where, ask("policy.show", policy=key))


def wishes(command: Any) -> Any:
    """The options of `create` and `set`, gathered as the argument `wish`."""
    for name in ("--mo", "--mt", "--p2p-internal", "--p2p-external", "--quota"):
        command = click.option(name, type=ON_OFF)(command)
    for name in ("--mo-limit", "--mt-limit"):
        command = click.option(name, help=f"SMS a month, or {NO_LIMIT}.")(command)
    for name in ("--price-mo", "--price-mt"):
        command = click.option(name, type=int, help="Millionths a segment.")(command)
    for name in ("--p2p-received-per-minute", "--p2p-sent-per-day"):
        command = click.option(name, type=int)(command)
    command = click.option("--mo-per-part", type=ON_OFF, help="One call for each part of a long SMS.")(
        command
    )
    command = click.option("--interface", type=click.Choice(list(INTERFACES)), help="Where it is heard.")(
        command
    )
    command = click.option("--description", help="In your own words.")(command)
    command = click.option("--smpp-account", help=f"Who receives it by SMPP, or {NO_LIMIT}.")(command)
    return click.option("--application", help=f"Who receives what its devices send, or {NO_LIMIT}.")(command)


def _wish(options: dict[str, Any]) -> dict[str, Any]:
    """Whoever names an account means SMPP."""
    wish = {name: _wished(name, value) for name, value in options.items()}
    if wish.get("smpp_account") is not None:
        wish.setdefault("interface", INTERFACES["smpp"])
    return wish


def _wished(name: str, value: Any) -> Any:
    if name in SWITCHES:
        return switch(value)
    if name.endswith("_limit"):
        return number_or_none(name, value)
    if name == "interface":
        return INTERFACES[value]
    if name in ("application", "smpp_account") and value == NO_LIMIT:
        return None
    return value


@policy.command("create")
@click.argument("key", metavar="NAME")
@wishes
@everywhere
def create_policy(where: Where, key: str, **wish: Any) -> None:
    """Create a policy; what is not said is on and without limit."""
    with asking(where, founds=True) as ask:
        answer.fields(where, ask("policy.create", policy=key, wish=_wish(given(wish))))


@policy.command("set")
@click.argument("key", metavar="POLICY")
@click.option("--name", help="Another name.")
@wishes
@everywhere
def set_policy(where: Where, key: str, **wish: Any) -> None:
    """Change a policy. It is in force at once, for what waits too."""
    wanted = _wish(changes(wish))
    with asking(where) as ask:
        answer.fields(where, ask("policy.set", policy=key, wish=wanted))


@policy.command("delete")
@click.argument("key", metavar="POLICY")
@everywhere
def delete_policy(where: Where, key: str) -> None:
    """Delete a policy that no device has."""
    with asking(where) as ask:
        gone = ask("policy.delete", policy=key)
    answer.line(where, gone, f"The policy {gone['name']} is deleted.")
