"""The command `user`: those who log in by password."""

import sys

import click

from heliograph.cli import answer
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where


@click.group()
def user() -> None:
    """Users: those who log in by password."""


@user.command()
@click.argument("name")
@click.option("--stdin", is_flag=True, help="Read the new password from standard input: its first line.")
@everywhere
def password(where: Where, name: str, stdin: bool) -> None:
    """Set a new password for NAME and print it, and nothing else. It cannot be shown again."""
    from heliograph.runtime.passwords import hash_of_password, new_password

    chosen = _read() if stdin else new_password()
    with asking(where) as ask:
        changed = ask("user.password", account=name, password=hash_of_password(chosen))
    shown = {} if stdin else {"password": chosen}
    text = f"The password of {name} is changed." if stdin else chosen
    answer.line(where, {**changed, **shown}, text)


@user.command("forget-codes")
@click.argument("name")
@everywhere
def forget_codes(where: Where, name: str) -> None:
    """NAME lost the authenticator: delete its keys, so that it logs in by password alone."""
    with asking(where) as ask:
        gone = ask("user.forget_codes", account=name)
    answer.line(where, gone, f"{name} logs in without a code.")


def _read() -> str:
    from heliograph.runtime.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD

    try:
        line = sys.stdin.readline(LONGEST_PASSWORD + 2).rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.UsageError("A password is UTF-8 text.") from None
    if not SHORTEST_PASSWORD <= len(line) <= LONGEST_PASSWORD:
        raise click.UsageError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    return line
