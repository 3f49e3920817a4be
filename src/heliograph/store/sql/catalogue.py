"""The SQL catalogue: every statement of the hot path, one text for both engines.

`:name` becomes `?N` or `$N` by first use; `[[sqlite: …]]` and `[[pg: …]]` stand only where engines truly
differ. A list of keys travels as one parameter, so a batch is one statement, whatever its size.
"""

import re

from heliograph.core.batch import Batch, BatchRefusal
from heliograph.core.changes import Edit, Happening, Mark, Move, Note, Reference, Via
from heliograph.core.delivery import Delivery, Lane
from heliograph.core.device import Device, MonthUsage, Quota, Tally
from heliograph.core.firewall.watch import Watch
from heliograph.core.idempotency import KeptAnswer
from heliograph.core.message import Message
from heliograph.core.message_label import MessageLabel
from heliograph.core.outcome import HEALED
from heliograph.core.reassembly import Part
from heliograph.core.story.timeline import LIMIT
from heliograph.core.waking import GATE_OPENED

_FRAGMENT = re.compile(r"\[\[(sqlite|pg):(.*?)\]\]", re.DOTALL)
NAME = re.compile(r"(?<!:):([a-z][a-z0-9_]*)\b")


def compile_sql(text: str, engine: str) -> str:
    """One text in the engine's own spelling."""
    names = parameters(text, engine)

    def place(match: re.Match[str]) -> str:
        return f"{'?' if engine == 'sqlite' else '$'}{names.index(match[1]) + 1}"

    return NAME.sub(place, _of_engine(text, engine))


def parameters(text: str, engine: str) -> list[str]:
    """The names of its values, in their order."""
    return list(dict.fromkeys(NAME.findall(_of_engine(text, engine))))


def _of_engine(text: str, engine: str) -> str:
    return _FRAGMENT.sub(lambda match: match[2] if match[1] == engine else "", text)


def one_of(column: str, name: str) -> str:
    """`column` is in the list parameter `name`."""
    return f"{column} [[sqlite:IN (SELECT value FROM json_each(:{name}))]][[pg:= ANY(:{name})]]"


def columns(row: type, prefix: str = "") -> str:
    """The columns of a row type, in its own order."""
    fields: tuple[str, ...] = row.__struct_fields__  # type: ignore[attr-defined] # every Struct has it
    return ", ".join(prefix + field for field in fields)


def _insert(table: str, row: type, conflict: str = "") -> str:
    names = columns(row)
    values = ", ".join(f":{name}" for name in names.split(", "))
    return f"INSERT INTO {table}({names}) VALUES({values}) {conflict}"


def _upsert(table: str, row: type, key: str) -> str:
    keys = key.split(", ")
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns(row).split(", ") if name not in keys)
    return _insert(table, row, f"ON CONFLICT({key}) DO UPDATE SET {sets}")


def _update(table: str, row: type) -> str:
    """Sets every column but the id; a timeline grows, up to its limit, past which the end is still told."""
    names = columns(row).split(", ")
    goes_on = f"length({table}.timeline) <= {LIMIT}" + (
        " OR :final_at IS NOT NULL" if "final_at" in names else ""
    )
    grown = f"timeline = CASE WHEN {goes_on} THEN {table}.timeline || :timeline ELSE {table}.timeline END"
    sets = [grown if name == "timeline" else f"{name} = :{name}" for name in names if name != "id"]
    return f"UPDATE {table} SET {', '.join(sets)} WHERE {table}.id = :id"


