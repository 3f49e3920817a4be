"""Detours: another upstream for an SMS whose upstream cannot, or does not want to, carry it. Used by all that
hear of that.

In: a job, and what its upstream said. Out: the upstream that carries it from now on, or none. One that may
have arrived goes nowhere else: its upstream alone may get it twice.
"""

from collections.abc import Iterable, Mapping, Sequence

from heliograph.core.changes import Changes, Mark, Note, Via
from heliograph.core.delivery import Job, Kind, Place, gate_of_via
from heliograph.core.message import Event, State, advance
from heliograph.core.outcome import BUSY, ROUTE, Outcome, Permanent, Temporary, meaning
from heliograph.core.routing import OUTSIDE, Routes
from heliograph.core.story.reasons import is_unknown
from heliograph.core.story.timeline import Step, line, read, word
from heliograph.core.upstream import DEFAULT_FAILOVER_SECONDS
from heliograph.flow.lanes import moved
from heliograph.flow.ports import Transaction

_ENDS_WAITING = frozenset({"rerouted", "taken_over", "arrived"})


def in_charge(job: Job) -> str:
    """The upstream that carries it now."""
    return job.delivery.via.rpartition(" ")[2]


def is_refused(outcome: Outcome) -> bool:
    """Does it say something of the route rather than of the receiver?"""
    return isinstance(outcome, Permanent | Temporary) and meaning(outcome.code).about in (ROUTE, BUSY)


class Detours:
    """Of one batch. `networks` are those of the devices that it is about."""

    def __init__(self, routes: Routes, networks: Mapping[int, str], now: int) -> None:
        self._routes = routes
        self._networks = networks
        self._now = now

    def after(self, job: Job, outcome: Outcome) -> str | None:
        """The next upstream after this outcome of an attempt. One that is only busy is waited for first."""
        if not is_refused(outcome) or self._now >= job.message.expires_at or stays(job):
            return None
        if isinstance(outcome, Permanent):
            return self.next(job, is_urgent=True)
        if isinstance(outcome, Temporary) and meaning(outcome.code).about == BUSY and not self._is_long(job):
            return None
        return self.next(job)

    def next(self, job: Job, is_urgent: bool = False) -> str | None:
        """The best of those that were not tried. One that is down is better than none where it is urgent."""
        message, tried = job.message, job.delivery.via.split()
        network = OUTSIDE if message.device is None else self._networks.get(message.device, OUTSIDE)
        if network in self._routes.networks:
            return None
        ways = self._routes.ways(message.org, network, job.msisdn, message.id, message)
        names = [way.upstream for way in ways if way.upstream not in tried]
        up = [name for name in names if name not in self._routes.down]
        return next(iter(up or (names if is_urgent else ())), None)

    def _is_long(self, job: Job) -> bool:
        """Has it been put off for as long as its upstream is waited for?"""
        upstream = self._routes.table.upstreams.get(in_charge(job))
        patience_seconds = upstream.failover_seconds if upstream is not None else DEFAULT_FAILOVER_SECONDS
        since = put_off_since(read(job.message.timeline))
        return since is not None and self._now - since >= patience_seconds * 1000


def put_off_since(steps: Iterable[Step]) -> int | None:
    """When its upstream first said what it has said ever since: not now."""
    since = None
    for step in steps:
        if step.code == "deferred":
            busy = meaning(step.arguments[0]).about in (ROUTE, BUSY)
            since = (step.at if since is None else since) if busy else None
        elif step.code in _ENDS_WAITING:
            since = None
    return since


def may_have_arrived(job: Job) -> bool:
    """Was an answer lost, of this upstream's?"""
    if job.delivery.repeated:
        return True
    unknown = False
    for step in read(job.message.timeline):
        if step.code == "rerouted":
            unknown = False
        elif step.code == "deferred":
            unknown = unknown or is_unknown(step.arguments[0], "".join(step.arguments[2:]))
    return unknown


def _arrived_in_part(job: Job) -> bool:
    """Whole again by another upstream, the receiver would have this segment twice."""
    if job.message.segments == 1:
        return False
    for step in reversed(read(job.message.timeline)):
        if step.code == "rerouted":
            return False
        if step.code == "arrived" or (step.code == "reported" and step.arguments[1] == "delivered"):
            return True
    return False


def stays(job: Job) -> bool:
    """Nobody but its upstream may carry it: it may have arrived, or a segment of it surely did, or, where its
    sender asked for at most once, some of its segments are on their way.
    """
    if may_have_arrived(job) or _arrived_in_part(job):
        return True
    begun = job.delivery.segment > 0 or (job.message.segments > 1 and job.delivery.place == Place.AWAITING)
    return bool(job.message.at_most_once) and begun


async def load_detours(tx: Transaction, routes: Routes, jobs: Sequence[Job]) -> Detours:
    devices = sorted({job.message.device for job in jobs if job.message.device is not None})
    views = await tx.load_devices(devices) if devices else {}
    begun = {job.delivery.id: job.message for job in jobs if job.delivery.segment}
    for id, job in (await tx.load_deliveries(sorted(begun))).items() if begun else ():
        begun[id].timeline = job.message.timeline  # a segment may have been reported while the next one left
    return Detours(routes, {id: view.device.network for id, view in views.items()}, tx.now)


def turn(changes: Changes, job: Job, name: str, code: str, now: int) -> str:
    """It goes by this upstream from now on, from its first segment, and waits in its lane. What the timeline
    says of it.
    """
    before = in_charge(job)
    begin_anew(changes, job, f"{job.delivery.via} {name}")
    job.gate = gate_of_via(job.delivery.via)
    return line("rerouted", now, word(code), before, name)


def begin_anew(changes: Changes, job: Job, via: str) -> None:
    """It goes this way from now on, from its first segment."""
    delivery = job.delivery
    delivery.via = via
    delivery.expires_at = job.message.expires_at
    if delivery.segment:
        changes.references_done.append(job.message.id)  # of segments that the other one had taken over
    delivery.segment = 0
    delivery.priority = job.message.priority  # it is begun no more: what is begun meanwhile is finished first
    if delivery.place in (Place.TAKEN, Place.AWAITING):
        delivery.place = Place.WAITING
    changes.moves.append(moved(delivery))
    changes.vias.append(Via(via, delivery.id))


def note_turn(changes: Changes, job: Job, story: str) -> None:
    """The message's own row, after a turn."""
    message = job.message
    if message.state == State.IN_PROGRESS:
        message.state = advance(message.state, Event.DEFER)
        changes.marks.append(Mark(message.state, None, None, message.attempts, story, message.id))
    else:
        changes.notes.append(Note(story, message.id))


async def around(tx: Transaction, routes: Routes, changes: Changes, jobs: Sequence[Job]) -> list[Job]:
    """Of what waits behind upstreams that are down, what another one can carry goes there; not one of which
    they have the beginning. Which turned.
    """
    waiting = [job for job in jobs if job.delivery.kind == Kind.SMS and not job.delivery.segment]
    waiting = [job for job in waiting if not stays(job)]
    if not waiting:
        return []
    detours = await load_detours(tx, routes, waiting)
    turned = []
    for job in waiting:
        name = detours.next(job)
        if name is not None:
            note_turn(changes, job, turn(changes, job, name, "upstream_down", tx.now))
            turned.append(job)
    return turned
