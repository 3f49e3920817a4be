"""The SQL of reads for people. The catalogue's convention; a filter that is not asked for is NULL.

A list looks at no more than `:scan` rows, whatever it finds among them, so that no question holds the
store.
"""

from heliograph.core.changes import Happening
from heliograph.core.device import Device, MonthUsage, Quota, Tally
from heliograph.core.message import Message
from heliograph.core.organisation import Account, Application, Organisation, Token
from heliograph.core.policy import Policy
from heliograph.store.sql.access import READS as ACCESS_READS
from heliograph.store.sql.catalogue import columns, compile_sql

_FIND = "[[sqlite:instr]][[pg:strpos]]"
_BODY = "[[sqlite:CAST(m.body AS TEXT)]][[pg:encode(m.body, 'escape')]]"
WANTED_MESSAGE = f"""(CAST(:state AS BIGINT) IS NULL OR m.state = :state)
    AND (CAST(:direction AS BIGINT) IS NULL OR m.direction = :direction)
    AND (CAST(:text AS TEXT) IS NULL OR {_FIND}(lower({_BODY}), lower(:text)) > 0
        OR {_FIND}(m.source, :text) > 0 OR {_FIND}(m.destination, :text) > 0)"""

_READS: dict[str, str] = {
    "organisations": f"SELECT {columns(Organisation)} FROM organisation ORDER BY name LIMIT :most",
    "applications": f"""SELECT {columns(Application)} FROM application WHERE org = :org
        ORDER BY name LIMIT :most""",
    "policies": f"SELECT {columns(Policy)} FROM policy WHERE org = :org ORDER BY name LIMIT :most",
    "tokens": f"SELECT {columns(Token)} FROM token WHERE org = :org ORDER BY id LIMIT :most",
    "accounts": f"SELECT {columns(Account)} FROM account WHERE org = :org ORDER BY name LIMIT :most",
    "token": f"SELECT {columns(Token)} FROM token WHERE hash = :digest",
    "account": f"SELECT {columns(Account)} FROM account WHERE name = :name",
    "organisation_named": f"SELECT {columns(Organisation)} FROM organisation WHERE name = :which",
    "organisation": f"SELECT {columns(Organisation)} FROM organisation WHERE id = :id",
    "application_named": f"SELECT {columns(Application)} FROM application WHERE org = :org AND name = :which",
    "application": f"SELECT {columns(Application)} FROM application WHERE org = :org AND id = :id",
    "policy_named": f"SELECT {columns(Policy)} FROM policy WHERE org = :org AND name = :which",
    "policy": f"SELECT {columns(Policy)} FROM policy WHERE org = :org AND id = :id",
    "device_named": f"SELECT {columns(Device)} FROM device WHERE org = :org AND name = :which",
    "device_numbered": f"""SELECT {columns(Device)} FROM device
        WHERE org = :org AND msisdn = :which AND msisdn <> ''""",
    "device": f"SELECT {columns(Device)} FROM device WHERE org = :org AND id = :id",
    "devices": f"""SELECT {columns(Device)} FROM (SELECT * FROM device
            WHERE org = :org AND name > :after ORDER BY name LIMIT :scan) v
        WHERE (CAST(:tag AS TEXT) IS NULL OR {_FIND}(',' || tags || ',', ',' || :tag || ',') > 0)
        AND (CAST(:policy AS BIGINT) IS NULL OR policy = :policy)
        AND (CAST(:status AS BIGINT) IS NULL OR status = :status)
        AND (CAST(:network AS TEXT) IS NULL OR network = :network)
        AND (CAST(:text AS TEXT) IS NULL OR {_FIND}(lower(name), lower(:text)) > 0
            OR {_FIND}(msisdn, :text) > 0 OR {_FIND}(imsi, :text) > 0)
        ORDER BY name LIMIT :most""",
    "devices_end": """SELECT name FROM device WHERE org = :org AND name > :after
        ORDER BY name LIMIT 1 OFFSET :last""",
    "message": f"SELECT {columns(Message)} FROM message WHERE org = :org AND id = :id",
    "messages": f"""SELECT {columns(Message)} FROM (SELECT * FROM message
            WHERE org = :org AND accepted_at >= :since AND (accepted_at, id) < (:at, :id)
            ORDER BY accepted_at DESC, id DESC LIMIT :scan) m
        WHERE {WANTED_MESSAGE} ORDER BY accepted_at DESC, id DESC LIMIT :most""",
    "messages_end": """SELECT accepted_at, id FROM message
        WHERE org = :org AND accepted_at >= :since AND (accepted_at, id) < (:at, :id)
        ORDER BY accepted_at DESC, id DESC LIMIT 1 OFFSET :last""",
    # `+org`: a device has fewer messages than its organisation, and the planner cannot know.
    "messages_of_device": f"""SELECT {columns(Message)} FROM message m
        WHERE +m.org = :org AND (m.device = :device OR m.origin = :device)
        AND +m.accepted_at >= :since AND (+m.accepted_at, +m.id) < (:at, :id)
        AND {WANTED_MESSAGE} ORDER BY accepted_at DESC, id DESC LIMIT :most""",
    "delivery": """SELECT d.place, d.enter_at, d.expires_at, d.priority, d.position, d.via FROM delivery d
        WHERE d.receiver = :receiver AND d.key = :key AND d.place <> 1
        AND CASE WHEN d.kind = 2 THEN 1 ELSE 0 END = :receipt AND d.message = :message""",
    "ahead": """SELECT count(*) FROM delivery d WHERE d.receiver = :receiver AND d.key = :key AND d.place = 0
        AND d.place <> 1
        AND (d.priority > :priority OR (d.priority = :priority AND d.position < :position))""",
    "places": """SELECT place, count(*) FROM delivery d WHERE d.receiver = :receiver AND d.key = :key
        AND d.place <> 1 GROUP BY place""",
    "head": """SELECT message FROM delivery d WHERE d.receiver = :receiver AND d.key = :key AND d.place = 0
        AND d.place <> 1 ORDER BY d.priority DESC, d.position LIMIT 1""",
    "next_scheduled": """SELECT min(enter_at) FROM delivery d WHERE d.receiver = :receiver AND d.key = :key
        AND d.place = 2 AND d.place <> 1""",
    "under_way": """SELECT m.id FROM message m WHERE m.state = 2 AND m.device = :key
        AND NOT EXISTS(SELECT 1 FROM delivery d WHERE d.receiver = 0 AND d.key = :key AND d.place <> 1
            AND d.message = m.id)""",
    "under_way_to_application": """SELECT m.id FROM message m WHERE m.state = 2 AND m.origin = :key
        AND m.application = :receiver AND m.direction = 2
        AND NOT EXISTS(SELECT 1 FROM delivery d WHERE d.receiver = :receiver AND d.key = :key
            AND d.place <> 1 AND d.message = m.id)""",
    "lane": "SELECT gate, due_at, attempts, code FROM lane WHERE receiver = :receiver AND key = :key",
    "reachability": "SELECT network, attached FROM device WHERE id = :id",
    "events": f"""SELECT {columns(Happening)} FROM (SELECT * FROM event
            WHERE org = :org AND at >= :since AND (at, id) < (:at, :id)
            ORDER BY at DESC, id DESC LIMIT :scan) e
        WHERE (CAST(:device AS BIGINT) IS NULL OR device = :device)
        AND (CAST(:type AS TEXT) IS NULL OR type = :type) ORDER BY at DESC, id DESC LIMIT :most""",
    "events_end": """SELECT at, id FROM event WHERE org = :org AND at >= :since AND (at, id) < (:at, :id)
        ORDER BY at DESC, id DESC LIMIT 1 OFFSET :last""",
    "counts": """SELECT state, count(*) FROM (SELECT state FROM message
            WHERE org = :org AND accepted_at >= :since AND (accepted_at, id) < (:at, :id)
            ORDER BY accepted_at DESC, id DESC LIMIT :scan) m GROUP BY state""",
    "tally": f"SELECT {columns(Tally)} FROM tally WHERE device = :device",
    "history": f"""SELECT {columns(MonthUsage)} FROM tally_history WHERE device = :device
        ORDER BY month DESC LIMIT :most""",
    "quota": f"SELECT {columns(Quota)} FROM quota WHERE device = :device",
    "schema": "SELECT max(number) FROM migration",
}
READS = {**ACCESS_READS, **{name: compile_sql(text, "sqlite") for name, text in _READS.items()}}
