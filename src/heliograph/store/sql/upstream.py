"""The SQL of upstreams, and of phones outside the fleet. The catalogue's convention."""

from heliograph.core.upstream import Route, Upstream
from heliograph.core.waking import GATE_OPENED
from heliograph.store.sql.catalogue import columns, compile_sql, one_of

_WAITS = "d.via <> '' AND d.place <> 1 AND d.place <> 3"  # in the words of the index

# From one list of names to the next along the index, whatever waits; there are few such lists.
_WAYS = f"""WITH RECURSIVE known(via) AS (
        SELECT min(d.via) FROM delivery d WHERE {_WAITS}
        UNION ALL SELECT (SELECT min(d.via) FROM delivery d WHERE {_WAITS} AND d.via > k.via)
        FROM known k WHERE k.via IS NOT NULL)"""

_TEXTS: dict[str, str] = {
    "upstreams": f"SELECT {columns(Upstream)} FROM upstream ORDER BY id",
    "routes": f"SELECT {columns(Route)} FROM route ORDER BY id",
    "routes_to": f"SELECT {columns(Route)} FROM route WHERE upstream = :upstream ORDER BY id",
    "count_upstreams": "SELECT count(*) FROM upstream WHERE org = :org",
    "count_routes": "SELECT count(*) FROM route WHERE org = :org",
    "phones": """SELECT k.value,
        (SELECT count(*) FROM (SELECT 1 FROM delivery q WHERE q.receiver = :receiver AND q.key = k.value
            AND q.place <> 1 LIMIT :most) counted),
        EXISTS(SELECT 1 FROM delivery b WHERE b.receiver = :receiver AND b.key = k.value AND b.place = 0
            AND b.place <> 1)
        OR EXISTS(SELECT 1 FROM lane l WHERE l.receiver = :receiver AND l.key = k.value
            AND l.due_at IS NOT NULL)
        FROM [[sqlite:json_each(:keys)]][[pg:unnest(:keys::bigint[]) AS]] k[[pg:(value)]]""",
    "replaceable": """SELECT d.id FROM delivery d [[sqlite:CROSS]] JOIN message m ON m.id = d.message
        WHERE d.receiver = :receiver AND d.key = :key AND d.place <> 1 AND d.place <> 3
        AND m.replace_key = :replace_key AND m.final_at IS NULL AND m.state <> 2""",
    "all_ways": f"{_WAYS} SELECT k.via FROM known k WHERE k.via IS NOT NULL",
    "ways": f"{_WAYS} SELECT k.via FROM known k WHERE ' ' || k.via LIKE '% ' || :upstream",
    "waiting": f"""SELECT d.id FROM delivery d WHERE d.via = :via AND d.place = :place AND {_WAITS}
        AND d.id > :after ORDER BY d.id LIMIT :most""",
    "waiting_of_device": """SELECT d.id FROM delivery d WHERE d.receiver = 0 AND d.key = :device
        AND d.place <> 1 AND d.place <> 3""",
    "wake": f"""INSERT INTO lane(receiver, key, gate, due_at, attempts, code)
        SELECT DISTINCT d.receiver, d.key, :gate, :now, 0, '{GATE_OPENED}' FROM delivery d
        WHERE {one_of("d.id", "ids")}
        ON CONFLICT(receiver, key) DO UPDATE SET gate = excluded.gate
        WHERE lane.gate <> excluded.gate AND lane.due_at IS NOT NULL""",
}
SQL = {name: compile_sql(text, "sqlite") for name, text in _TEXTS.items()}
