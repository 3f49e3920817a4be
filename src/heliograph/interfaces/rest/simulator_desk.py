"""The seam to the network of virtual devices, for routes. A device is named by its IMSI and MSISDN.

In: what people do with a device in hand. Out: pictures of it as plain dicts, or a refusal. `app` puts the
simulator behind it.
"""

from typing import Any, Protocol

from heliograph.core.device import Device
from heliograph.core.refusal import Refusal

Picture = dict[str, Any]


class SimulatorDesk(Protocol):
    network: str  # that devices of it name as theirs

    @property
    def runs(self) -> bool: ...
    def glance(self, device: Device) -> Picture:
        """Its state and profile: cheap, for lists."""
        ...

    def show(self, device: Device) -> Picture: ...
    def last_read(self, device: Device) -> Picture | None: ...
    def inbox(self, device: Device) -> list[Picture]:
        """Oldest first."""
        ...

    def profiles(self) -> list[Picture]: ...
    def assign(self, device: Device, profile: str) -> Refusal | None: ...
    def set_reading(self, device: Device, name: str, value: float) -> Refusal | None: ...
    async def set_states(self, device: Device, words: list[str]) -> Refusal | None:
        """One after the other; kept for the next start when this returns."""
        ...

    async def send(self, device: Device, to: str, text: str) -> Picture | Refusal:
        """What the network said to the SMS; or that it waits in the device, which goes on trying."""
        ...
