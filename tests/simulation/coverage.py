"""Coverage: how often every fault and every state transition was reached, and the table that says so.

In: `hit(name)` from wherever a fault happens. Out: counts that add up over seeds. A name that is not listed
here is a mistake.
"""

from collections.abc import Iterable, Mapping

from heliograph.core.message import TRANSITIONS, Event, State

FAULTS = (
    "submit",
    "submit refused",
    "submit many at once",
    "scheduled",
    "replaced",
    "long text",
    "at most once",
    "short validity",
    "canceled",
    "cancel refused",
    "changed",
    "change refused",
    "mo",
    "mo in parts",
    "mo part twice",
    "mo part missing",
    "mo without an answer repeated",
    "mo refused",
    "p2p",
    "p2p waits for its rate",
    "p2p cap reached",
    "limit reached",
    "quota used up",
    "policy switched off while messages wait",
    "device disabled",
    "forbidden at the attempt",
    "given back",
    "attached",
    "attached during an attempt",
    "detached",
    "coverage lost in silence",
    "memory full",
    "memory freed",
    "asleep until",
    "permanent error",
    "congestion",
    "answer late",
    "answer late for a second attempt",
    "answer never",
    "segment lost",
    "link lost after sending",
    "gate closed under a job",
    "upstream accepted",
    "upstream refused",
    "rerouted",
    "rerouted in part",
    "to a phone",
    "p2p to a phone",
    "upstream delivered",
    "upstream failed",
    "upstream silent",
    "upstream reports twice",
    "application fails",
    "application hangs",
    "application gone",
    "application rejects",
    "application back",
    "receipt",
    "receipt repeated",
    "news of a delay",
    "sms repeated",
    "died before a commit",
    "died after a commit",
    "died after the answers",
    "died between two rounds",
    "died while starting",
    "expired while down",
    "clock forward",
    "clock backward",
    "store full",
    "disk full",
    "a bug beside others",
)


def name_of(state: State, event: Event) -> str:
    return f"{state.name} + {event.name} = {TRANSITIONS[state, event].name}"


NAMES = (*FAULTS, *(name_of(*step) for step in TRANSITIONS))


class Coverage:
    def __init__(self) -> None:
        self.counts: dict[str, int] = dict.fromkeys(NAMES, 0)

    def hit(self, name: str, times: int = 1) -> None:
        self.counts[name] += times

    def transition(self, state: State, event: Event) -> None:
        self.counts[name_of(state, event)] += 1


def total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    summed = dict.fromkeys(NAMES, 0)
    for each in counts:
        for name, count in each.items():
            summed[name] += count
    return summed


def never(counts: Mapping[str, int]) -> list[str]:
    return [name for name in NAMES if not counts[name]]


def table(counts: Mapping[str, int], seeds: int) -> str:
    """For people."""
    lines = [f"{counts[name]:>9}  {name}" for name in NAMES]
    return "\n".join([f"simulation: {seeds} seeds, how often each fault and transition was reached", *lines])
