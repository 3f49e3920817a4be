"""The seam for reads by people: a `Reader` answers from the store beside the writer, in short snapshots.

Each verb reads a bounded number of rows. A list that has to look at more comes in slices, and `browse` asks
again.
"""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from heliograph.core.changes import Happening
from heliograph.core.device import Device
from heliograph.core.message import Message
from heliograph.core.organisation import Account, Application, Organisation, Token
from heliograph.core.policy import Policy
from heliograph.core.standing import Standing
from heliograph.flow.shown import DeviceFilter, EventFilter, LaneShown, Mark, MessageFilter, StoreFacts, Usage

LONGEST_SLICE = 500
LONGEST_LIST = 10_000  # of what people make by hand: organisations, policies, tokens
T = TypeVar("T")
C = TypeVar("C")


class TooSlow(Exception):
    """The question would have held the store for too long. Narrow it."""


class Slice(Struct, Generic[T, C], frozen=True):
    """Rows that were found, and where to look on; None when all was looked at."""

    rows: list[T]
    end: C | None


class Reader(Protocol):
    async def organisations(self) -> list[Organisation]: ...
    async def organisation(self, which: str) -> Organisation | None:
        """By name, else by id; likewise the next ones."""
        ...

    async def applications(self, org: int) -> list[Application]: ...
    async def application(self, org: int, which: str) -> Application | None: ...
    async def policies(self, org: int) -> list[Policy]: ...
    async def policy(self, org: int, which: str) -> Policy | None: ...
    async def tokens(self, org: int) -> list[Token]: ...
    async def token(self, digest: bytes) -> Token | None: ...
    async def account(self, name: str) -> Account | None: ...
    async def accounts(self, org: int) -> list[Account]: ...
    async def device(self, org: int, which: str) -> Device | None:
        """By name, else by MSISDN, else by id."""
        ...

    async def device_names(self, org: int, ids: Sequence[int]) -> dict[int, str]: ...
    async def devices(self, org: int, wanted: DeviceFilter, after: str, limit: int) -> Slice[Device, str]: ...
    async def message(self, org: int, id: int) -> Message | None: ...
    async def messages(
        self, org: int, wanted: MessageFilter, before: Mark, limit: int
    ) -> Slice[Message, Mark]: ...
    async def standing(self, message: Message) -> Standing: ...
    async def lane(self, receiver: int, key: int) -> LaneShown: ...
    async def events(
        self, org: int, wanted: EventFilter, before: Mark, limit: int
    ) -> Slice[Happening, Mark]: ...
    async def counts(self, org: int, since: int, before: Mark) -> Slice[tuple[int, int], Mark]:
        """(state, messages) of one slice."""
        ...

    async def usage(self, device: int) -> Usage: ...
    async def facts(self, longest_ms: int) -> StoreFacts: ...
