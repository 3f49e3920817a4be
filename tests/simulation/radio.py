"""Devices and the networks in front of them: coverage, memory, sleep, errors, answers that are late or never.

A far end of the world. The books learn of an arrival when the device has it; the process learns it from the
answer, if there is one.
"""

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from heliograph.core.device import Device
from heliograph.core.outcome import DELIVERED, Accepted, Permanent, Temporary
from tests.simulation.world import TIMER_MS, Attempt, World

PERMANENT_CODES = ("unknown_subscriber", "rejected", "barred", "protocol")


class Handset(Struct, gc=False):
    """What is true of a device, whatever its network believes."""

    device: Device
    attached: bool = True
    covered: bool = True
    free: int = 1_000_000
    awake_at: float = 0.0  # in the loop's time
    broken: bool = False
    slow: bool = False
    mute: bool = False


class Radio:
    """A network that answers for its devices."""

    def __init__(self, world: World, handsets: dict[int, Handset]) -> None:
        self._world = world
        self._handsets = handsets
        self.congested = False

    def carry(self, attempt: Attempt) -> None:
        handset = self._handsets[attempt.send.lane.key]
        low, high = (4_000, 25_000) if handset.slow else (20, 900)
        self._world.later(low, high, partial(self._reach, attempt, handset))

    def _reach(self, attempt: Attempt, handset: Handset) -> None:
        """The moment at which the device has it or not."""
        if attempt.answered:
            return
        world, rng = self._world, self._world.rng
        refusal = self._refuses(handset)
        if refusal is not None:
            attempt.answer(refusal)
        elif not handset.covered:
            self._page(attempt)
        elif rng.random() < 0.01:
            world.coverage.hit("segment lost")
            attempt.outlet.attempts.pop(attempt.send.number, None)
        else:
            self._take(attempt, handset)

    def _refuses(self, handset: Handset) -> Temporary | Permanent | None:
        world, rng = self._world, self._world.rng
        if (self.congested and rng.random() < 0.7) or rng.random() < 0.01:
            world.coverage.hit("congestion")
            return Temporary(rng.choice(("congestion", "resources", "network_failure")))
        if not handset.attached:
            return Temporary("detached")
        if handset.broken:
            world.coverage.hit("permanent error")
            return Permanent(rng.choice(PERMANENT_CODES))
        asleep = handset.awake_at - world.loop.time()
        if asleep > 0:
            world.coverage.hit("asleep until")
            return Temporary("sleeping", int(asleep) + 1 if rng.random() < 0.8 else None)
        if handset.free <= 0:
            world.coverage.hit("memory full")
            return Temporary("memory_full")
        return None

    def _page(self, attempt: Attempt) -> None:
        if self._world.rng.random() < 0.8:
            self._world.later(2_000, 20_000, partial(attempt.answer, Temporary("absent")))
        else:
            self._world.coverage.hit("answer never")

    def _take(self, attempt: Attempt, handset: Handset) -> None:
        world, rng = self._world, self._world.rng
        draw = rng.random()
        handset.free -= 1
        if handset.mute or draw < 0.008:
            world.coverage.hit("answer never")
            attempt.arrive()
        elif draw < 0.02:
            late_ms = TIMER_MS + rng.choice((1_000, 5_000, 5_400, 5_600, 40_000))
            if rng.random() < 0.7:
                attempt.arrive()
            world.later(late_ms, late_ms + 500, partial(self._say, attempt))
        else:
            attempt.arrive()
            world.later(5, 300, partial(self._say, attempt))

    def _say(self, attempt: Attempt) -> None:
        attempt.arrive()
        attempt.answer(DELIVERED)


def _nobody(gate: str, reference: str, failed: str, times: int) -> None:
    """Until the process is there."""


REFUSED = (Permanent("refused"), Permanent("bad_destination"), Temporary("upstream_error"))
NOT_NOW = (Temporary("throttled", 3), Temporary("congestion"), Temporary("upstream_full", 10))
UNDELIVERED = ("undeliverable", "undeliverable", "refused", "rejected")  # the last one is the device's


class Upstream:
    """An operator that takes everything over and reports later, under a reference of its own. What it will
    report as not delivered never arrives.
    """

    def __init__(self, world: World, handsets: dict[int, Handset]) -> None:
        self._world = world
        self._handsets = handsets
        self._references = 0
        self.reporter: Callable[[str, str, str, int], None] = _nobody

    def carry(self, attempt: Attempt) -> None:
        self._world.later(20, 500, partial(self._take, attempt))

    def _take(self, attempt: Attempt) -> None:
        if attempt.answered:
            return
        world, rng = self._world, self._world.rng
        draw = rng.random()
        if draw < 0.06:
            world.coverage.hit("congestion")
            attempt.answer(rng.choice(NOT_NOW))
            return
        if draw < 0.1:
            world.coverage.hit("upstream refused")
            attempt.answer(rng.choice(REFUSED))
            return
        self._references += 1
        reference = f"ref-{self._references}"
        world.coverage.hit("upstream accepted")
        failed = self._fails(attempt)
        if not failed:
            attempt.arrive()
        self._report_later(attempt, reference, failed)
        if draw < 0.13:
            world.coverage.hit("answer never")
            return
        attempt.answer(Accepted(reference))

    def _fails(self, attempt: Attempt) -> str:
        rng, handset = self._world.rng, self._handsets.get(attempt.send.lane.key)
        if rng.random() < 0.12 or (handset is not None and handset.broken):
            return rng.choice(UNDELIVERED)
        return ""

    def _report_later(self, attempt: Attempt, reference: str, failed: str) -> None:
        world, rng = self._world, self._world.rng
        if rng.random() < 0.05:
            world.coverage.hit("upstream silent")
            return
        world.coverage.hit("upstream failed" if failed else "upstream delivered")
        times = 2 if rng.random() < 0.1 else 1
        if times == 2:
            world.coverage.hit("upstream reports twice")
        self.reporter(attempt.send.gate, reference, failed, times)
