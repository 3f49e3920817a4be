"""Cancelling and changing: what a sender may still do to a message that waits.

Cancel until it is final, unless an attempt is under way. Change its words, time, validity or priority until
the first attempt. Each answer is the message's state, or a refusal.
"""

from collections.abc import Sequence

from heliograph.core.address import is_device_number
from heliograph.core.delivery import DEVICE_RECEIVER, Job, LaneKey, Place
from heliograph.core.message import Direction, Message
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.routing import Routes
from heliograph.core.story.timeline import line, word
from heliograph.flow.accept import Admission, Settings
from heliograph.flow.ending import cancel
from heliograph.flow.lanes import go_on_without
from heliograph.flow.phones import lane_of_phone
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.requests import Cancel as CancelRequest
from heliograph.flow.requests import CancelSame, SubmitAnswer, Submitted
from heliograph.flow.requests import Change as ChangeRequest
from heliograph.flow.views import load_views

Wish = CancelRequest | ChangeRequest


class Cancel:
    """The flow."""

    urgency = Urgency.ACCEPT

    def __init__(self, settings: Settings, routes: Routes) -> None:
        self._settings = settings
        self._routes = routes

    async def __call__(self, tx: Transaction, requests: Sequence[CancelRequest]) -> Answers[SubmitAnswer]:
        ids = sorted({request.message for request in requests})
        messages = await tx.load_messages(ids)
        jobs = await tx.load_jobs(ids)
        views, policies = await load_views(
            tx, {message.device for message in messages.values() if message.device}
        )
        admission = Admission(tx, self._settings, self._routes, views, policies)
        answers = [
            _cancel(admission, request, messages.get(request.message), jobs.get(request.message))
            for request in requests
        ]
        await tx.write(admission.changes)
        return Answers(answers, [])


class CancelAlike:
    """The flow: all that wait for one number. The answers name those that were canceled."""

    urgency = Urgency.ACCEPT

    def __init__(self, cancel: Cancel) -> None:
        self._cancel = cancel

    async def __call__(
        self, tx: Transaction, requests: Sequence[CancelSame]
    ) -> Answers[list[Submitted] | Refusal]:
        return Answers([await self._all(tx, request) for request in requests], [])

    async def _all(self, tx: Transaction, request: CancelSame) -> list[Submitted] | Refusal:
        device = (await tx.find_numbers([request.number])).get(request.number)
        lanes = [LaneKey(DEVICE_RECEIVER, device)] if device else []
        if is_device_number(request.number):
            lanes.append(lane_of_phone(request.org, request.number))
        answers = [one for lane in lanes for one in await self._of_lane(tx, request, lane)]
        return answers or refuse("unknown_message")

    async def _of_lane(self, tx: Transaction, request: CancelSame, lane: LaneKey) -> list[Submitted]:
        alike = await tx.smpp.alike(lane, request.sender, request.source, request.service_type)
        asked = [CancelRequest(request.org, job.message.id, request.sender) for job in alike]
        answers = (await self._cancel(tx, asked)).answers if asked else []
        return [one for one in answers if isinstance(one, Submitted)]


def waiting(message: Message | None, job: Job | None, request: Wish, now: int) -> Refusal | None:
    """Why nothing can be done to this message now, if so."""
    if message is None or not _is_meant(message, request):
        return refuse("unknown_message")
    if message.final_at is not None or job is None or message.direction == Direction.MO:
        return refuse("already_final" if message.final_at is not None else "in_flight")
    if job.delivery.place in (Place.TAKEN, Place.AWAITING):
        return refuse("in_flight")
    if now >= job.delivery.expires_at:  # over, though the timer has not written it yet
        return refuse("already_final", "validity", "The message's validity has ended.")
    return None


def _is_meant(message: Message, request: Wish) -> bool:
    if message.org != request.org or (request.own and message.sender != request.sender):
        return False
    return request.source is None or message.source == request.source


def _cancel(
    admission: Admission, request: CancelRequest, message: Message | None, job: Job | None
) -> SubmitAnswer:
    refusal = waiting(message, job, request, admission.tx.now)
    if refusal is not None or message is None or job is None:
        return refusal or refuse("unknown_message")
    now = admission.tx.now
    story = line("cancel", now, word(request.sender)) + admission.give_back(message)
    cancel(admission, message, "canceled", story)
    admission.changes.dones.append(job.delivery.id)
    if job.delivery.place == Place.WAITING:
        go_on_without(admission.tx, admission.changes, job, now)
    return Submitted(message.id, message.segments, message.state)
