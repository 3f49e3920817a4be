"""The command `upstream`: operators' SMS centres that we bind to."""

import sys
from typing import Any

import click

from heliograph.cli import answer, show
from heliograph.cli.ask import asking
from heliograph.cli.options import NO_LIMIT, ON_OFF, changes, everywhere, given, number_or_none, switch
from heliograph.cli.tracing import trace_of
from heliograph.cli.where import Where
from heliograph.core.upstream_values import CHOICES, LONGEST_SECRET, RANGES, SWITCHES

COLUMNS = ["name", "host", "port", "enabled", "up", "binds", "window", "rate_per_s", "everyone", "origin"]
LINK_COLUMNS = ["number", "bind", "state", "since", "unanswered", "window", "failures", "error"]
_FILES = ("tls_ca", "tls_certificate", "tls_key")
_ABOUT = {
    "host": "Name or address of the SMS centre.",
    "port": "Its port.",
    "tls": "Over TLS.",
    "tls_verify": "Its certificate must be valid.",
    "tls_ca": f"File with the authorities to trust, or {NO_LIMIT}.",
    "tls_server_name": "Name in its certificate.",
    "tls_certificate": f"File with our certificate, or {NO_LIMIT}.",
    "tls_key": f"File with its key, or {NO_LIMIT}.",
    "system_id": "Our login there.",
    "system_type": "The system_type of the bind.",
    "bind_mode": "Transceivers, or a transmitter and a receiver each.",
    "binds": "Binds at a time.",
    "window": "Unanswered submits of each bind.",
    "interface_version": "SMPP version: 52 is 3.4, 80 is 5.0.",
    "destination_ton": "Type of number of destinations.",
    "destination_npi": "Numbering plan of destinations.",
    "destination_plus": "Destinations begin with +.",
    "long_form": "How long SMS travel.",
    "receipts": "How it tells of the end.",
    "id_format": "How receipts write message ids.",
    "service_type": "Where an SMS names none.",
    "repeats": "How a repeat is told.",
    "submit_fail": "What ESME_RSUBMITFAIL means.",
    "coding_0": "What data_coding 0 means.",
    "enquire_link_seconds": "Asked after so long a silence; 0: never.",
    "response_seconds": "How long it may take to answer.",
    "reconnect_seconds": "First pause before a lost bind is tried again.",
    "numbers": "That lead to our applications, as 12345=7, separated by spaces.",
    "octets": "It carries 8-bit data.",
    "ucs2": "It carries UCS-2 text.",
    "user_data_header": "It carries user data headers.",
    "segments": "Of the longest SMS that it carries.",
    "failover_seconds": "After so long away others carry what waits.",
    "shared": "Other organisations may lead routes to it.",
    "enabled": "Off: it is not connected.",
}


@click.group()
def upstream() -> None:
    """Upstreams: operators' SMS centres that we bind to."""


upstream.add_command(trace_of("upstream"))


def wishes(command: Any) -> Any:
    """The options of `create` and `set`."""
    for name, about in reversed(_ABOUT.items()):
        kind: Any = str
        if name in SWITCHES:
            kind = ON_OFF
        elif name in CHOICES:
            kind = click.Choice(CHOICES[name])
        elif name in RANGES:
            kind = click.IntRange(*RANGES[name])
        command = click.option(f"--{name.replace('_', '-')}", type=kind, help=about)(command)
    command = click.option("--rate-per-s", help=f"Submits a second, or {NO_LIMIT}.")(command)
    return click.option(
        "--sender", multiple=True, help="A rule that rewrites senders, as '49* -> +49*'; repeatable; or none."
    )(command)


def _wish(options: dict[str, Any]) -> dict[str, Any]:
    wish = {name: _wished(name, value) for name, value in given(options).items() if name != "sender"}
    if options.get("sender"):
        wish["source"] = "\n".join(rule for rule in options["sender"] if rule != "none")
    return wish


