"""The commands of the installation: serve, check, config, backup."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import asdict

from heliograph.cli import answer, show
from heliograph.cli.ask import asking
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where

if TYPE_CHECKING:
    from heliograph.app.serving import Started

START_WAIT_SECONDS = 1.0  # a command may have the folder for a moment


@click.command()
@click.option("--demo", is_flag=True, help="On the first start, add a fleet of virtual devices.")
@everywhere
def serve(where: Where, demo: bool) -> None:
    """Run Heliograph on a data folder, until SIGTERM or Ctrl-C."""
    from heliograph.app import serving
    from heliograph.config import load
    from heliograph.runtime.lock import take
    from heliograph.runtime.log import start_logging

    config = load(where.config, os.environ).config
    start_logging(config.log.level)
    where.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = take(where.data, START_WAIT_SECONDS)

    def tell(started: "Started") -> None:
        show.as_json(started) if where.json else _tell(started)

    serving.run(serving.serve(config, where.data, lock, demo, tell))


def _tell(started: "Started") -> None:
    show.line("Heliograph runs.")
    show.pairs(
        [
            ("  data folder", started.data),
            ("  store", started.store),
            ("  control socket", started.socket),
            ("  portal", started.portal),
            ("  API", started.api),
            ("  its reference", started.reference),
            ("  SMPP", started.smpp),
            ("  organisation", started.organisation),
        ]
    )
    if started.devices_of_demo is not None:
        show.line(f"  demo fleet      {started.devices_of_demo} virtual devices; try: heliograph device list")
    if started.secrets is not None:
        show.line("Shown this once, kept nowhere in clear:")
        show.pairs(
            [
                ("  administrator", started.secrets.administrator),
                ("  password", started.secrets.password),
                ("  application token", started.secrets.token),
            ]
        )
    show.line("A first call:")
    show.line(f"  {started.call}")
    show.line("Stop with Ctrl-C.")


@click.command("config")
@click.option(
    "--explain", is_flag=True, help="What each setting is, its default, and where its value is from."
)
@everywhere
def config_command(where: Where, explain: bool) -> None:
    """Show the settings. They come from a TOML file (--config) and HELIOGRAPH_SECTION__FIELD."""
    from heliograph.config import load
    from heliograph.config.upstreams import offered

    settings = load(where.config, os.environ).settings
    if where.json:
        show.as_json([asdict(setting) for setting in settings])
    elif explain:
        for setting in settings:
            show.line(setting.name)
            show.line(f"    {setting.about}")
            show.line(f"    {_value(setting.value)}  ({setting.origin}; default {_value(setting.default)})")
        show.line("Tables for operators, as many as there are: [upstreams.NAME], and [[routes]]")
        for setting in offered():
            show.line(setting.name)
            show.line(f"    {setting.about}")
            show.line(f"    default {_value(setting.default)}")
    else:
        show.table(["setting", "value", "from"], [[s.name, _value(s.value), s.origin] for s in settings])


def _value(value: object) -> str:
    return '""' if value == "" else show.shown(value)


@click.command()
@everywhere
def check(where: Where) -> None:
    """Is this installation healthy? The exit code tells: 0 healthy, 1 not."""
    from heliograph.app.health import Finding, findings
    from heliograph.config import ConfigError, load

    try:
        config = load(where.config, os.environ).config
    except ConfigError as error:
        found = [Finding("settings", False, str(error))]
    else:
        found = [Finding("settings", True, "valid"), *findings(config, where.data)]
    healthy = all(finding.ok for finding in found)
    if where.json:
        show.as_json({"healthy": healthy, "findings": [asdict(finding) for finding in found]})
    else:
        show.table(["", "what", "finding"], [["ok" if f.ok else "BAD", f.what, f.finding] for f in found])
    if not healthy:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@everywhere
def backup(where: Where, folder: Path) -> None:
    """Copy the store into FOLDER. The server may run on."""
    with asking(where) as ask:
        made: dict[str, Any] = ask("backup", folder=str(folder.absolute()))
    answer.line(where, made, f"{made['path']} ({made['size_bytes']} bytes)")
