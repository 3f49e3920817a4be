"""The domain's verbs on SQLite. Every verb is a coroutine that never suspends, since the writer thread
drives it.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import apsw
from msgspec import json
from msgspec.structs import astuple

from heliograph.core.announcement import carried
from heliograph.core.batch import Batch
from heliograph.core.callback import EVENT_VALIDITY_MS
from heliograph.core.changes import Changes, Happening, Reference, earliest
from heliograph.core.delivery import (
    DEVICE_RECEIVER,
    Delivery,
    Job,
    Lane,
    LaneKey,
    gate_of_application,
    gate_of_via,
    upstream_of_gate,
)
from heliograph.core.device import Device, DeviceView, Quota, Tally
from heliograph.core.gate import Rooms
from heliograph.core.idempotency import KeptAnswer
from heliograph.core.ids import make_id
from heliograph.core.message import Message
from heliograph.core.news import News
from heliograph.core.policy import Policy
from heliograph.core.reassembly import Part
from heliograph.core.security.audit import Actor
from heliograph.core.waking import gate_opened
from heliograph.flow.callbacks.announce import announce
from heliograph.flow.ports import Head, LaneCount, ReferenceCount
from heliograph.store.sequences import Sequences
from heliograph.store.sql.callback import SQL
from heliograph.store.sql.catalogue import READS, WRITES, columns, compile_sql, one_of
from heliograph.store.sqlite.access import SqliteAccess
from heliograph.store.sqlite.admin import SqliteAdmin
from heliograph.store.sqlite.bulk import Write
from heliograph.store.sqlite.callbacks import SqliteCallbacks
from heliograph.store.sqlite.console import SqliteConsole
from heliograph.store.sqlite.counting import count, no_directions, no_states
from heliograph.store.sqlite.firewall import Compiled, SqliteFirewall
from heliograph.store.sqlite.noting import news_of
from heliograph.store.sqlite.smpp import SqliteSmpp
from heliograph.store.sqlite.upstreams import SqliteUpstreams

_SQL = {name: compile_sql(text, "sqlite") for name, text in READS.items()}
_WRITE = {name: Write(text) for name, text in WRITES.items()}
_POLICIES = compile_sql(f"SELECT {columns(Policy)} FROM policy WHERE {one_of('id', 'ids')}", "sqlite")
_DEVICE = len(Device.__struct_fields__)
_TALLY = _DEVICE + len(Tally.__struct_fields__)
_MESSAGE = len(Message.__struct_fields__)
_COUNT = len(Delivery.__struct_fields__)
_DELIVERY = _MESSAGE + _COUNT

Value = int | str | bytes | None
Row = tuple[Any, ...]  # the columns' types are the row types' own; STRICT tables hold them to it


def keys(values: Iterable[int | str]) -> str:
    return json.encode(list(values)).decode()


class SqliteTransaction:
    """One transaction: begun by the engine, committed by the engine."""

    def __init__(
        self,
        connection: apsw.Connection,
        sequences: Sequences,
        rooms: Rooms,
        now: int,
        lane_limit: int,
        compiled: Compiled,
        watched: Set[int] = frozenset(),
    ) -> None:
        self._connection = connection
        self._sequences = sequences
        self._lane_limit = lane_limit
        self._compiled = compiled
        self._watched = watched
        self.news: list[News] = []
        self.accepted, self.ended = no_directions(), no_states()
        self.rooms = rooms
        self.now = now
        self.wake_at: int | None = None
        self.by: Actor | None = None
        self.event_validity_ms = EVENT_VALIDITY_MS
        self.countries: Mapping[int, str] = {}
        self.new_countries: dict[int, str] = {}

    @property
    def admin(self) -> SqliteAdmin:
        return SqliteAdmin(self._connection, self.now, self.by)

    @property
    def callbacks(self) -> SqliteCallbacks:
        return SqliteCallbacks(self._connection)

    @property
    def firewall(self) -> SqliteFirewall:
        return SqliteFirewall(self._connection, self._compiled)

    @property
    def access(self) -> SqliteAccess:
        return SqliteAccess(self._connection)

    @property
    def smpp(self) -> SqliteSmpp:
        return SqliteSmpp(self._connection, self.load_deliveries)

    @property
    def upstreams(self) -> SqliteUpstreams:
        return SqliteUpstreams(self._connection, self.now, self._lane_limit, self.load_deliveries)

    @property
    def console(self) -> SqliteConsole:
        return SqliteConsole(self._connection)

    def country_of(self, org: int, general: str) -> str:
        return self.countries.get(org, "") or general

    def set_country(self, org: int, code: str) -> None:
        self.new_countries[org] = code

    def next_id(self, shard: int) -> int:
        return make_id(self._sequences.next(self._connection), shard)

    def next_position(self) -> int:
        """One process, one thread: the sequence grows in the order of the commits."""
        return self._sequences.next(self._connection)

    def next_delivery(self, shard: int) -> tuple[int, int]:
        number = self._sequences.next(self._connection)
        return make_id(number, shard), number

    def rows(self, name: str, *values: Value) -> list[Row]:
        """A read of the catalogue."""
        return self._connection.execute(_SQL[name], values).fetchall()

    async def load_devices(self, ids: Sequence[int]) -> dict[int, DeviceView]:
        views, with_quota = {}, []
        for row in self.rows("devices", self._lane_limit, keys(ids)):
            device = Device(*row[:_DEVICE])
            queued, waiting, quota, price_mo, price_mt = row[_TALLY:]
            busy = waiting or self.rooms.is_under_way(LaneKey(DEVICE_RECEIVER, device.id))
            tally = Tally(device.id) if row[_DEVICE] is None else Tally(*row[_DEVICE:_TALLY])
            prices = None if price_mo is None else (price_mo, price_mt)
            views[device.id] = DeviceView(device, tally, queued, busy, tariff=prices)
            if quota:
                with_quota.append(device.id)
        for row in self.rows("quotas", keys(with_quota)) if with_quota else ():
            views[row[0]].quota = Quota(*row)
        return views

    async def find_numbers(self, numbers: Sequence[str]) -> dict[str, int]:
        return dict(self.rows("numbers", keys(filter(None, numbers))))

    async def find_subscribers(self, imsis: Sequence[str]) -> dict[str, int]:
        return dict(self.rows("subscribers", keys(imsis))) if imsis else {}

    async def load_policies(self, ids: Sequence[int]) -> dict[int, Policy]:
        rows: list[Row] = self._connection.execute(_POLICIES, (keys(ids),)).fetchall()
        return {row[0]: Policy(*row) for row in rows}

    async def load_heads(self, lanes: Sequence[LaneKey]) -> dict[LaneKey, Head]:
        more: dict[int, bool] = {}
        idle = [lane for lane in lanes if not self.rooms.is_under_way(lane)]
        for receiver, numbers in _by_receiver(idle).items():
            more.update((row[0], bool(row[1])) for row in self.rows("heads", receiver, keys(numbers)))
        if not more:
            return {}
        jobs = await self.load_deliveries(list(more))
        devices = await self._devices(job.delivery.key for job in jobs.values() if job.delivery.receiver == 0)
        heads = {}
        for id, job in jobs.items():
            job.more = more[id]
            delivery = job.delivery
            device = devices.get(delivery.key) if delivery.receiver == 0 else None
            heads[LaneKey(delivery.receiver, delivery.key)] = Head(job, device)
        return heads

    async def _devices(self, ids: Iterable[int]) -> dict[int, Device]:
        text = keys(ids)
        if text == "[]":
            return {}
        rows: list[Row] = self._connection.execute(_DEVICES, (text,)).fetchall()
        return {row[0]: Device(*row) for row in rows}

    async def count_lanes(self, lanes: Sequence[LaneKey]) -> dict[LaneKey, LaneCount]:
        counts = {}
        for receiver, numbers in _by_receiver(lanes).items():
            for key, waiting in self.rows("lane_counts", receiver, keys(numbers)):
                counts[LaneKey(receiver, key)] = LaneCount(waiting, False)
        for lane in lanes:
            if self.rooms.is_under_way(lane):
                counts.setdefault(lane, LaneCount(0, True)).under_way = True
        return counts

    async def load_messages(self, ids: Sequence[int]) -> dict[int, Message]:
        return {row[0]: Message(*row) for row in self.rows("messages", keys(ids))}

    async def load_deliveries(self, ids: Sequence[int]) -> dict[int, Job]:
        """Jobs by delivery id, in the order asked for."""
        found = {job.delivery.id: job for job in map(_job, self.rows("jobs", keys(ids)))}
        if len(found) < len(ids):  # an event has no message to be joined with
            rows: list[Row] = self._connection.execute(SQL["event_jobs"], (keys(ids),)).fetchall()
            found.update({row[0]: _event_job(row) for row in rows})
        return {id: found[id] for id in ids if id in found}

    async def load_jobs(self, messages: Sequence[int]) -> dict[int, Job]:
        pairs = self.rows("waiting_of_messages", keys(messages))
        jobs = await self.load_deliveries([pair[1] for pair in pairs])
        return {job.message.id: job for job in jobs.values()}

    async def load_replaceable(self, wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Job]:
        rows = self.rows("replaceable", keys({device for device, _ in wanted}))
        found = {(device, key): id for device, key, id in rows if (device, key) in wanted}
        jobs = await self.load_deliveries(list(found.values()))
        return {key: jobs[id] for key, id in found.items()}

    async def load_batches(self, ids: Sequence[int]) -> dict[int, Batch]:
        return {row[0]: Batch(*row) for row in self.rows("batches", keys(ids))}

    async def load_batch_messages(self, batch: int, after: int, limit: int) -> list[int]:
        return [row[0] for row in self.rows("batch_messages", batch, after, limit)]

    async def count_retries(self, batch: int) -> int:
        return int(self.rows("batch_retries", batch)[0][0])

    async def load_kept_answers(self, wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], KeptAnswer]:
        found: dict[tuple[int, str], KeptAnswer] = {}
        for org in dict.fromkeys(org for org, _ in wanted):
            rows = self.rows("kept_answers", org, keys(key for owner, key in wanted if owner == org))
            found.update({(org, row[1]): KeptAnswer(*row) for row in rows})
        return found

    async def load_parts(self, devices: Sequence[int]) -> list[Part]:
        return [Part(*row) for row in self.rows("parts", keys(devices))]

    async def load_old_parts(self, before: int, limit: int) -> list[Part]:
        return [Part(*row) for row in self.rows("old_parts", before, limit)]

    async def oldest_part(self) -> int | None:
        return self._number("oldest_part")

    async def due_lanes(self, gate: str, now: int, limit: int) -> list[Lane]:
        return [Lane(*row) for row in self.rows("due_lanes", gate, now, limit)]

    async def gates_due(self) -> dict[str, int]:
        return dict(self.rows("gates_due"))

    async def next_lane_due(self, gate: str) -> int | None:
        return self._number("next_lane", gate)

    async def due_entries(self, now: int, limit: int) -> list[Job]:
        return await self._due("due_entries", now, limit)

    async def load_turns(self, device: int) -> list[Job]:
        rows = self.rows("turns", device)
        return list((await self.load_deliveries([row[0] for row in rows])).values())

    async def due_expiries(self, now: int, limit: int) -> list[Job]:
        return await self._due("due_expiries", now, limit)

    async def _due(self, name: str, now: int, limit: int) -> list[Job]:
        rows = self.rows(name, now, limit)
        return list((await self.load_deliveries([row[0] for row in rows])).values()) if rows else []

    async def next_timer(self) -> int | None:
        times = [time for name in ("next_entry", "next_expiry") if (time := self._number(name)) is not None]
        return min(times) if times else None

    async def left_under_way(self, after: int, up_to: int, limit: int) -> list[Job]:
        rows = self.rows("under_way", after, up_to, limit)
        return list((await self.load_deliveries([row[0] for row in rows])).values())

    async def load_references(self, gate: str, references: Sequence[str]) -> dict[str, Reference]:
        rows = [Reference(*row) for row in self.rows("references", gate, keys(references))]
        return {row.reference: row for row in rows}

    async def count_references(self, messages: Sequence[int]) -> dict[int, ReferenceCount]:
        rows = self.rows("reference_counts", keys(messages))
        return {message: ReferenceCount(waiting, failed or None) for message, waiting, failed in rows}

    async def wake_gate(self, gate: str, receiver: int, after: int, limit: int) -> int | None:
        upstream = upstream_of_gate(gate)
        if upstream is not None:
            self._wake(self.now)
            return await self.upstreams.wake(upstream, after, limit)
        last = self._number("last_to_bring" if receiver else "last_to_wake", receiver, after, limit)
        if last is not None and receiver:
            if not after:
                self.rooms.behind[gate] = self.now - self.next_position()
            since = self.rooms.behind.get(gate, self.now - self.next_position())
            self.rows("wake_application", gate, since, gate_opened(self.now), receiver, after, last, self.now)
        elif last is not None:
            self.rows("wake_devices", self.now, after, last, gate)
        self._wake(self.now)
        return last

    async def set_attached(self, devices: Sequence[int], attached: bool) -> list[tuple[int, int]]:
        return [(row[0], row[1]) for row in self.rows("attached", int(attached), keys(devices))]

    async def wake_lanes(self, devices: Sequence[int], due_at: int, why: str) -> None:
        if devices:
            self.rows("wake", due_at, why, keys(devices))
            self._wake(due_at)

    async def write(self, changes: Changes) -> None:
        if changes.happenings:
            await announce(self, changes)
        for name, statement in _WRITE.items():
            rows = getattr(changes, name)
            if rows:
                statement.run(self._connection, _values(rows))
        count(self.accepted, self.ended, changes)
        if self._watched:
            self.news += news_of(self._connection, changes, self._watched, self.now)
        self._wake(earliest(changes))

    def _wake(self, at: int | None) -> None:
        if at is not None:
            self.wake_at = at if self.wake_at is None else min(self.wake_at, at)

    def _number(self, name: str, *values: Value) -> int | None:
        number: int | None = self.rows(name, *values)[0][0]
        return number


_DEVICES = compile_sql(f"SELECT {columns(Device)} FROM device WHERE {one_of('id', 'ids')}", "sqlite")


def _values(rows: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
    """Ids, keys or rows, as parameters."""
    if isinstance(rows[0], int):
        return [(id,) for id in rows]
    return rows if isinstance(rows[0], tuple) else [astuple(row) for row in rows]


def _by_receiver(lanes: Iterable[LaneKey]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = {}
    for lane in lanes:
        grouped.setdefault(lane.receiver, []).append(lane.key)
    return grouped


def _event_job(row: Row) -> Job:
    delivery, happening = Delivery(*row[:_COUNT]), Happening(*row[_COUNT:-1])
    return Job(delivery, carried(happening), gate_of_application(delivery.receiver), "", "", row[-1])


def _job(row: Row) -> Job:
    message, delivery = Message(*row[:_MESSAGE]), Delivery(*row[_MESSAGE:_DELIVERY])
    gate, msisdn, imsi, lane_attempts = row[_DELIVERY:]
    if delivery.via:
        gate = gate_of_via(delivery.via)
        if delivery.receiver < 0:  # a phone's number is the key of its lane
            msisdn = str(delivery.key)
    return Job(delivery, message, gate, msisdn, imsi, lane_attempts)
