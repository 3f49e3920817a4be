"""The SQL of what waits and what passed. The catalogue's convention; each looks at `:scan` rows at most."""

from heliograph.store.sql.catalogue import compile_sql

_PLACES = """count(*) AS rows, sum(CASE WHEN place = 0 THEN 1 ELSE 0 END) AS waiting,
    sum(CASE WHEN place = 2 THEN 1 ELSE 0 END) AS scheduled,
    sum(CASE WHEN place = 3 THEN 1 ELSE 0 END) AS awaiting,
    sum(CASE WHEN place = 4 THEN 1 ELSE 0 END) AS held"""
# Along the index of lanes; the join comes after, so that lanes of other organisations count as looked at.
_ALL = """SELECT d.key, d.place FROM delivery d
    WHERE d.receiver = :receiver AND d.place <> 1 AND d.key > :after ORDER BY d.key LIMIT :scan"""
# Along the organisation's own devices, each of which is asked for its lane: for those that have few.
_OWN = """SELECT o.id AS key, d.place FROM device o CROSS JOIN delivery d
    WHERE o.org = :org AND o.id > :after AND d.receiver = :receiver AND d.key = o.id AND d.place <> 1
    ORDER BY o.id LIMIT :scan"""
_FROM = f"""FROM (SELECT key, {_PLACES} FROM ({{rows}}) s
        GROUP BY key ORDER BY key) k
    LEFT JOIN device v ON v.id = k.key LEFT JOIN lane l ON l.receiver = :receiver AND l.key = k.key"""
_OF_DEVICES = "v.org, v.name, v.attached, v.network"
_LANES = f"""SELECT k.key, k.rows, k.waiting, k.scheduled, k.awaiting, k.held, {{device}},
        l.gate, l.due_at, coalesce(l.attempts, 0), coalesce(l.code, '') {_FROM}"""
# Lanes that stand alike: what their state is made of.
_GROUPS = f"""SELECT {{device}}, l.gate, l.due_at IS NULL, coalesce(l.attempts, 0) > 0, coalesce(l.code, ''),
        k.waiting > 0, k.scheduled > 0, k.awaiting > 0, count(*), sum(k.rows), min(l.due_at) {_FROM}
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"""

_TEXTS = {
    "lanes_of_devices": _LANES.format(device=_OF_DEVICES, rows=_ALL),
    "lanes_of_own_devices": _LANES.format(device=_OF_DEVICES, rows=_OWN),
    "lanes": _LANES.format(device="0, v.name, 1, ''", rows=_ALL),
    "groups_of_devices": _GROUPS.format(device="v.org, v.attached, v.network", rows=_ALL),
    "groups_of_own_devices": _GROUPS.format(device="v.org, v.attached, v.network", rows=_OWN),
    "groups": _GROUPS.format(device="0, 1, ''", rows=_ALL),
    "devices": "SELECT count(*) FROM (SELECT 1 FROM device WHERE org = :org LIMIT :most) o",
    "next_device": "SELECT min(id) FROM device WHERE org = :org AND id > :after",
    "applications": "SELECT id FROM application WHERE org = :org ORDER BY id LIMIT :most",
    "heads": """SELECT d.message, m.accepted_at FROM delivery d LEFT JOIN message m ON m.id = d.message
        AND d.kind <> 4 WHERE d.receiver = :receiver AND d.key = :key AND d.place = 0 AND d.place <> 1
        ORDER BY d.priority DESC, d.position LIMIT 1""",
    "count": """SELECT count(*) FROM (SELECT 1 FROM message
        WHERE org = :org AND accepted_at >= :since AND accepted_at < :until LIMIT :most) m""",
    "passed": """SELECT accepted_at, direction, state, not_before, final_at FROM message
        WHERE org = :org AND accepted_at >= :since AND accepted_at < :until
        ORDER BY accepted_at LIMIT :most""",
    "blocked": """SELECT type, detail, count(*) FROM (SELECT type, detail FROM event
            WHERE org = :org AND at >= :since ORDER BY at DESC LIMIT :scan) e GROUP BY type, detail""",
    "events": """SELECT count(*) FROM (SELECT 1 FROM event WHERE org = :org AND at >= :since
        LIMIT :scan) e""",
}
SQL = {name: compile_sql(text, "sqlite") for name, text in _TEXTS.items()}
