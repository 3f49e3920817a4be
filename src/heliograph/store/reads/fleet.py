"""Reads of devices, SIMs, events and traffic on SQLite, over the reader's connections: each question is one
snapshot.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from heliograph.core.changes import Happening
from heliograph.core.device import Device, MonthUsage, Tally
from heliograph.core.sim import Sim
from heliograph.flow.reads.fleet_port import (
    MOST_COUNTED,
    MOST_EVENTS_COUNTED,
    MOST_WAITING_COUNTED,
    DeviceRow,
    EventRow,
    Found,
    Months,
    Offset,
    SimRow,
    Spans,
    Traffic,
)
from heliograph.flow.reads.listing import Wanted
from heliograph.flow.shown import Mark
from heliograph.store.reads.narrow import narrow_keys, narrow_page
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import Row, Value, View
from heliograph.store.sql.catalogue import columns, compile_sql, one_of
from heliograph.store.sql.listing import Listing, Source
from heliograph.store.sql.narrow import NarrowListing
from heliograph.store.sqlite.transaction import keys

SLICE_MESSAGES = 20_000
HISTORY_MONTHS = 2

_OF_DEVICE = {
    "name": "v.name",
    "tags": "v.tags",
    "imei": "v.imei",
    "ip_address": "v.ip_address",
    "imsi": "v.imsi",
    "msisdn": "v.msisdn",
}
_OF_SIM = {"iccid": "s.iccid", "sim_status": "s.status"}
_SEARCHED = "lower(v.name || ' ' || v.msisdn || ' ' || v.imsi || ' ' || v.imei || ' ' || v.tags)"
_IN = "[[sqlite:instr]][[pg:strpos]]"
# An ICCID may be typed with its check digit, which is not kept.
_SEARCHED_DIGITS = f"""({_IN}({_SEARCHED}, :{{name}}) > 0 OR v.id IN (
    SELECT s.device FROM sim s WHERE s.org = :v1 AND s.device IS NOT NULL AND (
    {_IN}(s.iccid, :{{name}}) > 0 OR (length(:{{name}}) > 18 AND {_IN}(:{{name}}, s.iccid) = 1))))"""
_WAITS = "EXISTS(SELECT 1 FROM delivery d WHERE d.receiver = 0 AND d.key = v.id AND d.place <> 1)"
DEVICES = Source(
    "device v",
    columns(Device, "v."),
    {
        **_OF_DEVICE,
        **_OF_SIM,
        "search": _SEARCHED,
        "search_digits": _SEARCHED,
        "attached": "v.attached",
        "waiting": _WAITS,
        "id": "v.id",
        "status": "v.status",
        "network": "v.network",
        "policy": "v.policy",
        "tariff": "coalesce(v.tariff, 0)",
        "created_at": "v.created_at",
        "updated_at": "v.updated_at",
    },
    {"s": "LEFT JOIN sim s ON s.org = v.org AND s.device = v.id"},
    "v.id",
    "v.id",
    {"s": "v.id IN (SELECT s.device FROM sim s WHERE s.org = :v1 AND s.device IS NOT NULL AND {test})"},
    {
        "search": f"{_IN}({_SEARCHED}, lower(:{{name}})) > 0",
        "search_digits": _SEARCHED_DIGITS,
        "waiting": f"CASE WHEN {_WAITS} THEN 1 ELSE 0 END = :{{name}}",
    },
    {"s": "NOT EXISTS(SELECT 1 FROM sim s WHERE s.org = :v1 AND s.device = v.id)"},
    "device_list",
    {
        "v.id": "device_of_org",
        "v.name": "device_name",
        "v.policy": "device_policy",
        "v.msisdn": "device_by_number",
        "v.updated_at": "device_by_change",
    },
    ("search_digits", *_OF_SIM),
)
SIMS = Source(
    "sim s",
    columns(Sim, "s."),
    {
        "id": "s.id",
        "iccid": "s.iccid",
        "imsi": "s.imsi",
        "msisdn": "s.msisdn",
        "bic": "s.bic",
        "status": "s.status",
        "org": "s.org",
        "device": "s.device",
        "device_name": "v.name",
        "created_at": "s.created_at",
        "activated_at": "s.activated_at",
        "model": "NULL",
    },
    {"v": "LEFT JOIN device v ON v.id = s.device"},
    "s.id",
    "s.id",
)
EVENTS = Source(
    "event e",
    columns(Happening, "e."),
    {
        **_OF_DEVICE,
        "iccid": "s.iccid",
        "id": "e.id",
        "at": "e.at",
        "type": "e.type",
        "severity": "e.severity",
        "alert": "CASE WHEN e.severity > 0 THEN 1 ELSE 0 END",
        "detail": "e.detail",
        "org": "e.org",
        "device": "e.device",
        "user": "NULL",
    },
    {"v": "LEFT JOIN device v ON v.id = e.device", "s": "LEFT JOIN sim s ON s.device = e.device"},
    "e.at DESC, e.id DESC",
    "e.id",
    {
        "v": "e.device IN (SELECT v.id FROM device v WHERE v.org = :v1 AND {test})",
        "s": "e.device IN (SELECT s.device FROM sim s WHERE s.org = :v1 AND {test})",
    },
)

# What was counted: an SMS to the device that ended before its first attempt was given back.
_COUNTED = "CASE WHEN final_at IS NOT NULL AND attempts = 0 AND state <> 4 THEN 0 ELSE 1 END"
_OF = """FROM message WHERE {column} = :device AND {column} IS NOT NULL AND accepted_at >= :since
    AND (accepted_at, id) < (:at, :id) ORDER BY accepted_at DESC, id DESC"""
_TRAFFIC = """SELECT (accepted_at - :since) / :width AS span, sum(segments * counted), sum(price * counted)
    FROM (SELECT accepted_at, segments, {counted} AS counted, {price} AS price {of} LIMIT :most) m
    GROUP BY span"""
_TRAFFIC_END = "SELECT accepted_at, id {of} LIMIT 1 OFFSET :last"
_TO, _FROM = _OF.format(column="device"), _OF.format(column="origin")
_TEXTS = {
    "waiting": f"""SELECT v.id, (SELECT count(*) FROM (SELECT 1 FROM delivery d
        WHERE d.receiver = 0 AND d.key = v.id AND d.place <> 1 LIMIT :most) counted)
        FROM device v WHERE {one_of("v.id", "ids")}""",
    "organisation": "SELECT name FROM organisation WHERE id = :org",
    "sims_of": f"SELECT {columns(Sim)} FROM sim WHERE {one_of('device', 'devices')}",
    "devices": f"SELECT {columns(Device)} FROM device WHERE org = :org AND {one_of('id', 'ids')}",
    "sims": f"SELECT {columns(Sim)} FROM sim WHERE org = :org AND {one_of('id', 'ids')}",
    "policies": f"SELECT id, name FROM policy WHERE {one_of('id', 'ids')}",
    "tariffs": f"SELECT id, name FROM tariff WHERE {one_of('id', 'ids')}",
    "avoided": "SELECT operator FROM avoided_operator WHERE device = :device ORDER BY operator",
    "tally": f"SELECT {columns(Tally)} FROM tally WHERE device = :device",
    "history": f"""SELECT {columns(MonthUsage)} FROM tally_history WHERE device = :device
        ORDER BY month DESC LIMIT :most""",
    "to_device": _TRAFFIC.format(
        price="CASE WHEN direction = 1 THEN price ELSE segments * :price END", counted=_COUNTED, of=_TO
    ),
    "to_device_end": _TRAFFIC_END.format(of=_TO),
    "from_device": _TRAFFIC.format(price="price + 0 * :price", counted="1", of=_FROM),
    "from_device_end": _TRAFFIC_END.format(of=_FROM),
}
_SQL = {name: compile_sql(text, "sqlite") for name, text in _TEXTS.items()}


class SqliteFleetReader:
    """The seam `flow/reads/fleet_port.FleetReader`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def organisation(self, org: int) -> str:
        def ask(view: View) -> str:
            return next((str(row[0]) for row in _rows(view, "organisation", org)), "")

        return await self._reader.ask(ask)

    async def devices(self, org: int, wanted: Wanted, offset: Offset, limit: int) -> Found[DeviceRow]:
        return await self._reader.ask(lambda view: _devices(view, org, wanted, offset, limit))

    async def device_ids(self, org: int, wanted: Wanted, most: int) -> list[int]:
        listing = NarrowListing(DEVICES, wanted, "v.org = :v1", (org,))
        return await self._reader.ask(lambda view: narrow_keys(view, listing, most))

    async def devices_of(self, org: int, ids: Sequence[int]) -> list[DeviceRow]:
        def ask(view: View) -> list[DeviceRow]:
            rows = {row[0]: Device(*row) for row in _rows(view, "devices", org, keys(ids))}
            return _listed(view, [rows[id] for id in ids if id in rows])

        return await self._reader.ask(ask)

    async def device(self, org: int, id: int) -> DeviceRow | None:
        def ask(view: View) -> DeviceRow | None:
            rows = _rows(view, "devices", org, keys([id]))
            return _device_rows(view, [Device(*row) for row in rows])[0] if rows else None

        return await self._reader.ask(ask)

    async def sims(self, org: int, wanted: Wanted, offset: Offset, limit: int) -> Found[SimRow]:
        return await self._reader.ask(lambda view: _sims(view, org, wanted, offset, limit))

    async def sim(self, org: int, id: int) -> SimRow | None:
        def ask(view: View) -> SimRow | None:
            rows = _rows(view, "sims", org, keys([id]))
            return _sim_rows(view, org, [Sim(*row) for row in rows])[0] if rows else None

        return await self._reader.ask(ask)

    async def avoided(self, org: int, device: int) -> list[int] | None:
        def ask(view: View) -> list[int] | None:
            if not _rows(view, "devices", org, keys([device])):
                return None
            return [row[0] for row in _rows(view, "avoided", device)]

        return await self._reader.ask(ask)

    async def events(
        self,
        org: int,
        wanted: Wanted,
        offset: Offset,
        limit: int,
        device: int | None = None,
        sim: int | None = None,
    ) -> Found[EventRow]:
        return await self._reader.ask(lambda view: _events(view, org, wanted, offset, limit, device, sim))

    async def traffic(self, device: int, towards: bool, spans: Spans, before: Mark, price: int) -> Traffic:
        return await self._reader.ask(lambda view: _traffic(view, device, towards, spans, before, price))

    async def months(self, device: int) -> Months:
        def ask(view: View) -> Months:
            tally = _rows(view, "tally", device)
            history = [MonthUsage(*row) for row in _rows(view, "history", device, HISTORY_MONTHS)]
            return Months(Tally(*tally[0]) if tally else None, history)

        return await self._reader.ask(ask)


