"""What if: a draft of a policy is tried on the stored traffic of a period.

Read in slices beside the writer, for a bounded time; what was not reached is said.

In: the draft, the period. Out: what `core/what_if` found, and how far it came.
"""

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from heliograph.core.firewall.passing import compiled
from heliograph.core.firewall.rules import NO_RULES, Rules, bad_rules
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.what_if import Draft, Found, Traffic, Trial
from heliograph.flow.ports import Clock
from heliograph.flow.reads.port import LONGEST_SLICE, TooSlow
from heliograph.flow.reads.what_if_port import FirewallReader
from heliograph.flow.shown import Mark

MOST_ROWS = 200_000
LONGEST_MS = 10_000
AT_ONCE = 2  # trials that run at a time
LONGEST_PERIOD_MS = 400 * 24 * 3600 * 1000

Aside = Callable[[Callable[[], None]], Awaitable[None]]  # runs it where it holds up nobody


class Question(Struct, frozen=True):
    policy: Policy  # with the switches and limits to try
    rules: Rules | None  # None: those that it has
    since: int
    until: int
    examples: int = 10


class Tried(Struct, frozen=True):
    found: Found
    looked_at: int  # rows of the organisation's traffic that were looked at
    reached: int | None  # None: the whole period; else until when
    content_rules: bool


class WhatIf:
    def __init__(
        self,
        reader: FirewallReader,
        clock: Clock,
        aside: Aside,
        country_code: str = "",
        a2p_longest_digits: int = 7,
    ) -> None:
        self._reader = reader
        self._clock = clock
        self._aside = aside
        self._country_code = country_code
        self._a2p_longest_digits = a2p_longest_digits
        self._running = 0

    async def ask(self, question: Question) -> Tried | Refusal:
        refusal = _bad(question)
        if refusal is not None:
            return refusal
        if self._running >= AT_ONCE:
            raise TooSlow("Other drafts are being tried. Ask again later.")
        self._running += 1
        try:
            return await self._try(question)
        finally:
            self._running -= 1

    async def _try(self, question: Question) -> Tried:
        policy, org = question.policy, question.policy.org
        rules = (
            question.rules if question.rules is not None else await self._reader.rules(org, policy.firewall)
        )
        guard = None if rules == NO_RULES else compiled(rules)
        trial = Trial(Draft(policy, guard, self._country_code, self._a2p_longest_digits), question.examples)
        deadline = self._clock.now() + LONGEST_MS
        mark, looked_at, reached = Mark(question.since - 1, 2**62), 0, None
        while True:
            rows = await self._reader.traffic(org, mark, question.until, LONGEST_SLICE)
            await self._judge(trial, org, rows)
            looked_at += len(rows)
            if len(rows) < LONGEST_SLICE:
                break
            last = rows[-1].message
            mark = Mark(last.accepted_at, last.id)
            if looked_at >= MOST_ROWS or self._clock.now() >= deadline:
                reached = last.accepted_at
                break
        return Tried(trial.found, looked_at, reached, bool(rules.content))

    async def _judge(self, trial: Trial, org: int, rows: Sequence[Traffic]) -> None:
        ours = [traffic for traffic in rows if trial.concerns(traffic)]
        parties = [party for traffic in ours for party in (traffic.receiver, traffic.sender)]
        own = sorted({party.firewall for party in parties if party is not None and party.firewall})
        guards = await self._reader.guards(org, own) if own else {}

        def judge() -> None:
            for traffic in ours:
                trial.judge(traffic, guards)

        await self._aside(judge)


def _bad(question: Question) -> Refusal | None:
    if question.rules is not None and (refusal := bad_rules(question.rules)) is not None:
        return replace(refusal, rule=f"firewall.{refusal.rule}")
    if not 0 <= question.until - question.since <= LONGEST_PERIOD_MS:
        return refuse("bad_value", "until", "The period ends after it began, and is at most 400 days long.")
    for name in ("mo_limit", "mt_limit"):
        if (value := getattr(question.policy, name)) is not None and value < 0:
            return refuse("bad_value", name, f"{name} is not below 0.")
    return None
