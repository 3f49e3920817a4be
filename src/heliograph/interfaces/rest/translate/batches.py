"""Batches: the body of a call to many into recipients and submissions, and a batch as callers see it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from heliograph.core.address import LONGEST_WRITTEN, as_written, normalise
from heliograph.core.batch import FINISHED, LONGEST_NAME, MOST_RECIPIENTS, Batch, BatchRefusal, BatchState
from heliograph.core.content import Content, content_of_text
from heliograph.core.message import FINAL, State
from heliograph.core.message_label import Label
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.sim import Sim, iccid_with_check
from heliograph.core.template import Group, template_of
from heliograph.flow.batches.recipients import Found, Meant, Person, Variables
from heliograph.flow.batches.send import Recipient
from heliograph.flow.reads.batch_port import Sent
from heliograph.flow.requests import Submission
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.problem import Problem, RefusalShown, out_of_range
from heliograph.interfaces.rest.reading import nested
from heliograph.interfaces.rest.refusals import of_refusal
from heliograph.interfaces.rest.translate.shapes import Id, Looked
from heliograph.interfaces.rest.translate.sms import SmsBody, submission, wish_of
from heliograph.interfaces.rest.translate.times import shown

KIND = "Batch"
MANY_BODY = 8 << 20  # octets of a call to many
OCTETS = 4
DEVICE = "device"  # the variable that has the device's fields
_OF_SIM = re.compile(r"device(\.(sim|iccid)\b.*)?")
Number = Annotated[str, Meta(max_length=LONGEST_WRITTEN)] | Annotated[int, Meta(ge=1, lt=10**15)]
Word = Annotated[str, Meta(max_length=100)]
Text = Annotated[str, Meta(max_length=1_000)]


PerSecond = Annotated[float, Meta(gt=0, le=10_000)]
PerMinute = Annotated[float, Meta(gt=0, le=600_000)]


class To(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One recipient with words of its own. Either an endpoint or a number."""

    endpoint: Id | None = None
    msisdn: Number | None = None
    variables: dict[Word, Text | int | float | bool] = {}


