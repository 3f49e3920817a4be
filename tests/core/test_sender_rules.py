"""Rules for senders: the first that fits counts, and what is no rule is said."""

import pytest

from heliograph.core.sender_rules import RULES_LIMIT, BadRule, Sender, parse_rules, rewrite

RULES = """
49* -> +49*
FLEET -> 12345 3 0
-> 2020
0* -> 49* 1 1
"""


@pytest.mark.parametrize(
    ("source", "sender"),
    [
        ("491711234", Sender("+491711234")),
        ("FLEET", Sender("12345", 3, 0)),
        ("FLEETS", Sender("FLEETS")),
        ("", Sender("2020")),
        ("0171", Sender("49171", 1, 1)),
        ("33123", Sender("33123")),
    ],
)
def test_a_sender_is_rewritten_by_the_first_rule_that_fits(source: str, sender: Sender) -> None:
    assert rewrite(parse_rules(RULES), source) == sender


def test_a_star_fits_everybody() -> None:
    rules = parse_rules("HELIO -> HELIO\n* -> 12345")
    assert rewrite(rules, "HELIO").text == "HELIO"
    assert rewrite(rules, "whoever").text == "12345"


@pytest.mark.parametrize(
    "line", ["49*", "49* ->", "a*b -> c", "a -> b*", "a -> b 5", "a -> b 5 x", "a -> b 256 0", "a -> b c d e"]
)
def test_what_is_no_rule_is_refused(line: str) -> None:
    with pytest.raises(BadRule, match=r"is not|stands for|no type"):
        parse_rules(line)


def test_rules_are_bounded() -> None:
    with pytest.raises(BadRule, match="limit"):
        parse_rules("* -> a\n" * (RULES_LIMIT + 1))
