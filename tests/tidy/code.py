"""Code rules: what may be written where, and what is written down only with a reason."""

import ast
import re
import sys
from collections.abc import Iterator

from tests.tidy.source import Finding, Rule, Source, is_product, is_pure, is_python, is_text

# A supervisor restarts what died of a bug. A file comes on this list with what it supervises.
SUPERVISORS = {
    "src/heliograph/runtime/tasks.py": "restarts any task of the process and logs once",
    "src/heliograph/runtime/link.py": "a bug over one connection ends this connection and no other",
    "src/heliograph/dispatcher.py": "an outcome that cannot be settled harms no other",
    "src/heliograph/store/sqlite/engine.py": "rolls a round back, so that one bad call harms no other",
}
EVERYTHING = {"Exception", "BaseException"}
PRINTS = ("src/heliograph/cli.py", "src/heliograph/cli/")
PLACES_OF_A_MACHINE = ("/work" + "/", "bash" + "_jobs/")
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E)\b")
CLOCK_CALLS = re.compile(
    r"\b(datetime|date|dt|time)\.(now|utcnow|today|time|time_ns|monotonic|perf_counter)\b"
)
SUPPRESSION = re.compile(r"#\s*(type:\s*ignore|noqa)\b")
SUPPRESSION_WITH_REASON = re.compile(
    r"#\s*(type:\s*ignore\[[\w, -]+\]|noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)\s+#\s*\w.{6,}"
)


def last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def called(source: Source, *names: str) -> Iterator[ast.Call]:
    return (
        call for call in source.walk(ast.Call) if isinstance(call.func, ast.Name) and call.func.id in names
    )


def imported(source: Source) -> Iterator[tuple[int, str]]:
    """Every imported thing by its full dotted name."""
    for node in source.walk(ast.Import, ast.ImportFrom):
        for alias in node.names:
            start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            yield node.lineno, start + alias.name


def prints(source: Source) -> Iterator[Finding]:
    for call in called(source, "print"):
        yield Finding(call.lineno, "print belongs to the command line and to bench")


def catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or last_name(kind) in EVERYTHING for kind in caught)


def reraises(handler: ast.ExceptHandler) -> bool:
    """Undoing something and passing the error on (a rollback) hides no bug."""
    return isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None


def hidden_bugs(source: Source) -> Iterator[Finding]:
    if source.path in SUPERVISORS:
        return
    for handler in source.walk(ast.ExceptHandler):
        if catches_everything(handler) and not reraises(handler):
            yield Finding(
                handler.lineno, "catching every exception is for supervisors (SUPERVISORS in this rule)"
            )
    for call in source.walk(ast.Call):
        if last_name(call.func) == "suppress" and EVERYTHING.intersection(map(last_name, call.args)):
            yield Finding(call.lineno, "suppressing every exception hides bugs")


def bare_suppressions(source: Source) -> Iterator[Finding]:
    for comment in source.comments:
        if SUPPRESSION.search(comment.text) and not SUPPRESSION_WITH_REASON.search(comment.text):
            yield Finding(
                comment.line, f"{comment.text!r} needs its code and a reason: `# type: ignore[code]  # why`"
            )


def explicit_any(source: Source) -> Iterator[Finding]:
    for line, name in imported(source):
        if name in {"typing.Any", "typing_extensions.Any"}:
            yield Finding(line, "wire, core and flow say what a value is: no Any")
    for node in source.walk(ast.Attribute):
        if node.attr == "Any" and last_name(node.value) in {"typing", "t"}:
            yield Finding(node.lineno, "wire, core and flow say what a value is: no Any")


def clocks_and_files(source: Source) -> Iterator[Finding]:
    """What import-linter cannot see: datetime is allowed, its clock is not; open needs no import."""
    for number, line in enumerate(source.lines, 1):
        if CLOCK_CALLS.search(line):
            yield Finding(number, "time comes in as an argument")
    for call in called(source, "open", "input"):
        yield Finding(call.lineno, "no I/O in wire, core and flow")


def foreign_imports(source: Source) -> Iterator[Finding]:
    for line, name in imported(source):
        is_ours = name == "heliograph.wire" or name.startswith("heliograph.wire.")
        if not is_ours and name.split(".")[0] not in sys.stdlib_module_names:
            yield Finding(line, f"wire imports the standard library only, not {name}")


