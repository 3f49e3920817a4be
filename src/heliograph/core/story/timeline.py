"""The timeline: what happened to a message, one compact line per step, kept in the message's own row.

A line is `code milliseconds argument…`; arguments hold no space or newline (`word()` and `phrase()` see to
it). Written on the hot path by plain formatting; read by `explain`, which turns each line into a sentence.
"""

import re

from msgspec import Struct

LIMIT = 32_768  # characters; past it only the final step is still written


class Step(Struct, frozen=True):
    code: str
    at: int
    arguments: tuple[str, ...]


WORD = 200  # characters of one argument


def word(text: str) -> str:
    """One argument: spaces and line ends become underscores, and it is never empty."""
    if text.isidentifier() or text.isdigit():
        return text[:WORD]
    return "_".join(text.split())[:WORD] or "-"


_SPACE = re.compile(r"\s")
_KEPT = "\u00a0"  # ends neither an argument nor a line


def phrase(text: str) -> str:
    """One argument that is to be read as it was: `spoken` gives its spaces back."""
    return _SPACE.sub(_KEPT, text)[:WORD] or "-"


def spoken(argument: str) -> str:
    return argument.replace(_KEPT, " ")


# One format per number of arguments: five lines a message are written on the hot path.
_FORMATS = ["%s %s" + " %s" * count + "\n" for count in range(12)]


def line(code: str, at: int, *arguments: str | int) -> str:
    return _FORMATS[len(arguments)] % (code, at, *arguments)


def read(timeline: str) -> list[Step]:
    """The steps of a stored timeline."""
    steps = []
    for text in timeline.splitlines():
        code, at, *arguments = text.split(" ")
        steps.append(Step(code, int(at), tuple(arguments)))
    return steps
