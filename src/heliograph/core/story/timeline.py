"""The timeline: what happened to a message, one compact line per step, kept in the message's own row.

A line is `code milliseconds argument…`; arguments hold no space or newline (`word()` sees to it). Written
on the hot path by plain formatting; read by `explain`, which turns each line into a sentence.
"""

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
