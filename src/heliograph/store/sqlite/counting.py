"""What the store did since the start, in plain integers: rounds, and the messages that began and ended.

In: what transactions write, after their commit. Read by whoever shows it, from any thread.
"""

from msgspec import Struct

from heliograph.core.changes import Changes
from heliograph.core.message import Direction, State

_DIRECTIONS, _STATES = max(Direction) + 1, max(State) + 1


class Counts(Struct):
    rounds: int = 0
    failed_rounds: int = 0  # each call of such a round was run alone then
    calls: int = 0
    seconds: float = 0.0
    accepted: list[int] = []  # messages, by direction
    ended: list[int] = []  # messages, by state

    @staticmethod
    def none() -> "Counts":
        return Counts(accepted=no_directions(), ended=no_states())


def no_directions() -> list[int]:
    return [0] * _DIRECTIONS


def no_states() -> list[int]:
    return [0] * _STATES


def count(accepted: list[int], ended: list[int], changes: Changes) -> None:
    for message in changes.messages:
        accepted[message.direction] += 1
    for mark in changes.marks:
        if mark.final_at is not None:
            ended[mark.state] += 1


def add(total: list[int], more: list[int]) -> None:
    for index, number in enumerate(more):
        total[index] += number
