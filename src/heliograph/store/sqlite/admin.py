"""The verbs for what people manage, and for retention, on SQLite: a second small set beside the hot path's.

Shares its transaction's connection; every verb is a coroutine that never suspends.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import apsw
from msgspec import json
from msgspec.structs import asdict, astuple

from heliograph.core.console import ConsoleUse
from heliograph.core.device import Device, Quota
from heliograph.core.firewall.watch import Watch
from heliograph.core.organisation import Application
from heliograph.core.policy import Policy
from heliograph.core.retention import Candidate, Kept, Walk
from heliograph.core.schedule import LONGEST_VALIDITY_SECONDS
from heliograph.core.security.audit import CONSOLE, LOGIN, Actor, Attempt, Simulated, SimulatedSms
from heliograph.core.security.sealed import KeyRing, SealedColumn, SealedRow
from heliograph.core.sim import AvoidedOperator, Sim
from heliograph.core.tariff import Tariff
from heliograph.flow.ports import M, Managed
from heliograph.store import sealed
from heliograph.store.sql.admin import DELETES, FINDS, INSERTS, LOADS, OF_ORG, TABLES, UPDATES, WRITES
from heliograph.store.sql.firewall import SQL as FIREWALL
from heliograph.store.sqlite.audit import Trail

Row = tuple[Any, ...]  # the columns' types are the row types' own; STRICT tables hold them to it
Value = int | str | None
_PLATFORM_WIDE = "org = "
_OF_DEVICE = ("drop_devices", "drop_tallies", "drop_history", "drop_quotas", "drop_lanes", "drop_avoided")


def _keys(values: Iterable[int | str]) -> str:
    return json.encode(list(values)).decode()


class SqliteAdmin:
    """Of one transaction."""

    def __init__(self, connection: apsw.Connection, now: int, by: Actor | None) -> None:
        self._connection = connection
        self._now = now
        self._trail = Trail(connection, now, by)

    def _rows(self, name: str, *values: Value) -> list[Row]:
        return self._connection.execute(WRITES[name], values).fetchall()

    async def last_change(self, org: int) -> int:
        return self._trail.last_change(org)

    async def add(self, rows: Sequence[Managed]) -> None:
        for kind in {type(row) for row in rows}:
            own = [row for row in rows if type(row) is kind]
            self._connection.executemany(INSERTS[kind], map(astuple, own))
            self._trail.record_new(TABLES[kind], own)

    async def change(self, rows: Sequence[Managed]) -> None:
        for row in rows:
            await self.audit("change", (await self.load(type(row), [row.id])).get(row.id), row)
            values = asdict(row)
            id = values.pop("id")
            values.pop("org", None)
            self._connection.execute(UPDATES[type(row)], (*values.values(), id)).fetchall()

    async def load(self, kind: type[M], ids: Sequence[int]) -> dict[int, M]:
        rows: list[Row] = self._connection.execute(LOADS[kind], (_keys(ids),)).fetchall()
        return {row[0]: kind(*row) for row in rows}

    async def of_org(self, kind: type[M], org: int, limit: int) -> list[M]:
        rows: list[Row] = self._connection.execute(OF_ORG[kind], (org, limit)).fetchall()
        return [kind(*row) for row in rows]

    async def find(self, kind: type[Managed], org: int, names: Sequence[str]) -> dict[str, int]:
        text = FINDS[kind]
        values = (org, _keys(names)) if _PLATFORM_WIDE in text else (_keys(names),)
        rows: list[Row] = self._connection.execute(text, values).fetchall()
        return dict(rows)

    async def audit(
        self, action: str, before: Managed | Quota | Watch | None, after: Managed | Quota | Watch | None
    ) -> None:
        kind = type(after if after is not None else before)
        self._trail.record(action, TABLES.get(kind, "watch" if kind is Watch else "quota"), before, after)

    async def drop(self, rows: Sequence[Managed]) -> None:
        for row in rows:
            await self.audit("delete", row, None)
            self._connection.execute(DELETES[type(row)], (row.id,)).fetchall()
            if isinstance(row, Policy):
                self._connection.execute(FIREWALL["drop_firewalls"], (_keys([row.firewall]),)).fetchall()

    async def load_sealed(self, column: SealedColumn, after: int, limit: int) -> list[SealedRow]:
        return sealed.load_sealed(self._connection, column, after, limit)

    async def replace_sealed(self, column: SealedColumn, rows: Sequence[SealedRow]) -> None:
        sealed.replace_sealed(self._connection, column, rows)

    async def record_keys(self, action: str, before: KeyRing, after: KeyRing) -> None:
        self._trail.record(action, "key", before, after)

    async def record_simulated(self, before: Simulated | None, after: Simulated | SimulatedSms) -> None:
        self._trail.record("simulate", TABLES[Device], before, after)

    async def record_login(self, action: str, attempt: Attempt) -> None:
        self._trail.record(action, LOGIN, None, attempt)

    async def record_console(self, action: str, use: ConsoleUse) -> None:
        self._trail.record(action, CONSOLE, None, use)

    async def count_users(self, row: Policy | Application | Tariff) -> int:
        count: int = self._rows(f"users_of_{TABLES[type(row)]}", row.org, row.id)[0][0]
        return count

    async def is_awaited(self, application: int) -> bool:
        return bool(self._rows("application_awaited", application)[0][0])

    async def waiting_for_application(self, application: int, up_to: int, limit: int) -> list[int]:
        return [row[0] for row in self._rows("waiting_for_application", application, up_to, limit)]

    async def drop_lanes_of_application(self, application: int) -> None:
        self._rows("drop_lanes_of_application", application)

    async def load_quotas(self, devices: Sequence[int]) -> dict[int, Quota]:
        return {row[0]: Quota(*row) for row in self._rows("quotas", _keys(devices))}

    async def ended_quotas(self, limit: int) -> list[Quota]:
        return [Quota(*row) for row in self._rows("ended_quotas", self._now, limit)]

    async def drop_quotas(self, devices: Sequence[int]) -> None:
        self._rows("drop_quotas", _keys(devices))

    async def awaited(self, org: int, devices: Sequence[int]) -> set[int]:
        return {row[0] for row in self._rows("awaited", _keys(devices), org)}

    async def waiting_for(self, device: int, limit: int) -> list[int]:
        return [row[0] for row in self._rows("waiting_for", device, limit)]

    async def drop_devices(self, devices: Sequence[int]) -> None:
        for row in (await self.load(Device, devices)).values():
            await self.audit("delete", row, None)
        for name in ("drop_firewalls_of_devices", "drop_watches"):
            self._connection.execute(FIREWALL[name], (_keys(devices),)).fetchall()
        self._rows("forget_departed", self._now - LONGEST_VALIDITY_SECONDS * 1000)
        self._rows("note_departed", self._now, _keys(devices))
        for name in _OF_DEVICE:
            self._rows(name, _keys(devices))

    async def add_implied(self, sims: Sequence[Sim]) -> None:
        self._connection.executemany(INSERTS[Sim], map(astuple, sims))

    async def find_sims(self, column: str, values: Sequence[int | str]) -> list[Sim]:
        return [Sim(*row) for row in self._rows(f"sims_by_{column}", _keys(values))] if values else []

    async def find_batch(self, org: int, bic: str, limit: int) -> list[Sim]:
        return [Sim(*row) for row in self._rows("batch", org, bic, limit)]

    async def find_avoided(self, device: int) -> list[AvoidedOperator]:
        return [AvoidedOperator(*row) for row in self._rows("avoided", device)]

    async def move_lane(self, device: int, gate: str) -> None:
        self._rows("move_lane", gate, device)
        self._rows("start_lane", device, gate, self._now)

    async def walk(self, walk: Walk, until: int, limit: int) -> list[Candidate]:
        (start,) = self._rows("walked", walk.org, walk.what) or [(-1, -1)]
        rows = self._rows("walk", walk.org, until, *start, limit)
        candidates = [Candidate(*row) for row in rows]
        if candidates:
            last = candidates[-1]
            self._rows("set_walked", walk.org, walk.what, last.accepted_at, last.id)
        return candidates

    async def kept(self, walk: Walk, until: int, limit: int) -> list[Candidate]:
        found = self._rows("kept", walk.org, walk.what, until, limit)
        for look_at, message in found:
            self._rows("forget", walk.org, walk.what, look_at, message)
        return [Candidate(*row) for row in self._rows("candidates", _keys(row[1] for row in found))]

    async def keep(self, walk: Walk, kept: Sequence[Kept]) -> None:
        for row in kept:
            self._rows("keep", walk.org, walk.what, row.look_at, row.message)

    async def drop_bodies(self, messages: Sequence[int]) -> None:
        self._rows("drop_bodies", _keys(messages))

    async def drop_messages(self, messages: Sequence[int]) -> None:
        for name in ("drop_messages", "drop_references", "drop_labels", "drop_console_sent"):
            self._rows(name, _keys(messages))

    async def drop_events(self, org: int, before: int, limit: int) -> int:
        return len(self._rows("drop_events", org, before, limit))

    async def drop_kept_answers(self, org: int, before: int, limit: int) -> int:
        return len(self._rows("drop_kept_answers", org, before, limit))
