"""What if: a draft of a policy, tried on traffic that was. Pure: nothing of it is in force.

In: messages in the order in which they were accepted, with the devices on both sides. Out: counts by rule of
what the draft would block and would let pass, with examples. The same decisions as for real SMS, folded over
the period: usage, rates and habits begin with it.
"""

from collections.abc import Mapping
from heapq import heappop, heappush

from msgspec import Struct

from heliograph.core.address import is_a2p
from heliograph.core.device import Device, DeviceView, Tally
from heliograph.core.firewall.guarded import Guarded, count_passed, forbids_from, forbids_to
from heliograph.core.firewall.passing import WAY_OF, Guard, Owned, Passing, peer_of
from heliograph.core.firewall.rules import Way
from heliograph.core.firewall.watch import Watch
from heliograph.core.message import Message, State
from heliograph.core.policy import Policy, forbids_mo, forbids_mt, forbids_p2p
from heliograph.core.refusal import Refusal
from heliograph.core.story.timeline import read, spoken
from heliograph.core.usage import month_of, over_limit, over_p2p_cap, turn_month

MOST_EXAMPLES = 100
MOST_RULES = 1_000
OTHER_RULES = "other rules"
# What a policy and its rules decide. A message that ended for another reason had passed them.
DECIDED = frozenset(
    {
        "mt_off",
        "mo_off",
        "p2p_internal_off",
        "p2p_external_off",
        "mt_limit_reached",
        "mo_limit_reached",
        "p2p_cap_reached",
        "peer_blocked",
        "peer_not_allowed",
        "time_blocked",
        "content_blocked",
        "rate_reached",
        "device_held",
        "pending_limit_reached",
    }
)


class Party(Struct, frozen=True):
    """A device on one side of a message, as it stands today."""

    id: int
    policy: int
    name: str
    firewall: int


class Traffic(Struct, frozen=True):
    message: Message
    receiver: Party | None
    sender: Party | None


class Draft(Struct, frozen=True):
    policy: Policy  # with the switches and limits to try
    guard: Guard | None
    country_code: str = ""
    a2p_longest_digits: int = 7


class Example(Struct, frozen=True):
    message: Message
    blocked: bool  # by the draft; else it would pass
    code: str
    rule: str


class Found(Struct):
    """What the draft comes to."""

    judged: int = 0
    passed: int = 0  # that passed, and still would
    blocked: int = 0  # that were blocked, and still would be
    would_block: int = 0
    would_pass: int = 0
    elsewhere: int = 0  # blocked by the other side, on which this policy has no say
    without_body: int = 0  # content rules could not be asked: retention removed what was said
    rules: dict[tuple[str, str, bool], int] = {}  # (code, rule, would block) and how often
    examples: list[Example] = []


class _Known(Struct):
    """A device in the trial."""

    view: DeviceView
    ends: list[int] = []  # when what waits for it came to its end


