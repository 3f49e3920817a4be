"""Checks of what people ask of the simulator."""

from collections.abc import Iterable, Mapping


class Unusable(Exception):
    """An argument that makes no sense; the message is for people."""


def check(word: str, known: Iterable[str] | Mapping[str, object], what: str) -> None:
    if word not in known:
        raise Unusable(f"there is no {what} {word!r}; there are: {', '.join(sorted(map(str, known)))}")
