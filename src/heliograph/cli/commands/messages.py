"""The commands about messages: send, messages, explain, cancel, change, preview."""

import sys
from typing import Any

import click

from heliograph.cli import answer, show, times
from heliograph.cli.ask import Asker, asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where

LONGEST_SHOWN = 60


@click.command()
@click.argument("device")
@click.argument("text", required=False)
@click.option("--from", "source", default="", help="The sender that the device sees.")
@click.option("--validity", help="How long it may take: 90s, 30m, 1d (default 1d).")
@click.option("--at", "due", help="When to send: 2026-05-01T08:00Z or +10m.")
@click.option("--priority", type=click.IntRange(0, 3), default=0, help="0 to 3; higher goes first.")
@click.option("--binary", metavar="HEX", help="Octets instead of a text.")
@click.option("--flash", is_flag=True, help="Shown at once (class 0).")
@click.option("--alphabet", type=click.Choice(["gsm7", "ucs2"]), help="Instead of the automatic choice.")
@click.option("--national", is_flag=True, help="National shift tables may be used.")
@click.option("--class", "message_class", type=click.IntRange(0, 3), help="0 flash, 1 ME, 2 SIM, 3 TE.")
@click.option("--dcs", type=click.IntRange(0, 255), help="The whole data coding scheme octet.")
@click.option("--pid", type=click.IntRange(0, 255), default=0, help="The protocol identifier; 64 is silent.")
@click.option("--port", type=click.IntRange(0, 65535), help="The application's port on the device.")
@click.option("--udh", default="", metavar="HEX", help="A user data header, with its length octet.")
@click.option("--replace-key", help="Takes the place of the waiting message with the same key.")
@click.option("--receipt", is_flag=True, help="The application hears of the end (see `listen`).")
@click.option("--once", is_flag=True, help="At most once: fail rather than repeat when unsure.")
@click.option("--wait", is_flag=True, help="Follow it to its final state; without a server, deliver it here.")
@everywhere
def send(
    where: Where,
    device: str,
    text: str | None,
    validity: str | None,
    due: str | None,
    wait: bool,
    **wish: Any,
) -> None:
    """Send TEXT (- reads it from standard input) to DEVICE: its name, number or id."""
    if (text is None) == (wish["binary"] is None):
        raise click.UsageError("Give either a TEXT or --binary HEX.")
    if text == "-":
        text = _typed()
    wish["validity_seconds"] = times.seconds(validity) if validity else None
    wish["not_before"] = times.due(due, times.now()) if due else None
    with asking(where, engine=wait) as ask:
        accepted = ask("message.send", device=device, text=text, **wish)
        if not wait:
            _say_accepted(where, accepted)
            return
        if not where.json:
            show.line(f"{accepted['id']} {accepted['state']} to {accepted['device_name']}")
        final = _follow(ask, where, accepted["id"])
    _say_final(where, final)


def _typed() -> str:
    """Standard input, as UTF-8 whatever the terminal says."""
    try:
        return sys.stdin.buffer.read().decode().removesuffix("\n")
    except UnicodeDecodeError:
        raise click.UsageError("Standard input is not UTF-8 text.") from None


def _say_accepted(where: Where, accepted: dict[str, Any]) -> None:
    segments = f", {accepted['segments']} segments" if accepted["segments"] > 1 else ""
    text = f"{accepted['id']} {accepted['state']} to {accepted['device_name']}{segments}"
    answer.line(where, accepted, text)


def _follow(ask: Asker, where: Where, message: int) -> dict[str, Any]:
    def hear(item: dict[str, Any]) -> None:
        if not where.json:
            show.note(f"{message} {item['state']}, attempts {item['attempts']}")

    final: dict[str, Any] = ask("message.wait", on_item=hear, message=message)
    return final


