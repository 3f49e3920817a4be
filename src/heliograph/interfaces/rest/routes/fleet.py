"""Many endpoints at once: imported from a table, exported as one, changed together. Additions to the
contract.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from typing import Literal

from msgspec import UNSET, Struct

from heliograph.core.refusal import Refusal
from heliograph.flow.manage.devices import SLICE
from heliograph.flow.manage.fleet_changes import MOST_DEVICES, Changed, ChangeDevice
from heliograph.flow.manage.fleet_changes import SLICE as CHANGES
from heliograph.flow.manage.importing import MOST_ROWS, Fate, ImportAnswer, ImportRow, Verdict
from heliograph.flow.reads.fleet_port import MOST_COUNTED
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.problem import ErrorBody, problem
from heliograph.interfaces.rest.reading import nested
from heliograph.interfaces.rest.refusals import OF_ENDPOINTS, answered
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, Stream, reply
from heliograph.interfaces.rest.routes.devices import SECTION, devices_wanted
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.table import table_headers, table_rows
from heliograph.interfaces.rest.translate.device_changes import (
    MOST_FAILURES,
    EndpointFailure,
    EndpointsChange,
    EndpointsChanged,
    failure,
    fleet_wish,
)
from heliograph.interfaces.rest.translate.device_table import (
    COLUMNS,
    KNOWN,
    NEEDED,
    SAME,
    TOLD,
    Imported,
    RowVerdict,
    Seen,
    device_line,
    row_wish,
    verdict,
)
from heliograph.interfaces.rest.translate.devices import KIND
from heliograph.runtime.csv_rows import BadFile, CsvFile, Row

MOST_OCTETS = 16 << 20  # of an import
SLICE_OCTETS = 256 << 10  # of an import that are read at a time
PIECE = 1_000  # lines of an export that are read at a time
CSV = "text/csv"
TITLE = "The file"  # in what is said of it


class ImportQuery(Struct, frozen=True):
    """`show`: the verdicts of all rows, or of the bad ones alone."""

    dry_run: bool = False
    show: Literal["all", "bad"] = "all"


class ExportQuery(Struct, frozen=True):
    """As the list's."""

    q: str = ""
    sort: str = ""


async def import_devices(services: Services, call: Call[ImportQuery, bytes]) -> Reply:
    dry = call.query.dry_run
    file = _read(call.body)
    seen, counts = Seen(), dict.fromkeys(("new", "changed", "unchanged", "bad"), 0)
    shown: list[RowVerdict] = []
    for some in _slices(file):
        wishes = [_wish(call.caller, row, dry, seen) for row in some]
        answers = await _decided(services, wishes)
        for row, answer in zip(some, answers, strict=True):
            told = verdict(row.line, row.values.get("name", ""), answer)
            counts[told.verdict] += 1
            if call.query.show == "all" or told.verdict == "bad":
                shown.append(told)
        await asyncio.sleep(0)  # a slice of bad rows asks nobody, so that it would hold up the others
    ignored = [name for name in file.columns if name in TOLD]
    return reply(Imported(dry, sum(counts.values()), **counts, ignored_columns=ignored, verdicts=shown))


def _read(octets: bytes) -> CsvFile:
    """A file that is none, or too long, is refused before any of its rows is looked at."""
    if octets.count(b"\n") > MOST_ROWS + 1:
        raise nested(KIND, "body", f"{TITLE} has more than {MOST_ROWS} rows: import it in parts.")
    try:
        file = CsvFile(BytesIO(octets), TITLE, KNOWN, NEEDED)
    except BadFile as bad:
        raise nested(KIND, "body", str(bad)) from None
    for short, name in SAME.items():
        if short in file.columns and name in file.columns:
            raise nested(KIND, "body", f"{TITLE}: {short} and {name} are the same column.")
    return file


def _slices(file: CsvFile) -> Iterator[list[Row]]:
    """The rows of so many lines, empty ones too, or of so many octets, at a time."""
    some: list[Row] = []
    lines = start = 0
    for row, octets in file:
        lines += 1
        if row is not None:
            some.append(row)
        if lines == SLICE or octets - start >= SLICE_OCTETS:
            yield some
            some, lines, start = [], 0, octets
    yield some


def _wish(caller: Caller, row: Row, dry: bool, seen: Seen) -> ImportRow | Refusal:
    wanted = row_wish(caller.org, row, dry, caller.scopes)
    if isinstance(wanted, Refusal):
        return wanted
    return seen.doubles(row.line, wanted) or wanted


