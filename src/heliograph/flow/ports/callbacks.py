"""The seams for callbacks: verbs within a transaction, and reads beside it."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from heliograph.core.callback import Addressee, Callback, CallbackAttempt, CallbackSecret, Subscriber
from heliograph.core.changes import Happening
from heliograph.core.delivery import Kind
from heliograph.flow.shown import Mark


class CallbackTransaction(Protocol):
    """Of one transaction. Callbacks and secrets are added, changed and dropped by the admin verbs."""

    async def load_subscribers(self, orgs: Sequence[int]) -> list[Subscriber]: ...
    async def count(self, kind: type[Callback | CallbackSecret], org: int) -> int: ...
    async def policies_of_callback(self, callback: Callback) -> int: ...
    async def users_of_secret(self, secret: CallbackSecret) -> int:
        """Policies and callbacks."""
        ...

    async def drop_log(self, callback: int) -> None: ...
    async def log(self, attempts: Sequence[CallbackAttempt]) -> None: ...
    async def trim_log(self, callback: int, up_to: int, limit: int) -> int:
        """How many of the calls up to this number were dropped."""
        ...

    async def replaying(self, callback: int, messages: Sequence[int]) -> set[int]:
        """Those of the messages that wait on the callback's lanes."""
        ...

    async def load_events(self, ids: Sequence[int]) -> list[Happening]: ...


class CallFilter(Struct, frozen=True):
    """Which calls of the log are wanted."""

    device: int | None = None
    subject: int | None = None
    failed: bool | None = None
    since: int = 0
    until: int | None = None


class ReplayFilter(Struct, frozen=True):
    """What shall be told once more: of one message, of a device, of a time."""

    kind: Kind  # MO, RECEIPT or EVENT
    since: int
    until: int
    device: int | None = None
    failed: bool = False  # only what never arrived


class Found(Struct, frozen=True):
    """Messages or events, oldest first, and where to go on; None: these were all."""

    ids: list[int]
    end: Mark | None


class CallContext(Struct, frozen=True):
    """What a batch of calls has to know beside its messages."""

    addressees: list[Addressee]
    secrets: list[CallbackSecret]
    organisations: dict[int, str]


class CallbackDesk(Protocol):
    """The callbacks at work: told at once when people change them."""

    def put(self, callback: Callback) -> None: ...
    def remove(self, id: int) -> None: ...
    def forget_secret(self, id: int) -> None: ...
    async def test(self, callback: Callback, secret: int | None) -> CallbackAttempt: ...


class CallbackReader(Protocol):
    async def callbacks(self, org: int | None) -> list[Callback]:
        """Of an organisation, or all there are."""
        ...

    async def callback(self, org: int, id: int) -> Callback | None: ...
    async def secrets(self, org: int) -> list[CallbackSecret]: ...
    async def secret(self, org: int, id: int) -> CallbackSecret | None: ...
    async def signing_policy(self, callback: Callback) -> tuple[int, int] | None:
        """The newest policy that sends to it and has a secret, and that secret."""
        ...

    async def context(
        self, devices: Sequence[int], secrets: Sequence[int], orgs: Sequence[int]
    ) -> CallContext:
        """The secrets asked for, and those of the devices' policies."""
        ...

    async def calls(
        self, callback: int, wanted: CallFilter, before: int, limit: int
    ) -> list[CallbackAttempt]:
        """Newest first."""
        ...

    async def log_end(self, callback: int, keep: int, since: int) -> int:
        """The newest number that is beyond what is kept; 0: none is."""
        ...

    async def replayable(
        self, callback: Callback, wanted: ReplayFilter, after: Mark, limit: int
    ) -> Found: ...
