"""What goes wrong outside: devices, links, applications, the store, the clock. One fault at a time, as a seed
says; most end by themselves.
"""

from functools import partial
from random import Random

from heliograph.core.device import Device
from heliograph.flow.attach import Presence, Sighting
from tests.simulation.fleet import Fleet
from tests.simulation.process import DISK_FULL, Bug, Buggy, Process
from tests.simulation.radio import Handset, Radio
from tests.simulation.receivers import Receiver
from tests.simulation.world import World

SWITCHES = ("mt", "mt", "mo", "p2p_internal")


class Faults:
    def __init__(
        self,
        world: World,
        fleet: Fleet,
        rng: Random,
        handsets: dict[int, Handset],
        radios: list[Radio],
        receivers: dict[str, Receiver],
    ) -> None:
        self._world = world
        self._coverage = world.coverage
        self._fleet = fleet
        self._rng = rng
        self._handsets = handsets
        self._list = list(handsets.values())
        self._radios = radios
        self._receivers = receivers

    def _handset(self) -> Handset:
        return self._rng.choice(self._list[:12] if self._rng.random() < 0.4 else self._list)

    def sight(self, process: Process | None, device: Device, presence: Presence) -> None:
        if process is None or not process.ready:
            return
        alerted = None if presence == Presence.DETACHED else process.dispatcher.alerted
        process.ask(process.flows.attach, [Sighting(device.imsi, "", presence)], alerted)

    def device(self, process: Process) -> None:
        """One device changes."""
        handset = self._handset()
        change = self._rng.choice(
            (self._detach, self._detach, self._attach, self._lose, self._fill, self._sleep, self._break)
        )
        change(process, handset)

    def _detach(self, process: Process, handset: Handset) -> None:
        self._coverage.hit("detached")
        handset.attached = False
        if self._rng.random() < 0.7:
            self.sight(process, handset.device, Presence.DETACHED)

    def _attach(self, process: Process, handset: Handset) -> None:
        self._coverage.hit("attached")
        handset.attached = handset.covered = True
        self.sight(process, handset.device, Presence.ATTACHED)

    def attach_one_away(self, process: Process) -> None:
        away = [handset for handset in self._list if not (handset.attached and handset.covered)]
        if away:
            self._attach(process, self._rng.choice(away))

    def _lose(self, process: Process, handset: Handset) -> None:
        """Out of coverage, and back in the same cell after a while: no alert."""
        self._coverage.hit("coverage lost in silence")
        handset.covered = False
        handset.mute = self._rng.random() < 0.1
        self._world.later(5_000, 600_000, partial(_cover, handset))

    def _fill(self, process: Process, handset: Handset) -> None:
        handset.free = self._rng.randrange(3)
        self._world.later(10_000, 1_200_000, partial(self._free, handset))

    def _free(self, handset: Handset) -> None:
        self._coverage.hit("memory freed")
        handset.free = 1_000_000
        if self.process is not None and self._rng.random() < 0.8:
            self.sight(self.process, handset.device, Presence.MEMORY_FREE)

    process: Process | None = None  # the one that is alive

    def _sleep(self, process: Process, handset: Handset) -> None:
        handset.awake_at = self._world.loop.time() + self._rng.choice((5, 40, 300, 1500))

    def _break(self, process: Process, handset: Handset) -> None:
        if self._rng.random() < 0.5:
            handset.slow = True
        else:
            handset.broken = True
        self._world.later(5_000, 120_000, partial(_mend, handset))

    def link(self, process: Process) -> None:
        """A gate closes; it opens again later."""
        gate = self._rng.choice(list(self._world.up))
        if not self._world.up[gate]:
            return
        if gate in self._receivers:
            self._coverage.hit("application gone")
        self._world.cut(gate)
        if self._rng.random() < 0.8:  # the others are noticed by their first lost job only
            process.dispatcher.closed(gate)
            self._world.later(500, 300_000, partial(self.open, gate))
        else:
            self._world.later(100, 2_000, partial(self.open, gate))

    def open(self, gate: str) -> None:
        if self._world.up[gate]:
            return
        self._world.up[gate] = True
        if gate in self._receivers:
            self._coverage.hit("application back")
        if self.process is not None and self.process.ready:
            self.process.dispatcher.opened(gate)

    def application(self, process: Process) -> None:
        receiver = self._rng.choice(list(self._receivers.values()))
        receiver.mode = self._rng.choice(("fails", "hangs", "up"))
        self._world.later(2_000, 90_000, partial(_recover, receiver))

    def congestion(self, process: Process) -> None:
        radio = self._rng.choice(self._radios)
        radio.congested = True
        self._world.later(1_000, 60_000, partial(_clear, radio))

    def policy(self, process: Process) -> None:
        """A switch of a policy, or a device as a whole; back on after a while."""
        connection = process.engine.connection
        if self._rng.random() < 0.5:
            device = self._handset().device
            self._coverage.hit("device disabled")
            device.status = 1
            connection.execute("UPDATE device SET status = 1 WHERE id = ?", (device.id,)).fetchall()
            self._world.later(1_000, 60_000, partial(self.enable, device))
            return
        policy = self._rng.choice(list(self._fleet.policies.values()))
        switch = self._rng.choice(SWITCHES)
        if switch == "mt":
            self._coverage.hit("policy switched off while messages wait")
        self.switch(policy.id, switch, 0)
        self._world.later(500, 30_000, partial(self.switch, policy.id, switch, 1))

    def switch(self, policy: int, switch: str, on: int) -> None:
        """Takes effect only where a process writes it; one that is down keeps the switch as it was."""
        if self.process is None or not self.process.alive:
            self._world.later(5_000, 5_000, partial(self.switch, policy, switch, on))
            return
        setattr(self._fleet.policies[policy], switch, on)
        connection = self.process.engine.connection
        text = f"UPDATE policy SET {switch} = ? WHERE id = ?"  # noqa: S608 # one of SWITCHES
        connection.execute(text, (on, policy)).fetchall()

    def enable(self, device: Device) -> None:
        if self.process is None or not self.process.alive:
            self._world.later(5_000, 5_000, partial(self.enable, device))
            return
        device.status = 0
        connection = self.process.engine.connection
        connection.execute("UPDATE device SET status = 0 WHERE id = ?", (device.id,)).fetchall()

    def store(self, process: Process) -> None:
        draw = self._rng.random()
        if draw < 0.4:
            process.store.full = True
            self._world.later(200, 4_000, partial(_empty, process))
        elif draw < 0.6:
            self._coverage.hit("disk full")
            process.ask(Buggy(DISK_FULL), [None])
        else:
            process.ask(Buggy(Bug), [None])

    def heal(self) -> None:
        """Everyone is there, everything is open; whoever is alive is told."""
        for handset in self._list:
            handset.attached = handset.covered = True
            handset.broken = handset.slow = handset.mute = False
            handset.free, handset.awake_at = 1_000_000, 0.0
            self.sight(self.process, handset.device, Presence.ATTACHED)
            self.enable(handset.device)
        for receiver in self._receivers.values():
            receiver.mode = "up"
        for radio in self._radios:
            radio.congested = False
        for policy in self._fleet.policies.values():
            for switch in SWITCHES:
                self.switch(policy.id, switch, 1)
        for gate in self._world.up:
            self.open(gate)
        if self.process is not None:
            self.process.store.full = False


def _cover(handset: Handset) -> None:
    handset.covered, handset.mute = True, False


def _mend(handset: Handset) -> None:
    handset.broken = handset.slow = False


def _recover(receiver: Receiver) -> None:
    receiver.mode = "up"


def _clear(radio: Radio) -> None:
    radio.congested = False


def _empty(process: Process) -> None:
    process.store.full = False
