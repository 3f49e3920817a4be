"""Size rules: how long a file, a function and a line may be."""

import ast
from collections.abc import Iterator

from tests.tidy.source import Finding, Rule, Source, is_python

FILE_LINES = 400
FUNCTION_LINES = 50
LINE_CHARACTERS = 110

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def docstring_lines(node: FunctionNode) -> int:
    if ast.get_docstring(node) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def function_lines(node: FunctionNode) -> int:
    """Signature and body; decorators and the docstring are free, so that explaining costs nothing."""
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring_lines(node)


def long_file(source: Source) -> Iterator[Finding]:
    if len(source.lines) > FILE_LINES:
        yield Finding(FILE_LINES, f"the file has {len(source.lines)} lines, {FILE_LINES} is the end")


def long_functions(source: Source) -> Iterator[Finding]:
    for node in source.walk(ast.FunctionDef, ast.AsyncFunctionDef):
        if function_lines(node) > FUNCTION_LINES:
            yield Finding(
                node.lineno, f"{node.name} has {function_lines(node)} lines, {FUNCTION_LINES} is the end"
            )


def long_lines(source: Source) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, 1):
        if len(line) > LINE_CHARACTERS:
            yield Finding(number, f"{len(line)} characters, {LINE_CHARACTERS} is the end")


def function_of(lines: int, docstring: str = "") -> str:
    return "\n".join(["def f(a):", *([docstring] if docstring else []), *["    a += 1"] * (lines - 1)])


PLACE = "src/heliograph/core/planted.py"
RULES = [
    Rule(
        "file length",
        is_python,
        long_file,
        bad=(Source(PLACE, "a = 1\n" * (FILE_LINES + 1)),),
        good=(Source(PLACE, "a = 1\n" * FILE_LINES), Source("docs/long.py", "a = 1\n" * 1000)),
    ),
    Rule(
        "function length",
        is_python,
        long_functions,
        bad=(
            Source(PLACE, function_of(FUNCTION_LINES + 1)),
            Source(PLACE, "async " + function_of(FUNCTION_LINES + 1)),
            Source(PLACE, "class A:\n    " + function_of(FUNCTION_LINES + 1).replace("\n", "\n    ")),
        ),
        good=(
            Source(PLACE, function_of(FUNCTION_LINES)),
            Source(PLACE, function_of(FUNCTION_LINES, '    """One.\n\n    Two.\n    """')),
        ),
    ),
    Rule(
        "line length",
        is_python,
        long_lines,
        bad=(Source(PLACE, "#" * (LINE_CHARACTERS + 1)),),
        good=(Source(PLACE, "#" * LINE_CHARACTERS),),
    ),
]
