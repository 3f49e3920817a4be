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
from heliograph.flow.arrive_outside import Incoming
from heliograph.flow.from_outside import find_targets, read_between
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
        ours = [parts for parts in sets if parts[0].device > 0]
        theirs = [parts for parts in sets if parts[0].device <= 0]
        numbers = await tx.find_numbers(sorted({self._number(tx, parts) for parts in sets}))
        views, policies = await load_views(tx, {parts[0].device for parts in ours} | set(numbers.values()))
        admission = Admission(tx, self._settings, self._routes, views, policies)
        outside = {
            (parts[0].org, self._number(tx, parts))
            for parts in ours
            if not is_of(views.get(numbers.get(self._number(tx, parts), 0)), parts[0].org)
        }
        phones = await load_phones(tx, admission, outside)
        arrivals = Arrivals(admission, ApplicationLanes(set(), set()), numbers, phones)
        for parts in ours:
            sender = views.get(parts[0].device)
            if sender is not None:
                story = _incomplete(parts, tx.now)
                arrival = Arrival(sender, parts[0].destination, whole(parts), story, came=len(parts))
                arrivals.arrive(arrival, policies[sender.device.policy])
        if theirs:
            await self._go_on_from_outside(admission, theirs)
        admission.changes.parts_done += [part.id for parts in sets for part in parts]
        await tx.write(admission.changes)
        return admission.jobs

    async def _go_on_from_outside(self, admission: Admission, sets: Sequence[list[Part]]) -> None:
        """One whose receiver is there no more ends here."""
        came = [(read_between(parts[0].destination), parts) for parts in sets]
        dialled = [(upstream, destination) for (upstream, _, destination), _ in came]
        targets = await find_targets(admission.tx, admission, self._routes, dialled)
        incoming = Incoming(admission, ApplicationLanes(set(), set()))
        for (upstream, source, destination), parts in came:
            target = targets.get((upstream, destination))
            if target is not None:
                story = _incomplete(parts, admission.tx.now)
                incoming.arrive_whole(target, source, destination, whole(parts), story)

    def _number(self, tx: Transaction, parts: Sequence[Part]) -> str:
        """That was dialled."""
        destination, is_ours = parts[0].destination, parts[0].device > 0
        dialled = destination if is_ours else read_between(destination)[2]
        general = self._settings.country_code
        return normalise(dialled, tx.country_of(parts[0].org, general) if is_ours else general)


def _incomplete(parts: Sequence[Part], now: int) -> str:
    return line("incomplete", now, ",".join(map(str, missing(parts))), parts[0].total)


def _sets(parts: Sequence[Part]) -> list[list[Part]]:
    sets: dict[tuple[int, str, int, int], list[Part]] = {}
    for part in parts:
        sets.setdefault(set_key(part), []).append(part)
    return list(sets.values())
