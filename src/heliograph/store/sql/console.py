"""The SQL of the third-party console. The catalogue's convention."""

from heliograph.core.console import PREFIX, ConsoleLink, ConsoleSent
from heliograph.core.device import Device
from heliograph.core.message import Direction, Message
from heliograph.store.sql.catalogue import columns, compile_sql, one_of

_FIND = "[[sqlite:instr]][[pg:strpos]]"
_TAGGED = f"org = :org AND {_FIND}(',' || tags, ',{PREFIX}') > 0"
_BEFORE = "(accepted_at, id) < (:at, :id)"
# Left to itself the planner reads all that went through all identifiers.
_TO_DEVICE = "[[sqlite:INDEXED BY console_sent_to_device]]"
_MARKS = ", ".join(f":{name}" for name in columns(ConsoleSent).split(", "))

_TEXTS: dict[str, str] = {
    "link_count": "SELECT count(*) FROM console_link WHERE org = :org",
    "add_sent": f"INSERT INTO console_sent({columns(ConsoleSent)}) VALUES({_MARKS})",
    "sent_by_link": "SELECT count(*) FROM console_sent WHERE link = :link AND at > :since",
    "sent_to_device": """SELECT count(*) FROM console_sent
        WHERE link = 0 AND device = :device AND at > :since""",
    "links": f"SELECT {columns(ConsoleLink)} FROM console_link WHERE org = :org ORDER BY id LIMIT :most",
    "link": f"SELECT {columns(ConsoleLink)} FROM console_link WHERE id = :id",
    "link_of": f"SELECT {columns(ConsoleLink)} FROM console_link WHERE hash = :digest",
    "device": f"SELECT {columns(Device)} FROM device WHERE id = :id",
    "device_numbered": f"SELECT {columns(Device)} FROM device WHERE msisdn = :msisdn AND msisdn <> ''",
    "devices": f"""SELECT {columns(Device)} FROM device
        WHERE {one_of("id", "ids")} AND org = :org ORDER BY name""",
    "devices_with": f"""SELECT {columns(Device)} FROM device WHERE org = :org
        AND {_FIND}(',' || tags || ',', ',' || :tag || ',') > 0 ORDER BY name LIMIT :most""",
    "identified": f"""SELECT {columns(Device)} FROM device WHERE {_TAGGED}
        ORDER BY name LIMIT :most OFFSET :passed""",
    "identified_count": f"SELECT count(*) FROM device WHERE {_TAGGED}",
    # What went through this console, and what the device sent to applications meanwhile.
    "conversation": f"""SELECT {columns(Message, "m.")}, s.label FROM (
            SELECT message AS id, at AS accepted_at, label FROM console_sent {_TO_DEVICE}
            WHERE link = :link AND device = :device AND at >= :since AND (at, message) < (:at, :id)
            ORDER BY at DESC, message DESC LIMIT :most) s CROSS JOIN message m ON m.id = s.id
            WHERE m.org = :org AND m.device = :device
        UNION ALL SELECT * FROM (SELECT {columns(Message)}, '' FROM message
            WHERE origin = :device AND +org = :org AND direction = {Direction.MO.value}
            AND accepted_at >= :since AND {_BEFORE} ORDER BY accepted_at DESC, id DESC LIMIT :most) h
        ORDER BY accepted_at DESC, id DESC LIMIT :most""",
}
SQL = {name: compile_sql(text, "sqlite") for name, text in _TEXTS.items()}
