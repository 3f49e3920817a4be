"""Adding: one row, or those of a CSV file, batch by batch and with a report, by the verb that takes them."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click

from heliograph.cli import answer, show
from heliograph.cli.ask import Asker, asking
from heliograph.cli.progress import progress
from heliograph.cli.where import Where
from heliograph.runtime.csv_rows import BadFile, Row, read_rows

IMPORT_ROWS = 500  # that share a transaction
ERRORS_SHOWN = 20  # for people; with --json all of them


def add_row(where: Where, verb: str, row: dict[str, str], name: str) -> None:
    """Says its id; to programs with its field `name`."""
    from heliograph.core.refusal import Refusal
    from heliograph.interfaces.control.client import Refused

    with asking(where, founds=True) as ask:
        made = ask(verb, rows=[row])[0]
    if isinstance(made, dict):
        raise Refused(Refusal(**made))
    answer.line(where, {"id": made, name: row[name]}, str(made))


def import_rows(where: Where, file: Path, verb: str, columns: Sequence[str], needed: Sequence[str]) -> None:
    """Good rows are kept, bad ones reported with their line numbers."""
    began = time.monotonic()
    with asking(where, founds=True) as ask:
        report = _Report(where, file)
        with report:
            for batch, octets in _ahead(_batches(file, columns, needed)):
                report.heard(batch, _add(ask, verb, batch), octets)
    report.close(time.monotonic() - began)


def _ahead(batches: Iterator[tuple[list[Row], int]]) -> Iterator[tuple[list[Row], int]]:
    """The next batch is read while the one before is added."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def _batches(file: Path, columns: Sequence[str], needed: Sequence[str]) -> Iterator[tuple[list[Row], int]]:
    batch: list[Row] = []
    octets = 0
    try:
        with file.open("rb") as opened:
            for row, octets in read_rows(opened, str(file), columns, needed):
                batch.append(row)
                if len(batch) == IMPORT_ROWS:
                    yield batch, octets
                    batch = []
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}.") from None
    except BadFile as error:
        raise click.UsageError(str(error)) from None
    if batch:
        yield batch, octets


def _add(ask: Asker, verb: str, batch: list[Row]) -> list[Any]:
    """Per row an id or a refusal; a row that is none is not asked about."""
    asked = [row for row in batch if row.problem is None]
    answers = iter(ask(verb, rows=[row.values for row in asked]) if asked else ())
    return [
        next(answers) if row.problem is None else {"code": "bad_row", "reason": row.problem} for row in batch
    ]


class _Report:
    """Counts, shows progress, and says what was bad."""

    def __init__(self, where: Where, file: Path) -> None:
        self._where = where
        self._added = 0
        self._bad = 0
        self._progress = progress(file.name, file.stat().st_size)

    def __enter__(self) -> None:
        self._progress.start()

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def heard(self, batch: list[Row], answers: list[Any], octets: int) -> None:
        for row, added in zip(batch, answers, strict=True):
            if isinstance(added, dict):
                self._bad += 1
                self._say(row.line, added)
            else:
                self._added += 1
        self._progress.at(octets)

    def _say(self, line: int, refusal: dict[str, Any]) -> None:
        if self._where.json:
            show.as_json({"line": line, "code": refusal["code"], "reason": refusal["reason"]})
        elif self._bad <= ERRORS_SHOWN:
            self._progress.note(f"line {line}: {refusal['code']}: {refusal['reason']}")

    def close(self, seconds: float) -> None:
        if self._where.json:
            show.as_json({"added": self._added, "bad": self._bad, "seconds": round(seconds, 3)})
        else:
            if self._bad > ERRORS_SHOWN:
                show.note(f"... and {self._bad - ERRORS_SHOWN} more; --json shows all.")
            show.line(f"{self._added} added, {self._bad} bad, in {seconds:.1f} s")
        if self._bad:
            raise click.exceptions.Exit(1)
