"""Sending again to those of a batch whose SMS failed or expired: each with the text that it had."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from heliograph.core.batch import LONGEST_NAME, Batch
from heliograph.core.content import Content
from heliograph.core.message import Message
from heliograph.core.message_label import Label, MessageLabel
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.batches.send import Recipient
from heliograph.flow.requests import OF_POLICY, Submission
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.translate.batches import PerMinute, PerSecond, pause_ms
from heliograph.interfaces.rest.translate.sms import Validity, moment


class RetryBody(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """When and how fast. Everything else is as it was. `again`: also to those to whom an earlier retry of
    the same batch sent.
    """

    name: Annotated[str, Meta(max_length=LONGEST_NAME)] = ""
    not_before: str | None = None
    per_second: PerSecond | None = None
    per_minute: PerMinute | None = None
    validity_seconds: Validity | None = None
    again: bool = False


class Again:
    """The submissions of a batch that sends again."""

    def __init__(self, body: RetryBody, caller: Caller, now: int) -> None:
        self._body = body
        self._caller = caller
        self._not_before = moment("not_before", body.not_before)
        self._start = max(now, self._not_before or now)
        self._pause_ms = pause_ms(body.per_second, body.per_minute)

    def recipients(
        self, batch: Batch, messages: Sequence[Message], labels: Mapping[int, MessageLabel]
    ) -> Iterator[Recipient]:
        for number, message in enumerate(messages, batch.decided + 1):
            known = labels.get(message.id)
            reference, tags = (None, "") if known is None else (known.reference, known.tags)
            wanted = self._wanted(message, number, Label(reference, tags, batch.id, number))
            yield Recipient(batch.id, number, name_of(message), wanted, message.device)

    def _wanted(self, message: Message, number: int, label: Label) -> Submission | Refusal:
        if message.body is None:
            return refuse("bad_text", "payload", "The text is no longer kept.")
        content = Content(
            message.body, message.dcs, message.pid, message.udh, message.languages, message.segments
        )
        not_before = self._not_before
        if self._pause_ms and number > 1:
            not_before = self._start + int((number - 1) * self._pause_ms)
        outside = message.device is None
        return Submission(
            self._caller.org,
            message.device or 0,
            content,
            self._caller.name,
            message.source,
            self._body.validity_seconds or _validity_seconds(message),
            not_before,
            message.priority,
            receipt_to=OF_POLICY,  # without its replace key: an old text cancels no newer one
            at_most_once=bool(message.at_most_once),
            label=label,
            number=message.destination if outside else "",
            external=outside,
        )


def name_of(message: Message) -> str:
    return message.destination or str(message.device)


def _validity_seconds(message: Message) -> int:
    """As long as it had the first time."""
    began = max(message.accepted_at, message.not_before or 0)
    return max(1, (message.expires_at - began) // 1000)
