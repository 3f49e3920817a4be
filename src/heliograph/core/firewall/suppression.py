"""Suppression: people outside the fleet who said STOP.

In: what they wrote, an organisation's words. Out: what they want. The list itself is rows; every send to a
number outside the fleet asks for it.
"""

from collections.abc import Container
from enum import Enum

from msgspec import Struct

from heliograph.core.address import as_written, is_device_number, normalise
from heliograph.core.refusal import Refusal, refuse

STOP_WORDS = ("STOP", "STOPALL", "UNSUBSCRIBE")
START_WORDS = ("START", "UNSTOP")
MOST_WORDS = 50
LONGEST_WORD = 40
LONGEST_ANSWER = 200  # octets of an SMS that may be such a word


class Wanted(Enum):
    STOP = "stop"
    START = "start"


class Suppression(Struct, frozen=True):
    """One row of the suppression table, in its column order: this number wants nothing more."""

    id: int
    org: int
    number: str  # international digits
    created_at: int
    word: str = ""  # what they wrote; empty when somebody entered it by hand


class StopWords(Struct, frozen=True):
    """One row of the stop_words table, in its column order. The words are separated by line ends."""

    id: int  # the organisation
    org: int
    stop: str = "\n".join(STOP_WORDS)
    start: str = "\n".join(START_WORDS)


def default_words(org: int) -> StopWords:
    return StopWords(org, org)


def plain(text: str) -> str:
    """Case and spaces do not matter, nor does a full stop that a keyboard put there."""
    return " ".join(text.casefold().split()).strip(" .!")


def wanted(words: StopWords, body: bytes) -> Wanted | None:
    """The whole message has to be the word: `stop that train` is not."""
    if len(body) > LONGEST_ANSWER:
        return None
    said = plain(body.decode(errors="replace"))
    if not said:
        return None
    if said in map(plain, words.stop.split("\n")):
        return Wanted.STOP
    return Wanted.START if said in map(plain, words.start.split("\n")) else None


def suppressed(number: str, stopped: Container[str], country_code: str = "") -> Refusal | None:
    """May a number outside the fleet be sent to? `stopped` are the organisation's suppressed numbers."""
    known = normalise(number, country_code)
    return refuse("suppressed", f"suppression list {known}") if known in stopped else None


def number_of(written: str) -> str:
    """In any spelling, as the list keeps it."""
    return normalise(as_written(written))


def bad_number(number: str) -> Refusal | None:
    if is_device_number(number):
        return None
    return refuse("bad_value", "number", "A number has 8 to 15 digits with the country code.")


def bad_lists(stop: tuple[str, ...], start: tuple[str, ...]) -> Refusal | None:
    """A word that both stops and starts would only ever stop."""
    refusal = bad_words("stop", stop) or bad_words("start", start)
    both = next((word for word in start if plain(word) in set(map(plain, stop))), None)
    if refusal is not None or both is None:
        return refusal
    return refuse("bad_value", "start", f"start: {both!r} is among the words of stop, too.")


def bad_words(field: str, words: tuple[str, ...]) -> Refusal | None:
    if len(words) > MOST_WORDS:
        return refuse("bad_value", field, f"{field}: there are more than {MOST_WORDS}.")
    for word in words:
        if not plain(word) or len(word) > LONGEST_WORD or not word.isprintable():
            return refuse("bad_value", field, f"{field}: a word has 1 to {LONGEST_WORD} printable letters.")
    return None