class Recipients(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """All of these together, each once."""

    endpoints: Annotated[list[Id], Meta(max_length=MOST_RECIPIENTS)] = []
    msisdns: Annotated[list[Number], Meta(max_length=MOST_RECIPIENTS)] = []
    each: Annotated[list[To], Meta(max_length=MOST_RECIPIENTS)] = []
    tag: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    q: Annotated[str, Meta(min_length=1, max_length=2_048)] | None = None


class ManyText(SmsBody, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """`payload` may have liquid variables: `{{ device.name }}`, and those of the recipient."""

    name: Annotated[str, Meta(max_length=LONGEST_NAME)] = ""
    per_second: PerSecond | None = None
    per_minute: PerMinute | None = None


class ManyBody(ManyText, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    recipients: Recipients


def meant(given: Recipients) -> list[Meant]:
    """Those who are named one by one."""
    named = [Meant(str(id), id) for id in given.endpoints]
    named += [_number(number, {}) for number in given.msisdns]
    for place, one in enumerate(given.each):
        if DEVICE in one.variables:
            raise nested(KIND, f"recipients.each[{place}].variables", f"{DEVICE!r} is the device's own")
        if one.endpoint is not None and one.msisdn is None:
            named.append(Meant(str(one.endpoint), one.endpoint, variables=one.variables))
        elif one.msisdn is not None and one.endpoint is None:
            named.append(_number(one.msisdn, one.variables))
        else:
            raise nested(KIND, f"recipients.each[{place}]", "each has either an endpoint or an msisdn")
    return named


def _number(given: str | int, variables: Variables) -> Meant:
    text = str(given).strip()
    return Meant(text, None, normalise(as_written(text)), variables)


def may_be_sent(given: Recipients, recipients: Sequence[Meant]) -> None:
    if not recipients:
        raise _nobody(given)
    if len(recipients) > MOST_RECIPIENTS:
        raise out_of_range(KIND, "recipients", f"must not be more than {MOST_RECIPIENTS}")


def _nobody(given: Recipients) -> Problem:
    """Conditions that none meets are another mistake than naming none."""
    if given.tag is None and given.q is None:
        return nested(KIND, "recipients", "nobody is meant: name endpoints, msisdns, each, a tag or a q")
    if given.q is None:
        return nested(KIND, "recipients.tag", f"no endpoint has the tag {given.tag!r}")
    if given.tag is None:
        return nested(KIND, "recipients.q", f"no endpoint meets {given.q[:200]!r}")
    return nested(KIND, "recipients", f"no endpoint has the tag {given.tag!r} or meets {given.q[:200]!r}")


def pause_ms(per_second: float | None, per_minute: float | None) -> float:
    """Between two sends; 0: none."""
    if per_second is not None and per_minute is not None:
        raise nested(KIND, "per_minute", "goes without per_second")
    if per_minute is not None:
        return 60_000 / per_minute
    return 1000 / per_second if per_second is not None else 0.0


class Texts:
    """The submissions of a batch: one text for all, or a text for each."""

    def __init__(self, body: ManyText, caller: Caller, now: int) -> None:
        if body.dest_address:
            raise nested(KIND, "dest_address", "does not go with recipients")
        template = template_of(body.payload) if body.dcs != OCTETS else None
        if isinstance(template, Refusal):
            raise of_refusal(template)
        self._template = template
        self._wish = wish_of(body)
        self._first = submission(body if template is None else replace(body, payload=""), caller, 0)
        self._start = max(now, self._first.not_before or now)
        self._pause_ms = pause_ms(body.per_second, body.per_minute)

    @property
    def is_template(self) -> bool:
        return self._template is not None

    @property
    def asks_for_sims(self) -> bool:
        return self._template is not None and any(map(_OF_SIM.fullmatch, self._template.variables))

    def recipients(
        self, batch: int, found: Sequence[Found], people: Mapping[int, Person], before: int = 0
    ) -> Iterator[Recipient]:
        """Numbered after those before. Made one by one, while earlier ones are being written."""
        given = self._first.label or Label()
        for number, one in enumerate(found, before + 1):
            label = Label(given.reference, given.tags, batch, number)
            wanted = self.wanted(one, number, people, label)
            yield Recipient(batch, number, one.name, wanted, one.device)

    def wanted(
        self, one: Found, number: int, people: Mapping[int, Person], label: Label | None = None
    ) -> Submission | Refusal:
        if one.refusal is not None:
            return one.refusal
        content = self._content(one, people.get(one.device or 0))
        if isinstance(content, Refusal):
            return content
        not_before = self._first.not_before
        if self._pause_ms and number > 1:
            not_before = self._start + int((number - 1) * self._pause_ms)
        return replace(
            self._first,
            device=one.device or 0,
            number=one.number,
            external=bool(one.number),
            content=content,
            label=label,
            not_before=not_before,
        )

    def _content(self, one: Found, person: Person | None) -> Content | Refusal:
        if self._template is None:
            return self._first.content
        if person is None and not one.number:
            return refuse("unknown_device")
        device = {} if person is None else {"device": fields_of(person)}
        text = self._template.text({**one.variables, **device})
        return text if isinstance(text, Refusal) else content_of_text(text, self._wish)


def fields_of(person: Person) -> Group:
    """What a text may say of a device: see `docs/api/bulk.md`. What it does not have is an empty text."""
    device, sim = person.device, person.sim
    return Group(
        {
            "id": device.id,
            "name": device.name,
            "msisdn": device.msisdn,
            "imsi": device.imsi,
            "imei": device.imei,
            "iccid": "" if sim is None else sim.iccid,
            "ip_address": device.ip_address,
            "tags": device.tags,
            "network": device.network,
            "sim": _NO_SIM if sim is None else _sim_fields(sim),
        }
    )


def _sim_fields(sim: Sim) -> Group:
    return Group(
        {
            "id": sim.id,
            "iccid": sim.iccid,
            "iccid_with_luhn": iccid_with_check(sim.iccid),
            "imsi": sim.imsi,
            "msisdn": sim.msisdn,
            "bic": sim.bic,
        }
    )


_NO_SIM = Group.fromkeys(("id", "iccid", "iccid_with_luhn", "imsi", "msisdn", "bic"), "")


class SmsRef(Struct, frozen=True):
    id: int


class RecipientShown(Struct, frozen=True, omit_defaults=True):
    """`number` is the place in the call, `name` the endpoint's."""

    number: int = 0
    recipient: str = ""
    name: str = ""
    endpoint: SmsRef | None = None
    sms: SmsRef | None = None
    status: Looked | None = None
    final_date: str | None = None
    reason: str | None = None
    refusal: RefusalShown | None = None


class BatchShown(Struct, frozen=True):
    """`counts` are of the accepted ones, by state; `final` is how many of them came to an end."""

    id: int
    name: str
    created: str
    state: Looked
    payload: str
    total: int
    decided: int
    accepted: int
    refused: int
    counts: dict[str, int]
    final: int
    retry_of: SmsRef | None
    recipients: list[RecipientShown] | UnsetType = UNSET


def batch_shown(
    batch: Batch, states: Mapping[int, int], recipients: list[RecipientShown] | UnsetType = UNSET
) -> BatchShown:
    return BatchShown(
        id=batch.id,
        name=batch.name,
        created=shown(batch.created_at),
        state=_state(batch, states),
        payload=batch.payload,
        total=batch.total,
        decided=batch.decided,
        accepted=batch.decided - batch.refused,
        refused=batch.refused,
        counts={state.name: states.get(state, 0) for state in State},
        final=sum(count for state, count in states.items() if state in FINAL),
        retry_of=None if batch.retry_of is None else SmsRef(batch.retry_of),
        recipients=recipients,
    )


def _state(batch: Batch, states: Mapping[int, int]) -> Looked:
    """That it is finished is seen, not written: its messages end one by one."""
    left = sum(count for state, count in states.items() if state not in FINAL)
    if batch.state == BatchState.RUNNING and not left:
        return Looked(len(BatchState) + 1, FINISHED)
    return Looked(batch.state, BatchState(batch.state).name)


def accepted_shown(one: Sent) -> RecipientShown:
    """What the call was answered, of one who was accepted."""
    recipient, endpoint = one.msisdn or one.name, endpoint_shown(one.device)
    return RecipientShown(one.number, recipient, one.name, endpoint, SmsRef(one.message))


def refused_shown(row: BatchRefusal) -> RecipientShown:
    refusal = RefusalShown(row.code, row.reason, row.rule or None)
    return RecipientShown(row.number, row.recipient, endpoint=endpoint_shown(row.device), refusal=refusal)


def endpoint_shown(device: int | None) -> SmsRef | None:
    """A phone outside the fleet is none."""
    return None if device is None else SmsRef(device)


def state_shown(one: Sent) -> RecipientShown:
    """As it now stands."""
    return RecipientShown(
        one.number,
        one.msisdn or one.name,
        one.name,
        endpoint_shown(one.device),
        SmsRef(one.message),
        Looked(one.state, State(one.state).name),
        None if one.final_at is None else shown(one.final_at),
        one.reason,
    )
