"""The commands about SIMs."""

from pathlib import Path
from typing import Any

import click

from heliograph.cli import show
from heliograph.cli.ask import asking
from heliograph.cli.importing import import_rows
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where

COLUMNS = ("iccid", "imsi", "msisdn", "bic", "status")  # of a file to import
SHOWN = ("id", "iccid", "imsi", "msisdn", "bic", "status", "device")
ROWS_SHOWN = 100  # for people, unless they say how many
STATUSES = ("issued", "activated")


@click.group()
def sim() -> None:
    """SIMs: what devices are known by."""


@sim.command()
@click.argument("iccid")
@click.option("--imsi", default="", help="Its 15 digits.")
@click.option("--msisdn", default="", help="Its number, with the country code.")
@click.option("--bic", default="", help="The code of its batch.")
@click.option("--status", type=click.Choice(STATUSES), default=STATUSES[0], show_default=True)
@everywhere
def add(where: Where, **row: str) -> None:
    """Add one SIM."""
    from heliograph.core.refusal import Refusal
    from heliograph.interfaces.control.client import Refused

    with asking(where, founds=True) as ask:
        made = ask("sim.add", rows=[row])[0]
    if isinstance(made, dict):
        raise Refused(Refusal(**made))
    if where.json:
        show.as_json({"id": made, "iccid": row["iccid"]})
    else:
        show.line(str(made))


@sim.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@everywhere
def import_sims(where: Where, file: Path) -> None:
    """Add the SIMs of a CSV file: iccid,imsi,msisdn,bic,status.

    Good rows are kept, bad ones reported with their line numbers; the exit code is 1 when there was one.
    """
    import_rows(where, file, "sim.add", COLUMNS, ("iccid",))


@sim.command("list")
@click.option("--search", help="In ICCID.")
@click.option("--bic", help="Of this batch.")
@click.option("--free", is_flag=True, help="Only those without a device.")
@click.option(
    "--limit", type=click.IntRange(min=1), help=f"At most so many (default {ROWS_SHOWN}; JSON: all)."
)
@everywhere
def list_sims(where: Where, limit: int | None, **wanted: Any) -> None:
    """List SIMs in the order in which they came."""
    found: list[dict[str, Any]] = []
    with asking(where) as ask:
        if where.json:
            ask("sim.list", on_item=show.as_json, limit=limit, **wanted)
            return
        listed = ask("sim.list", on_item=found.append, limit=limit or ROWS_SHOWN, **wanted)
    show.table(SHOWN, [[row[column] for column in SHOWN] for row in found])
    if listed["more"]:
        show.note(f"... and {listed['more']} more; --limit shows them.")