def _say_final(where: Where, final: dict[str, Any]) -> None:
    answer.line(where, final, f"{final['id']} {final['state']}{_because(final)}")
    if final["state"] != "DELIVERED":
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--device", help="To or from this device: name, number or id.")
@click.option("--state", help="pending, in-progress, buffered, delivered, failed, expired or canceled.")
@click.option("--direction", type=click.Choice(["mt", "mo", "p2p"], case_sensitive=False))
@click.option("--since", help="Accepted since: 1h, 2d, or 2026-05-01T08:00Z.")
@click.option("--text", help="With this in text, source or destination.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@everywhere
def messages(where: Where, since: str | None, **wanted: Any) -> None:
    """List messages, newest first."""
    moment = times.since(since, times.now()) if since else None
    with asking(where) as ask:
        if where.json:
            ask("message.list", on_item=show.as_json, since=moment, **wanted)
            return
        found = ask.items("message.list", since=moment, **wanted)
    show.table(
        ["id", "accepted (UTC)", "", "state", "from", "to", "text"],
        [
            [
                row["id"],
                times.shown(row["accepted_at"]),
                row["direction"],
                row["state"] + _because(row),
                _party(row["source"], row["origin_name"]),
                _party(row["destination"], row["device_name"]),
                _excerpt(row),
            ]
            for row in found
        ],
    )


def _because(row: dict[str, Any]) -> str:
    """Why it ended so, where the state does not say it all."""
    reason = row["reason"]
    return f" ({reason})" if reason and reason.upper() != row["state"] else ""


def _party(number: str, name: str | None) -> str:
    """A device by its name and number; others by their number alone."""
    return f"{name} {number}".rstrip() if name else number


def _excerpt(row: dict[str, Any]) -> str:
    if row["text"] is None:
        return "(text removed)" if row["octets"] is None else f"0x{row['octets']}"
    line = " ".join(row["text"].split())
    return line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 1] + "…"


@click.command()
@click.argument("message", type=int)
@everywhere
def explain(where: Where, message: int) -> None:
    """Tell a message's story: each step, each answer and what it means, what comes next."""
    with asking(where) as ask:
        told = ask("message.explain", message=message)
    if where.json:
        show.as_json(told)
        return
    sender = _party(told["source"], told["origin_name"])
    parties = f"{f'from {sender} ' if sender else ''}to {_party(told['destination'], told['device_name'])}"
    show.line(f"Message {told['id']}: {told['direction']} {told['state']}, {parties}")
    for sentence in told["story"]:
        when = times.shown(sentence["at"]) if sentence["at"] is not None else "now"
        show.line(f"{when:<19}  {sentence['text']}")


@click.command()
@click.argument("message", type=int)
@everywhere
def cancel(where: Where, message: int) -> None:
    """Take a message back, unless it is final or under way."""
    with asking(where) as ask:
        _say_state(where, ask("message.cancel", message=message))


@click.command()
@click.argument("message", type=int)
@click.option("--text", help="Other words.")
@click.option("--at", "due", help="Another time: 2026-05-01T08:00Z or +10m.")
@click.option("--validity", help="Another validity: 90s, 30m, 1d.")
@click.option("--priority", type=click.IntRange(0, 3))
@everywhere
def change(
    where: Where, message: int, text: str | None, due: str | None, validity: str | None, priority: int | None
) -> None:
    """Change a message that was never tried."""
    if (text, due, validity, priority) == (None, None, None, None):
        raise click.UsageError("Say what to change: --text, --at, --validity or --priority.")
    with asking(where) as ask:
        changed = ask(
            "message.change",
            message=message,
            text=text,
            not_before=times.due(due, times.now()) if due else None,
            validity_seconds=times.seconds(validity) if validity else None,
            priority=priority,
        )
    _say_state(where, changed)


def _say_state(where: Where, message: dict[str, Any]) -> None:
    answer.line(where, message, f"{message['id']} {message['state']}")


@click.command()
@click.argument("text")
@click.option("--alphabet", type=click.Choice(["gsm7", "ucs2"]), help="Instead of the automatic choice.")
@click.option("--national", is_flag=True, help="National shift tables may be used.")
@everywhere
def preview(where: Where, text: str, alphabet: str | None, national: bool) -> None:
    """How TEXT would travel: encoding, segments, characters left, and what forced it. Asks nobody."""
    from heliograph.cli.preview import fit_document

    document = fit_document(text, alphabet, national)
    if where.json:
        show.as_json(document)
    else:
        show.pairs([(name.replace("_", " "), value) for name, value in document.items()])
