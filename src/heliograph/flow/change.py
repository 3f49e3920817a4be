"""Changing a message that was never tried: its words, its time, its validity, its priority."""

from collections.abc import Sequence
from copy import copy

from heliograph.core.changes import Edit, Via
from heliograph.core.content import Content
from heliograph.core.delivery import Job, Place
from heliograph.core.device import DeviceView
from heliograph.core.firewall.passing import WAY_OF
from heliograph.core.message import Direction, Message
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.routing import OUTSIDE, Routes
from heliograph.core.story.timeline import line, word
from heliograph.core.tariff import price_of
from heliograph.flow.accept import Admission, Settings
from heliograph.flow.cancel import waiting
from heliograph.flow.lanes import come_first, go_on_without, moved
from heliograph.flow.phones import Phones, load_phones
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.requests import Change as ChangeRequest
from heliograph.flow.requests import SubmitAnswer, Submitted
from heliograph.flow.submit import bad_times
from heliograph.flow.views import load_views


class Change:
    """The flow. One request at a time: two changes of one message in a batch must see each other."""

    urgency = Urgency.ACCEPT

    def __init__(self, settings: Settings, routes: Routes) -> None:
        self._settings = settings
        self._routes = routes

    async def __call__(self, tx: Transaction, requests: Sequence[ChangeRequest]) -> Answers[SubmitAnswer]:
        return Answers([await self._change(tx, request) for request in requests], [])

    async def _change(self, tx: Transaction, request: ChangeRequest) -> SubmitAnswer:
        message = (await tx.load_messages([request.message])).get(request.message)
        job = (await tx.load_jobs([request.message])).get(request.message)
        refusal = waiting(message, job, request, tx.now)
        if refusal is not None or message is None or job is None:
            return refusal or refuse("unknown_message")
        if message.attempts:
            return refuse("already_attempted")
        views, policies = await load_views(tx, {message.device} if message.device else ())
        admission = Admission(tx, self._settings, self._routes, views, policies)
        wanted = [] if message.device else [(message.org, message.destination)]
        words = _Words(admission, await load_phones(tx, admission, wanted), message, job)
        refusal = self._apply(admission, words, request, message, job)
        if refusal is not None:
            return refusal
        await tx.write(admission.changes)
        return Submitted(message.id, message.segments, message.state)

    def _apply(
        self, admission: Admission, words: "_Words", request: ChangeRequest, message: Message, job: Job
    ) -> Refusal | None:
        due_at = request.not_before if request.not_before is not None else message.not_before
        starts = max(due_at or 0, message.accepted_at)
        old_starts = max(message.not_before or 0, message.accepted_at)
        before = copy(message)
        validity_seconds = request.validity_seconds
        if validity_seconds is None:
            validity_seconds = (message.expires_at - old_starts) // 1000
        ends = request.expires_at
        if ends is None:
            ends = starts + validity_seconds * 1000
        refusal = bad_times(due_at, validity_seconds, admission.tx.now, ends)
        if refusal is None and request.content is not None:
            refusal = words.say(request.content)
        if refusal is not None:
            return refusal
        message.not_before = due_at
        message.expires_at = job.delivery.expires_at = ends
        if request.priority is not None:
            message.priority = job.delivery.priority = request.priority
            if job.delivery.via and job.delivery.place == Place.WAITING:
                moves = go_on_without if request.priority < before.priority else come_first
                moves(admission.tx, admission.changes, job, admission.tx.now)
        if request.receipt is not None:
            message.receipt = request.receipt
        _place(admission, job, due_at)
        admission.changes.edits.append(_edit(before, message, admission.tx.now, request))
        return None


class _Words:
    """New words for a message, counted as the difference to the old."""

    def __init__(self, admission: Admission, phones: Phones, message: Message, job: Job) -> None:
        self._admission = admission
        self._phones = phones
        self._message = message
        self._job = job

    def say(self, content: Content) -> Refusal | None:
        view = self._admission.views.get(self._message.device or 0)
        return self._to_phone(content) if view is None else self._to_device(view, content)

    def _to_device(self, view: DeviceView, content: Content) -> Refusal | None:
        admission, message, device = self._admission, self._message, view.device
        policy, way = admission.policies[device.policy], WAY_OF[message.direction]
        refusal = admission.admits_mt(view, policy, content, message.source, self._job, way, counted=True)
        if refusal is not None:
            return refusal
        admission.give_back(message)
        self._put(content, device.network, device.msisdn)
        message.price = content.segments * price_of(view, policy, True)
        admission.count(view, policy, True, message)
        return None

    def _to_phone(self, content: Content) -> Refusal | None:
        message, number = self._message, self._message.destination
        refusal = self._phones.forbids(message.org, number, content, replaces=True)
        if refusal is None:
            self._put(content, OUTSIDE, number)
            message.price = self._phones.price(message.org, number, message.id, content)
        return refusal

    def _put(self, content: Content, network: str, number: str) -> None:
        message, delivery = self._message, self._job.delivery
        message.body, message.dcs, message.pid = content.body, content.dcs, content.pid
        message.udh, message.languages, message.segments = content.udh, content.languages, content.segments
        if delivery.via:  # that upstream may not carry this
            via = self._admission.routes.first(message.org, network, number, message, delivery.via)
            if via != delivery.via.rpartition(" ")[2]:
                self._admission.changes.vias.append(Via(via, delivery.id))
                go_on_without(self._admission.tx, self._admission.changes, self._job, self._admission.tx.now)


def _place(admission: Admission, job: Job, due_at: int | None) -> None:
    """Scheduled anew, or already in its lane, where it stays."""
    now, delivery = admission.tx.now, job.delivery
    turn = 0  # a P2P that waits for its turn goes on waiting
    if job.message.direction == Direction.P2P and delivery.place == Place.SCHEDULED:
        turn = delivery.enter_at or 0
    if due_at is not None and due_at > now:
        if delivery.place == Place.WAITING:
            go_on_without(admission.tx, admission.changes, job, now)
        delivery.place, delivery.enter_at = Place.SCHEDULED, max(due_at, turn)
    elif delivery.place == Place.SCHEDULED:
        delivery.enter_at = max(now, turn)
    admission.changes.moves.append(moved(delivery))


def _edit(before: Message, message: Message, now: int, request: ChangeRequest) -> Edit:
    return Edit(
        message.body,
        message.dcs,
        message.pid,
        message.udh,
        message.languages,
        message.segments,
        message.priority,
        message.receipt,
        message.price,
        message.not_before,
        message.expires_at,
        line("changed", now, word(request.sender), *_differences(before, message)),
        message.id,
    )


def _differences(before: Message, message: Message) -> list[str]:
    """`what:before:now`. New words show by their segments, even when these are as many as before."""
    pairs = [
        ("segments", before.segments, message.segments, before.body != message.body),
        ("languages", before.languages, message.languages, False),
        ("not_before", before.not_before or 0, message.not_before or 0, False),
        ("expires_at", before.expires_at, message.expires_at, False),
        ("priority", before.priority, message.priority, False),
    ]
    return [f"{what}:{old}:{new}" for what, old, new, told in pairs if told or old != new]
