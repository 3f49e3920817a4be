"""The commands about SIMs."""

from pathlib import Path
from typing import Any

import click

from heliograph.cli import answer
from heliograph.cli.adding import add_row, import_rows
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where

COLUMNS = ("iccid", "imsi", "msisdn", "bic", "status")  # of a file to import
SHOWN = ["id", "iccid", "imsi", "msisdn", "bic", "status", "device"]
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
    add_row(where, "sim.add", row, "iccid")


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
    "--limit", type=click.IntRange(min=1), help=f"At most so many (default {answer.ROWS_SHOWN}; JSON: all)."
)
@everywhere
def list_sims(where: Where, limit: int | None, **wanted: Any) -> None:
    """List SIMs in the order in which they came."""
    answer.page(where, SHOWN, "sim.list", limit, **wanted)
