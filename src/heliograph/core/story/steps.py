"""What a timeline's steps say together: how it began, who carries it, which step needs words of its own.

In: a message and its steps. Out: facts, for `explain`.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from heliograph.core.address import is_device_number
from heliograph.core.delivery import upstream_of_gate
from heliograph.core.message import Direction, Message
from heliograph.core.story.timeline import Step

AT_ONCE_MS = 1000  # an attempt within this time needs no reason
_SAYS_WHEN = {"woken", "scheduled", "rate", "changed"}


def left_by_upstream(step: Step) -> bool:
    return step.code == "attempt" and upstream_of_gate("".join(step.arguments[1:2])) is not None


def is_to_phone(message: Message) -> bool:
    """To one outside the fleet; not to a device that is there no more."""
    if message.device is not None or message.direction == Direction.MO:
        return False
    return is_device_number(message.destination) and message.reason != "unknown_device"


def late_first_attempt(steps: Sequence[Step]) -> Step | None:
    """The first attempt, when it came later than the step before it, which does not say why."""
    for before, step in pairwise(steps):
        if step.code == "attempt":
            is_late = step.at - before.at > AT_ONCE_MS and before.code not in _SAYS_WHEN
            return step if is_late else None
    return None


def before_changes(message: Message, steps: Iterable[Step]) -> dict[str, int | None]:
    """What the row says now, undone to when the message was accepted. None: nobody knows any more."""
    first: dict[str, int | None] = {"expires_at": message.expires_at, "languages": message.languages}
    known: set[str] = set()
    for step in steps:
        if step.code != "changed":
            continue
        changes = step.arguments[1:]
        if changes and ":" not in changes[0]:  # an older line, which does not say
            first["expires_at"] = first["expires_at"] if "expires_at" in known else None
            known.add("expires_at")
        for what, before, _ in (change.split(":") for change in changes if change.count(":") == 2):
            if what in first and what not in known:
                first[what] = int(before)
                known.add(what)
    return first