async def _decided(services: Services, wishes: list[ImportRow | Refusal]) -> list[ImportAnswer]:
    asked = [wish for wish in wishes if isinstance(wish, ImportRow)]
    found = await services.store.run(services.fleet.import_devices, asked) if asked else []
    fresh = [one.device for one in found if isinstance(one, Verdict) and one.fate is not Fate.UNCHANGED]
    if asked and not asked[0].dry:
        services.fleet.enrol(fresh)
    rest = iter(found)
    return [wish if isinstance(wish, Refusal) else next(rest) for wish in wishes]


async def export_devices(services: Services, call: Call[ExportQuery, None]) -> Stream:
    wanted = devices_wanted(call.query.q, call.query.sort)
    ids = await services.fleet.reader.device_ids(call.caller.org, wanted, MOST_COUNTED)
    return Stream(200, _lines(services, call.caller.org, ids), table_headers("endpoints"))


async def _lines(services: Services, org: int, ids: list[int]) -> AsyncIterator[bytes]:
    yield table_rows([COLUMNS])
    for start in range(0, len(ids), PIECE):
        rows = await services.fleet.reader.devices_of(org, ids[start : start + PIECE])
        yield table_rows([device_line(row) for row in rows])


async def change_many(services: Services, call: Call[Nothing, EndpointsChange]) -> Reply:
    wish, org = fleet_wish(call.body), call.caller.org
    ids = await _meant(services, org, call.body)
    counts = {"changed": 0, "unchanged": 0, "failed": 0}
    failures: list[EndpointFailure] = []
    for start in range(0, len(ids), CHANGES):
        some = ids[start : start + CHANGES]
        requests = [ChangeDevice(org, id, wish, call.caller.scopes) for id in some]
        answers = await services.store.run(services.fleet.change_devices, requests)
        for id, answer in zip(some, answers, strict=True):
            if isinstance(answer, Changed):
                counts["changed" if answer.is_changed else "unchanged"] += 1
                continue
            if answer.code == "unknown_policy":
                answered(answer, call, OF_ENDPOINTS)
            counts["failed"] += 1
            if len(failures) < MOST_FAILURES:
                failures.append(failure(id, answer))
        services.fleet.enrol([one.device for one in answers if isinstance(one, Changed) and one.is_changed])
        await asyncio.sleep(0)
    return reply(EndpointsChanged(len(ids), **counts, failures=failures))


async def _meant(services: Services, org: int, body: EndpointsChange) -> list[int]:
    """Each once. What finds another number than the person saw is refused: they would be surprised."""
    if body.endpoints is not UNSET:
        if body.q is not UNSET or body.expect is not UNSET:
            raise nested(KIND, "endpoints", "goes without q and expect")
        return list(dict.fromkeys(body.endpoints))
    if body.q is UNSET or body.expect is UNSET:
        raise nested(KIND, "body", "name endpoints, or give q together with expect")
    ids = await services.fleet.reader.device_ids(org, devices_wanted(body.q), MOST_DEVICES + 1)
    if len(ids) > MOST_DEVICES:
        raise nested(KIND, "q", f"means more than {MOST_DEVICES} endpoints: narrow it")
    if len(ids) != body.expect:
        raise problem(409, 1406, f"Nothing was changed: {len(ids)} endpoints meet q now, not {body.expect}")
    return ids


ROUTES = (
    Route(
        "POST",
        "/v1/endpoint/import",
        import_devices,
        "Import endpoints from a table, row by row; with dry_run, say what would happen",
        {
            200: Answer("What became, or would become, of each row.", Imported),
            415: Answer("The body is no CSV.", ErrorBody),
        },
        scope="device:write",
        query=ImportQuery,
        takes=CSV,
        most_body=MOST_OCTETS,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/endpoint.csv",
        export_devices,
        "The list as a table, all of it",
        {200: Answer("CSV.", media=CSV), 422: Answer("A bad q or sort.", ErrorBody)},
        scope="device:read",
        query=ExportQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "PATCH",
        "/v1/endpoint",
        change_many,
        "Change many endpoints: those of these ids, or all that a list's q finds",
        {
            200: Answer("How many were changed, and why others were not.", EndpointsChanged),
            409: Answer("Another number of endpoints meets q than was expected.", ErrorBody),
        },
        scope="device:write",
        body=EndpointsChange,
        most_body=4 << 20,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
)
