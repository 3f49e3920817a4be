"""Inbound: an SMS from a device, segment by segment. The network hears "accepted" after the commit, never
before.

In: one segment each, with its place in a longer SMS. Out: received, or a refusal that the adapter turns
into the network's cause. A repeated segment is received again and counted once.
"""

from collections.abc import Mapping, Sequence

from heliograph.core.address import normalise
from heliograph.core.content import Content, Wish, content_of_octets, content_of_text
from heliograph.core.delivery import LaneKey
from heliograph.core.device import DeviceView
from heliograph.core.ids import shard_of
from heliograph.core.parts_alone import body_of_part, header_of_part
from heliograph.core.policy import Policy, forbids_mo
from heliograph.core.reassembly import Part, is_octets, join, missing, set_key
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.repeats import remember, repeats
from heliograph.core.routing import Routes
from heliograph.flow.accept import Admission, Settings
from heliograph.flow.arrive import Arrival, Arrivals
from heliograph.flow.lanes import ApplicationLanes
from heliograph.flow.manage.suppression import hear
from heliograph.flow.phones import load_phones
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.requests import Inbound, ReceiveAnswer, Received
from heliograph.flow.views import is_of, load_views
from heliograph.wire.gsm.dcs import parse_dcs

PARTS_LIMIT = 512  # segments that may wait for others, per device


class Receive:
    """The flow."""

    urgency = Urgency.ACCEPT

    def __init__(self, settings: Settings, routes: Routes) -> None:
        self._settings = settings
        self._routes = routes

    async def __call__(self, tx: Transaction, requests: Sequence[Inbound]) -> Answers[ReceiveAnswer]:
        senders, numbers = await self._find(tx, requests)
        views, policies = await load_views(tx, {id for id in senders if id} | set(numbers.values()))
        admission = Admission(tx, self._settings, self._routes, views, policies)
        outside = self._outside(admission, requests, [views.get(sender or 0) for sender in senders], numbers)
        phones = await load_phones(tx, admission, outside)
        arrivals = Arrivals(admission, await _lanes(tx, views, policies, senders), numbers, phones)
        parts = await self._parts(tx, requests, senders)
        reception = _Reception(admission, arrivals, parts)
        heard = await self._hear(tx, requests, senders, arrivals) if None in senders else set()
        answers: list[ReceiveAnswer] = [
            Received(None) if index in heard else reception.receive(request, views.get(sender or 0))
            for index, (request, sender) in enumerate(zip(requests, senders, strict=True))
        ]
        await tx.write(admission.changes)
        return Answers(answers, admission.jobs)

    async def _find(
        self, tx: Transaction, requests: Sequence[Inbound]
    ) -> tuple[list[int | None], dict[str, int]]:
        """Who sends, and which devices have the numbers that were dialled."""
        imsis = await tx.find_subscribers([request.imsi for request in requests if request.imsi])
        general = self._settings.country_code
        dialled = {normalise(request.destination, general) for request in requests}
        for country in set(tx.countries.values()) if tx.countries else ():  # whose they are is not known yet
            dialled |= {normalise(request.destination, country or general) for request in requests}
        own = {request.msisdn for request in requests if not request.imsi}
        numbers = await tx.find_numbers(sorted(dialled | own))
        senders = [
            imsis.get(request.imsi) if request.imsi else numbers.get(request.msisdn) for request in requests
        ]
        return senders, numbers

    def _outside(
        self,
        admission: Admission,
        requests: Sequence[Inbound],
        senders: Sequence[DeviceView | None],
        numbers: Mapping[str, int],
    ) -> set[tuple[int, str]]:
        """The numbers that are dialled and are no device's, each with the organisation of who dials it."""
        asked = set()
        for request, sender in zip(requests, senders, strict=True):
            if sender is None:
                continue
            number = normalise(request.destination, admission.country_of(sender.device.org))
            if len(number) <= self._settings.a2p_longest_digits:
                continue
            if not is_of(admission.views.get(numbers.get(number, 0)), sender.device.org):
                asked.add((sender.device.org, number))
        return asked

    async def _hear(
        self, tx: Transaction, requests: Sequence[Inbound], senders: Sequence[int | None], arrivals: Arrivals
    ) -> set[int]:
        """People outside the fleet may say STOP and START to a device's number. Which of these did."""
        heard = set()
        for index, (request, sender) in enumerate(zip(requests, senders, strict=True)):
            if sender is not None or request.imsi or request.part_total > 1:
                continue
            device = arrivals.dialled(request.destination)
            number = normalise(request.msisdn, self._settings.country_code)
            if device is not None and await hear(tx, device.device.org, number, request.content.body):
                heard.add(index)
        return heard

    async def _parts(
        self, tx: Transaction, requests: Sequence[Inbound], senders: Sequence[int | None]
    ) -> list[Part]:
        long = {
            id
            for request, id in zip(requests, senders, strict=True)
            if id is not None and request.part_total > 1
        }
        return await tx.load_parts(sorted(long)) if long else []


async def _lanes(
    tx: Transaction, views: dict[int, DeviceView], policies: dict[int, Policy], senders: Sequence[int | None]
) -> ApplicationLanes:
    wanted = set()
    for id in senders:
        view = views.get(id or 0)
        application = policies[view.device.policy].application if view is not None else None
        if view is not None and application is not None:
            wanted.add(LaneKey(application, view.device.id))
    return await ApplicationLanes.load(tx, wanted)


