"""Rules that rewrite a sender for one upstream: operators take some senders, in some form, and no others.

In: the rules as people write them, one per line, and a sender. Out: the sender as the upstream gets it. The
first rule that fits counts; a sender that none fits stays as it is.

    49* -> +49*         a number that begins so; * stands for the rest
    FLEET -> 12345 3 0  a name becomes a short code, with its type and plan
    -> 12345            an SMS without a sender
    * -> FLEET          all others
"""

from msgspec import Struct

ARROW = "->"
RULES_LIMIT = 100
_HIGHEST = 255


class BadRule(ValueError):
    """A line that is no rule."""


class Sender(Struct, frozen=True):
    """`ton` and `npi` are None where its form tells them."""

    text: str
    ton: int | None = None
    npi: int | None = None


class SenderRule(Struct, frozen=True):
    pattern: str
    replacement: str
    ton: int | None = None
    npi: int | None = None

    def apply(self, source: str) -> Sender | None:
        """None: it does not fit."""
        if not self.pattern.endswith("*"):
            return self._sender("") if source == self.pattern else None
        beginning = self.pattern[:-1]
        if not source.startswith(beginning):
            return None
        return self._sender(source[len(beginning) :])

    def _sender(self, rest: str) -> Sender:
        return Sender(self.replacement.replace("*", rest), self.ton, self.npi)


def parse_rules(text: str) -> tuple[SenderRule, ...]:
    """`BadRule` names the line that is wrong."""
    lines = [line.strip() for line in text.splitlines()]
    rules = tuple(_rule(line) for line in lines if line)
    if len(rules) > RULES_LIMIT:
        raise BadRule(f"{len(rules)} rules, limit {RULES_LIMIT}")
    return rules


def rewrite(rules: tuple[SenderRule, ...], source: str) -> Sender:
    for rule in rules:
        sender = rule.apply(source)
        if sender is not None:
            return sender
    return Sender(source)


def _rule(line: str) -> SenderRule:
    pattern, arrow, right = line.partition(ARROW)
    words = right.split()
    if not arrow or len(words) not in (1, 3):
        raise BadRule(f"{line!r} is not `pattern -> sender` or `pattern -> sender type plan`")
    pattern = pattern.strip()
    if "*" in pattern[:-1] or (words[0].count("*") and not pattern.endswith("*")):
        raise BadRule(f"{line!r}: * stands for the rest of a sender, at the end of the pattern")
    numbers = [_number(word, line) for word in words[1:]]
    return SenderRule(pattern, words[0], *numbers)


def _number(word: str, line: str) -> int:
    if not (word.isascii() and word.isdigit()) or int(word) > _HIGHEST:
        raise BadRule(f"{line!r}: {word!r} is no type or plan")
    return int(word)
