"""The SQL of firewalls, what is remembered for them, and suppression. The catalogue's convention."""

from heliograph.core.firewall.rules import RuleSet
from heliograph.core.firewall.suppression import StopWords, Suppression
from heliograph.core.firewall.watch import Watch
from heliograph.core.message import Message
from heliograph.store.sql.catalogue import columns, compile_sql, one_of

_TEXTS: dict[str, str] = {
    "rule_sets": f"SELECT {columns(RuleSet)} FROM firewall WHERE {one_of('id', 'ids')}",
    "rule_set": f"SELECT {columns(RuleSet)} FROM firewall WHERE org = :org AND id = :id",
    "watches": f"SELECT {columns(Watch)} FROM watch WHERE {one_of('device', 'ids')}",
    "watch": f"SELECT {columns(Watch)} FROM watch WHERE org = :org AND device = :device",
    "drop_watches": f"DELETE FROM watch WHERE {one_of('device', 'ids')}",
    "drop_firewalls": f"DELETE FROM firewall WHERE {one_of('id', 'ids')}",
    "drop_firewalls_of_devices": f"""DELETE FROM firewall
        WHERE id IN (SELECT firewall FROM device WHERE {one_of("id", "ids")})""",
    "suppressed": f"""SELECT {columns(Suppression)} FROM suppression
        WHERE org = :org AND {one_of("number", "numbers")}""",
    "suppressions": f"""SELECT {columns(Suppression)} FROM suppression WHERE org = :org
        ORDER BY number LIMIT :most OFFSET :passed""",
    "suppression_count": "SELECT count(*) FROM suppression WHERE org = :org",
    "suppression": f"SELECT {columns(Suppression)} FROM suppression WHERE org = :org AND id = :id",
    "stop_words": f"SELECT {columns(StopWords)} FROM stop_words WHERE {one_of('id', 'ids')}",
    # What-if: a slice of the traffic of an organisation, oldest first, with the policies of both sides.
    "traffic": f"""SELECT {columns(Message, "m.")}, d.policy, d.name, d.firewall, o.policy, o.name, o.firewall
        FROM (SELECT * FROM message WHERE org = :org AND accepted_at < :until
            AND (accepted_at, id) > (:at, :id) ORDER BY accepted_at, id LIMIT :most) m
        LEFT JOIN device d ON d.id = m.device LEFT JOIN device o ON o.id = m.origin
        ORDER BY m.accepted_at, m.id""",
}
SQL = {name: compile_sql(text, "sqlite") for name, text in _TEXTS.items()}
