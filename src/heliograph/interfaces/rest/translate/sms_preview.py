"""SMS: a preview. How a text would travel, what it would cost, and what would forbid it."""

from msgspec import Struct

from heliograph.core.content import Content
from heliograph.flow.preview import Previewed
from heliograph.interfaces.rest.problem import RefusalShown
from heliograph.interfaces.rest.translate.batches import ManyText, Recipients
from heliograph.interfaces.rest.translate.sms import Numbered, wish_of
from heliograph.interfaces.rest.translate.sms_shown import MILLIONTHS
from heliograph.wire.gsm.dcs import Alphabet
from heliograph.wire.gsm.segments import envelope_of, room
from heliograph.wire.gsm.text import fits

_NAMES = {Alphabet.GSM7: "GSM 7-bit", Alphabet.OCTETS: "8-bit", Alphabet.UCS2: "UCS-2"}


class PreviewBody(ManyText, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """An SMS as it would be sent: to one endpoint, or to many. With neither nothing is said of cost and
    policy.
    """

    endpoint: Numbered | None = None
    recipients: Recipients | None = None


class ForcedBy(Struct, frozen=True):
    index: int
    character: str


class PreviewShown(Struct, frozen=True):
    """`characters` counts what the encoding counts: € is two in GSM 7-bit, an emoji two in UCS-2."""

    encoding: str
    dcs: str
    segments: int
    characters: int
    characters_left: int  # that the last segment still has room for
    forced_by: ForcedBy | None  # the first character that GSM 7-bit lacks, when that decided
    cost: float | None
    accepted: bool | None
    refusal: RefusalShown | None
    upstreams: list[str]  # that could carry it, the first choice first; none: the device's own network does


def preview(body: PreviewBody, content: Content, previewed: Previewed | None) -> PreviewShown:
    """A text has its own words in the content: the body's may be a template."""
    alphabet, characters, left, forced_by = _travels(body, content)
    refusal = previewed.refusal if previewed else None
    return PreviewShown(
        encoding=_NAMES[alphabet],
        dcs=str(content.dcs),
        segments=content.segments,
        characters=characters,
        characters_left=left,
        forced_by=forced_by,
        cost=previewed.price / MILLIONTHS if previewed else None,
        accepted=refusal is None if previewed else None,
        refusal=RefusalShown(refusal.code, refusal.reason, refusal.rule) if refusal else None,
        upstreams=list(previewed.upstreams) if previewed else [],
    )


def _travels(body: PreviewBody, content: Content) -> tuple[Alphabet, int, int, ForcedBy | None]:
    wish = wish_of(body)
    if wish.alphabet is Alphabet.OCTETS:
        size, count = len(content.body), content.segments
        envelope = envelope_of(wish.udh, wide_reference=False)
        each = room(Alphabet.OCTETS, envelope.length(is_part=count > 1))
        return Alphabet.OCTETS, size, count * each - size, None
    fit = fits(content.body.decode(), alphabet=wish.alphabet, udh=wish.udh)
    forced_by = ForcedBy(*fit.forced_by) if fit.forced_by else None
    return fit.alphabet, fit.characters, fit.characters_left, forced_by
