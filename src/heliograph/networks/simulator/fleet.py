"""The fleet: all virtual devices of a network. A device has an object only when something sets it apart.

In: identities, commands, pages, timeouts. Out: effects, to the inlet. Never here: the answer to the engine
(`outlet`), batches (`inlet`), what a device does (`device`).
"""

from collections.abc import Iterable, Mapping
from random import Random
from typing import NamedTuple

from heliograph.flow.attach import Presence
from heliograph.networks.simulator.device import Device, Effect
from heliograph.networks.simulator.inlet import Inlet
from heliograph.networks.simulator.kept import Kept
from heliograph.networks.simulator.passed import Passed
from heliograph.networks.simulator.profile import PLAIN, Profile
from heliograph.networks.simulator.timers import Timers


class Identity(NamedTuple):
    """Who a device is: by its IMSI, or by its MSISDN where it has none."""

    imsi: str
    msisdn: str

    @property
    def key(self) -> str:
        return self.imsi or self.msisdn


class Fleet:
    def __init__(self, timers: Timers, inlet: Inlet, chance: Random, default: str) -> None:
        self._timers = timers
        self._inlet = inlet
        self.chance = chance
        self.default = default
        self.profiles: Mapping[str, Profile] = {default: PLAIN}
        self.devices: dict[str, Device] = {}
        self.assigned: dict[str, str] = {}  # profiles of devices, where they are not the default
        self.default_is_plain = True
        self.passed = Passed()
        inlet.heard = self._heard

    def now(self) -> int:
        return self._timers.now()

    def load(self, profiles: Mapping[str, Profile]) -> None:
        """Other profiles, for all devices at once. A device whose profile is gone gets the default."""
        self.profiles = profiles
        self.default_is_plain = profiles[self.default].is_plain
        for device in list(self.devices.values()):
            profile = self.profile_of(device.key)
            if profile != device.profile:
                self._use(device, profile)

    def profile_name(self, key: str) -> str:
        name = self.assigned.get(key, self.default)
        return name if name in self.profiles else self.default

    def profile_of(self, key: str) -> Profile:
        return self.profiles[self.profile_name(key)]

    def device(self, identity: Identity) -> Device:
        """Its object, made when it has none."""
        key = identity.key
        device = self.devices.get(key)
        if device is None:
            device = self.devices[key] = Device(identity.imsi, identity.msisdn, PLAIN)
            self._use(device, self.profile_of(key))
        elif identity.msisdn and device.msisdn != identity.msisdn:
            device.msisdn = identity.msisdn
        return device

    def watch(self, identity: Identity) -> Device:
        """From now on it keeps its inbox by itself, beginning with what is known of its plain time."""
        device = self.device(identity)
        device.watched = True
        device.received += self.passed.received(identity.key)
        device.remember(self.passed.inbox(identity.key))
        self.passed.forget(identity.key)
        return device

    def assign(self, pairs: Iterable[tuple[Identity, str]]) -> None:
        """Gives devices their profiles. Those with timers of their own begin to live."""
        for identity, name in pairs:
            key = identity.key
            if name == self.default:
                self.assigned.pop(key, None)
            else:
                self.assigned[key] = name
            if key in self.devices:
                self._use(self.devices[key], self.profile_of(key))
            elif self.profile_of(key).has_timers:
                self.device(identity)

    def _use(self, device: Device, profile: Profile) -> None:
        device.use(profile, self.now(), self.chance)
        self.arm(device)

    def restore(self, identity: Identity, kept: Kept) -> None:
        """As people left it before this start. Nobody notices anything."""
        device = self.device(identity)
        device.restore(kept, self.now())
        self.arm(device)

    def command(self, device: Device, word: str) -> None:
        self.apply(device, device.command(word, self.now()))
        self.release(device)

    def apply(self, device: Device, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Presence):
                self._inlet.see(device, effect)
            else:
                self._inlet.transmit(device, effect)
        self.arm(device)

    def release(self, device: Device) -> None:
        """A device like any other needs no object."""
        if self.default_is_plain and device.key not in self.assigned and device.is_pristine():
            self.devices.pop(device.key, None)

    def arm(self, device: Device) -> None:
        """Sees to it that the device is called when it next wants to be."""
        at = device.next_timeout()
        if at is not None and (device.armed_at is None or at < device.armed_at):
            device.armed_at = at
            self._timers.at(at, self._timeout, device, at)

    def _timeout(self, device: Device, at: int) -> None:
        if device.armed_at != at:
            return  # it was called earlier, for something else
        device.armed_at = None
        self.apply(device, device.timeout(self.now(), self.chance))

    def _heard(self, device: Device, cause: int | None) -> None:
        self.apply(device, device.heard(cause, self.now()))
