"""The questions of people, each answered by a few statements inside one snapshot.

In: a `View` and what is asked. Out: values of the core. Threads and time limits are the reader's and the
view's.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from heliograph.core.changes import Happening
from heliograph.core.delivery import (
    DEVICE_RECEIVER,
    LaneKey,
    Place,
    gate_of_application,
    gate_of_via,
    is_phone,
    key_of_phone,
    phones_of,
)
from heliograph.core.device import Device, MonthUsage, Quota, Tally
from heliograph.core.ids import LARGEST_ID
from heliograph.core.message import Direction, Message
from heliograph.core.organisation import Application, Organisation
from heliograph.core.policy import Policy
from heliograph.core.story.reasons import reason
from heliograph.core.story.standing import Standing
from heliograph.flow.ending import receipt_lane
from heliograph.flow.reads.port import Slice
from heliograph.flow.shown import DeviceFilter, EventFilter, LaneShown, Mark, MessageFilter, StoreFacts, Usage
from heliograph.store.reads.view import Row, View

SCAN = 10_000  # rows that one slice of a list looks at
HISTORY_MONTHS = 36
WAL_FRAME_BYTES = 24  # what the log adds to each page


def device(view: View, org: int, which: str) -> Device | None:
    """Digits are a number or an id before they are a name: another's SMS must not go to whoever chose it."""
    number = which.removeprefix("+")
    row = None if number.isdecimal() else view.row("device_named", org, which)
    row = row or view.row("device_numbered", org, number) or view.row("device", org, row_id(which))
    row = row or view.row("device_named", org, which)
    return None if row is None else Device(*row)


def device_names(view: View, org: int, ids: Sequence[int]) -> dict[int, str]:
    rows = [view.row("device", org, id) for id in ids]
    return {device.id: device.name for device in (Device(*row) for row in rows if row is not None)}


def organisation(view: View, which: str) -> Organisation | None:
    row = view.row("organisation_named", which) or view.row("organisation", row_id(which))
    return None if row is None else Organisation(*row)


def application(view: View, org: int, which: str) -> Application | None:
    row = view.row("application_named", org, which) or view.row("application", org, row_id(which))
    return None if row is None else Application(*row)


def policy(view: View, org: int, which: str) -> Policy | None:
    row = view.row("policy_named", org, which) or view.row("policy", org, row_id(which))
    return None if row is None else Policy(*row)


def row_id(which: str) -> int:
    """An id that people wrote; 0, which nothing has, if it is none. A name may look like an id, so the name
    goes first.
    """
    return int(which) if which.isascii() and which.isdecimal() and len(which) <= len(str(LARGEST_ID)) else 0


def devices(view: View, org: int, wanted: DeviceFilter, after: str, limit: int) -> Slice[Device, str]:
    filters = (wanted.tag, wanted.policy, wanted.status, wanted.network, wanted.text)
    found = [Device(*row) for row in view.rows("devices", org, after, SCAN, *filters, limit)]
    if len(found) == limit:
        return Slice(found, found[-1].name)
    end = view.row("devices_end", org, after, SCAN - 1)
    return Slice(found, end[0] if end else None)


def messages(view: View, org: int, wanted: MessageFilter, before: Mark, limit: int) -> Slice[Message, Mark]:
    span = (org, wanted.since or 0, before.at, before.id)
    filters = (wanted.state, wanted.direction, wanted.text)
    found = [Message(*row) for row in view.rows("messages", *span, SCAN, *filters, limit)]
    if len(found) == limit:
        return Slice(found, Mark(found[-1].accepted_at, found[-1].id))
    end = view.row("messages_end", *span, SCAN - 1)
    return Slice(found, Mark(*end) if end else None)


def messages_of_device(
    view: View, org: int, wanted: MessageFilter, before: Mark, limit: int
) -> Slice[Message, Mark]:
    span = (org, wanted.device, wanted.since or 0, before.at, before.id)
    filters = (wanted.state, wanted.direction, wanted.text)
    found = [Message(*row) for row in view.rows("messages_of_device", *span, *filters, limit)]
    return Slice(found, Mark(found[-1].accepted_at, found[-1].id) if len(found) == limit else None)


def events(view: View, org: int, wanted: EventFilter, before: Mark, limit: int) -> Slice[Happening, Mark]:
    span = (org, wanted.since or 0, before.at, before.id)
    rows = view.rows("events", *span, SCAN, wanted.device, wanted.type, limit)
    found = [Happening(*row) for row in rows]
    if len(found) == limit:
        return Slice(found, Mark(found[-1].at, found[-1].id))
    end = view.row("events_end", *span, SCAN - 1)
    return Slice(found, Mark(*end) if end else None)