def _rows(view: View, name: str, *values: Value) -> list[Row]:
    return view.connection.execute(_SQL[name], values).fetchall()


def _page(view: View, listing: Listing, offset: Offset, limit: int, most: int) -> Found[Row]:
    count = listing.count(most)
    counted: list[Row] = view.connection.execute(count.text, count.values).fetchall()
    total: int = counted[0][0]
    page = listing.page(offset(min(total, most)), limit)
    rows: list[Row] = view.connection.execute(page.text, page.values).fetchall()
    return Found(rows, min(total, most), total > most)


def _devices(view: View, org: int, wanted: Wanted, offset: Offset, limit: int) -> Found[DeviceRow]:
    found = narrow_page(view, NarrowListing(DEVICES, wanted, "v.org = :v1", (org,)), offset, limit)
    return Found(_listed(view, [Device(*row) for row in found.rows]), found.total, found.cut)


def _listed(view: View, devices: Sequence[Device]) -> list[DeviceRow]:
    ids = keys(device.id for device in devices)
    waiting: dict[int, int] = dict(_rows(view, "waiting", MOST_WAITING_COUNTED, ids))
    return [replace(row, waiting=waiting.get(row.device.id, 0)) for row in _device_rows(view, devices)]


def _device_rows(view: View, devices: Sequence[Device]) -> list[DeviceRow]:
    sims = {sim.device: sim for sim in _sims_of(view, [device.id for device in devices])}
    policies: dict[int, str] = dict(_rows(view, "policies", keys({device.policy for device in devices})))
    wanted = {device.tariff for device in devices if device.tariff is not None}
    tariffs: dict[int, str] = dict(_rows(view, "tariffs", keys(wanted))) if wanted else {}
    return [
        DeviceRow(
            device, sims.get(device.id), policies.get(device.policy, ""), tariffs.get(device.tariff or 0)
        )
        for device in devices
    ]