# In the order in which one batch is written. A replaced delivery goes before the lanes that it may leave.
WRITES: dict[str, str] = {
    "messages": _insert("message", Message),
    "marks": _update("message", Mark),
    "notes": _update("message", Note),
    "edits": _update("message", Edit),
    "deliveries": _insert("delivery", Delivery),
    "moves": _update("delivery", Move),
    "vias": _update("delivery", Via),
    "dones": "DELETE FROM delivery WHERE id IN (VALUES(:id))",
    "lanes_dropped": "DELETE FROM lane WHERE (receiver, key) IN (VALUES(:receiver, :key))",
    "lanes": _upsert("lane", Lane, "receiver, key"),
    "parks": """INSERT INTO lane(receiver, key, gate, due_at, attempts, code)
        VALUES(:receiver, :key, :gate, :due_at, 0, '') ON CONFLICT(receiver, key) DO UPDATE
        SET due_at = excluded.due_at, gate = excluded.gate WHERE lane.due_at IS NULL""",
    "turns": """INSERT INTO lane(receiver, key, gate, due_at, attempts, code)
        VALUES(:receiver, :key, :gate, :due_at, 0, '') ON CONFLICT(receiver, key) DO UPDATE
        SET due_at = coalesce(lane.due_at, excluded.due_at), gate = excluded.gate""",
    "tallies": _upsert("tally", Tally, "device"),
    "history": _upsert("tally_history", MonthUsage, "device, month"),
    "quotas": _upsert("quota", Quota, "device"),
    "happenings": _insert("event", Happening),
    "parts": _insert("part", Part),
    "parts_done": "DELETE FROM part WHERE id IN (VALUES(:id))",
    "references": _insert("reference", Reference, "ON CONFLICT DO NOTHING"),
    "confirmations": """UPDATE reference SET code = :code
        WHERE reference.gate = :gate AND reference.reference = :reference""",
    "references_done": "DELETE FROM reference WHERE message IN (VALUES(:message))",
    "labels": _insert("message_label", MessageLabel),
    "batches": _insert("batch", Batch),
    "batch_refusals": _upsert("batch_refusal", BatchRefusal, "batch, number"),
    "batch_progress": """UPDATE batch SET decided = :decided, refused = batch.refused + :refused
        WHERE batch.id = :id""",
    "batch_states": "UPDATE batch SET state = :state WHERE batch.id = :id",
    "kept_answers": _upsert("kept_answer", KeptAnswer, "org, key"),
    "watches": _upsert("watch", Watch, "device"),
}

_JOB = f"""SELECT {columns(Message, "m.")}, {columns(Delivery, "d.")},
    CASE WHEN d.receiver = 0 THEN v.network ELSE 'application:' || d.receiver END,
    coalesce(v.msisdn, ''), coalesce(v.imsi, ''), coalesce(l.attempts, 0)
    FROM delivery d JOIN message m ON m.id = d.message
    LEFT JOIN device v ON v.id = d.key AND d.receiver >= 0
    LEFT JOIN lane l ON l.receiver = d.receiver AND l.key = d.key"""


def digits(column: str) -> str:
    """The number that an address is."""
    return f"""[[sqlite:CAST({column} AS INTEGER)]]
        [[pg:CAST(nullif(regexp_replace({column}, '[^0-9]', '', 'g'), '') AS BIGINT)]]"""


# A phone outside the fleet has its number as its key, and its organisation's lanes.
_LANE_OF = f"""d.receiver = CASE WHEN m.device IS NULL THEN -m.org ELSE 0 END
    AND d.key = CASE WHEN m.device IS NULL THEN {digits("m.destination")} ELSE m.device END"""

