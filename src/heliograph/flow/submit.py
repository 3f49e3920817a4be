"""Submitting: an SMS to a device, from an application, a person or the command line.

In: submissions whose content is ready. Out: an id with its state, or a refusal that names its rule. The
first attempt leaves with the accept when the lane is idle. A replacement takes the place of the message
that it replaces.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from heliograph.core.address import is_device_number, is_source
from heliograph.core.content import LONGEST_PRIORITY
from heliograph.core.delivery import DEVICE_RECEIVER, Job, LaneKey
from heliograph.core.device import DeviceView
from heliograph.core.ids import shard_of
from heliograph.core.message import Direction, Message, State
from heliograph.core.message_label import Label, MessageLabel
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.routing import Routes
from heliograph.core.schedule import LONGEST_VALIDITY_SECONDS
from heliograph.core.story.timeline import line
from heliograph.core.tariff import price_of
from heliograph.flow.accept import Admission, Settings, accepted_line
from heliograph.flow.addressees import NOBODY, with_devices
from heliograph.flow.ending import cancel
from heliograph.flow.phones import Phones, lane_of_phone, load_phones
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.requests import OF_POLICY, Submission, SubmitAnswer, Submitted
from heliograph.flow.views import is_of, load_views

ReplaceKey = tuple[int | str, ...]
LONGEST_VALIDITY_MS = LONGEST_VALIDITY_SECONDS * 1000


class Submit:
    """The flow. One instance serves all interfaces."""

    def __init__(self, settings: Settings, routes: Routes, urgency: Urgency = Urgency.ACCEPT) -> None:
        self._settings = settings
        self._routes = routes
        self.urgency = urgency

    async def __call__(self, tx: Transaction, requests: Sequence[Submission]) -> Answers[SubmitAnswer]:
        answers: Answers[SubmitAnswer] = Answers([], [])
        for part in _without_repeated_keys(await with_devices(tx, requests)):
            await self._accept(tx, part, answers)
        return answers

    async def _accept(
        self, tx: Transaction, requests: Sequence[Submission], into: Answers[SubmitAnswer]
    ) -> None:
        views, policies = await load_views(tx, {request.device for request in requests})
        admission = Admission(tx, self._settings, self._routes, views, policies)
        requests, phones = await with_phones(tx, admission, requests)
        replaceable = await load_replaceable(tx, requests)
        into.answers += [decide(admission, request, replaceable, phones) for request in requests]
        into.jobs += admission.jobs
        await tx.write(admission.changes)


async def with_phones(
    tx: Transaction, admission: Admission, requests: Sequence[Submission]
) -> tuple[Sequence[Submission], Phones | None]:
    """The same submissions: a number that no device of the organisation has is a phone's, where its sender
    may send to those. No phones: nothing was looked up.
    """
    views = admission.views
    outside = [
        index
        for index, request in enumerate(requests)
        if request.external and request.number and not is_of(views.get(request.device), request.org)
    ]
    if not outside:
        return requests, None
    known = list(requests)
    for index in outside:
        known[index] = replace(known[index], device=NOBODY)
    wanted = {(known[index].org, known[index].number) for index in outside}
    return known, await load_phones(tx, admission, wanted)


def _who(request: Submission) -> int | str:
    return request.device or request.number


def replaces(request: Submission) -> ReplaceKey | None:
    """What says which message it replaces, when it replaces one."""
    if request.replace_key:
        return (_who(request), request.replace_key)
    return _likeness(request) if request.replaces_same else None


def _likeness(request: Submission) -> ReplaceKey:
    return (_who(request), request.sender, request.source, request.service_type)


async def load_replaceable(tx: Transaction, requests: Sequence[Submission]) -> dict[ReplaceKey, Job]:
    """The messages that these would replace; one whose validity ended is past that."""
    keys = [(request.device, request.replace_key) for request in requests if request.replace_key]
    keyed = await tx.load_replaceable(keys) if keys else {}
    found: dict[ReplaceKey, Job] = {(*key,): job for key, job in keyed.items()}
    for request in requests:
        if request.replace_key and not request.device and is_device_number(request.number):
            for job in await tx.upstreams.replaceable(_lane(request), request.replace_key):
                found[request.number, request.replace_key] = job
        if request.replaces_same and not request.replace_key:
            lane = _lane(request)
            alike = await tx.smpp.alike(lane, request.sender, request.source, request.service_type)
            found |= {_likeness(request): job for job in alike}  # the newest stays
    return {key: job for key, job in found.items() if tx.now < job.delivery.expires_at}


def _lane(request: Submission) -> LaneKey:
    if request.device or not is_device_number(request.number):
        return LaneKey(DEVICE_RECEIVER, request.device)
    return lane_of_phone(request.org, request.number)


def _without_repeated_keys(requests: Sequence[Submission]) -> Iterator[Sequence[Submission]]:
    """Two replacements of one message cannot share a load: the second has to see the first one written."""
    if not any(request.replace_key or request.replaces_same for request in requests):
        yield requests
        return
    part: list[Submission] = []
    seen: set[ReplaceKey] = set()
    for request in requests:
        key = replaces(request)
        if key in seen:
            yield part
            part, seen = [], set()
        seen.update(((_who(request), request.replace_key or ""), _likeness(request)))
        part.append(request)
    yield part


def decide(
    admission: Admission,
    request: Submission,
    replaceable: dict[ReplaceKey, Job],
    phones: Phones | None = None,
) -> SubmitAnswer:
    """One submission, after all those before it."""
    key = replaces(request)
    old = replaceable.get(key) if key is not None else None
    refusal = judge(admission, request, old, phones)
    if refusal is not None:
        return refusal
    if phones is not None and not request.device:
        return _to_phone(admission, phones, request, old)
    view = admission.views[request.device]
    return _accept_one(admission, view, admission.policies[view.device.policy], request, old)


def judge(
    admission: Admission, request: Submission, replaces: Job | None, phones: Phones | None = None
) -> Refusal | None:
    """Everything that may forbid it. A preview asks the same, so nothing is used up here."""
    view = admission.views.get(request.device)
    outside = phones if not request.device and request.external else None
    if outside is None and (view is None or view.device.org != request.org):
        return refuse("unknown_device")
    if not is_source(request.source):
        return refuse("bad_address", "source address")
    if not 0 <= request.priority <= LONGEST_PRIORITY:
        return refuse("bad_value", "priority", f"The priority must be between 0 and {LONGEST_PRIORITY}.")
    now, ends = admission.tx.now, request.expires_at
    refusal = bad_times(request.not_before, request.validity_seconds, now, ends)
    if refusal is None and view is not None:
        policy = admission.policies[view.device.policy]
        return admission.admits_mt(view, policy, request.content, request.source, replaces)
    if refusal is None and outside is not None:
        return outside.forbids(request.org, request.number, request.content, replaces is not None)
    return refusal


def _accept_one(
    admission: Admission, view: DeviceView, policy: Policy, request: Submission, old: Job | None
) -> Submitted:
    message = _message(admission, request, view.device.msisdn, policy.application)
    message.price = message.segments * price_of(view, policy, True)
    message.timeline = accepted_line(message, policy.name)
    enter_at = _scheduled(message, admission.tx.now)
    if old is not None:
        _replace(admission, old, message)
        view.queued -= 1
    admission.count(view, policy, True, message)
    admission.to_device(view, message, enter_at, replaces=old)
    return _submitted(admission, request, message)


def _to_phone(admission: Admission, phones: Phones, request: Submission, old: Job | None) -> Submitted:
    message = _message(admission, request, request.number, None)
    message.price = phones.price(message.org, request.number, message.id, request.content)
    message.timeline = accepted_line(message, "-")
    enter_at = _scheduled(message, admission.tx.now)
    if old is not None:
        _replace(admission, old, message)
    phones.send(message, enter_at, replaces=old)
    return _submitted(admission, request, message)


def _scheduled(message: Message, now: int) -> int | None:
    """When it enters its lane, where that is not now."""
    if message.not_before is None or message.not_before <= now:
        return None
    message.timeline += line("scheduled", now, message.not_before)
    return message.not_before


def _submitted(admission: Admission, request: Submission, message: Message) -> Submitted:
    admission.changes.messages.append(message)
    if request.label is not None:
        admission.changes.labels.append(_label(message, request.label))
    return Submitted(message.id, message.segments, message.state)


def _label(message: Message, label: Label) -> MessageLabel:
    return MessageLabel(
        message.id, message.org, message.accepted_at, label.reference, label.tags, label.batch, label.number
    )


def _replace(admission: Admission, old: Job, message: Message) -> None:
    """The old one ends CANCELED."""
    now = admission.tx.now
    message.timeline += line("replaces", now, old.message.id)
    admission.give_back(old.message)
    story = line("replaced", now, message.id)
    cancel(admission, old.message, "replaced", story)
    admission.changes.dones.append(old.delivery.id)


def _message(admission: Admission, request: Submission, destination: str, by_policy: int | None) -> Message:
    now, content = admission.tx.now, request.content
    application = by_policy if request.receipt_to == OF_POLICY else request.receipt_to
    return Message(
        id=admission.tx.next_id(shard_of(request.device or int(destination))),
        org=request.org,
        direction=Direction.MT,
        device=request.device or None,
        origin=None,
        application=application,
        sender=request.sender,
        source=request.source,
        destination=destination,
        body=content.body,
        dcs=content.dcs,
        pid=content.pid,
        udh=content.udh,
        languages=content.languages,
        segments=content.segments,
        priority=request.priority,
        receipt=0 if application is None else request.receipt,
        at_most_once=request.at_most_once,
        replace_key=request.replace_key,
        price=0,
        state=State.PENDING,
        reason=None,
        accepted_at=now,
        not_before=request.not_before,
        expires_at=_expires_at(request, now),
        final_at=None,
        attempts=0,
        timeline="",
        service_type=request.service_type,
    )


def _expires_at(request: Submission, now: int) -> int:
    if request.expires_at is not None:
        return request.expires_at
    due_at = now if request.not_before is None else max(now, request.not_before)
    return due_at + request.validity_seconds * 1000


def bad_times(
    not_before: int | None, validity_seconds: int, now: int, expires_at: int | None = None
) -> Refusal | None:
    """The validity runs from the time when the message is due, so a send in three days may keep the
    default. An end that is named lies behind that time.
    """
    if not 1 <= validity_seconds <= LONGEST_VALIDITY_SECONDS:
        return refuse("bad_validity")
    if expires_at is not None and not 0 < expires_at - max(now, not_before or 0) <= LONGEST_VALIDITY_MS:
        return refuse("bad_validity", "expiry")
    if not_before is not None and not_before > now + LONGEST_VALIDITY_MS:
        return refuse("bad_schedule")
    return None