def counts(view: View, org: int, since: int, before: Mark) -> Slice[tuple[int, int], Mark]:
    span = (org, since, before.at, before.id)
    rows = [(row[0], row[1]) for row in view.rows("counts", *span, SCAN)]
    end = view.row("messages_end", *span, SCAN - 1)
    return Slice(rows, Mark(*end) if end else None)


def standing(view: View, message: Message) -> Standing:
    return _standing(view, message, _lane_of(message), receipt=False)


def _lane_of(message: Message) -> LaneKey:
    """Where the message itself goes."""
    if message.direction == Direction.MO:
        return LaneKey(message.application or 0, message.origin or key_of_phone(message.source))
    if message.device is None and message.destination.isdecimal():
        return LaneKey(phones_of(message.org), int(message.destination))
    return LaneKey(DEVICE_RECEIVER, message.device or 0)


def receipt_standing(view: View, message: Message) -> Standing:
    """Of the receipt of a message that is final."""
    lane = receipt_lane(message)
    return Standing() if lane is None else _standing(view, message, lane, receipt=True)


def _standing(view: View, message: Message, lane: LaneKey, receipt: bool) -> Standing:
    receiver, key = lane.receiver, lane.key
    gate, due_at, attempts, code = clock(view, receiver, key)
    delivery = view.row("delivery", receiver, key, int(receipt), message.id)
    if delivery is None:
        return Standing(gate=gate, receipt=receipt)
    place, enter_at, expires_at, priority, position, via = delivery
    ((ahead,),) = view.rows("ahead", receiver, key, priority, position)
    attached = bool(receiver) or bool((view.row("reachability", key) or ("", 1))[1])
    taken = under_way(view, receiver, key)
    return Standing(
        place=place,
        enter_at=enter_at,
        expires_at=expires_at,
        ahead=ahead,
        due_at=due_at,
        lane_attempts=attempts,
        lane_code=code,
        attached=attached,
        gate=gate_of_via(via) if via else gate,
        under_way=taken[0] if taken else None,
        receipt=receipt,
    )


def under_way(view: View, receiver: int, key: int) -> list[int]:
    """Messages of a lane that are under way. Receipts do not show, nor SMS to phones outside the fleet: only
    memory knows those.
    """
    if is_phone(receiver):
        return []
    rows = view.rows("under_way_to_application", key, receiver) if receiver else view.rows("under_way", key)
    return [row[0] for row in rows]


def clock(view: View, receiver: int, key: int) -> Row:
    """(gate, due_at, attempts, code) of a lane; without a row it has no clock."""
    row = view.row("lane", receiver, key)
    if row is not None:
        return row
    gate = gate_of_application(receiver) if receiver > 0 else (view.row("reachability", key) or ("", 1))[0]
    return (gate, None, 0, "")


def lane(view: View, receiver: int, key: int) -> LaneShown:
    places: dict[int, int] = dict(view.rows("places", receiver, key))
    head = view.row("head", receiver, key)
    gate, due_at, attempts, code = clock(view, receiver, key)
    return LaneShown(
        receiver=receiver,
        key=key,
        gate=gate,
        waiting=places.get(Place.WAITING, 0),
        scheduled=places.get(Place.SCHEDULED, 0),
        awaiting=places.get(Place.AWAITING, 0),
        under_way=under_way(view, receiver, key),
        head=head[0] if head else None,
        due_at=due_at,
        attempts=attempts,
        code=code,
        meaning=reason(code) if code else "",
        next_scheduled_at=view.rows("next_scheduled", receiver, key)[0][0],
    )


def usage(view: View, device: int) -> Usage:
    tally, quota = view.row("tally", device), view.row("quota", device)
    history = [MonthUsage(*row) for row in view.rows("history", device, HISTORY_MONTHS)]
    return Usage(device, Tally(*tally) if tally else Tally(device), history, Quota(*quota) if quota else None)


def facts(view: View) -> StoreFacts:
    page_bytes = view.page_bytes
    log = Path(f"{view.path}-wal")
    return StoreFacts(
        path=view.path,
        schema=(view.row("schema") or (0,))[0],
        integrity="",
        size_bytes=Path(view.path).stat().st_size,
        wal_pages=(log.stat().st_size if log.exists() else 0) // (page_bytes + WAL_FRAME_BYTES),
        page_bytes=page_bytes,
        free_disk_bytes=shutil.disk_usage(Path(view.path).parent).free,
    )


def check(view: View) -> str:
    return "; ".join(str(row[0]) for row in view.connection.execute("PRAGMA quick_check(10)").fetchall())
