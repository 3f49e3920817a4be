"""Reads of policies, tariffs and quotas on SQLite, over the reader's connections: each question is one
snapshot.
"""

from heliograph.core.device import Quota
from heliograph.core.policy import Policy
from heliograph.core.tariff import Tariff
from heliograph.flow.reads.port import LONGEST_LIST
from heliograph.store.reads.questions import row_id
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import Row, Value, View
from heliograph.store.sql.catalogue import columns, compile_sql

_TEXTS = {
    "policies": f"SELECT {columns(Policy)} FROM policy WHERE org = :org ORDER BY name LIMIT :most",
    "policy": f"SELECT {columns(Policy)} FROM policy WHERE org = :org AND id = :id",
    "tariffs": f"SELECT {columns(Tariff)} FROM tariff WHERE org = :org ORDER BY name LIMIT :most",
    "tariff": f"SELECT {columns(Tariff)} FROM tariff WHERE org = :org AND id = :id",
    "tariff_named": f"SELECT {columns(Tariff)} FROM tariff WHERE org = :org AND name = :name",
    "users_of_policies": "SELECT policy, count(*) FROM device WHERE org = :org GROUP BY policy",
    "users_of_policy": "SELECT :id, count(*) FROM device WHERE org = :org AND policy = :id",
    "users_of_tariffs": """SELECT tariff, count(*) FROM device WHERE org = :org AND tariff IS NOT NULL
        GROUP BY tariff""",
    "users_of_tariff": "SELECT :id, count(*) FROM device WHERE org = :org AND tariff = :id",
    "device": "SELECT 1 FROM device WHERE org = :org AND id = :device",
    "quota": f"SELECT {columns(Quota)} FROM quota WHERE org = :org AND device = :device",
}
_SQL = {name: compile_sql(text, "sqlite") for name, text in _TEXTS.items()}


class SqlitePolicyReader:
    """The seam `flow/reads/policy_port.PolicyReader`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def policies(self, org: int) -> list[Policy]:
        rows = await self._rows("policies", org, LONGEST_LIST)
        return [Policy(*row) for row in rows]

    async def policy(self, org: int, id: int) -> Policy | None:
        rows = await self._rows("policy", org, id)
        return Policy(*rows[0]) if rows else None

    async def policy_users(self, org: int, policy: int | None = None) -> dict[int, int]:
        if policy is None:
            return dict(await self._rows("users_of_policies", org))
        return dict(await self._rows("users_of_policy", policy, org))

    async def tariffs(self, org: int) -> list[Tariff]:
        return [Tariff(*row) for row in await self._rows("tariffs", org, LONGEST_LIST)]

    async def tariff(self, org: int, id: int) -> Tariff | None:
        rows = await self._rows("tariff", org, id)
        return Tariff(*rows[0]) if rows else None

    async def tariff_named(self, org: int, which: str) -> Tariff | None:
        rows = await self._rows("tariff_named", org, which)
        return Tariff(*rows[0]) if rows else await self.tariff(org, row_id(which))

    async def tariff_users(self, org: int, tariff: int | None = None) -> dict[int, int]:
        if tariff is None:
            return dict(await self._rows("users_of_tariffs", org))
        return dict(await self._rows("users_of_tariff", tariff, org))

    async def quota(self, org: int, device: int) -> tuple[bool, Quota | None]:
        return await self._reader.ask(lambda view: _quota(view, org, device))

    async def _rows(self, name: str, *values: Value) -> list[Row]:
        return await self._reader.ask(lambda view: _rows(view, name, *values))


def _rows(view: View, name: str, *values: Value) -> list[Row]:
    return view.connection.execute(_SQL[name], values).fetchall()


def _quota(view: View, org: int, device: int) -> tuple[bool, Quota | None]:
    there = bool(_rows(view, "device", org, device))
    rows = _rows(view, "quota", org, device)
    return there, Quota(*rows[0]) if there and rows else None
