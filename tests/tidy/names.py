"""Naming rules: words that say nothing, door signs, and which folders there are."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.tidy.source import Finding, Rule, Source, is_product, is_python

SAYS_NOTHING = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
# The architecture page's "Folders", whole. A module may grow into a folder of the same name.
MODULES = {"__init__", "__main__", "app", "cli", "config", "dispatcher"}
FOLDERS = {"core", "flow", "interfaces", "networks", "runtime", "store", "wire"}


def words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def defined_names(source: Source) -> Iterator[tuple[int, str]]:
    for node in source.walk(ast.AST):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr


def empty_words(source: Source) -> Iterator[Finding]:
    for part in PurePosixPath(source.path).with_suffix("").parts:
        for word in SAYS_NOTHING.intersection(words(part)):
            yield Finding(1, f"{part}: {word!r} says nothing about what is inside")
    for node in source.walk(ast.ClassDef):
        for word in SAYS_NOTHING.intersection(words(node.name)):
            yield Finding(node.lineno, f"class {node.name}: {word!r} says nothing about what it is")
    for line, name in defined_names(source):
        if name.strip("_").lower() in SAYS_NOTHING:
            yield Finding(line, f"{name!r} says nothing about what it is")


def missing_door_sign(source: Source) -> Iterator[Finding]:
    is_empty_test_package = not source.tree.body and not is_product(source.path)
    if ast.get_docstring(source.tree) is None and not is_empty_test_package:
        yield Finding(1, "no module docstring: what is this, what comes in, what goes out?")


def unknown_folder(source: Source) -> Iterator[Finding]:
    parts = PurePosixPath(source.path).parts
    if parts[:2] != ("src", "heliograph"):
        yield Finding(1, "src holds the package heliograph and nothing else")
    elif len(parts) == 3 and parts[2].removesuffix(".py") not in MODULES:
        yield Finding(1, f"{parts[2]} is no module of the architecture page; which folder is it for?")
    elif len(parts) > 3 and parts[2] not in FOLDERS | MODULES:
        yield Finding(1, f"{parts[2]}/ is no folder of the architecture page")


PLACE = "src/heliograph/core/planted.py"
RULES = [
    Rule(
        "words that say nothing",
        is_python,
        empty_words,
        bad=(
            Source("src/heliograph/core/utils.py", ""),
            Source("src/heliograph/core/text_helpers.py", ""),
            Source("tests/common/test_lane.py", ""),
            Source(PLACE, "class LaneManager: ..."),
            Source(PLACE, "class BaseLane: ..."),
            Source(PLACE, "def helper(): ..."),
            Source(PLACE, "def lane(misc): ..."),
            Source(PLACE, "base = 1"),
            Source(PLACE, "lane.utils = 1"),
        ),
        good=(
            Source("src/heliograph/core/database.py", ""),
            Source(PLACE, "import base64\nbase_price = int('7', base=16)\nclass Database: ..."),
        ),
    ),
    Rule(
        "door sign",
        is_python,
        missing_door_sign,
        bad=(
            Source(PLACE, "a = 1"),
            Source("src/heliograph/core/__init__.py", ""),
            Source("tests/test_lane.py", "a = 1"),
        ),
        good=(Source(PLACE, '"""Lanes."""'), Source("tests/core/__init__.py", "")),
    ),
    Rule(
        "folders",
        is_product,
        unknown_folder,
        bad=(
            Source("src/heliograph/services/lane.py", ""),
            Source("src/heliograph/models.py", ""),
            Source("src/other/core/lane.py", ""),
        ),
        good=(
            Source("src/heliograph/core/lane.py", ""),
            Source("src/heliograph/cli.py", ""),
            Source("src/heliograph/cli/send.py", ""),
            Source("src/heliograph/networks/simulator/firmware.py", ""),
        ),
    ),
]
