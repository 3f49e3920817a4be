"""A preview of a call to many: the first texts as they would read, and what all of them come to."""

from msgspec import Struct
from msgspec.structs import asdict, replace

from heliograph.core.content import Content
from heliograph.core.refusal import Refusal
from heliograph.flow.batches.recipients import Found
from heliograph.flow.preview import Previewed
from heliograph.flow.requests import Submission
from heliograph.interfaces.rest.problem import RefusalShown
from heliograph.interfaces.rest.translate.batches import SmsRef, endpoint_shown
from heliograph.interfaces.rest.translate.sms_preview import PreviewBody, PreviewShown, preview
from heliograph.interfaces.rest.translate.sms_shown import MILLIONTHS
from heliograph.wire.gsm.dcs import Alphabet, parse_dcs

MOST_EXAMPLES = 3


class ExamplePreviewed(PreviewShown, frozen=True, kw_only=True):
    """One recipient's SMS. `payload` is the text with its variables filled in."""

    number: int
    recipient: str
    endpoint: SmsRef | None  # null: a phone outside the fleet
    payload: str


class RefusalCount(Struct, frozen=True):
    """How many are refused for this reason; the first of them, and what it is told."""

    code: str
    count: int
    number: int
    recipient: str
    refusal: RefusalShown


class ManyPreviewed(Struct, frozen=True):
    """`segments` and `cost` are of those that would be accepted, all together."""

    total: int
    accepted: int
    refused: int
    segments: int
    cost: float
    examples: list[ExamplePreviewed]
    refusals: list[RefusalCount]


class Count:
    """Of all recipients, one after the other."""

    def __init__(self, body: PreviewBody) -> None:
        self._body = body
        self._total = self._accepted = self._segments = self._price = 0
        self._examples: list[ExamplePreviewed] = []
        self._refusals: dict[str, RefusalCount] = {}

    def add(self, number: int, one: Found, wanted: Submission | Refusal, previewed: Previewed | None) -> None:
        self._total += 1
        refusal = wanted if isinstance(wanted, Refusal) else previewed.refusal if previewed else None
        if refusal is not None:
            self._refuse(number, one, refusal)
        if isinstance(wanted, Refusal) or previewed is None:
            return
        if refusal is None:
            self._accepted += 1
            self._segments += wanted.content.segments
            self._price += previewed.price
        if len(self._examples) < MOST_EXAMPLES and _is_there(refusal):
            self._examples.append(self._example(number, one, wanted.content, previewed))

    def shown(self) -> ManyPreviewed:
        return ManyPreviewed(
            self._total,
            self._accepted,
            self._total - self._accepted,
            self._segments,
            self._price / MILLIONTHS,
            self._examples,
            sorted(self._refusals.values(), key=lambda one: -one.count),
        )

    def _refuse(self, number: int, one: Found, refusal: Refusal) -> None:
        known = self._refusals.get(refusal.code)
        shown = RefusalShown(refusal.code, refusal.reason, refusal.rule)
        first = known or RefusalCount(refusal.code, 0, number, one.name, shown)
        self._refusals[refusal.code] = replace(first, count=first.count + 1)

    def _example(self, number: int, one: Found, content: Content, previewed: Previewed) -> ExamplePreviewed:
        shown = preview(self._body, content, previewed)
        is_binary = parse_dcs(content.dcs).alphabet is Alphabet.OCTETS
        payload = content.body.hex() if is_binary else content.body.decode()
        return ExamplePreviewed(
            **asdict(shown),
            number=number,
            recipient=one.name,
            endpoint=endpoint_shown(one.device),
            payload=payload,
        )


def _is_there(refusal: Refusal | None) -> bool:
    return refusal is None or refusal.code not in ("unknown_device", "no_external_route")
