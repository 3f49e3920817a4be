"""The command about events."""

from msgspec import Struct
from msgspec.structs import asdict

from heliograph.core.refusal import Refusal
from heliograph.flow.shown import EventFilter
from heliograph.interfaces.control.translate import Document, Moment
from heliograph.interfaces.control.verb import Call, Verb


class Events(Struct, forbid_unknown_fields=True):
    since: Moment | None = None
    limit: int = 50


async def list_all(call: Call[Events]) -> Document | Refusal:
    wish = call.arguments
    page = await call.services.browse.events(call.org, EventFilter(since=wish.since), limit=wish.limit)
    if isinstance(page, Refusal):
        return page
    devices = sorted({row.device for row in page.items if row.device is not None})
    names = await call.services.device_names(call.org, devices)
    return await call.items(
        [{**asdict(row), "device_name": names.get(row.device or 0)} for row in page.items]
    )


VERBS = {"event.list": Verb(Events, list_all)}
