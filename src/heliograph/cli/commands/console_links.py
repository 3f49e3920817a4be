"""The command `console-link`: with what third parties send SMS to chosen devices."""

import click

from heliograph.cli import answer, times
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where
from heliograph.core.console import USUAL_AN_HOUR, bad_pin

COLUMNS = ["id", "name", "status", "tag", "devices", "commands", "free_text", "rate", "pin", "expires_at"]


@click.group()
def console_link() -> None:
    """Links to the third-party console: who has one sends SMS to chosen devices."""


@console_link.command("create")
@click.argument("name")
@click.option("--expires", required=True, help="Until: +30d or 2026-05-01T00:00Z, within a year.")
@click.option("--device", "devices", multiple=True, help="By name, number or id. May be repeated.")
@click.option("--tag", default="", help="Instead: all devices with this tag.")
@click.option("--command", "commands", multiple=True, metavar="LABEL=TEXT", help="May be repeated.")
@click.option("--free-text", is_flag=True, help="Anything may be written.")
@click.option("--rate", default=USUAL_AN_HOUR, show_default=True, help="SMS in an hour, for the whole link.")
@click.option("--ask-pin", is_flag=True, help="Ask for a PIN that opens it, of 4 to 12 digits.")
@click.option("--source", default="", help="The sender that devices see.")
@everywhere
def create(
    where: Where,
    name: str,
    expires: str,
    devices: tuple[str, ...],
    tag: str,
    commands: tuple[str, ...],
    free_text: bool,
    rate: int,
    ask_pin: bool,
    source: str,
) -> None:
    """Create a link and print what opens it, and nothing else. It cannot be shown again."""
    wanted = [dict(zip(("label", "text"), _split(one), strict=True)) for one in commands]
    expires_at = times.at(expires, times.now())
    with asking(where) as ask:
        made = ask(
            "console_link.create",
            name=name,
            expires_at=expires_at,
            devices=devices,
            tag=tag,
            commands=wanted,
            free_text=free_text,
            rate=rate,
            password=_pin() if ask_pin else "",
            source=source,
        )
    answer.line(where, made, f"/console{'?pin' if made['pin'] else ''}#{made['secret']}")


def _split(command: str) -> tuple[str, str]:
    label, mark, text = command.partition("=")
    if not mark:
        raise click.UsageError(f"--command {command!r} is no LABEL=TEXT.")
    return label, text


def _pin() -> str:
    """Its hash: the PIN goes nowhere."""
    from heliograph.runtime.passwords import hash_of_password  # slow to import, and needed here alone

    pin: str = click.prompt("PIN", hide_input=True, confirmation_prompt=True)
    refusal = bad_pin(pin)
    if refusal is not None:
        raise click.UsageError(refusal.reason)
    return hash_of_password(pin)


@console_link.command("list")
@everywhere
def list_all(where: Where) -> None:
    """List links, without what opens them."""
    answer.table(where, COLUMNS, "console_link.list")


@console_link.command("revoke")
@click.argument("id", type=int)
@everywhere
def revoke(where: Where, id: int) -> None:
    """End a link at once, for everybody who was let in by it."""
    with asking(where) as ask:
        gone = ask("console_link.revoke", link=id)
    answer.line(where, gone, f"The link {gone['name']} opens nothing any more.")
