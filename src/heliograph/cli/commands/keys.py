"""The command `key`: the keys that seal what has to be read again, such as signing secrets."""

import click

from heliograph.cli import answer
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where


@click.group()
def key() -> None:
    """Keys that seal secrets: show, rotate, prune; new where they are lost."""


def _ask(where: Where, verb: str) -> None:
    with asking(where) as ask:
        answer.fields(where, ask(verb))


@key.command("show")
@everywhere
def show_keys(where: Where) -> None:
    """How many keys there are, and what they seal. The keys themselves are never shown."""
    _ask(where, "key.show")


@key.command("new")
@everywhere
def new_key(where: Where) -> None:
    """Make a key where secret.key is lost for good. What it sealed stays closed: set those secrets anew."""
    from heliograph.app.key_check import make_key
    from heliograph.runtime.lock import take

    where.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with take(where.data):
        newest = make_key(where.data)
    answer.line(where, {"newest": newest}, newest)


@key.command()
@everywhere
def rotate(where: Where) -> None:
    """Make a new key and seal all secrets with it. The server may run on.

    The old key stays in the ring, so that nothing is lost if this is broken off: run it again then. With
    the keys in HELIOGRAPH_KEY, put a new one in front there, start anew, and run this.
    """
    _ask(where, "key.rotate")


@key.command()
@everywhere
def prune(where: Where) -> None:
    """Take all keys but the newest out. Logins from before the last rotation end.

    Backups from before it need the old keys: keep a copy of secret.key with them.
    """
    _ask(where, "key.prune")
