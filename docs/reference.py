"""Writes docs/reference.md from the code: states, outcomes, refusals. `python docs/reference.py`; a test
compares.
"""

from collections.abc import Iterator
from pathlib import Path

from heliograph.core.message import FINAL, TRANSITIONS, Event, State
from heliograph.core.outcome import MEANINGS
from heliograph.core.refusal import CODES
from heliograph.core.schedule import RetrySchedule
from heliograph.core.story.reasons import ENDS

PAGE = Path(__file__).with_name("reference.md")


def table(header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def states() -> Iterator[str]:
    yield "## States of a message\n"
    names = ", ".join(state.name for state in State if state in FINAL)
    yield f"Final: {names}. An empty field cannot happen.\n"
    for_each = (
        (state.name, *(_after(state, event) for event in Event)) for state in State if state not in FINAL
    )
    yield from table(("state", *(event.name.lower() for event in Event)), for_each)


def _after(state: State, event: Event) -> str:
    after = TRANSITIONS.get((state, event))
    return after.name if after else ""


def outcomes() -> Iterator[str]:
    yield "## What an attempt can come to\n"
    rows = ((f"`{code}`", known.sentence, known.retry) for code, known in MEANINGS.items())
    yield from table(("code", "meaning", "retry schedule"), rows)
    yield "## Why a message ends otherwise\n"
    yield from table(("reason", "meaning"), ((f"`{code}`", said) for code, said in ENDS.items()))
    yield "## Retry schedules\n"
    yield "After the first, second, … failed attempt of a lane; the last delay repeats until the end.\n"
    schedule = RetrySchedule()
    names = ("absent", "memory_full", "congestion", "application", "unknown")
    rows = ((name, ", ".join(map(_delay, schedule.delays(name)))) for name in names)
    yield from table(("schedule", "delays"), rows)


def _delay(seconds: int) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def refusals() -> Iterator[str]:
    yield "## Refusals\n"
    rows = ((f"`{code}`", reason) for code, reason in CODES.items())
    yield from table(("code", "reason"), rows)


def page() -> str:
    head = ["# Reference", "", "Made from the code by `docs/reference.py`.", ""]
    return "\n".join([*head, *states(), *outcomes(), *refusals()]).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
