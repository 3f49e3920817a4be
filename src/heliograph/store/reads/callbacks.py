"""Reads of callbacks: what there is, what a batch of calls has to know, the log, and what can be replayed."""

from collections.abc import Sequence

from msgspec import json

from heliograph.core.callback import Addressee, Callback, CallbackAttempt, CallbackSecret
from heliograph.core.delivery import Kind
from heliograph.core.message import Message
from heliograph.flow.callbacks.feeding import Fed
from heliograph.flow.ports.callbacks import CallContext, CallFilter, Found, ReplayFilter
from heliograph.flow.shown import Mark
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import Row, Value, View
from heliograph.store.sql.callback import SQL

SCAN = 5_000  # rows that one question looks at
_REPLAYABLE = {Kind.MO: "replayable_mo", Kind.RECEIPT: "replayable_receipt", Kind.EVENT: "replayable_event"}


def _rows(view: View, name: str, *values: Value) -> list[Row]:
    return view.connection.execute(SQL[name], values).fetchall()


def _keys(values: Sequence[int]) -> str:
    return json.encode(values).decode()


class SqliteCallbackReader:
    """The seam `flow/ports/callbacks.CallbackReader`, over the reader's connections."""

    def __init__(self, reader: Reader) -> None:
        self._ask = reader.ask

    async def callbacks(self, org: int | None) -> list[Callback]:
        return await self._ask(lambda view: [Callback(*row) for row in _rows(view, "callbacks", org)])

    async def callback(self, org: int, id: int) -> Callback | None:
        rows = await self._ask(lambda view: _rows(view, "callback", org, id))
        return Callback(*rows[0]) if rows else None

    async def secrets(self, org: int) -> list[CallbackSecret]:
        return await self._ask(lambda view: [CallbackSecret(*row) for row in _rows(view, "secrets", org)])

    async def secret(self, org: int, id: int) -> CallbackSecret | None:
        rows = await self._ask(lambda view: _rows(view, "secret", org, id))
        return CallbackSecret(*rows[0]) if rows else None

    async def signing_policy(self, callback: Callback) -> tuple[int, int] | None:
        rows = await self._ask(lambda view: _rows(view, "signing_policy", callback.org, callback.id))
        return (rows[0][0], rows[0][1]) if rows else None

    async def context(
        self, devices: Sequence[int], secrets: Sequence[int], orgs: Sequence[int]
    ) -> CallContext:
        return await self._ask(lambda view: _context(view, devices, secrets, orgs))

    async def waiting(self, org: int, application: int, after: int, limit: int) -> list[Fed]:
        """The seam `flow/callbacks/feeding.FeedReader`."""
        rows = await self._ask(lambda view: _rows(view, "feed", application, org, after, limit))
        return [Fed(row[0], row[1], Message(*row[2:])) for row in rows]

    async def calls(
        self, callback: int, wanted: CallFilter, before: int, limit: int
    ) -> list[CallbackAttempt]:
        failed = None if wanted.failed is None else int(wanted.failed)
        values = (callback, before, SCAN, wanted.device, wanted.subject, failed, wanted.since, wanted.until)
        rows = await self._ask(lambda view: _rows(view, "calls", *values, limit))
        return [CallbackAttempt(*row) for row in rows]

    async def log_end(self, callback: int, keep: int, since: int) -> int:
        return await self._ask(lambda view: _log_end(view, callback, keep, since))

    async def replayable(self, callback: Callback, wanted: ReplayFilter, after: Mark, limit: int) -> Found:
        return await self._ask(lambda view: _replayable(view, callback, wanted, after, limit))


def _context(view: View, devices: Sequence[int], secrets: Sequence[int], orgs: Sequence[int]) -> CallContext:
    addressees = [Addressee(*row) for row in _rows(view, "addressees", _keys(devices))] if devices else []
    wanted = sorted({*secrets, *(one.api_secret for one in addressees if one.api_secret is not None)})
    found = [CallbackSecret(*row) for row in _rows(view, "secrets_by_id", _keys(wanted))] if wanted else []
    names: dict[int, str] = dict(_rows(view, "organisation_names", _keys(orgs))) if orgs else {}
    return CallContext(addressees, found, names)


def _log_end(view: View, callback: int, keep: int, since: int) -> int:
    beyond = _rows(view, "log_beyond", callback, keep)
    old = _rows(view, "log_old", callback, SCAN, since)
    return max([0, *(int(row[0]) for row in (*beyond, *old))])


def _replayable(view: View, callback: Callback, wanted: ReplayFilter, after: Mark, limit: int) -> Found:
    """As many as are wanted, out of a bounded number of rows."""
    who = (callback.events if wanted.kind == Kind.EVENT else callback.id,)
    failed = () if wanted.kind == Kind.EVENT else (int(wanted.failed),)
    bounds = (callback.org, wanted.until, after.at, after.id)
    rows = _rows(view, _REPLAYABLE[wanted.kind], *who, wanted.device, *failed, *bounds, SCAN)
    ids: list[int] = []
    for at, id, is_wanted in rows:
        if is_wanted:
            ids.append(id)
        if len(ids) == limit:
            return Found(ids, Mark(at, id))
    return Found(ids, Mark(*rows[-1][:2]) if len(rows) == SCAN else None)