def _sims_of(view: View, devices: Sequence[int]) -> list[Sim]:
    return [Sim(*row) for row in _rows(view, "sims_of", keys(devices))]


def _sims(view: View, org: int, wanted: Wanted, offset: Offset, limit: int) -> Found[SimRow]:
    found = _page(view, Listing(SIMS, wanted, "s.org = :v1", (org,)), offset, limit, MOST_COUNTED)
    return Found(_sim_rows(view, org, [Sim(*row) for row in found.rows]), found.total, found.cut)


def _sim_rows(view: View, org: int, sims: Sequence[Sim]) -> list[SimRow]:
    devices = _named(view, org, {sim.device for sim in sims if sim.device is not None})
    return [SimRow(sim, devices.get(sim.device or 0)) for sim in sims]


def _named(view: View, org: int, ids: set[int]) -> dict[int, Device]:
    return {row[0]: Device(*row) for row in _rows(view, "devices", org, keys(ids))} if ids else {}


def _events(
    view: View, org: int, wanted: Wanted, offset: Offset, limit: int, device: int | None, sim: int | None
) -> Found[EventRow]:
    where, values = _whose(view, org, device, sim)
    if device is None and sim is None and _is_narrow(wanted):
        where = f"+{where}"
    found = _page(view, Listing(EVENTS, wanted, where, values), offset, limit, MOST_EVENTS_COUNTED)
    events = [Happening(*row) for row in found.rows]
    devices = _named(view, org, {event.device for event in events if event.device is not None})
    of_devices = {one.device: one for one in _sims_of(view, list(devices))}
    named = {event.sim for event in events if event.sim is not None}
    own = {row[0]: Sim(*row) for row in _rows(view, "sims", org, keys(named))} if named else {}
    rows = [
        EventRow(
            event, devices.get(event.device or 0), own.get(event.sim or 0) or of_devices.get(event.device)
        )
        for event in events
    ]
    return Found(rows, found.total, found.cut)


