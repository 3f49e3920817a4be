"""The commands about firewalls, beneath `policy` and `device`: rules travel as JSON, as the API has them."""

import json
from typing import IO, Any

import click

from heliograph.cli import answer
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where

MOST_RULES = 1 << 20  # characters of a file


def firewall_of(kind: str) -> click.Group:
    """The group `firewall` of policies or of devices."""

    @click.group(help=f"The rules of a {kind}: show, set.")
    def firewall() -> None:
        pass

    @firewall.command("show")
    @click.argument("key", metavar=kind.upper())
    @everywhere
    def show_rules(where: Where, key: str) -> None:
        """Show the rules as JSON, ready to be changed and set."""
        with asking(where) as ask:
            _shown(where, ask(f"{kind}.firewall.show", key=key))

    @firewall.command("set")
    @click.argument("key", metavar=kind.upper())
    @click.argument("file", type=click.File(encoding="utf-8"))
    @everywhere
    def set_rules(where: Where, key: str, file: IO[str]) -> None:
        """Set all rules from a FILE of JSON (-: the standard input). In force at once; {} takes them away."""
        with asking(where) as ask:
            _shown(where, ask(f"{kind}.firewall.set", key=key, rules=_read(file)))

    return firewall


def _read(file: IO[str]) -> Any:
    text = file.read(MOST_RULES + 1)
    if len(text) > MOST_RULES:
        raise click.UsageError(f"The rules are longer than {MOST_RULES} characters.")
    try:
        return json.loads(text)
    except ValueError as failure:
        raise click.UsageError(f"{file.name} is no JSON: {failure}.") from None


def _shown(where: Where, rules: Any) -> None:
    answer.line(where, rules, json.dumps(rules, indent=2, ensure_ascii=False))


@click.command("release")
@click.argument("key", metavar="DEVICE")
@everywhere
def release(where: Where, key: str) -> None:
    """Release a device that is held for an anomaly."""
    with asking(where) as ask:
        released = ask("device.firewall.release", key=key)
    answer.line(where, released, f"{released['device']} is released.")
