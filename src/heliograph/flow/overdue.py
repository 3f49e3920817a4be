"""Overdue parts: a segment of a long SMS never came. What arrived was acknowledged, so it goes on, and says
so.
"""

from collections.abc import Sequence

from heliograph.core.address import normalise
from heliograph.core.delivery import Job
from heliograph.core.reassembly import Part, missing, set_key
from heliograph.core.routing import Routes
from heliograph.core.story.timeline import line
from heliograph.flow.accept import Admission, Settings
from heliograph.flow.arrive import Arrival, Arrivals
from heliograph.flow.inbound import whole
from heliograph.flow.lanes import ApplicationLanes
from heliograph.flow.phones import load_phones
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.views import is_of, load_views

SLICE = 256


class Overdue:
    """The flow. The answer: when the next set is overdue, if one waits."""

    urgency = Urgency.TIMERS

    def __init__(self, settings: Settings, routes: Routes) -> None:
        self._settings = settings
        self._routes = routes

    async def __call__(self, tx: Transaction, requests: Sequence[None]) -> Answers[int | None]:
        timeout_ms = self._settings.part_timeout_seconds * 1000
        jobs: list[Job] = []
        oldest = await tx.oldest_part()
        if oldest is not None and oldest + timeout_ms <= tx.now:
            jobs = await self._go_on(tx, _sets(await tx.load_old_parts(tx.now - timeout_ms, SLICE)))
            oldest = await tx.oldest_part()
        next_at = None if oldest is None else oldest + timeout_ms
        return Answers([next_at] * len(requests), jobs)

    async def _go_on(self, tx: Transaction, sets: Sequence[list[Part]]) -> list[Job]:
        numbers = await tx.find_numbers(sorted({self._number(parts) for parts in sets}))
        views, policies = await load_views(tx, {parts[0].device for parts in sets} | set(numbers.values()))
        admission = Admission(tx, self._settings, self._routes, views, policies)
        outside = {
            (parts[0].org, self._number(parts))
            for parts in sets
            if not is_of(views.get(numbers.get(self._number(parts), 0)), parts[0].org)
        }
        phones = await load_phones(tx, admission, outside)
        arrivals = Arrivals(admission, ApplicationLanes(set(), set()), numbers, phones)
        for parts in sets:
            admission.changes.parts_done += [part.id for part in parts]
            sender = views.get(parts[0].device)
            if sender is not None:
                gaps = ",".join(map(str, missing(parts)))
                note = line("incomplete", tx.now, gaps, parts[0].total)
                arrival = Arrival(sender, parts[0].destination, whole(parts), note, came=len(parts))
                arrivals.arrive(arrival, policies[sender.device.policy])
        await tx.write(admission.changes)
        return admission.jobs

    def _number(self, parts: Sequence[Part]) -> str:
        return normalise(parts[0].destination, self._settings.country_code)


def _sets(parts: Sequence[Part]) -> list[list[Part]]:
    sets: dict[tuple[int, str, int, int], list[Part]] = {}
    for part in parts:
        sets.setdefault(set_key(part), []).append(part)
    return list(sets.values())
