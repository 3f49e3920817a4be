"""From outside: SMS that an upstream brings from phones. The upstream hears "accepted" after the commit.

In: one segment each. Out: received, or the refusal that the adapter turns into its status. To a device's
number it goes on as P2P, to a number of the upstream's it is its application's, and a stop word is obeyed.
What one of our own devices sent by this upstream is an ordinary SMS from a device.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from heliograph.core.address import is_device_number, normalise
from heliograph.core.content import Content
from heliograph.core.delivery import gate_of_upstream
from heliograph.core.device import DeviceView
from heliograph.core.firewall.suppression import LONGEST_ANSWER
from heliograph.core.organisation import Application
from heliograph.core.reassembly import Part, key_of_name, missing, set_key
from heliograph.core.refusal import refuse
from heliograph.core.routing import Routes
from heliograph.core.upstream import EVERYONE, Upstream, numbers_of
from heliograph.flow.accept import Admission, Settings
from heliograph.flow.arrive_outside import Incoming, OurNumber, Target, from_phone, lanes_of, org_of
from heliograph.flow.inbound import PARTS_LIMIT, Receive, whole
from heliograph.flow.manage.suppression import hear
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.requests import Inbound, ReceiveAnswer, Received
from heliograph.flow.views import load_views


class FromPhone(Struct, gc=False):
    """An SMS as an upstream gave it: one segment, with its place in a longer one if it has any."""

    upstream: str
    source: str
    destination: str
    content: Content
    part_reference: int = 0
    part_total: int = 1
    part_number: int = 1
    raw_ucs2: bool = False


class FromOutside:
    """The flow."""

    urgency = Urgency.ACCEPT

    def __init__(self, settings: Settings, routes: Routes) -> None:
        self._settings = settings
        self._routes = routes
        self._receive = Receive(settings, routes)

    async def __call__(self, tx: Transaction, requests: Sequence[FromPhone]) -> Answers[ReceiveAnswer]:
        asked = [self._tidy(request) for request in requests]
        numbers = await tx.find_numbers(sorted({n for one in asked for n in (one.source, one.destination)}))
        ours = await self._ours(tx, asked, numbers)
        answers: dict[int, ReceiveAnswer] = {}
        received = await self._receive(tx, [_inbound(asked[index]) for index in ours]) if ours else None
        if received is not None:
            answers.update(zip(ours, received.answers, strict=True))
        rest = [index for index in range(len(asked)) if index not in answers]
        jobs = received.jobs if received is not None else []
        if rest:
            taking = await self._taking(tx, [asked[index] for index in rest], numbers)
            for index in rest:
                answers[index] = await taking.take(asked[index])
            await tx.write(taking.admission.changes)
            jobs = jobs + taking.admission.jobs
        return Answers([answers[index] for index in range(len(asked))], jobs)

    def _tidy(self, request: FromPhone) -> FromPhone:
        country = self._settings.country_code
        request.source = normalise(request.source, country)
        request.destination = normalise(request.destination, country)
        return request

    async def _ours(
        self, tx: Transaction, requests: Sequence[FromPhone], numbers: dict[str, int]
    ) -> list[int]:
        """Those that a device of ours sent, by an upstream that carries its network."""
        senders = {numbers[request.source] for request in requests if request.source in numbers}
        views = await tx.load_devices(sorted(senders)) if senders else {}
        return [
            index
            for index, request in enumerate(requests)
            if (view := views.get(numbers.get(request.source, 0))) is not None
            and self._is_carried(view, request.upstream)
        ]

    def _is_carried(self, view: DeviceView, upstream: str) -> bool:
        device = view.device
        return upstream in self._routes.candidates(device.org, device.network, device.msisdn, 0)

    async def _taking(
        self, tx: Transaction, requests: Sequence[FromPhone], numbers: dict[str, int]
    ) -> "_Taking":
        dialled = {numbers[request.destination] for request in requests if request.destination in numbers}
        views, policies = await load_views(tx, dialled)
        admission = Admission(tx, self._settings, self._routes, views, policies)
        meant = [(request.upstream, request.destination) for request in requests]
        targets = await find_targets(tx, admission, self._routes, meant)
        sources = [request.source for request in requests]
        lanes = await lanes_of(tx, list(zip(map(targets.get, meant), sources, strict=True)))
        long = {
            _sender(request, target)
            for request in requests
            if request.part_total > 1 and (target := targets.get((request.upstream, request.destination)))
        }
        parts = await tx.load_parts(sorted(long)) if long else []
        return _Taking(admission, targets, Incoming(admission, lanes), parts)


async def find_targets(
    tx: Transaction, admission: Admission, routes: Routes, dialled: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Target]:
    """Who is meant by a number that was dialled: a device of ours, else an application to which a number of
    the upstream's leads.
    """
    by_number = {view.device.msisdn: view for view in admission.views.values()}
    found: dict[tuple[str, str], Target] = {}
    led: dict[tuple[str, str], tuple[int, int | None]] = {}
    for upstream, number in dialled:
        row = routes.table.upstreams.get(upstream)
        if number in by_number and _may_bring(routes, row, by_number[number]):
            found[upstream, number] = by_number[number]
        elif row is not None and number in (known := numbers_of(row.numbers)):
            led[upstream, number] = (row.org, known[number])
    ids = sorted({application for _, application in led.values() if application is not None})
    applications = await tx.admin.load(Application, ids) if ids else {}
    for key, (org, id) in led.items():
        application = applications.get(id or 0)
        owner = application.org if application is not None else org
        is_its = org in (EVERYONE, owner)  # one organisation's upstream speaks to no other's applications
        if owner and is_its and (id is None or application is not None):
            found[key] = OurNumber(owner, id)
    return found


def _may_bring(routes: Routes, upstream: Upstream | None, view: DeviceView) -> bool:
    """One that an organisation put there reaches its own devices, and those of others who route by it."""
    device = view.device
    if upstream is None or upstream.org in (EVERYONE, device.org):
        return True
    return upstream.name in routes.candidates(device.org, device.network, device.msisdn, 0)


class _Taking:
    """The segments of one batch, each seeing those before it."""

    def __init__(
        self,
        admission: Admission,
        targets: dict[tuple[str, str], Target],
        incoming: Incoming,
        parts: Sequence[Part],
    ) -> None:
        self.admission = admission
        self._targets = targets
        self._incoming = incoming
        self._sets: dict[tuple[int, str, int, int], list[Part]] = {}
        for part in parts:
            self._sets.setdefault(set_key(part), []).append(part)

    async def take(self, request: FromPhone) -> ReceiveAnswer:
        target = self._targets.get((request.upstream, request.destination))
        if target is None:
            return refuse("unknown_device", f"upstream {request.upstream}: number {request.destination}")
        if request.part_total > 1:
            return self._take_part(request, target)
        org, body = org_of(target), request.content.body
        may_be_word = is_device_number(request.source) and len(body) <= LONGEST_ANSWER
        if may_be_word and await hear(self.admission.tx, org, request.source, body):
            return Received(None)
        return self._incoming.arrive(target, request.source, request.destination, request.content)

    def _take_part(self, request: FromPhone, target: Target) -> ReceiveAnswer:
        part = self._part(request, target)
        known = self._sets.setdefault(set_key(part), [])
        if any(one.number == part.number for one in known):
            return Received(None)
        if sum(map(len, self._of(part.device))) >= PARTS_LIMIT:
            return refuse("queue_full", f"parts limit {PARTS_LIMIT}")
        refusal = self._incoming.forbids(target, request.source, request.content)
        if refusal is not None:
            return refusal
        known.append(part)
        changes = self.admission.changes
        if missing(known):
            changes.parts.append(part)
            return Received(None)
        kept = {one.id for one in changes.parts}
        changes.parts = [one for one in changes.parts if set_key(one) != set_key(part)]
        changes.parts_done += [one.id for one in known if one.id not in kept and one is not part]
        del self._sets[set_key(part)]
        return Received(
            self._incoming.arrive_whole(target, request.source, request.destination, whole(known))
        )

    def _of(self, sender: int) -> Iterator[list[Part]]:
        return (parts for key, parts in self._sets.items() if key[0] == sender)

    def _part(self, request: FromPhone, target: Target) -> Part:
        tx, content = self.admission.tx, request.content
        return Part(
            tx.next_id(0),
            org_of(target),
            _sender(request, target),
            between(request.upstream, request.source, request.destination),
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


def _sender(request: FromPhone, target: Target) -> int:
    """Of a part: how much may wait is limited by it."""
    return from_phone(request.source) or key_of_name(org_of(target), request.upstream)


def between(upstream: str, source: str, destination: str) -> str:
    """What a part of such an SMS keeps as its destination: all that says which ones belong together."""
    return f"{upstream} {destination} {source}"


def read_between(kept: str) -> tuple[str, str, str]:
    """Upstream, source, destination."""
    upstream, destination, source = kept.split(" ", 2)
    return upstream, source, destination


def _inbound(request: FromPhone) -> Inbound:
    return Inbound(
        gate_of_upstream(request.upstream),
        "",
        request.source,
        request.destination,
        request.content,
        request.part_reference,
        request.part_total,
        request.part_number,
        raw_ucs2=request.raw_ucs2,
    )
