"""The seam for reads of firewalls and of stored traffic by people. Each answers of one organisation."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from heliograph.core.device import Device
from heliograph.core.firewall.passing import Guard
from heliograph.core.firewall.rules import Rules
from heliograph.core.firewall.suppression import StopWords, Suppression
from heliograph.core.firewall.watch import Watch
from heliograph.core.policy import Policy
from heliograph.core.what_if import Traffic
from heliograph.flow.shown import Mark


class FirewallReader(Protocol):
    """Reads see committed rows only."""

    async def owner(self, kind: type[Policy] | type[Device], org: int, id: int) -> Policy | Device | None: ...
    async def rules(self, org: int, rule_set: int) -> Rules:
        """As the policy or the device names them; of 0 none."""
        ...

    async def watch(self, org: int, device: int) -> Watch | None: ...
    async def suppressions(self, org: int, passed: int, limit: int) -> tuple[int, list[Suppression]]:
        """How many there are, and a page by number."""
        ...

    async def suppression(self, org: int, id: int) -> Suppression | None: ...
    async def stop_words(self, org: int) -> StopWords: ...
    async def traffic(self, org: int, after: Mark, until: int, limit: int) -> list[Traffic]:
        """Oldest first."""
        ...

    async def guards(self, org: int, rule_sets: Sequence[int]) -> Mapping[int, Guard]:
        """Compiled, by id."""
        ...
