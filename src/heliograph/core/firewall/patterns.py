"""Patterns that people write, matched in linear time by RE2.

In: their text. Out: a pattern, or why it is none. A
pattern runs on the way of every SMS of whoever wrote it, so its length and its compiled size are bounded, and
what it sees is bounded by the 255 segments of an SMS. RE2 is the one engine without backtracking; it does no
I/O.
"""

import re2

LONGEST_PATTERN = 200
LONG_TEXT = 1_024  # octets from which on an answer is remembered: one text goes to many
MOST_INSTRUCTIONS = 300  # of all patterns of one rule set: what one SMS can cost
_MEMORY = 1 << 18

_OPTIONS = re2.Options()
_OPTIONS.max_mem = _MEMORY
_OPTIONS.log_errors = False
_OPTIONS.never_capture = True


class BadPattern(Exception):
    """The text says why."""


class Pattern:
    """Compiled once."""

    def __init__(self, text: str) -> None:
        if not 1 <= len(text) <= LONGEST_PATTERN:
            raise BadPattern(f"a pattern has 1 to {LONGEST_PATTERN} characters")
        try:
            self._compiled = re2.compile(text, _OPTIONS)
        except UnicodeEncodeError:
            raise BadPattern("a pattern is Unicode text") from None
        except re2.error as failure:
            raise BadPattern(_said(failure)) from None
        self.instructions = int(self._compiled.programsize)
        if self.instructions > MOST_INSTRUCTIONS:
            raise BadPattern("the pattern is too large")
        self._last: tuple[bytes, bool] = (b"", False)  # the long text that was asked about last

    def is_in(self, octets: bytes) -> bool:
        """Somewhere in the whole text: what pads it hides nothing."""
        if len(octets) < LONG_TEXT:
            return self._compiled.search(octets) is not None
        last, found = self._last
        if last != octets:
            found = self._compiled.search(octets) is not None
            self._last = (octets, found)
        return found


def _said(failure: Exception) -> str:
    said = failure.args[0] if failure.args else b""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
