"""News on the stream: the contract's words for what changed, and who may hear of it.

In: news of ours, and what a follower asked for. Out: the name and the object of a server-sent event.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from heliograph.core.changes import Happening
from heliograph.core.message import DIRECTION_NAMES, FINAL, State
from heliograph.core.news import MessageNews, News
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.problem import bad_format
from heliograph.interfaces.rest.translate.events import SEVERITIES, source_of, type_of
from heliograph.interfaces.rest.translate.shapes import Id, Looked
from heliograph.interfaces.rest.translate.sms_shown import STATUSES, Described
from heliograph.interfaces.rest.translate.times import shown
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs

SMS, STATE, EVENT = "sms", "state", "event"
_KINDS = {SMS: "sms:read", STATE: "sms:read", EVENT: "event:read"}  # with the scope that each needs


class StreamQuery(Struct, frozen=True):
    kinds: Annotated[str, Meta(max_length=100)] = ""  # `sms,state,event`; empty: all that one may see
    endpoint: Id | None = None
    direction: Literal["MT", "MO", "P2P", ""] = ""
    final: bool = False  # of states, those alone that are final
    last_event_id: Annotated[str, Meta(max_length=100)] = ""
    # The same, as stand-ins for a browser's EventSource write it.
    stand_in_event_id: Annotated[str, Meta(max_length=100)] = field(default="", name="lastEventId")

    @property
    def after(self) -> str:
        return self.last_event_id or self.stand_in_event_id


class EndpointId(Struct, frozen=True):
    id: int


class SmsNews(Struct, frozen=True):
    """One SMS: new, or in a new state."""

    id: int
    date: str
    direction: str
    endpoint: EndpointId | None
    source_address: str
    dest_address: str
    status: Described
    reason: str | None
    attempts: int
    segments: int
    payload: str | UnsetType | None = UNSET  # of a new one


class EventNews(Struct, frozen=True):
    id: int
    date: str
    type: str
    event_type: Looked
    event_source: Looked
    event_severity: Looked
    endpoint: EndpointId | None
    sms: EndpointId | None
    detail: str


class Wanted(Struct, frozen=True):
    """What one follower hears of."""

    kinds: frozenset[str]
    device: int | None
    direction: str
    final: bool

    def has(self, news: News) -> bool:
        if isinstance(news, Happening):
            return EVENT in self.kinds and self.device in (None, news.device)
        if (SMS if news.is_new else STATE) not in self.kinds:
            return False
        if self.final and not news.is_new and news.state not in FINAL:
            return False
        if self.direction and DIRECTION_NAMES[news.direction] != self.direction:
            return False
        return self.device is None or self.device in (news.device, news.origin)


def wanted(query: StreamQuery, caller: Caller) -> Wanted:
    asked = {kind.strip() for kind in query.kinds.split(",") if kind.strip()} or set(_KINDS)
    if unknown := asked - _KINDS.keys():
        raise bad_format("Query", "kinds", f"{min(unknown)[:40]!r} is none of {', '.join(_KINDS)}")
    kinds = frozenset(kind for kind in asked if caller.may(_KINDS[kind]))
    return Wanted(kinds, query.endpoint, query.direction, query.final)


def told(news: News) -> tuple[str, SmsNews | EventNews]:
    if isinstance(news, Happening):
        return EVENT, _event(news)
    return (SMS if news.is_new else STATE), _sms(news)


def _sms(news: MessageNews) -> SmsNews:
    end = news.device if news.device is not None else news.origin
    return SmsNews(
        news.id,
        shown(news.at),
        DIRECTION_NAMES[news.direction],
        None if end is None else EndpointId(end),
        news.source.removeprefix("+"),
        news.destination,
        STATUSES[State(news.state)],
        news.reason,
        news.attempts,
        news.segments,
        _payload(news) if news.is_new else UNSET,
    )


def _payload(news: MessageNews) -> str | None:
    if news.body is None:
        return None
    binary = parse_dcs(news.dcs).alphabet is Alphabet.OCTETS
    return news.body.hex() if binary else news.body.decode(errors="replace")


def _event(event: Happening) -> EventNews:
    return EventNews(
        event.id,
        shown(event.at),
        event.type,
        type_of(event.type),
        source_of(event.type),
        SEVERITIES[min(event.severity, len(SEVERITIES) - 1)],
        None if event.device is None else EndpointId(event.device),
        None if event.message is None else EndpointId(event.message),
        event.detail,
    )
