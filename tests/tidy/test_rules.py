"""Every rule holds over the tree, and every rule finds what was planted for it."""

import pytest

from tests.tidy import code, names, proofs, sizes
from tests.tidy.source import PROJECT, Rule, Source, sources

RULES = [*sizes.RULES, *names.RULES, *code.RULES, *proofs.RULES]
EACH_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@pytest.fixture(scope="module")
def project() -> list[Source]:
    return list(sources(PROJECT))


def findings(rule: Rule, source: Source) -> list[str]:
    if not rule.applies(source.path):
        return []
    return [f"{source.path}:{finding.line}: {finding.what}" for finding in rule.find(source)]


@EACH_RULE
def test_the_tree_keeps_the_rule(rule: Rule, project: list[Source]) -> None:
    found = [finding for source in project for finding in findings(rule, source)]
    assert not found, "\n" + "\n".join(found)


@EACH_RULE
def test_the_rule_finds_what_was_planted(rule: Rule) -> None:
    assert rule.bad
    for planted in rule.bad:
        assert findings(rule, planted), f"missed in {planted.path}:\n{planted.text[:200]}"


@EACH_RULE
def test_the_rule_leaves_good_files_alone(rule: Rule) -> None:
    assert rule.good
    for planted in rule.good:
        assert not findings(rule, planted), planted.text[:200]


def test_the_rules_see_the_whole_tree(project: list[Source]) -> None:
    seen = {source.path for source in project}
    assert {
        "pyproject.toml",
        "Makefile",
        ".ci/run",
        "src/heliograph/wire/errors.py",
        "tests/tidy/test_rules.py",
    } <= seen
    assert not [path for path in seen if path.startswith((".venv/", ".git/", "data/"))]