READS: dict[str, str] = {
    "countries": "SELECT id, country_code FROM organisation WHERE country_code <> ''",
    "batches": f"SELECT {columns(Batch)} FROM batch WHERE {one_of('id', 'ids')}",
    "batch_retries": "SELECT count(*) FROM batch WHERE retry_of = :batch",
    "batch_messages": """SELECT message FROM message_label WHERE batch = :batch AND message > :after
        ORDER BY message LIMIT :most""",
    "devices": f"""SELECT {columns(Device, "d.")}, {columns(Tally, "t.")},
        (SELECT count(*) FROM (SELECT 1 FROM delivery q WHERE q.receiver = 0 AND q.key = d.id
            AND q.place <> 1 LIMIT :most) counted),
        EXISTS(SELECT 1 FROM delivery b WHERE b.receiver = 0 AND b.key = d.id AND b.place = 0
            AND b.place <> 1)
        OR EXISTS(SELECT 1 FROM lane l WHERE l.receiver = 0 AND l.key = d.id AND l.due_at IS NOT NULL),
        (SELECT p.quota FROM policy p WHERE p.id = d.policy), f.price_mo, f.price_mt
        FROM device d LEFT JOIN tally t ON t.device = d.id LEFT JOIN tariff f ON f.id = d.tariff
        WHERE {one_of("d.id", "ids")} [[pg:ORDER BY d.id FOR UPDATE OF d]]""",
    "quotas": f"SELECT {columns(Quota)} FROM quota WHERE {one_of('device', 'ids')}",
    "numbers": f"SELECT msisdn, id FROM device WHERE {one_of('msisdn', 'numbers')} AND msisdn <> ''",
    "subscribers": f"SELECT imsi, id FROM device WHERE {one_of('imsi', 'imsis')} AND imsi <> ''",
    "heads": """SELECT h.id, h.more FROM (
        SELECT (SELECT d.id FROM delivery d WHERE d.receiver = :receiver AND d.key = k.value AND d.place = 0
                AND d.place <> 1 ORDER BY d.priority DESC, d.position LIMIT 1) AS id,
            EXISTS(SELECT 1 FROM delivery d WHERE d.receiver = :receiver AND d.key = k.value AND d.place = 0
                AND d.place <> 1 LIMIT 1 OFFSET 1) AS more
        FROM [[sqlite:json_each(:keys)]][[pg:unnest(:keys::bigint[]) AS]] k[[pg:(value)]]) h
        WHERE h.id IS NOT NULL""",
    "jobs": f"{_JOB} WHERE {one_of('d.id', 'ids')}",
    "waiting_of_messages": f"""SELECT m.id, d.id FROM message m
        [[sqlite:CROSS]] JOIN delivery d ON {_LANE_OF} AND d.place <> 1
        AND d.message = m.id WHERE {one_of("m.id", "messages")}""",
    "messages": f"SELECT {columns(Message)} FROM message WHERE {one_of('id', 'ids')}",
    "replaceable": f"""SELECT m.device, m.replace_key, d.id FROM message m
        [[sqlite:CROSS]] JOIN delivery d ON d.receiver = 0 AND d.key = m.device AND d.place <> 1
        AND d.message = m.id WHERE {one_of("m.device", "devices")} AND m.replace_key IS NOT NULL
        AND m.final_at IS NULL AND m.state <> 2 AND m.direction = 1""",
    "lane_counts": f"""SELECT key, count(*) FROM delivery WHERE receiver = :receiver
        AND {one_of("key", "keys")} AND place = 0 AND place <> 1 GROUP BY key""",
    "last_to_wake": """SELECT max(key) FROM (SELECT DISTINCT key FROM delivery WHERE receiver = :receiver
        AND place = 0 AND place <> 1 AND key > :after ORDER BY key LIMIT :most) k""",
    "wake_devices": f"""INSERT INTO lane(receiver, key, gate, due_at, attempts, code)
        SELECT DISTINCT 0, d.key, v.network, :now, 0, '{GATE_OPENED}'
        FROM delivery d JOIN device v ON v.id = d.key
        WHERE d.receiver = 0 AND d.place = 0 AND d.place <> 1 AND d.key > :after AND d.key <= :last
        AND v.network = :gate ON CONFLICT DO NOTHING""",
    # What waited for an application goes by its age, whichever lane it is on: due before now, by its place.
    "last_to_bring": """SELECT max(position) FROM (SELECT position FROM delivery
        WHERE receiver = :receiver AND receiver > 0 AND place = 0 AND position > :after
        ORDER BY position LIMIT :most) p""",
    "wake_application": f"""INSERT INTO lane(receiver, key, gate, due_at, attempts, code)
        SELECT receiver, key, :gate, :since + min(position), 0, :why FROM delivery
        WHERE receiver = :receiver AND receiver > 0 AND place = 0 AND position > :after AND position <= :last
        GROUP BY receiver, key
        ON CONFLICT(receiver, key) DO UPDATE SET due_at = excluded.due_at, attempts = 0, code = excluded.code
        WHERE CASE WHEN lane.due_at > :now THEN lane.code IN {HEALED}
            ELSE lane.code = '' AND lane.due_at > excluded.due_at END""",
    "due_lanes": f"""SELECT {columns(Lane)} FROM lane WHERE gate = :gate AND due_at <= :now
        ORDER BY due_at LIMIT :most""",
    "next_lane": "SELECT min(due_at) FROM lane WHERE gate = :gate AND due_at IS NOT NULL",
    # From gate to gate along the index, whatever the number of lanes.
    "gates_due": """WITH RECURSIVE named(gate) AS (
            SELECT min(gate) FROM lane WHERE due_at IS NOT NULL
            UNION ALL SELECT (SELECT min(l.gate) FROM lane l WHERE l.due_at IS NOT NULL AND l.gate > n.gate)
            FROM named n WHERE n.gate IS NOT NULL)
        SELECT n.gate, (SELECT min(l.due_at) FROM lane l WHERE l.gate = n.gate AND l.due_at IS NOT NULL)
        FROM named n WHERE n.gate IS NOT NULL""",
    "due_entries": """SELECT id FROM delivery WHERE place = 2 AND enter_at <= :now
        ORDER BY enter_at LIMIT :most""",
    "turns": """SELECT d.id FROM delivery d JOIN message m ON m.id = d.message
        WHERE d.receiver = 0 AND d.key = :device AND d.place = 2 AND d.place <> 1
        AND m.direction = 3 ORDER BY d.enter_at, d.position""",
    "due_expiries": """SELECT id FROM delivery WHERE place <> 1 AND expires_at <= :now
        ORDER BY expires_at LIMIT :most""",
    "next_entry": "SELECT min(enter_at) FROM delivery WHERE place = 2",
    "next_expiry": "SELECT min(expires_at) FROM delivery WHERE place <> 1",
    "under_way": """SELECT id FROM delivery WHERE place = 1 AND id > :after AND id <= :up_to
        ORDER BY id LIMIT :most""",
    "parts": f"SELECT {columns(Part)} FROM part WHERE {one_of('device', 'devices')} ORDER BY id",
    "old_parts": f"""SELECT {columns(Part, "p.")} FROM part p JOIN (
        SELECT DISTINCT device, destination, reference, total FROM (
            SELECT device, destination, reference, total FROM part WHERE arrived_at <= :before
            ORDER BY arrived_at LIMIT :most) oldest) o
        ON o.device = p.device AND o.destination = p.destination AND o.reference = p.reference
        AND o.total = p.total ORDER BY p.id""",
    "oldest_part": "SELECT min(arrived_at) FROM part",
    "references": f"""SELECT {columns(Reference)} FROM reference
        WHERE gate = :gate AND {one_of("reference", "references")}""",
    "reference_counts": f"""SELECT message, count(*) - count(code), max(code)
        FROM reference WHERE {one_of("message", "messages")}
        GROUP BY message""",
    "kept_answers": f"""SELECT {columns(KeptAnswer)} FROM kept_answer
        WHERE org = :org AND {one_of("key", "keys")}""",
    "attached": f"""UPDATE device SET attached = :attached WHERE {one_of("id", "ids")}
        AND attached <> :attached RETURNING id, org""",
    "wake": f"""UPDATE lane SET due_at = :due_at, attempts = 0, code = :why
        WHERE receiver = 0 AND {one_of("key", "ids")} AND due_at IS NOT NULL""",
}
