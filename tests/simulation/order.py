"""Order: what each far end saw, lane by lane, beside the order in which it was accepted.

Judged by the world's books and the acknowledgements alone. An attempt that was given up may arrive at any
time, so it is the first time that something leaves which has to be in order.
"""

from heliograph.core.delivery import DEVICE_RECEIVER, Kind, LaneKey, is_news
from tests.simulation.books import Acked, Books, Fate, Send

SHORT_CODE = "4711"


def check_order(books: Books) -> None:
    lanes: dict[LaneKey, list[Send]] = {}
    for send in books.sends:
        lanes.setdefault(send.lane, []).append(send)
    firsts = _first_sends(books)
    for lane, sends in lanes.items():
        _segments_in_order(books, sends)
        if lane.receiver <= DEVICE_RECEIVER:
            _begun_first(books, sends)
            _as_accepted(books, lane.key, firsts)
        else:
            _heard_in_order(books, lane, firsts)
    _arrivals_in_order(books)


def _first_sends(books: Books) -> dict[int, int]:
    """By message: the number of its first attempt that truly left, receipts aside."""
    firsts: dict[int, int] = {}
    for send in books.sends:
        if not is_news(send.kind):
            firsts.setdefault(send.message, send.number)
    return firsts


def _segments_in_order(books: Books, sends: list[Send]) -> None:
    reached: dict[tuple[int, str], int] = {}
    for send in sends:
        if send.kind != Kind.SMS:
            continue
        way = (send.delivery, send.gate)
        at = reached.get(way, 0)
        if send.segment not in (at, at + 1):
            books.violate("segments go in order", send.token, send.segment, "after", at)
        reached[way] = send.segment


def _begun_first(books: Books, sends: list[Send]) -> None:
    """A message whose first segment arrived is finished before another one begins."""
    last = {(send.delivery, send.gate): send.number for send in sends}
    begun: Send | None = None
    for send in sends:
        other = begun is not None and begun.delivery != send.delivery
        if begun is not None and other and last[begun.delivery, begun.gate] > send.number:
            books.violate("a begun message is finished first", begun.token, "before", send.token)
        begun = send if send.segment > 0 else None if begun and begun.delivery == send.delivery else begun


def _as_accepted(books: Books, device: int, firsts: dict[int, int]) -> None:
    """By priority, then by acceptance: of two that both waited, the better one left first."""
    plain = [acked for acked in books.acked.values() if acked.device == device and acked.plain]
    for index, one in enumerate(plain):
        for other in plain[index + 1 :]:
            _pair(books, one, other, firsts)


def _pair(books: Books, one: Acked, other: Acked, firsts: dict[int, int]) -> None:
    """`one` was accepted first."""
    first, second = firsts.get(one.message), firsts.get(other.message)
    if one.message in books.changes_asked or other.message in books.changes_asked:
        return
    if first is not None and second is not None:
        if one.priority >= other.priority and second < first:
            books.violate(
                "order on a lane", one.token, "left after", other.token, one.priority, other.priority
            )
        elif one.priority < other.priority and other.order < first < second:
            books.violate("priority on a lane", other.token, "left after", one.token)


def _heard_in_order(books: Books, lane: LaneKey, firsts: dict[int, int]) -> None:
    """SMS from one device reach their application in the order in which they were taken."""
    latest = 0
    for heard in books.heard:
        if (
            heard.device != lane.key
            or heard.message is None
            or heard.again
            or heard.destination != SHORT_CODE
        ):
            continue
        number = firsts.get(heard.message)
        if number is None:
            continue
        if number < latest:
            books.violate("order on an application's lane", heard.token)
        latest = number


def _arrivals_in_order(books: Books) -> None:
    """A segment never arrives after a later one of the same message, given up attempts aside."""
    reached: dict[tuple[int, str], int] = {}
    for arrival in books.arrivals:
        send = arrival.send
        if arrival.late or send.kind != Kind.SMS or send.fate in (Fate.UNKNOWN, Fate.DIED, Fate.LATE):
            continue
        way = (send.delivery, send.gate)
        if arrival.segment < reached.get(way, 0):
            books.violate("segments arrive in order", arrival.token, arrival.segment)
        reached[way] = arrival.segment
