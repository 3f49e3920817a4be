"""Firewalls, held devices, drafts and the suppression list: resources of our own, beside the contract."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.structs import asdict, replace

from heliograph.core.address import LONGEST_WRITTEN
from heliograph.core.firewall.rules import Rules
from heliograph.core.firewall.suppression import StopWords, Suppression
from heliograph.core.firewall.watch import Watch, is_held
from heliograph.core.policy import Policy
from heliograph.core.what_if import MOST_EXAMPLES, Example
from heliograph.flow.reads.what_if import Question, Tried
from heliograph.interfaces.rest.problem import bad_format
from heliograph.interfaces.rest.translate.profiles import ProfileChange, policy_wish
from heliograph.interfaces.rest.translate.times import maybe_shown, read, shown

DRAFT = "Draft"
SUPPRESSION = "Suppression"
_LIMIT = Annotated[int, Meta(ge=0)]
_TRIED = ("service", "sms_p2p_int", "sms_p2p_ext", "sms_p2p_send_cap")  # of a draft
_SWITCHES = ("mo", "mt", "p2p_internal", "p2p_external", "p2p_sent_per_day")


class HoldShown(Struct, frozen=True):
    """Whether a device is held, and what is remembered of it."""

    held: bool
    since: str | None
    until: str | None  # null while it is held: until somebody releases it
    rule: str | None
    usual_per_hour: float  # segments that it sends in its busiest hours
    sent_this_hour: int
    blocked: int  # SMS that its firewall has blocked


def shown_hold(watch: Watch | None, judges: bool, now: int) -> HoldShown:
    """`judges`: there is a rule by which it may be held."""
    if watch is None:
        return HoldShown(False, None, None, None, 0.0, 0, 0)
    held = judges and is_held(watch, now)
    return HoldShown(
        held=held,
        since=maybe_shown(watch.held_at) if held else None,
        until=maybe_shown(watch.held_until) if held else None,
        rule=watch.held_rule if held else None,
        usual_per_hour=watch.usual / 1000,
        sent_this_hour=watch.sent if watch.hour == now // 3_600_000 else 0,
        blocked=watch.blocked,
    )


class Draft(ProfileChange, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service profile's fields, as in its `PATCH`."""


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """A month, per device; null is no limit."""

    mo: _LIMIT | UnsetType | None = UNSET
    mt: _LIMIT | UnsetType | None = UNSET


class DraftBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What to try, on the traffic of which period. What is left out stays as it is."""

    since: str = field(name="from")
    until: str
    draft: Draft = Draft()
    limits: Limits = Limits()
    firewall: Rules | UnsetType = UNSET
    examples: Annotated[int, Meta(ge=0, le=MOST_EXAMPLES)] = 10


class RuleCount(Struct, frozen=True):
    code: str
    rule: str
    change: str  # block or pass
    count: int


class ExampleShown(Struct, frozen=True):
    id: int
    endpoint_id: int | None
    submit_date: str
    source_address: str
    dest_address: str
    change: str
    code: str
    rule: str


class TriedShown(Struct, frozen=True, kw_only=True):
    complete: bool
    judged_until: str | None  # when it is not complete
    looked_at: int
    judged: int
    still_pass: int
    still_blocked: int
    would_block: int
    would_pass: int
    blocked_by_others: int
    without_text: int
    rules: list[RuleCount]
    examples: list[ExampleShown]
    notes: list[str]


def question(policy: Policy, body: DraftBody) -> Question:
    since, until = _time("from", body.since), _time("until", body.until)
    wish = policy_wish(body.draft)
    changes: dict[str, int | None] = {
        name: value for name in _SWITCHES if (value := getattr(wish, name)) is not UNSET
    }
    if body.limits.mo is not UNSET:
        changes["mo_limit"] = body.limits.mo
    if body.limits.mt is not UNSET:
        changes["mt_limit"] = body.limits.mt
    rules = None if body.firewall is UNSET else body.firewall
    return Question(replace(policy, **changes), rules, since, until, body.examples)


def _time(name: str, text: str) -> int:
    at = read(text)
    if at is None:
        raise bad_format(DRAFT, name, "must be an ISO 8601 date")
    return at


def shown_trial(tried: Tried, draft: ProfileChange) -> TriedShown:
    found = tried.found
    counts = sorted(found.rules.items(), key=lambda item: -item[1])
    return TriedShown(
        complete=tried.reached is None,
        judged_until=maybe_shown(tried.reached),
        looked_at=tried.looked_at,
        judged=found.judged,
        still_pass=found.passed,
        still_blocked=found.blocked,
        would_block=found.would_block,
        would_pass=found.would_pass,
        blocked_by_others=found.elsewhere,
        without_text=found.without_body,
        rules=[RuleCount(code, rule, _change(blocked), count) for (code, rule, blocked), count in counts],
        examples=[_shown_example(example) for example in found.examples],
        notes=list(_notes(tried, draft)),
    )


def _change(blocked: bool) -> str:
    return "block" if blocked else "pass"


def _shown_example(example: Example) -> ExampleShown:
    message = example.message
    return ExampleShown(
        id=message.id,
        endpoint_id=message.device if message.device is not None else message.origin,
        submit_date=shown(message.accepted_at),
        source_address=message.source,
        dest_address=message.destination,
        change=_change(example.blocked),
        code=example.code,
        rule=example.rule,
    )


def _notes(tried: Tried, draft: ProfileChange) -> list[str]:
    notes = [
        "SMS that were refused when they were submitted are not stored, so they cannot be tried.",
        "Limits, rates and habits count from the beginning of the period; quotas are not tried.",
        "Devices are tried with the service profile and the firewall of their own that they have today.",
    ]
    given = [name for name, value in asdict(draft).items() if value is not UNSET and name not in _TRIED]
    if given:
        notes.append(
            f"Not tried, since no SMS depends on it or no past one can be judged by it: {', '.join(given)}."
        )
    if tried.found.without_body:
        notes.append(
            f"Of {tried.found.without_body} SMS retention has removed the text: the content rules could not "
            "be asked for them."
        )
    if tried.reached is not None:
        notes.append("The period is too long for one call: go on with `from` at `judged_until`.")
    return notes


class NewSuppression(Struct, frozen=True, forbid_unknown_fields=True):
    number: Annotated[str, Meta(max_length=LONGEST_WRITTEN)]


class SuppressionShown(Struct, frozen=True):
    id: int
    number: str
    created: str
    word: str | None  # by which its owner asked for it; null: entered by hand


class WordsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole message has to be the word; case and spaces do not matter."""

    stop: tuple[str, ...]
    start: tuple[str, ...]


def shown_suppression(row: Suppression) -> SuppressionShown:
    return SuppressionShown(row.id, row.number, shown(row.created_at), row.word or None)


def shown_words(words: StopWords) -> WordsBody:
    return WordsBody(_split(words.stop), _split(words.start))


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()
