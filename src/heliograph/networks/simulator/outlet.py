"""From us to virtual devices: jobs in, outcomes out.

The hot path: a device that nothing sets apart has the SMS at once, and costs two look-ups. The witness sees
what reached a device before we say so.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from heliograph.core.delivery import Job
from heliograph.core.outcome import DELIVERED, GATE_CLOSED, Outcome
from heliograph.flow.ports import Report
from heliograph.networks.simulator.device import Device
from heliograph.networks.simulator.fleet import Fleet, Identity
from heliograph.networks.simulator.radio import REACHED, Answer, Page
from heliograph.networks.simulator.sms import incoming
from heliograph.networks.simulator.timers import Timers
from heliograph.networks.simulator.translate import outcome_of
from heliograph.wire.errors import Malformed

MALFORMED = Page(Answer.PROTOCOL)  # no network carries what is not an SMS
NOBODY = outcome_of(Page(Answer.ABSENT))  # whoever has no IMSI and no number is not to be found
Witness = Callable[[Sequence[Job]], None]


class OutletCounters(Struct):
    pages: int = 0  # segments for devices
    reached: int = 0


class SimulatorOutlet:
    """The Outlet port."""

    def __init__(self, fleet: Fleet, timers: Timers, report: Report) -> None:
        self._fleet = fleet
        self._timers = timers
        self._report = report
        self.witnesses: list[Witness] = []
        self.counters = OutletCounters()
        self._is_open = True

    def close(self) -> None:
        """What comes from now on goes back as it came."""
        self._is_open = False

    def send(self, jobs: Sequence[Job]) -> None:
        if not self._is_open:
            self._report([(job, GATE_CLOSED) for job in jobs])
            return
        fleet = self._fleet
        devices, assigned, is_plain = fleet.devices, fleet.assigned, fleet.default_is_plain
        outcomes: list[tuple[Job, Outcome]] = []
        plain: list[Job] = []
        paged: list[Job] = []  # those that reached a device with an object
        for job in jobs:
            key = job.imsi or job.msisdn
            if not key:
                outcomes.append((job, NOBODY))
            elif is_plain and key not in devices and key not in assigned:
                plain.append(job)
                outcomes.append((job, DELIVERED))
            else:
                self._page(fleet.device(Identity(job.imsi, job.msisdn)), job, outcomes, paged)
        if plain:
            fleet.passed.note(fleet.now(), plain)
        reached = plain + paged if paged else plain
        self.counters.pages += len(jobs)
        self.counters.reached += len(reached)
        for witness in self.witnesses if reached else ():
            witness(reached)
        if outcomes:
            self._report(outcomes)

    def _page(
        self, device: Device, job: Job, outcomes: list[tuple[Job, Outcome]], reached: list[Job]
    ) -> None:
        fleet, now = self._fleet, self._fleet.now()
        try:
            segment = incoming(job)
        except Malformed:
            outcomes.append((job, outcome_of(MALFORMED)))
            return
        page = device.page(job.message.id, job.delivery.segment + 1, now, fleet.chance)
        if page.answer in REACHED:
            reached.append(job)
            device.take(segment, now, fleet.chance)
        fleet.arm(device)
        if page.delay_ms:
            self._timers.at(now + page.delay_ms, self._report, [(job, outcome_of(page))])
        else:
            outcomes.append((job, outcome_of(page)))
