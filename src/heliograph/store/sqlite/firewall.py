"""The verbs for firewalls, on SQLite. They share their transaction's connection and never suspend."""

from collections.abc import Iterable, Sequence
from typing import Any

import apsw
from msgspec import json

from heliograph.core.firewall.passing import Guard, compiled, rules_of
from heliograph.core.firewall.rules import RuleSet
from heliograph.core.firewall.suppression import StopWords, Suppression
from heliograph.core.firewall.watch import Watch
from heliograph.store.sql.firewall import SQL

MOST_COMPILED = 10_000

Row = tuple[Any, ...]  # the columns' types are the row types' own; STRICT tables hold them to it


def _keys(values: Iterable[int | str]) -> str:
    return json.encode(list(values)).decode()


class Compiled:
    """Rule sets that were compiled, by id. An id never means two things, so nothing gets old."""

    def __init__(self) -> None:
        self._guards: dict[int, Guard] = {}

    def get(self, id: int) -> Guard | None:
        return self._guards.get(id)

    def put(self, id: int, guard: Guard) -> None:
        if len(self._guards) >= MOST_COMPILED:
            self._guards.clear()
        self._guards[id] = guard

    def forget(self) -> None:
        """A transaction was rolled back: its ids are given again, to other rules."""
        self._guards.clear()


class SqliteFirewall:
    """Of one transaction."""

    def __init__(self, connection: apsw.Connection, compiled: Compiled) -> None:
        self._connection = connection
        self._compiled = compiled

    def _rows(self, name: str, *values: int | str) -> list[Row]:
        return self._connection.execute(SQL[name], values).fetchall()

    async def load_guards(self, rule_sets: Sequence[int]) -> dict[int, Guard]:
        known = {id: guard for id in rule_sets if (guard := self._compiled.get(id)) is not None}
        missing = [id for id in rule_sets if id not in known]
        for row in self._rows("rule_sets", _keys(missing)) if missing else ():
            rule_set = RuleSet(*row)
            guard = known[rule_set.id] = compiled(rules_of(rule_set))
            self._compiled.put(rule_set.id, guard)
        return known

    async def load_watches(self, devices: Sequence[int]) -> dict[int, Watch]:
        return {row[0]: Watch(*row) for row in self._rows("watches", _keys(devices))}

    async def load_suppressed(self, org: int, numbers: Sequence[str]) -> dict[str, Suppression]:
        found = [Suppression(*row) for row in self._rows("suppressed", org, _keys(numbers))]
        return {one.number: one for one in found}

    async def load_stop_words(self, orgs: Sequence[int]) -> dict[int, StopWords]:
        return {row[0]: StopWords(*row) for row in self._rows("stop_words", _keys(orgs))}
