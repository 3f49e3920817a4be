"""Refusals: every code that is used is known, and every known code is used."""

import ast
from collections.abc import Iterator
from pathlib import Path

import heliograph
from heliograph.core.refusal import CODES, refuse

SOURCE = Path(heliograph.__file__).parent
REFUSING = {"refuse", "Refusal", "Full"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if path.name != "refusal.py":
            yield path, ast.parse(path.read_text("utf-8"))


def texts(node: ast.expr) -> Iterator[str]:
    """The codes that an argument may be. `{name}_limit_reached` is there for both directions."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*texts(body), *texts(orelse))
        case ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant(value=str(text))]):
            yield from (f"{direction}{text}" for direction in ("mt", "mo"))


def given() -> Iterator[tuple[Path, str]]:
    """The codes that calls give by name."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSING:
                for code in texts(node.args[0]) if node.args else ():
                    yield path, code


def named() -> set[str]:
    """Every text of the program that is a code, however it travels."""
    found = {code for _, code in given()}
    for _, tree in trees():
        found |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in CODES
        }
    return found


def test_every_code_given_is_known() -> None:
    assert [(path.name, code) for path, code in given() if code not in CODES] == []


def test_every_known_code_is_used() -> None:
    assert sorted(set(CODES) - named()) == []


def test_the_scan_finds_codes() -> None:
    found = {code for _, code in given()}
    assert {"unknown_device", "mt_limit_reached", "mo_limit_reached", "store_full", "stopping"} <= found


def test_every_code_has_a_sentence() -> None:
    for code, reason in CODES.items():
        assert reason.endswith(".")
        assert reason[0].isupper()
        assert code == code.lower()
        assert refuse(code).reason == reason
    assert refuse("bad_text", "rule", "sharper").reason == "sharper"
