"""Test rules: a test can fail, waits for nothing, and talks to the real thing."""

import ast
from collections.abc import Iterator

from tests.tidy.code import imported, last_name
from tests.tidy.source import Finding, Rule, Source, is_test

MOCKS = ("unittest.mock", "mock", "pytest_mock", "asynctest")
PROVES = ("assert_", "check_", "expect_", "verify_")
PROVING_METHODS = {"raises", "warns", "fail"}

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def sleeps(source: Source) -> Iterator[Finding]:
    """A sleep is too short on a busy machine and too long on a quiet one: wait for the event itself."""
    for line, name in imported(source):
        if name == "time.sleep":
            yield Finding(line, "tests wait for what happens, never for time")
    for node in source.walk(ast.Attribute):
        if node.attr == "sleep" and last_name(node.value) == "time":
            yield Finding(node.lineno, "tests wait for what happens, never for time")


def mocks(source: Source) -> Iterator[Finding]:
    for line, name in imported(source):
        if any(name == mock or name.startswith(f"{mock}.") for mock in MOCKS):
            yield Finding(line, "no mocks: the simulator, :memory: and virtual time are the real thing")
    for function in source.walk(ast.FunctionDef, ast.AsyncFunctionDef):
        if any(arg.arg == "mocker" for arg in function.args.args):
            yield Finding(
                function.lineno, "no mocks: the simulator, :memory: and virtual time are the real thing"
            )


def proves(node: ast.AST) -> bool:
    match node:
        case ast.Assert(test=ast.Constant()):
            return False
        case ast.Assert():
            return True
        case ast.Call():
            name = last_name(node.func)
            return name in PROVING_METHODS or name.startswith(PROVES) or is_expectation(node.func)
    return False


def is_expectation(called: ast.expr) -> bool:
    """Playwright's `expect(page).to_have_title(...)`; `expect(page)` alone proves nothing."""
    match called:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="expect")), attr=name):
            return name.startswith(("to_", "not_to_"))
    return False


def is_property(function: FunctionNode) -> bool:
    """A hypothesis test may say by its inputs alone that nothing crashes."""
    return any(
        last_name(decorator.func) == "given"
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
    )


def empty_tests(source: Source) -> Iterator[Finding]:
    for function in source.walk(ast.FunctionDef, ast.AsyncFunctionDef):
        is_fixture = any("fixture" in ast.unparse(decorator) for decorator in function.decorator_list)
        if not function.name.startswith("test_") or is_fixture or is_property(function):
            continue
        if not any(map(proves, ast.walk(function))):
            yield Finding(function.lineno, f"{function.name} asserts nothing, so it cannot fail")


PLACE = "tests/core/test_planted.py"
RULES = [
    Rule(
        "tests never sleep",
        is_test,
        sleeps,
        bad=(Source(PLACE, "time.sleep(1)"), Source(PLACE, "from time import sleep")),
        good=(Source(PLACE, "clock.sleep(1)"),),
    ),
    Rule(
        "tests never mock",
        is_test,
        mocks,
        bad=(
            Source(PLACE, "from unittest.mock import patch"),
            Source(PLACE, "from unittest import mock"),
            Source(PLACE, "import mock"),
            Source(PLACE, "def test_a(mocker):\n    assert mocker"),
        ),
        good=(Source(PLACE, "import unittest"),),
    ),
    Rule(
        "tests can fail",
        is_test,
        empty_tests,
        bad=(
            Source(PLACE, "def test_a():\n    f()"),
            Source(PLACE, "async def test_a():\n    await f()"),
            Source(PLACE, "def test_a():\n    f()\n    assert True"),
            Source(PLACE, "def test_a():\n    expect(page)"),
            Source(PLACE, "class TestA:\n    def test_a(self):\n        f()"),
        ),
        good=(
            Source(PLACE, "def test_a():\n    assert f()"),
            Source(PLACE, "def test_a():\n    with pytest.raises(ValueError):\n        f()"),
            Source(PLACE, "def test_a():\n    check_order(f())"),
            Source(PLACE, "def test_a():\n    expect(page).not_to_have_text(f())"),
            Source(PLACE, "@given(binary())\ndef test_a(data):\n    f(data)"),
            Source(PLACE, "def message():\n    return f()"),
        ),
    ),
]
