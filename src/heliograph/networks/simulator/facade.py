"""The simulator as one thing: what `app` composes and what people control while it runs.

In: plain arguments. Out: plain dicts and lists. A device is named by its IMSI and MSISDN, as the store has
them; whoever calls has looked it up. Never here: what anything means (see the other files).
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import structlog

from heliograph.core.refusal import Refusal
from heliograph.flow.ports import Clock, Report
from heliograph.networks.simulator.checks import Unusable, check
from heliograph.networks.simulator.crowd import Crowd
from heliograph.networks.simulator.fleet import Fleet, Identity
from heliograph.networks.simulator.inlet import Inlet, Receive, Sight
from heliograph.networks.simulator.journal import Journal
from heliograph.networks.simulator.kept import AS_BEGUN, KEPT_LIMIT, BadKept, KeptStates, Offload
from heliograph.networks.simulator.library import PLAIN_NAME, BadFiles, load_profiles
from heliograph.networks.simulator.outlet import SimulatorOutlet, Witness
from heliograph.networks.simulator.picture import (
    Picture,
    glance,
    last_read,
    show_device,
    show_inbox,
    show_profile,
)
from heliograph.networks.simulator.radio import STATES
from heliograph.networks.simulator.timers import Timers

log = structlog.get_logger()

DEFAULT_GATE = "simulator"
SAVE_PAUSE_SECONDS = 1.0  # a crowd is kept in so many steps, not device by device
RATE_LIMIT = 50_000.0  # commands a second

_TAG = re.compile(r"(?:^|[\s,;\"'])sim-profile=([a-z0-9_-]+)")


class Simulator:
    """A network of virtual devices. Needs a running loop."""

    def __init__(
        self,
        report: Report,
        receive: Receive,
        sight: Sight,
        clock: Clock,
        random: Random,
        *,
        gate: str = DEFAULT_GATE,
        default_profile: str = PLAIN_NAME,
        profiles: Path | None = None,
        journal: Path | None = None,
        kept: Path | None = None,
        offload: Offload = asyncio.to_thread,
    ) -> None:
        """`profiles` is the user's own folder; `journal` a file for all that reaches a device; `kept` one for
        what people set, `offload` how it is written. Raises `BadFiles`, and `Unusable` for a default profile
        that does not exist or a file that cannot be used.
        """
        try:
            self._kept = KeptStates(kept, offload)
        except BadKept as error:
            raise Unusable(f"{error}; without this file all virtual devices start attached") from error
        self._left: set[str] = set()  # those that people left in a state of their own before this start
        self._saving: asyncio.Task[None] | None = None
        self._folder = profiles
        self._timers = Timers(clock.now())
        self._inlet = Inlet(gate, receive, sight, self._timers)
        self._fleet = Fleet(self._timers, self._inlet, random, default_profile)
        loaded = load_profiles(profiles)
        if default_profile not in loaded:
            raise Unusable(f"there is no profile {default_profile!r}")
        self._fleet.load(loaded)
        self._journal = Journal(journal, clock.now) if journal is not None else None
        self.outlet = SimulatorOutlet(self._fleet, self._timers, report)
        if self._journal is not None:
            self.witness(self._journal.record)

    async def stop(self) -> None:
        """Nothing happens any more; the journal is closed."""
        self.outlet.close()
        await self._inlet.stop()
        self._timers.stop()
        if self._saving is not None:
            self._saving.cancel()
        await self._save_for_a_crowd()
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def witness(self, witness: Witness) -> None:
        """It is called with the jobs that reached their devices, before their outcomes are told."""
        self.outlet.witnesses.append(witness)

    def enrol(self, devices: Iterable[tuple[str, str, str]]) -> int:
        """IMSI, MSISDN and tags of many devices. Those with a tag `sim-profile=NAME` get that profile; the
        number of these is returned.
        """
        pairs = [
            (Identity(imsi, msisdn), tag[1]) for imsi, msisdn, tags in devices if (tag := _TAG.search(tags))
        ]
        self._fleet.assign(pairs)
        return len(pairs)

    def restore(self, imsi: str, msisdn: str) -> bool:
        """As people left it before this start. Is it attached?"""
        identity = Identity(imsi, msisdn)
        kept = self._kept.of(identity.key)
        if kept != AS_BEGUN:
            self._left.add(identity.key)
            self._fleet.restore(identity, kept)
        return not kept.is_detached

    def restored(self) -> None:
        """All devices that there are were asked for: what is kept of others is of no use."""
        self._kept.keep_only(self._left)
        self._left = set()

    async def save(self) -> None:
        """What people set outlives the process when this returns."""
        try:
            await self._kept.save()
        except OSError as error:
            raise Unusable(f"this is in force, but is not kept for the next start: {error}") from error

    def show(self, imsi: str, msisdn: str) -> Picture:
        return show_device(self._fleet, Identity(imsi, msisdn))

    def glance(self, imsi: str, msisdn: str) -> Picture:
        """Its state and its profile."""
        return glance(self._fleet, Identity(imsi, msisdn))

    def last_read(self, imsi: str, msisdn: str) -> Picture | None:
        """The SMS that it read last. Looking changes nothing."""
        return last_read(self._fleet, Identity(imsi, msisdn))

    def set_state(self, imsi: str, msisdn: str, state: str) -> Picture:
        """One of `states()`. The network notices what a real one would."""
        check(state, STATES, "state")
        identity = Identity(imsi, msisdn)
        if not self._put(identity, state):
            raise Unusable(f"this is in force, but is not kept for the next start: {KEPT_LIMIT} others are")
        return show_device(self._fleet, identity)

    def _put(self, identity: Identity, state: str) -> bool:
        """False: this is not kept."""
        self._fleet.command(self._fleet.device(identity), state)
        return self._kept.note(identity.key, state)

    def assign_profile(self, imsi: str, msisdn: str, profile: str) -> Picture:
        check(profile, self._fleet.profiles, "profile")
        self._fleet.assign([(Identity(imsi, msisdn), profile)])
        return self.show(imsi, msisdn)

    def set_reading(self, imsi: str, msisdn: str, name: str, value: float) -> Picture:
        """What the device measures from now on; its alerts follow at once."""
        device = self._fleet.device(Identity(imsi, msisdn))
        check(name, device.profile.readings, "reading")
        self._fleet.apply(device, device.measure(name, value, self._fleet.now()))
        return self.show(imsi, msisdn)

    def send(self, imsi: str, msisdn: str, to: str, text: str) -> Picture:
        """An SMS typed at the device."""
        device = self._fleet.device(Identity(imsi, msisdn))
        refusal = device.post(to, text)
        if isinstance(refusal, Refusal):
            raise Unusable(refusal.reason)
        self._fleet.apply(device, device.transmit(self._fleet.now()))
        return self.show(imsi, msisdn)

    def inbox(self, imsi: str, msisdn: str) -> list[Picture]:
        """The last SMS that it read, oldest first. A plain device keeps its own from the first look on; of
        the time before, what is among the last that reached any plain device.
        """
        return show_inbox(self._fleet.watch(Identity(imsi, msisdn)))

    def crowd(
        self, state: str, devices: Sequence[tuple[str, str]] | None = None, per_second: float | None = None
    ) -> Picture:
        """The same state for many devices (IMSI, MSISDN); without a list, for all that differ from a plain
        one. The answer: how many, and for how long at that rate; without one nobody knows beforehand.
        """
        check(state, STATES, "state")
        if per_second is not None and not 0 < per_second <= RATE_LIMIT:
            raise Unusable(f"a rate lies between 0 and {RATE_LIMIT:.0f} a second")
        chosen = (
            [Identity(device.imsi, device.msisdn) for device in self._fleet.devices.values()]
            if devices is None
            else [Identity(*device) for device in devices]
        )

        def act(identity: Identity) -> None:
            self._put(identity, state)
            if self._saving is None:
                self._saving = asyncio.get_running_loop().create_task(self._save_later())

        crowd = Crowd(self._fleet, self._timers, chosen, act, per_second)
        return {"devices": crowd.total, "seconds": crowd.total / per_second if per_second else None}

    async def _save_later(self) -> None:
        await asyncio.sleep(SAVE_PAUSE_SECONDS)
        self._saving = None  # what is noted from here on is for the next time
        await self._save_for_a_crowd()

    async def _save_for_a_crowd(self) -> None:
        try:
            await self._kept.save()
        except OSError as error:
            log.warning("states of virtual devices are not kept", error=str(error))

    def states(self) -> list[str]:
        return [str(state) for state in STATES]

    def profiles(self) -> list[Picture]:
        return [show_profile(name, profile) for name, profile in sorted(self._fleet.profiles.items())]

    def reload_profiles(self, folder: Path | None = None) -> Picture:
        """The files anew, from another folder if one is given. When one is bad, nothing changes."""
        folder = folder or self._folder
        try:
            loaded = load_profiles(folder)
        except BadFiles as error:
            bad = [{"file": file.file, "where": file.where, "what": file.what} for file in error.files]
            return {"loaded": [], "errors": bad}
        if self._fleet.default not in loaded:
            what = f"the default profile {self._fleet.default!r} is gone"
            return {"loaded": [], "errors": [{"file": str(folder), "where": "folder", "what": what}]}
        self._folder = folder
        self._fleet.load(loaded)
        return {"loaded": sorted(loaded), "errors": []}

    def counters(self) -> dict[str, int]:
        sent, came = self.outlet.counters, self._inlet.counters
        return {
            "objects": len(self._fleet.devices),
            "pages": sent.pages,
            "reached": sent.reached,
            "received": came.received,
            "refused": came.refused,
            "sightings": came.sightings,
            "strangers": came.strangers,
            "timers": self._timers.fired,
            "not_kept": self._kept.not_kept,
        }
