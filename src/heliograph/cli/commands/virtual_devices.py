"""The command `simulator`: drives virtual devices, as if each lay in your hand."""

from typing import Any

import click

from heliograph.cli import answer, show, times
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where


@click.group()
def simulator() -> None:
    """Drive the virtual devices. Without a server, `set STATE` and `crowd` are for the next start; for the
    others the network lives as long as the command.
    """


def _one(where: Where, document: dict[str, Any]) -> None:
    if where.json:
        show.as_json(document)
        return
    sending, refused = document.pop("sending"), document.pop("refused")
    readings = [f"{name} {value:g}" for name, value in document.pop("readings").items()]
    show.fields({**document, "readings": readings or None})
    for line in [*map(_letter, sending), *map(_refused, refused)]:
        show.line(line)


@simulator.command("show")
@click.argument("device")
@everywhere
def show_device(where: Where, device: str) -> None:
    """How a virtual device is."""
    with asking(where, engine=True) as ask:
        _one(where, ask("simulator.show", device=device))


def _letter(sms: dict[str, Any]) -> str:
    return f"sending to {sms['to']}, {sms['tries']} tries failed so far: {sms['text']}"


def _refused(sms: dict[str, Any]) -> str:
    then = ", given up" if sms["given_up"] else ""
    why = f"{sms['reason']} (cause {sms['cause']})"
    return f"refused {times.shown(sms['at'])} UTC to {sms['to']}, {why}{then}: {sms['text']}"


@simulator.command("set")
@click.argument("device")
@click.argument("state", required=False)
@click.option("--reading", help="NAME=VALUE: what it measures from now on.")
@everywhere
def set_device(where: Where, device: str, state: str | None, reading: str | None) -> None:
    """Put a device into STATE (see `profiles`): attached, detached, no coverage, memory full, a fault."""
    if (state is None) == (reading is None):
        raise click.UsageError("Say a state, or --reading NAME=VALUE.")
    with asking(where, engine=state is None) as ask:
        if state is not None:
            document = ask("simulator.state", device=device, state=state)
            _next(where, device, document) if "next_start" in document else _one(where, document)
        else:
            name, value = _reading(reading or "")
            _one(where, ask("simulator.reading", device=device, reading=name, value=value))


def _next(where: Where, device: str, kept: dict[str, Any]) -> None:
    """How the next start finds it."""
    if where.json:
        show.as_json(kept)
        return
    memory = ", its memory full" if kept["memory"] == "full" else ""
    fault = f", its network answering {kept['fault']}" if kept["fault"] else ""
    coverage = kept["coverage"].replace("_", " ")
    show.line(f"No server runs. The next one finds {device} {coverage}{memory}{fault}.")


def _reading(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE.") from None


@simulator.command()
@click.argument("device")
@click.argument("to")
@click.argument("text")
@everywhere
def send(where: Where, device: str, to: str, text: str) -> None:
    """Type an SMS at the device."""
    with asking(where, engine=True) as ask:
        sent = ask("simulator.send", device=device, to=to, text=text)
    answer.line(where, sent, _fate(sent["sms"], to))
    if sent["sms"]["state"] == "refused":
        raise click.exceptions.Exit(1)


def _fate(sms: dict[str, Any], to: str) -> str:
    if sms["state"] == "refused":
        return f"The network refused the SMS to {to}: {sms['reason']} (cause {sms['cause']})."
    if sms["state"] == "accepted":
        return f"The network accepted the SMS to {to}."
    return f"The device keeps the SMS to {to} and goes on trying; {sms['tries']} tries failed so far."


@simulator.command()
@click.argument("device")
@everywhere
def inbox(where: Where, device: str) -> None:
    """What the device has read, oldest first."""
    with asking(where, engine=True) as ask:
        found = ask("simulator.inbox", device=device)["inbox"]
    if where.json:
        show.as_json(found)
        return
    rows = [[times.shown(sms["at"]), sms["source"], sms.get("text", sms.get("hex"))] for sms in found]
    show.table(["at (UTC)", "from", "text"], rows)


@simulator.command()
@click.argument("device")
@click.argument("profile")
@everywhere
def assign(where: Where, device: str, profile: str) -> None:
    """Give a device a profile, for now and for every start to come."""
    with asking(where, engine=True) as ask:
        _one(where, ask("simulator.assign", device=device, profile=profile))


@simulator.command()
@click.argument("state")
@click.option("--tag", help="Only devices with this tag.")
@click.option("--per-second", type=float, help="So many a second instead of all at once.")
@everywhere
def crowd(where: Where, state: str, tag: str | None, per_second: float | None) -> None:
    """Put all devices of the organisation into STATE."""
    with asking(where) as ask:
        begun = ask("simulator.crowd", state=state, tag=tag, per_second=per_second)
    if where.json:
        show.as_json(begun)
        return
    if "next_start" in begun:
        many = "1 device" if begun["devices"] == 1 else f"{begun['devices']} devices"
        show.line(f"No server runs. The next one starts with {many} put into {state}.")
        return
    pace = f"over {begun['seconds']:.0f} s" if begun["seconds"] else "at once, as fast as they take it"
    show.line(f"{begun['devices']} devices go into {state}, {pace}.")


@simulator.command()
@click.option("--reload", is_flag=True, help="Read the files anew first.")
@everywhere
def profiles(where: Where, reload: bool) -> None:
    """List the profiles, and the states that a device can be put into."""
    found: list[dict[str, Any]] = []
    with asking(where, engine=True) as ask:
        reloaded = ask("simulator.reload") if reload else {"errors": []}
        ended = ask("simulator.profiles", on_item=found.append)
    if where.json:
        show.as_json({"profiles": found, "states": ended["states"], "errors": reloaded["errors"]})
        return
    for error in reloaded["errors"]:
        show.note(f"{error['file']}: {error['where']}: {error['what']}")
    show.table(["profile", "what it is"], [[row["name"], row["description"]] for row in found])
    show.line(f"states: {', '.join(ended['states'])}")
