"""The seam for reads of policies, tariffs and quotas. Each answers of one organisation."""

from typing import Protocol

from heliograph.core.device import Quota
from heliograph.core.policy import Policy
from heliograph.core.tariff import Tariff


class PolicyReader(Protocol):
    """Reads see committed rows only."""

    async def policies(self, org: int) -> list[Policy]: ...
    async def policy(self, org: int, id: int) -> Policy | None: ...
    async def policy_users(self, org: int, policy: int | None = None) -> dict[int, int]:
        """How many devices have each policy, or this one."""
        ...

    async def tariffs(self, org: int) -> list[Tariff]: ...
    async def tariff(self, org: int, id: int) -> Tariff | None: ...
    async def tariff_named(self, org: int, which: str) -> Tariff | None:
        """By name, else by id."""
        ...

    async def tariff_users(self, org: int, tariff: int | None = None) -> dict[int, int]: ...
    async def quota(self, org: int, device: int) -> tuple[bool, Quota | None]:
        """Whether there is such a device, and its quota."""
        ...
