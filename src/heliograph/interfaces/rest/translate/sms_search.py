"""SMS: the words of a search into a filter, and the place in its list as an opaque cursor."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Annotated

from msgspec import Meta, Struct

from heliograph.core.ids import LARGEST_ID
from heliograph.core.message import Direction, State
from heliograph.flow.reads.sms_port import SmsFilter
from heliograph.flow.shown import Mark
from heliograph.interfaces.rest.problem import Problem, problem
from heliograph.interfaces.rest.translate.times import span_of

DEFAULT_PER_PAGE = 100
MOST_PER_PAGE = 500
LARGEST_TIME = 2**62
_STATES = {
    **{state.name.lower(): state for state in State},
    **{str(int(state)): state for state in State},
    "delivery_attempt_pending": State.PENDING,
}
_DIRECTIONS = {direction.name.lower(): direction for direction in Direction}

Text = Annotated[str, Meta(max_length=200)]


class SmsQuery(Struct, frozen=True):
    direction: Text = ""  # MT, MO or P2P
    state: Text = ""  # by name or by id
    since: Text = ""
    until: Text = ""
    text: Text = ""
    tag: Text = ""
    reference: Text = ""
    endpoint: Annotated[int, Meta(ge=1, le=LARGEST_ID)] | None = None
    per_page: int = 0
    cursor: Text = ""


def sms_filter(query: SmsQuery) -> SmsFilter:
    since, until = _span("since", query.since), _span("until", query.until)
    return SmsFilter(
        direction=_one_of("direction", query.direction, _DIRECTIONS),
        state=_one_of("state", query.state, _STATES),
        since=max(0, since[0]) if since else 0,
        until=until[1] if until else None,
        text=query.text or None,
        tag=query.tag or None,
        reference=query.reference or None,
        device=query.endpoint,
    )


def per_page(query: SmsQuery) -> int:
    return DEFAULT_PER_PAGE if query.per_page < 1 else min(query.per_page, MOST_PER_PAGE)


def cursor_of(mark: Mark) -> str:
    return urlsafe_b64encode(f"{mark.at}-{mark.id}".encode()).decode().rstrip("=")


def mark_of(cursor: str) -> Mark | None:
    """None: from the newest on."""
    if not cursor:
        return None
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (Error, ValueError):
        raise _invalid("cursor", "was not given by a page") from None
    at, _, id = text.partition("-")
    if not (at.isdecimal() and id.isdecimal()) or int(at) > LARGEST_TIME or int(id) > LARGEST_ID:
        raise _invalid("cursor", "was not given by a page")
    return Mark(int(at), int(id))


def _span(field: str, text: str) -> tuple[int, int] | None:
    if not text:
        return None
    span = span_of(text)
    if span is None:
        raise _invalid(field, "is no ISO 8601 date")
    return span


def _one_of(field: str, text: str, known: dict[str, State] | dict[str, Direction]) -> int | None:
    if not text:
        return None
    found = known.get(text.strip().lower().replace(" ", "_"))
    if found is None:
        raise _invalid(field, f"is none of {', '.join(known).upper()}")
    return found


def _invalid(field: str, why: str) -> Problem:
    return problem(422, 1301, f"Invalid query criteria: {field} {why}")