def _is_narrow(wanted: Wanted) -> bool:
    """Is it about some devices only?"""
    return any(EVENTS.columns[one.column].partition(".")[0] in EVENTS.through for one in wanted.conditions)


def _whose(
    view: View, org: int, device: int | None, sim: int | None
) -> tuple[str, tuple[int | str | None, ...]]:
    """`+e.org`: a device has fewer events than its organisation, and the planner cannot know."""
    if device is not None:
        return "+e.org = :v1 AND e.device = :v2", (org, device)
    if sim is None:
        return "e.org = :v1", (org,)
    rows = _rows(view, "sims", org, keys([sim]))
    owner, since = (rows[0][_DEVICE], rows[0][_ASSIGNED_AT]) if rows else (None, None)
    if owner is None:
        return "+e.org = :v1 AND e.sim = :v2", (org, sim)
    return "+e.org = :v1 AND (e.sim = :v2 OR (e.device = :v3 AND e.at >= :v4))", (org, sim, owner, since or 0)


_DEVICE = Sim.__struct_fields__.index("device")
_ASSIGNED_AT = Sim.__struct_fields__.index("assigned_at")


def _traffic(view: View, device: int, towards: bool, spans: Spans, before: Mark, price: int) -> Traffic:
    name = "to_device" if towards else "from_device"
    since, at, id = spans.since, before.at, before.id
    rows = _rows(view, name, since, spans.width_ms, price, device, at, id, SLICE_MESSAGES)
    end = _rows(view, f"{name}_end", device, since, at, id, SLICE_MESSAGES - 1)
    return Traffic({row[0]: (row[1], row[2]) for row in rows}, Mark(*end[0]) if end else None)