class Trial:
    """One draft over one period."""

    def __init__(self, draft: Draft, examples: int) -> None:
        self._draft = draft
        self._examples = min(examples, MOST_EXAMPLES)
        self._known: dict[int, _Known] = {}
        self.found = Found()

    def concerns(self, traffic: Traffic) -> bool:
        """Is this policy on either side?"""
        return any(
            party is not None and party.policy == self._draft.policy.id
            for party in (traffic.receiver, traffic.sender)
        )

    def judge(self, traffic: Traffic, guards: Mapping[int, Guard]) -> None:
        """`guards` are rules of devices' own, by id."""
        message, found = traffic.message, self.found
        found.judged += 1
        was = self._was(traffic)
        if was == OTHER_RULES:
            found.elsewhere += 1
            return
        refusal = self._decide(traffic, guards)
        if refusal is None:
            self._note(message, was is not None, False, was or "", self._rule(message))
        else:
            self._note(message, was is None, True, refusal.code, refusal.rule or "-")

    def _note(self, message: Message, changed: bool, blocked: bool, code: str, rule: str) -> None:
        found = self.found
        if not changed:
            found.blocked += blocked
            found.passed += not blocked
            return
        found.would_block += blocked
        found.would_pass += not blocked
        key = (code, rule, blocked)
        if key not in found.rules and len(found.rules) >= MOST_RULES:
            key = (code, OTHER_RULES, blocked)
        found.rules[key] = found.rules.get(key, 0) + 1
        if len(found.examples) < self._examples:
            found.examples.append(Example(message, blocked, code, rule))

    def _was(self, traffic: Traffic) -> str | None:
        """The code that blocked it; `OTHER_RULES` when another policy's rule did."""
        message = traffic.message
        if message.state != State.FAILED or message.reason not in DECIDED:
            return None
        parties = [party for party in (traffic.receiver, traffic.sender) if party is not None]
        if len({party.policy for party in parties}) > 1:
            ours = f"policy {self._draft.policy.name}"
            rule = self._rule(message)
            if rule.startswith("policy ") and not rule.startswith(f"{ours}:"):
                return OTHER_RULES
        return message.reason

    @staticmethod
    def _rule(message: Message) -> str:
        """That decided, as its timeline has it."""
        said = [spoken(step.arguments[0]) for step in read(message.timeline) if step.code == "forbidden"]
        return said[-1] if said else "-"

    def _decide(self, traffic: Traffic, guards: Mapping[int, Guard]) -> Refusal | None:
        """First the side that sends, as for a real one."""
        message, ours = traffic.message, self._draft.policy.id
        sender, receiver = traffic.sender, traffic.receiver
        refusal = None
        if sender is not None and sender.policy == ours:
            refusal = self._from(self._device(sender, guards), message, receiver is not None)
        if refusal is None and receiver is not None and receiver.policy == ours:
            refusal = self._to(self._device(receiver, guards), message)
        return refusal

    def _device(self, party: Party, guards: Mapping[int, Guard]) -> _Known:
        known = self._known.get(party.id)
        if known is None:
            device = Device(party.id, self._draft.policy.org, party.name, "", "", party.policy, "")
            view = DeviceView(device, Tally(party.id), 0, 0)
            owned = []
            if self._draft.guard is not None:
                owned.append(Owned(f"policy {self._draft.policy.name}", "p", self._draft.guard))
            if party.firewall in guards:
                owned.append(Owned(f"device {party.name}", "d", guards[party.firewall]))
            view.guarded = Guarded(tuple(owned), Watch(party.id, device.org)) if owned else None
            known = self._known[party.id] = _Known(view)
        return known

    def _from(self, known: _Known, message: Message, internal: bool) -> Refusal | None:
        policy, view, at = self._draft.policy, known.view, message.accepted_at
        way: Way = "MO" if is_a2p(message.destination, self._draft.a2p_longest_digits) else "P2P"
        refusal = forbids_mo(policy, view.device)
        if refusal is None and way == "P2P":
            refusal = forbids_p2p(policy, internal)
        if refusal is None and view.guarded is not None:
            peer = peer_of(message.destination, self._draft.country_code)
            passing = self._passing(view.guarded, way, peer, message)
            refusal = forbids_from(view.guarded, passing, message.segments, at)
        refusal = refusal or self._over(view, False, message)
        if refusal is None and way == "P2P":
            refusal = over_p2p_cap(view.tally, policy, at)
        if refusal is None and view.guarded is not None:
            count_passed(view.guarded, way, message.segments, True, at)
        return refusal

    def _to(self, known: _Known, message: Message) -> Refusal | None:
        policy, view, at = self._draft.policy, known.view, message.accepted_at
        while known.ends and known.ends[0] <= at:
            heappop(known.ends)
        way = WAY_OF[message.direction]
        refusal = forbids_mt(policy, view.device)
        if refusal is None and view.guarded is not None:
            passing = self._passing(view.guarded, way, peer_of(message.source), message)
            refusal = forbids_to(view.guarded, passing, len(known.ends), message.segments, at)
        refusal = refusal or self._over(view, True, message)
        if refusal is None:
            heappush(known.ends, message.final_at or 2**62)
            if view.guarded is not None:
                count_passed(view.guarded, way, message.segments, False, at)
        return refusal

    def _over(self, view: DeviceView, mt: bool, message: Message) -> Refusal | None:
        turn_month(view.tally, month_of(message.accepted_at))
        refusal = over_limit(view, self._draft.policy, mt, message.segments)
        if refusal is None and mt:
            view.tally.mt += message.segments
        elif refusal is None:
            view.tally.mo += message.segments
        return refusal

    def _passing(self, guarded: Guarded, way: Way, peer: str, message: Message) -> Passing:
        if message.body is None and any(one.guard.sides[way].content for one in guarded.owned):
            self.found.without_body += 1
        return Passing(way, peer, message.body or b"", message.dcs)
