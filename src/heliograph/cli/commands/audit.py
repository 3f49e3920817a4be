"""The command `audit`: who changed what, and whether anybody has tampered with the record of it."""

from pathlib import Path
from typing import Any

import click

from heliograph.cli import answer, show
from heliograph.cli.ask import STORE_NAME
from heliograph.cli.options import everywhere
from heliograph.cli.where import Where


@click.group()
def audit() -> None:
    """The audit trail: every change that somebody made."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True)
@click.option("--before", type=click.IntRange(1), help="Only entries before this number.")
@click.option("--kind", help="Only of this kind: device, policy, token, …")
@click.option("--row", type=click.IntRange(0), help="Only of the thing with this id.")
@click.option("--actor", help="Only by this one: user:3, token:7, 'command line', …")
@click.option("--all", "whole", is_flag=True, help="Of all organisations, and of the installation itself.")
@everywhere
def list_entries(where: Where, **wanted: Any) -> None:
    """What was changed in the organisation, newest first."""
    columns = ["number", "at", "actor", "address", "action", "kind", "row", "before", "after"]
    answer.table(where, columns, "audit.list", **wanted)


@audit.command()
@click.option(
    "--since",
    metavar="NUMBER:HASH",
    help="A head that was noted earlier: all that it stands for must still be there.",
)
@click.option(
    "--backup",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Check this backup, and not the data folder.",
)
@everywhere
def verify(where: Where, since: str | None, backup: Path | None) -> None:
    """Is the chain whole? Prints its head: note it elsewhere, and check against it with --since.

    Works beside a running server. The exit code tells: 0 whole, 1 not.
    """
    from heliograph.app.audit_check import verify_file
    from heliograph.core.security.audit_chain import head_of

    noted = head_of(since) if since is not None else None
    if since is not None and noted is None:
        raise click.BadParameter("write it as it was printed: NUMBER:HASH.", param_hint="--since")
    found = verify_file(backup or where.data / STORE_NAME, noted, where.data)
    if where.json:
        show.as_json(
            {
                "whole": not found.count,
                "entries": found.entries,
                "head": str(found.head),
                "count": found.count,
                "faults": found.faults,
                "end_checked": found.end_checked,
            }
        )
    else:
        for fault in found.faults:
            show.line(f"BAD  entry {fault.number} {fault.why}")
        if found.count > len(found.faults):
            show.line(f"BAD  and {found.count - len(found.faults)} more")
        show.line(f"{found.entries} entries, {'NOT whole' if found.count else 'whole'}")
        show.line(f"head {found.head}")
        if not found.end_checked:
            show.line("Whether entries are missing at the end was not checked: there is no key here.")
    if found.count:
        raise click.exceptions.Exit(1)
