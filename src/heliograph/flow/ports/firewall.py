"""The verbs for firewalls, within a transaction; and the reads of them for people."""

from collections.abc import Sequence
from typing import Protocol

from heliograph.core.firewall.passing import Guard
from heliograph.core.firewall.suppression import StopWords, Suppression
from heliograph.core.firewall.watch import Watch


class FirewallTransaction(Protocol):
    async def load_guards(self, rule_sets: Sequence[int]) -> dict[int, Guard]:
        """Compiled, by id."""
        ...

    async def load_watches(self, devices: Sequence[int]) -> dict[int, Watch]:
        """Of those that have one."""
        ...

    async def load_suppressed(self, org: int, numbers: Sequence[str]) -> dict[str, Suppression]:
        """Which of these numbers want nothing more, by number."""
        ...

    async def load_stop_words(self, orgs: Sequence[int]) -> dict[int, StopWords]:
        """Of organisations that have words of their own."""
        ...