def unfinished(source: Source) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, 1):
        if UNFINISHED.search(line):
            yield Finding(number, "unfinished work goes into an issue, not into a comment")


def places_of_a_machine(source: Source) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, 1):
        for place in PLACES_OF_A_MACHINE:
            if re.search(rf"(?<![\w.~}}-]){re.escape(place)}", line):
                yield Finding(number, f"{place} is a place of one machine")


PLACE = "src/heliograph/core/planted.py"
WIRE = "src/heliograph/wire/planted.py"
SUPERVISOR = next(iter(SUPERVISORS))
ADAPTER = "src/heliograph/networks/modem/link.py"
RULES = [
    Rule(
        "no print",
        lambda path: is_product(path) and not path.startswith(PRINTS),
        prints,
        bad=(Source(PLACE, "print('a')"),),
        good=(Source("src/heliograph/cli.py", "print('a')"), Source(PLACE, "printer('a')")),
    ),
    Rule(
        "bugs are not hidden",
        is_python,
        hidden_bugs,
        bad=(
            Source(ADAPTER, "try:\n    f()\nexcept Exception:\n    pass"),
            Source(ADAPTER, "try:\n    f()\nexcept:\n    raise Other from None"),
            Source(ADAPTER, "try:\n    f()\nexcept (OSError, BaseException) as e:\n    log(e)"),
            Source(ADAPTER, "with contextlib.suppress(Exception):\n    f()"),
        ),
        good=(
            Source(ADAPTER, "try:\n    f()\nexcept OSError:\n    pass"),
            Source(ADAPTER, "try:\n    f()\nexcept BaseException:\n    undo()\n    raise"),
            Source(SUPERVISOR, "try:\n    f()\nexcept Exception:\n    restart()"),
        ),
    ),
    Rule(
        "suppressions have a reason",
        is_python,
        bare_suppressions,
        bad=(
            Source(PLACE, "a = b  # type: ignore"),
            Source(PLACE, "a = b  # type: ignore[attr-defined]"),
            Source(PLACE, "a = b  # noqa"),
            Source(PLACE, "a = b  # noqa: S608"),
        ),
        good=(
            Source(PLACE, "a = b  # type: ignore[attr-defined]  # the stub of apsw lacks it"),
            Source(PLACE, "a = b  # noqa: S608  # names come from the catalogue"),
            Source(PLACE, "a = '# type: ignore'"),
        ),
    ),
    Rule(
        "no Any",
        is_pure,
        explicit_any,
        bad=(Source(PLACE, "from typing import Any"), Source(WIRE, "import typing\na: typing.Any = 1")),
        good=(Source(PLACE, "from typing import Final"), Source(ADAPTER, "from typing import Any")),
    ),
    Rule(
        "no clock and no files",
        is_pure,
        clocks_and_files,
        bad=(
            Source(PLACE, "now = datetime.now(UTC)"),
            Source(PLACE, "now = datetime.datetime.utcnow()"),
            Source(WIRE, "now = time.time()"),
            Source("src/heliograph/flow/submit.py", "open('a')"),
        ),
        good=(
            Source(PLACE, "at = datetime.fromtimestamp(now, UTC)\nnow = clock.now()\nlane.open(1)"),
            Source("src/heliograph/runtime/clock.py", "now = time.time()"),
        ),
    ),
    Rule(
        "wire imports the standard library",
        lambda path: path.startswith("src/heliograph/wire/") and path.endswith(".py"),
        foreign_imports,
        bad=(Source(WIRE, "import msgspec"), Source(WIRE, "from heliograph.core.message import State")),
        good=(Source(WIRE, "import struct\nfrom heliograph.wire.errors import Malformed"),),
    ),
    Rule(
        "nothing unfinished",
        is_text,
        unfinished,
        bad=(Source(PLACE, "# TO" + "DO: later"), Source("README.md", "FIX" + "ME")),
        good=(Source(PLACE, "todos = 1"),),
    ),
    Rule(
        "no places of one machine",
        is_text,
        places_of_a_machine,
        bad=tuple(Source("docs/tour.md", f"see `{place}a`") for place in PLACES_OF_A_MACHINE),
        good=(Source("docs/tour.md", "see https://example.net/work/a and ./work/a"),),
    ),
]
