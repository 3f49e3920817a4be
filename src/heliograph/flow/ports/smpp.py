"""The seams for SMPP accounts: verbs within a transaction, reads beside it, and who hears of changes."""

from typing import Protocol

from heliograph.core.delivery import Job, LaneKey
from heliograph.core.message import Message
from heliograph.core.smpp_account import SmppAccount


class SmppTransaction(Protocol):
    """Of one transaction. Accounts are added, changed and dropped by the admin verbs."""

    async def account_named(self, system_id: str) -> SmppAccount | None:
        """Of any organisation: a system_id is unique everywhere."""
        ...

    async def count(self, org: int) -> int: ...
    async def policies_of(self, account: SmppAccount) -> int: ...
    async def alike(self, lane: LaneKey, sender: str, source: str, service_type: str | None) -> list[Job]:
        """Those in this lane, or scheduled for it, with this sender, source and service type (None: any),
        oldest first. One under way is not among them.
        """
        ...

    async def beyond(self, account: int, most: int, limit: int) -> list[int]:
        """The oldest of the deliveries that wait for an account: those beyond so many."""
        ...


class SmppReader(Protocol):
    async def accounts(self, org: int | None) -> list[SmppAccount]:
        """Of an organisation, or all there are; by system_id."""
        ...

    async def account(self, org: int, id: int) -> SmppAccount | None: ...
    async def account_named(self, system_id: str) -> SmppAccount | None: ...
    async def message(self, account: SmppAccount, id: int) -> Message | None:
        """One that the account sent."""
        ...


class SmppListener(Protocol):
    """Who hears of accounts at once: the server that they bind to."""

    def put(self, account: SmppAccount) -> None:
        """It is new, or it changed."""
        ...

    def remove(self, account: SmppAccount) -> None: ...


class SmppDirectory(Protocol):
    """The accounts that there are, in memory, as they now stand."""

    def __contains__(self, id: object) -> bool: ...
    def of_id(self, id: int) -> SmppAccount | None: ...
    def of_system_id(self, system_id: str) -> SmppAccount | None: ...
    def all(self) -> list[SmppAccount]: ...
    def follow(self, listener: SmppListener) -> None: ...
    def put(self, account: SmppAccount) -> None: ...
    def remove(self, account: SmppAccount) -> None: ...