class _Reception:
    """The segments of one batch, each seeing those before it."""

    def __init__(self, admission: Admission, arrivals: Arrivals, parts: list[Part]) -> None:
        self._admission = admission
        self._arrivals = arrivals
        self._sets: dict[tuple[int, str, int, int], list[Part]] = {}
        self._waiting: dict[int, int] = {}
        for part in parts:
            self._keep(part)

    def _keep(self, part: Part) -> list[Part]:
        self._waiting[part.device] = self._waiting.get(part.device, 0) + 1
        parts = self._sets.setdefault(set_key(part), [])
        parts.append(part)
        return parts

    def receive(self, request: Inbound, view: DeviceView | None) -> ReceiveAnswer:
        if view is None:
            return refuse("unknown_device")
        content, now, tally = request.content, self._admission.tx.now, view.tally
        if request.reference is not None:
            again, message = repeats(tally.heard, request.reference, request.destination, content.body, now)
            if again:
                return Received(message)
        answer = self._take(request, view)
        if request.reference is not None and isinstance(answer, Received):
            tally.heard = remember(request.reference, request.destination, content.body, answer.message, now)
            self._admission.touch(view)
        return answer

    def _take(self, request: Inbound, view: DeviceView) -> ReceiveAnswer:
        policy = self._admission.policies[view.device.policy]
        refusal = forbids_mo(policy, view.device) or self._arrivals.forbids(
            view, policy, request.destination, request.content
        )
        if refusal is not None:
            return refusal
        if request.part_total > 1:
            return self._receive_part(request, view, policy)
        refusal = self._count(request, view, policy)
        return refusal or self._arrive(view, policy, request.destination, request.content)

    def _count(self, request: Inbound, view: DeviceView, policy: Policy) -> Refusal | None:
        """Counted when it is taken. The firewall sees the words of a long SMS when it is whole."""
        admission, whole = self._admission, request.part_total == 1
        segments, way = request.segments if whole else 1, self._arrivals.way(request.destination)
        refusal = admission.forbids_from(
            view, way, request.destination, request.content, segments, whole
        ) or admission.over_usage(view, policy, False, segments)
        if refusal is None:
            admission.passed(view, way, segments, sent=True)
            admission.count_segments(view, policy, False, segments, None)
        return refusal

    def _arrive(
        self, view: DeviceView, policy: Policy, destination: str, content: Content, parts: int = 0
    ) -> Received:
        """The firewall sees the words of a long one only now that it is whole."""
        arrival = Arrival(view, destination, content, checked=not parts, came=parts)
        return Received(self._arrivals.arrive(arrival, policy))

    def _receive_part(self, request: Inbound, view: DeviceView, policy: Policy) -> ReceiveAnswer:
        part = self._part(request, view)
        if any(known.number == part.number for known in self._sets.get(set_key(part), ())):
            return Received(None)
        if self._waiting.get(view.device.id, 0) >= PARTS_LIMIT:
            return refuse("queue_full", f"parts limit {PARTS_LIMIT}")
        refusal = self._count(request, view, policy)
        if refusal is not None:
            return refusal
        if policy.mo_per_part and self._arrivals.is_a2p(request.destination):
            return self._arrive(view, policy, request.destination, alone(part), 1)
        parts = self._keep(part)
        if missing(parts):
            self._admission.changes.parts.append(part)
            return Received(None)
        return self._complete(view, policy, parts)

    def _complete(self, view: DeviceView, policy: Policy, parts: list[Part]) -> Received:
        key = set_key(parts[0])
        kept = {part.id for part in self._admission.changes.parts}
        self._admission.changes.parts = [
            part for part in self._admission.changes.parts if set_key(part) != key
        ]
        self._admission.changes.parts_done += [part.id for part in parts if part.id not in kept]
        del self._sets[key]
        self._waiting[view.device.id] -= len(parts)
        return self._arrive(view, policy, parts[0].destination, whole(parts), len(parts))

    def _part(self, request: Inbound, view: DeviceView) -> Part:
        tx, content = self._admission.tx, request.content
        return Part(
            tx.next_id(shard_of(view.device.id)),
            view.device.org,
            view.device.id,
            request.destination,
            request.part_reference,
            request.part_total,
            request.part_number,
            tx.now,
            content.dcs,
            content.pid,
            content.udh,
            content.body,
            request.raw_ucs2,
        )


def alone(part: Part) -> Content:
    """The content of one part that goes on by itself: its header tells its place."""
    return Content(body_of_part(part), part.dcs, part.pid, header_of_part(part), 0, 1)


def whole(parts: Sequence[Part]) -> Content:
    """The content of the joined SMS. Text that its own coding cannot carry (national letters, the mark of a
    gap) is coded anew, so that it can go on to another device.
    """
    first = min(parts, key=lambda part: part.number)
    body = join(parts)
    wish = Wish(dcs=first.dcs, pid=first.pid, udh=first.udh)
    anew = Wish(message_class=parse_dcs(first.dcs).message_class, pid=first.pid, udh=first.udh, national=True)
    if is_octets(first):
        tries = [content_of_octets(body, wish)]
    else:
        tries = [content_of_text(body.decode(), wish), content_of_text(body.decode(), anew)]
    made = next((content for content in tries if isinstance(content, Content)), None)
    return made or Content(body, first.dcs, first.pid, first.udh, 0, first.total)
