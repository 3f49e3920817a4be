"""The SQL of reads of SMS for the API. The catalogue's convention; a filter that is not asked for is NULL.

A search looks at no more than `:scan` rows of what an index gives it, newest first, whatever it finds.
"""

from collections.abc import Mapping

from heliograph.core.device import Device
from heliograph.core.message import Message
from heliograph.core.message_label import MessageLabel
from heliograph.core.sim import Sim
from heliograph.store.reads.people import WANTED_MESSAGE
from heliograph.store.reads.view import Value
from heliograph.store.sql.catalogue import columns, compile_sql, one_of, parameters

_BEFORE = "(accepted_at, id) < (:at, :id)"
# `+org`: a device has fewer messages than its organisation, and the planner cannot know. Two ordered scans
# that are merged; a device that writes to itself has its message once.
_OF_DEVICE = f"""SELECT {{what}} FROM message
        WHERE device = :device AND +org = :org AND accepted_at >= :since AND {_BEFORE}
    UNION ALL SELECT {{what}} FROM message
        WHERE origin = :device AND +org = :org AND (device IS NULL OR device <> :device)
        AND accepted_at >= :since AND {_BEFORE}
    ORDER BY accepted_at DESC, id DESC LIMIT :scan"""
_OF_ORGANISATION = f"""SELECT id, accepted_at FROM message
        WHERE org = :org AND accepted_at >= :since AND {_BEFORE}
    ORDER BY accepted_at DESC, id DESC LIMIT :scan"""
_LABELLED = """SELECT message AS id, at AS accepted_at FROM message_label
        WHERE org = :org AND {which} AND at >= :since AND (at, message) < (:at, :id)
    ORDER BY at DESC, message DESC LIMIT :scan"""

# Where a search looks.
_SOURCES = {
    "device": _OF_DEVICE.format(what="id, accepted_at"),
    "organisation": _OF_ORGANISATION,
    "tagged": _LABELLED.format(which="tags <> ''"),
    "referenced": _LABELLED.format(which="reference = :reference"),
}
_FIND = "[[sqlite:instr]][[pg:strpos]]"
_SEARCH = f"""SELECT {columns(Message, "m.")} FROM ({{source}}) s CROSS JOIN message m ON m.id = s.id
    LEFT JOIN message_label l ON l.message = m.id
    WHERE {WANTED_MESSAGE}
    AND (CAST(:wanted_device AS BIGINT) IS NULL OR m.device = :wanted_device OR m.origin = :wanted_device)
    AND (CAST(:reference AS TEXT) IS NULL OR l.reference = :reference)
    AND (CAST(:tag AS TEXT) IS NULL OR {_FIND}(',' || l.tags || ',', ',' || :tag || ',') > 0)
    ORDER BY s.accepted_at DESC, s.id DESC LIMIT :most"""
_END = "SELECT accepted_at, id FROM ({source}) s LIMIT 1 OFFSET :last"

_READS: dict[str, str] = {
    "devices": f"SELECT {columns(Device)} FROM device WHERE {one_of('id', 'ids')} AND org = :org",
    "sims": f"SELECT {columns(Sim)} FROM sim WHERE {one_of('device', 'ids')} AND device IS NOT NULL",
    "labels": f"SELECT {columns(MessageLabel)} FROM message_label WHERE {one_of('message', 'ids')}",
    "of_device": f"{_OF_DEVICE.format(what=columns(Message))} OFFSET :passed",
    "count": """SELECT (SELECT count(*) FROM (SELECT 1 FROM message WHERE device = :device AND +org = :org
            LIMIT :most) received)
        + (SELECT count(*) FROM (SELECT 1 FROM message WHERE origin = :device AND +org = :org
            AND (device IS NULL OR device <> :device) LIMIT :most) sent)""",
    **{f"search_{name}": _SEARCH.format(source=source) for name, source in _SOURCES.items()},
    **{f"end_{name}": _END.format(source=source) for name, source in _SOURCES.items()},
}


class Read:
    """One statement; its values go by name."""

    def __init__(self, text: str) -> None:
        self.text = compile_sql(text, "sqlite")
        self._names = parameters(text, "sqlite")

    def values(self, given: Mapping[str, Value]) -> list[Value]:
        return [given[name] for name in self._names]


READS = {name: Read(text) for name, text in _READS.items()}
