"""The command `account`: applications that bind to us by SMPP."""

import sys
from typing import Any

import click

from heliograph.cli import answer, show
from heliograph.cli.ask import asking
from heliograph.cli.options import NO_LIMIT, ON_OFF, changes, everywhere, given, number_or_none, switch
from heliograph.cli.tracing import trace_of
from heliograph.cli.where import Where

COLUMNS = ["id", "system_id", "enabled", "bound", "binds", "window", "rate_per_s", "networks", "created_at"]
BIND_COLUMNS = ["number", "bind", "address", "since", "unanswered", "window", "received", "errors", "error"]


@click.group()
def account() -> None:
    """SMPP accounts: applications that bind to send and to receive."""


account.add_command(trace_of("account"))


def wishes(command: Any) -> Any:
    """The options of `create` and `set`."""
    about = "May send to phones outside the fleet, where a route leads there."
    command = click.option("--external", type=ON_OFF, help=about)(command)
    about = "Each segment of a long SMS by itself, with a header or sar_* parameters."
    command = click.option("--mo-per-part", type=click.Choice(["no", "udh", "sar"]), help=about)(command)
    for name, about in (
        ("--most-waiting", "What may wait for it; beyond, the oldest are given up."),
        ("--payload-from", "Octets; a longer text travels in message_payload."),
        ("--their-window", "Unanswered submits of one session."),
        ("--window", "Unanswered deliver_sm of one session."),
        ("--most-binds", "Sessions at a time."),
    ):
        command = click.option(name, type=int, help=about)(command)
    command = click.option("--receipt-coding", help="ascii, latin1 or ucs2: the text of receipts.")(command)
    command = click.option("--source", help="The sender where a submit names none.")(command)
    command = click.option("--rate-per-s", help=f"Submits a second, or {NO_LIMIT}.")(command)
    command = click.option("--binds", help="Bind types: trx,tx,rx.")(command)
    return click.option("--ip", multiple=True, help="An address or range to bind from; repeatable; or all.")(
        command
    )


def _wish(options: dict[str, Any]) -> dict[str, Any]:
    wish = {name: _wished(name, value) for name, value in given(options).items() if name != "ip"}
    if options.get("ip"):
        wish["networks"] = [one for one in options["ip"] if one != "all"]
    return wish


def _wished(name: str, value: Any) -> Any:
    if name in ("external", "enabled"):
        return switch(value)
    return number_or_none(name, value) if name == "rate_per_s" else value


@account.command("create")
@click.argument("system_id")
@click.option("--stdin", is_flag=True, help="Read the password from standard input: its first line.")
@wishes
@everywhere
def create(where: Where, system_id: str, stdin: bool, **wish: Any) -> None:
    """Create an account and print its password, and nothing else. It cannot be shown again."""
    password, hashed = _password(stdin)
    wanted = {**_wish(wish), "system_id": system_id, "password": hashed}
    with asking(where, founds=True) as ask:
        made = ask("account.create", account=system_id, wish=wanted)
    shown = {} if stdin else {"password": password}
    answer.line(where, {**made, **shown}, f"The account {system_id} is made." if stdin else password)


@account.command("list")
@everywhere
def list_all(where: Where) -> None:
    """List accounts, and how many sessions of each are bound."""
    answer.table(where, COLUMNS, "account.list")


@account.command("show")
@click.argument("key", metavar="ACCOUNT")
@everywhere
def show_one(where: Where, key: str) -> None:
    """Show one account."""
    with asking(where) as ask:
        answer.fields(where, ask("account.show", account=key))


@account.command("set")
@click.argument("key", metavar="ACCOUNT")
@click.option("--system-id", help="Another name.")
@click.option("--enabled", type=ON_OFF, help="Off: nobody binds, whoever is bound leaves.")
@wishes
@everywhere
def change(where: Where, key: str, **wish: Any) -> None:
    """Change an account. Whoever is bound stays, unless the change says otherwise."""
    wanted = _wish(changes({**wish, "ip": wish["ip"] or None}))
    with asking(where) as ask:
        answer.fields(where, ask("account.set", account=key, wish=wanted))


@account.command("password")
@click.argument("key", metavar="ACCOUNT")
@click.option("--stdin", is_flag=True, help="Read the new password from standard input: its first line.")
@everywhere
def password(where: Where, key: str, stdin: bool) -> None:
    """Set a new password and print it, and nothing else. Whoever is bound has to bind again."""
    chosen, hashed = _password(stdin)
    with asking(where) as ask:
        changed = ask("account.set", account=key, wish={"password": hashed})
    text = f"The password of {changed['system_id']} is changed." if stdin else chosen
    answer.line(where, {**changed, **({} if stdin else {"password": chosen})}, text)


@account.command("delete")
@click.argument("key", metavar="ACCOUNT")
@click.option("--fail-waiting", is_flag=True, help="What waits for it ends.")
@everywhere
def delete(where: Where, key: str, fail_waiting: bool) -> None:
    """Delete an account that no policy names and for which nothing waits."""
    with asking(where) as ask:
        gone = ask("account.delete", account=key, fail_waiting=fail_waiting or None)
    answer.line(where, gone, f"The account {gone['system_id']} is deleted.")


@account.command("binds")
@click.argument("key", metavar="ACCOUNT")
@everywhere
def binds(where: Where, key: str) -> None:
    """List the sessions that are bound: who, from where, since when."""
    with asking(where) as ask:
        found = ask.items("account.binds", account=key)
    if where.json:
        for row in found:
            show.as_json(row)
        return
    show.table(BIND_COLUMNS, [[show.field(column, row[column]) for column in BIND_COLUMNS] for row in found])


@account.command("unbind")
@click.argument("key", metavar="ACCOUNT")
@click.argument("number", type=int)
@everywhere
def unbind(where: Where, key: str, number: int) -> None:
    """Tell the session NUMBER, as `account binds` lists it, to leave."""
    with asking(where) as ask:
        told = ask("account.unbind", account=key, bind=number)
    answer.line(where, told, f"Session {number} was told to leave.")


def _password(stdin: bool) -> tuple[str, str]:
    """It, and its hash."""
    from heliograph.core.smpp_account import LONGEST_PASSWORD, bad_password
    from heliograph.runtime.passwords import hash_of_password, new_short_password

    chosen = sys.stdin.readline(LONGEST_PASSWORD + 2).rstrip("\r\n") if stdin else new_short_password()
    refusal = bad_password(chosen)
    if refusal is not None:
        raise click.UsageError(refusal.reason)
    return chosen, hash_of_password(chosen)
