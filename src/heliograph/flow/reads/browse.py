"""Browsing: what people and the command line read. Lists in pages, one thing at a time, a message's story.

Everything is asked for an organisation and answers of no other. Reads see committed rows only, a moment
old.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from heliograph.core.delivery import DEVICE_RECEIVER
from heliograph.core.device import Device
from heliograph.core.ids import LARGEST_ID
from heliograph.core.message import Message, State
from heliograph.core.organisation import Account, Application, Organisation, Token, hash_of, over
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.story.explain import Names, explain, utc
from heliograph.core.story.standing import Show, Standing, awaits_receipt, is_told_to_the_end
from heliograph.flow.reads.port import LONGEST_SLICE, Reader, Slice
from heliograph.flow.shown import (
    Counts,
    DeviceFilter,
    DevicePage,
    EventFilter,
    EventPage,
    Explained,
    LaneShown,
    Mark,
    MessageFilter,
    MessagePage,
    MessageShown,
    StoreFacts,
    TokenShown,
    Usage,
    show_message,
    show_token,
)

T = TypeVar("T")
C = TypeVar("C")
LONGEST_PAGE = LONGEST_SLICE
SLICES = 50  # that one call looks at; a filter that finds little gives a short page with a mark to go on
HEALTH_MS = 1000
NEWEST = Mark(2**62, LARGEST_ID)
ANY_DEVICE = DeviceFilter()
ANY_MESSAGE = MessageFilter()
ANY_EVENT = EventFilter()


def not_known(_gate: str) -> bool | None:
    """Where no gates are at hand: the store does not know whether they are open."""
    return None


def it_runs() -> bool:
    return True


class Browse:
    """Reads for people, over a `Reader`. Whether deliveries flow at all and whether a gate is open is
    memory's to know, so it is asked for.
    """

    def __init__(
        self,
        reader: Reader,
        gate_is_open: Callable[[str], bool | None] = not_known,
        server_runs: Callable[[], bool] = it_runs,
    ) -> None:
        self._reader = reader
        self._gate_is_open = gate_is_open
        self._server_runs = server_runs

    async def organisations(self) -> list[Organisation]:
        return await self._reader.organisations()

    async def organisation(self, which: str) -> Organisation | Refusal:
        """By name, or by id."""
        return await self._reader.organisation(which) or refuse("unknown_organisation")

    async def applications(self, org: int) -> list[Application]:
        return await self._reader.applications(org)

    async def application(self, org: int, which: str) -> Application | Refusal:
        return await self._reader.application(org, which) or refuse("unknown_application")

    async def policies(self, org: int) -> list[Policy]:
        return await self._reader.policies(org)

    async def policy(self, org: int, which: str) -> Policy | Refusal:
        return await self._reader.policy(org, which) or refuse("unknown_policy")

    async def tokens(self, org: int) -> list[TokenShown]:
        return [show_token(token) for token in await self._reader.tokens(org)]

    async def check_token(self, secret: str, now: int) -> Token | Refusal:
        """The token that this secret belongs to, while it may be used."""
        token = await self._reader.token(hash_of(secret))
        if token is None:
            return refuse("bad_token")
        return over(token, now) or token

    async def account(self, name: str) -> Account | None:
        """With its hash, for a login."""
        return await self._reader.account(name)

    async def accounts(self, org: int) -> list[Account]:
        return await self._reader.accounts(org)

    async def device(self, org: int, which: str) -> Device | Refusal:
        """By name, else by MSISDN (with or without +), else by id."""
        return await self._reader.device(org, which) or refuse("unknown_device")

    async def devices(
        self, org: int, wanted: DeviceFilter = ANY_DEVICE, after: str = "", limit: int = 100
    ) -> DevicePage:
        """By name."""
        page = await _gather(after, limit, partial(self._reader.devices, org, wanted))
        return DevicePage(page.rows, page.end)

    async def message(self, org: int, id: int) -> MessageShown | Refusal:
        message = await self._reader.message(org, id)
        return refuse("unknown_message") if message is None else show_message(message)

    async def messages(
        self, org: int, wanted: MessageFilter = ANY_MESSAGE, after: str | None = None, limit: int = 100
    ) -> MessagePage | Refusal:
        """Newest first."""
        start = _mark(after)
        if start is None:
            return refuse("bad_value", "after", "This mark was not given by a page.")
        page = await _gather(start, limit, partial(self._reader.messages, org, wanted))
        return MessagePage([show_message(row) for row in page.rows], _marked(page.end))

    async def explain(
        self, org: int, id: int, now: int | None = None, show: Show = utc
    ) -> Explained | Refusal:
        """A message with its story. Without a `now`, times to come may be those of a moment ago."""
        message = await self._reader.message(org, id)
        if message is None:
            return refuse("unknown_message")
        names = await self._names(org, message)
        story = explain(message, await self._standing(message, now), names, show)
        return Explained(
            message=show_message(message),
            device_name=names.devices.get(message.device or 0),
            origin_name=names.devices.get(message.origin or 0),
            application_name=names.applications.get(message.application or 0),
            story=story,
        )

    async def _names(self, org: int, message: Message) -> Names:
        devices = [id for id in (message.device, message.origin) if id is not None]
        return Names(
            policies=[policy.name for policy in await self._reader.policies(org)],
            devices=await self._reader.device_names(org, devices),
            applications={one.id: one.name for one in await self._reader.applications(org)},
        )

    async def _standing(self, message: Message, now: int | None) -> Standing | None:
        if message.final_at is None:
            standing = await self._reader.standing(message)
        elif awaits_receipt(message):
            standing = await self._reader.receipt_standing(message)
            if standing.place is None and not is_told_to_the_end(message):
                return None
        else:
            return None
        is_open, runs = self._gate_is_open(standing.gate), self._server_runs()
        return replace(standing, gate_is_open=is_open, server_runs=runs, now=now)

    async def lane(self, org: int, which: str, application: int = DEVICE_RECEIVER) -> LaneShown | Refusal:
        """The lane to a device, or with `application` the lane of what it hears of that device."""
        device = await self.device(org, which)
        if isinstance(device, Refusal):
            return device
        if application and await self._reader.application(org, str(application)) is None:
            return refuse("unknown_application")
        return await self._reader.lane(application, device.id)

    async def events(
        self, org: int, wanted: EventFilter = ANY_EVENT, after: str | None = None, limit: int = 100
    ) -> EventPage | Refusal:
        """Newest first."""
        start = _mark(after)
        if start is None:
            return refuse("bad_value", "after", "This mark was not given by a page.")
        page = await _gather(start, limit, partial(self._reader.events, org, wanted))
        return EventPage(page.rows, _marked(page.end))

    async def counts(self, org: int, since: int = 0) -> Counts:
        """Messages accepted since then, by state."""
        by_state = {state.name: 0 for state in State}
        mark: Mark | None = NEWEST
        for _ in range(SLICES):
            if mark is None:
                break
            part = await self._reader.counts(org, since, mark)
            for state, count in part.rows:
                by_state[State(state).name] += count
            mark = part.end
        return Counts(by_state, mark is None)

    async def usage(self, org: int, which: str) -> Usage | Refusal:
        device = await self.device(org, which)
        return device if isinstance(device, Refusal) else await self._reader.usage(device.id)

    async def facts(self, longest_ms: int = HEALTH_MS) -> StoreFacts:
        """For a health check. With more time it looks at the whole file."""
        return await self._reader.facts(longest_ms)


async def _gather(start: C, limit: int, ask: Callable[[C, int], Awaitable[Slice[T, C]]]) -> Slice[T, C]:
    """A page out of slices."""
    limit = max(1, min(limit, LONGEST_PAGE))
    found: list[T] = []
    mark: C | None = start
    for _ in range(SLICES):
        if mark is None or len(found) == limit:
            break
        part = await ask(mark, limit - len(found))
        found += part.rows
        mark = part.end
    return Slice(found, mark)


def _mark(text: str | None) -> Mark | None:
    if text is None:
        return NEWEST
    at, _, id = text.partition("-")
    return Mark(int(at), int(id)) if at.isdecimal() and id.isdecimal() else None


def _marked(mark: Mark | None) -> str | None:
    return None if mark is None else f"{mark.at}-{mark.id}"