def _wished(name: str, value: Any) -> Any:
    if name in SWITCHES:
        return switch(value)
    if name in _FILES and value == NO_LIMIT:
        return ""
    return number_or_none(name, value) if name == "rate_per_s" else value


@upstream.command("create")
@click.argument("name")
@click.option("--stdin", is_flag=True, help="Read the password from standard input: its first line.")
@click.option("--everyone", is_flag=True, help="All organisations share it.")
@wishes
@everywhere
def create(where: Where, name: str, stdin: bool, everyone: bool, **wish: Any) -> None:
    """Create an upstream. A server that runs connects to it at once."""
    wanted = {"port": 2775, **_wish(wish)}
    if not everyone:
        wanted.setdefault("shared", 0)
    password = _read() if stdin else ""
    with asking(where, founds=True) as ask:
        made = ask("upstream.create", upstream=name, wish=wanted, password=password, everyone=everyone)
    answer.line(where, made, f"The upstream {name} is made.")


@upstream.command("list")
@everywhere
def list_all(where: Where) -> None:
    """List upstreams, and which of them are up."""
    answer.table(where, COLUMNS, "upstream.list")


@upstream.command("show")
@click.argument("key", metavar="UPSTREAM")
@everywhere
def show_one(where: Where, key: str) -> None:
    """Show one upstream, without its password."""
    with asking(where) as ask:
        answer.fields(where, ask("upstream.show", upstream=key))


@upstream.command("set")
@click.argument("key", metavar="UPSTREAM")
@wishes
@everywhere
def change(where: Where, key: str, **wish: Any) -> None:
    """Change an upstream. It binds anew where the change asks for that."""
    wanted = _wish(changes({**wish, "sender": wish["sender"] or None}))
    with asking(where) as ask:
        answer.fields(where, ask("upstream.set", upstream=key, wish=wanted))


@upstream.command("password")
@click.argument("key", metavar="UPSTREAM")
@click.option("--none", "is_none", is_flag=True, help="It asks for none.")
@everywhere
def password(where: Where, key: str, is_none: bool) -> None:
    """Set our password there: the first line of standard input."""
    with asking(where) as ask:
        changed = ask("upstream.set", upstream=key, password="" if is_none else _read())
    answer.line(where, changed, f"The password for {changed['name']} is changed.")


@upstream.command("delete")
@click.argument("key", metavar="UPSTREAM")
@click.option("--force", is_flag=True, help="With its routes; SMS that wait go another way, or fail.")
@everywhere
def delete(where: Where, key: str, force: bool) -> None:
    """Delete an upstream that no route leads to and for which nothing waits."""
    with asking(where) as ask:
        gone = ask("upstream.delete", upstream=key, force=force)
    answer.line(where, gone, f"The upstream {gone['name']} is deleted.")


@upstream.command("health")
@click.argument("key", metavar="UPSTREAM")
@everywhere
def health(where: Where, key: str) -> None:
    """Show how it does: its binds, what it answered, its receipts."""
    with asking(where) as ask:
        found = ask("upstream.health", upstream=key)
    if where.json:
        show.as_json(found)
        return
    links = found.pop("links")
    show.fields(found)
    if links:
        show.line()
        show.table(LINK_COLUMNS, [[show.field(name, link[name]) for name in LINK_COLUMNS] for link in links])


@upstream.command("test")
@click.argument("key", metavar="UPSTREAM")
@everywhere
def test(where: Where, key: str) -> None:
    """Try a bind now. The exit code tells: 0 bound, 1 not."""
    with asking(where) as ask:
        tried = ask("upstream.test", upstream=key)
    why = tried["status"] or tried["error"]
    name = f"Bound to {tried['system_id']}" if tried["system_id"] else "Bound; it does not name itself;"
    text = f"{name} in {tried['took_ms']} ms." if tried["ok"] else why
    answer.line(where, tried, text if tried["ok"] else f"Not bound ({tried['stage']}): {text}")
    if not tried["ok"]:
        raise click.exceptions.Exit(1)


def _read() -> str:
    return sys.stdin.readline(LONGEST_SECRET + 3).rstrip("\r\n")
