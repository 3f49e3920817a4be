"""The third-party console in use: opened, tried in vain, locked, and sent with. All of it is in the audit
trail; what locks is an event, too.

Whether a secret is right is found out before, outside. What a link allows is asked again with each SMS, in
the transaction that accepts it: what was revoked a moment ago sends nothing.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.changes import WARN, Changes, Happening
from heliograph.core.console import (
    BY_TAG,
    OF_TAG_AN_HOUR,
    SENDER,
    ConsoleLink,
    ConsoleSent,
    ConsoleUse,
    commands_of,
    identifiers_of,
    mark_of,
    mark_of_link,
    over,
    reaches,
)
from heliograph.core.content import content_of_text
from heliograph.core.device import Device
from heliograph.core.message import HOUR_MS
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.requests import OF_POLICY, Submission, SubmitAnswer, Submitted
from heliograph.flow.submit import Submit


class Attempt(Struct, frozen=True):
    """Somebody tried to open a console. `use` None: of nothing that there is."""

    use: ConsoleUse | None
    address: str
    is_right: bool
    locked_seconds: int = 0  # it is locked from now on
    unheard_seconds: int = 0  # the address is locked from now on


class RecordAttempts(OneByOne[Attempt, None]):
    """The flow. An attempt at what is not there leaves nothing."""

    async def answer(self, tx: Transaction, request: Attempt) -> None:
        if request.use is None:
            return
        await tx.admin.record_console("console_open" if request.is_right else "console_failed", request.use)
        if request.locked_seconds or request.unheard_seconds:
            await tx.admin.record_console("console_locked", request.use)
            changes = Changes()
            changes.happenings.append(_locked(tx, request, request.use))
            await tx.write(changes)


def _locked(tx: Transaction, request: Attempt, use: ConsoleUse) -> Happening:
    what = f"link {use.id}" if use.by == "link" else f"device {use.id}"
    ends = (
        f"it is locked for {request.locked_seconds} seconds" if request.locked_seconds else "",
        f"nobody there is heard for {request.unheard_seconds} seconds" if request.unheard_seconds else "",
    )
    detail = (
        f"Too many wrong attempts to open a console, the last at {what} from IP {request.address}: "
        + ", and ".join(filter(None, ends))
    )
    device = use.device or None
    return Happening(tx.next_id(0), use.org, tx.now, "console_locked", WARN, device, None, detail)


class ConsoleSend(Struct, frozen=True):
    """An SMS of a third party. `mark` is of what opened the console, and has to hold still."""

    org: int
    link: int  # 0: opened by the device's identifier
    device: int
    mark: str
    text: str = ""
    command: str = ""  # its label, instead of a text


class SendFromConsole:
    """The flow. What the console allows goes the way of every SMS to a device."""

    urgency = Urgency.ACCEPT

    def __init__(self, submit: Submit) -> None:
        self._submit = submit

    async def __call__(self, tx: Transaction, requests: Sequence[ConsoleSend]) -> Answers[SubmitAnswer]:
        answers: Answers[SubmitAnswer] = Answers([], [])
        for request in requests:
            allowed = await _allowed(tx, request)
            if isinstance(allowed, Refusal):
                answers.answers.append(allowed)
                continue
            done = await self._submit(tx, [allowed])
            answers.answers += done.answers
            answers.jobs += done.jobs
            if isinstance(done.answers[0], Submitted):
                await _note(tx, request, done.answers[0].id)
        return answers


async def _allowed(tx: Transaction, request: ConsoleSend) -> Submission | Refusal:
    device = (await tx.admin.load(Device, [request.device])).get(request.device)
    if device is None or device.org != request.org:
        return refuse("unknown_device")
    if not request.link:
        return await _by_identifier(tx, request, device)
    link = (await tx.admin.load(ConsoleLink, [request.link])).get(request.link)
    if link is None or link.org != request.org or over(link, tx.now) or mark_of_link(link) != request.mark:
        return refuse("console_over")
    if not reaches(link, device):
        return refuse("unknown_device")
    text = _text(link, request)
    if text is None:
        return refuse("console_not_allowed")
    if await tx.console.count_sent(link.id, device.id, tx.now - HOUR_MS) >= link.rate:
        return refuse("console_rate_reached")
    return _submission(request, text, f"{SENDER}:{link.id}", link.source)


async def _by_identifier(tx: Transaction, request: ConsoleSend, device: Device) -> Submission | Refusal:
    if request.mark not in map(mark_of, identifiers_of(device.tags)):
        return refuse("console_over")
    if request.command:
        return refuse("console_not_allowed")
    if await tx.console.count_sent(0, device.id, tx.now - HOUR_MS) >= OF_TAG_AN_HOUR:
        return refuse("console_rate_reached")
    return _submission(request, request.text, BY_TAG, "")


def _text(link: ConsoleLink, request: ConsoleSend) -> str | None:
    if not request.command:
        return request.text if link.free_text else None
    return next((one.text for one in commands_of(link) if one.label == request.command), None)


def _submission(request: ConsoleSend, text: str, sender: str, source: str) -> Submission | Refusal:
    content = content_of_text(text)
    if isinstance(content, Refusal):
        return content
    return Submission(request.org, request.device, content, sender, source, receipt_to=OF_POLICY)


async def _note(tx: Transaction, request: ConsoleSend, message: int) -> None:
    row = ConsoleSent(message, request.org, request.link, request.device, tx.now, request.command)
    await tx.console.add_sent(row)
    by, id = ("link", request.link) if request.link else ("identifier", request.device)
    use = ConsoleUse(id, request.org, by, request.device, message, request.command)
    await tx.admin.record_console("console_send", use)
