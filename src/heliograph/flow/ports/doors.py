"""The seam for gates: where an adapter keeps what carries its lanes, and says that it is open or closed."""

from typing import Protocol

from heliograph.core.gate import Gate
from heliograph.flow.ports import Outlet

TIMER_MARGIN_MS = 10_000  # an answer that is later than its carrier allows by this much is unknown


class Doors(Protocol):
    """The dispatcher's gates, as adapters see them."""

    def add(self, name: str, gate: Gate, outlet: Outlet, timer_ms: int) -> None: ...
    def set_timer(self, name: str, timer_ms: int) -> None:
        """Of what is sent from now on."""
        ...

    def opened(self, name: str) -> None: ...
    def recovered(self, name: str) -> None: ...
    def closed(self, name: str) -> None: ...
