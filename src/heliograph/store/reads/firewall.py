"""Reads of firewalls and of stored traffic on SQLite, over the reader's connections."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import json

from heliograph.core.device import Device
from heliograph.core.firewall.passing import Guard, compiled, rules_of
from heliograph.core.firewall.rules import NO_RULES, Rules, RuleSet
from heliograph.core.firewall.suppression import StopWords, Suppression, default_words
from heliograph.core.firewall.watch import Watch
from heliograph.core.message import Message
from heliograph.core.policy import Policy
from heliograph.core.what_if import Party, Traffic
from heliograph.flow.shown import Mark
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.view import Row, View
from heliograph.store.sql.admin import TABLES
from heliograph.store.sql.catalogue import columns, compile_sql
from heliograph.store.sql.firewall import SQL

Value = int | str
_OWNERS = {
    kind: compile_sql(f"SELECT {columns(kind)} FROM {TABLES[kind]} WHERE org = :org AND id = :id", "sqlite")
    for kind in (Policy, Device)
}
_MESSAGE = len(Message.__struct_fields__)


class SqliteFirewallReader:
    """The seam `flow/reads/what_if_port.FirewallReader`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def _rows(self, name: str, *values: Value) -> list[Row]:
        return await self._reader.ask(_asking(SQL[name], *values))

    async def owner(self, kind: type[Policy] | type[Device], org: int, id: int) -> Policy | Device | None:
        rows = await self._reader.ask(_asking(_OWNERS[kind], org, id))
        return kind(*rows[0]) if rows else None

    async def rules(self, org: int, rule_set: int) -> Rules:
        rows = await self._rows("rule_set", org, rule_set)
        return rules_of(RuleSet(*rows[0])) if rows else NO_RULES

    async def watch(self, org: int, device: int) -> Watch | None:
        rows = await self._rows("watch", org, device)
        return Watch(*rows[0]) if rows else None

    async def suppressions(self, org: int, passed: int, limit: int) -> tuple[int, list[Suppression]]:
        ((count,),) = await self._rows("suppression_count", org)
        rows = await self._rows("suppressions", org, limit, passed)
        return count, [Suppression(*row) for row in rows]

    async def suppression(self, org: int, id: int) -> Suppression | None:
        rows = await self._rows("suppression", org, id)
        return Suppression(*rows[0]) if rows else None

    async def stop_words(self, org: int) -> StopWords:
        rows = await self._rows("stop_words", json.encode([org]).decode())
        return StopWords(*rows[0]) if rows else default_words(org)

    async def traffic(self, org: int, after: Mark, until: int, limit: int) -> list[Traffic]:
        return [_traffic(row) for row in await self._rows("traffic", org, until, after.at, after.id, limit)]

    async def guards(self, org: int, rule_sets: Sequence[int]) -> Mapping[int, Guard]:
        rows = await self._rows("rule_sets", json.encode(rule_sets).decode())
        found = [RuleSet(*row) for row in rows]
        return {one.id: compiled(rules_of(one)) for one in found if one.org == org}


def _asking(text: str, *values: Value) -> Callable[[View], list[Row]]:
    return lambda view: view.connection.execute(text, values).fetchall()


def _traffic(row: Row) -> Traffic:
    message = Message(*row[:_MESSAGE])
    to_policy, to_name, to_firewall, from_policy, from_name, from_firewall = row[_MESSAGE:]
    return Traffic(
        message,
        _party(message.device, to_policy, to_name, to_firewall),
        _party(message.origin, from_policy, from_name, from_firewall),
    )


def _party(id: int | None, policy: Any, name: Any, firewall: Any) -> Party | None:
    """None: no device, or one that was deleted since."""
    return None if id is None or policy is None else Party(id, policy, name, firewall)
