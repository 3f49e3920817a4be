"""What the tidiness rules look at: the project's text files, and what a rule is.

In: the project folder. Out: `Source` values (text, syntax tree, comments) and the shape of a `Rule`.
No rule lives here.
"""

import ast
import io
import os
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

PROJECT = Path(__file__).resolve().parents[2]
PYTHON_FOLDERS = ("src/", "tests/", "bench/")
PURE_FOLDERS = ("src/heliograph/wire/", "src/heliograph/core/", "src/heliograph/flow/")
Node = TypeVar("Node", bound=ast.AST)
NOT_OURS = {"build", "built", "data", "dist", "node_modules", "__pycache__"}
TEXT_SUFFIXES = {
    *(".cfg", ".css", ".html", ".ini", ".js", ".json", ".md", ".py", ".sh", ".sql"),
    *(".toml", ".ts", ".tsx", ".txt", ".yaml", ".yml", ""),
}


@dataclass(frozen=True)
class Comment:
    line: int
    text: str


@dataclass(frozen=True)
class Source:
    """One text file; `path` is relative to the project and has forward slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def comments(self) -> list[Comment]:
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [Comment(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]

    def walk(self, *kinds: type[Node]) -> Iterator[Node]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))


@dataclass(frozen=True)
class Finding:
    line: int
    what: str


@dataclass(frozen=True)
class Rule:
    """A check of one file, with planted files that prove that it can fail and that it can pass."""

    name: str
    applies: Callable[[str], bool]
    find: Callable[[Source], Iterator[Finding]]
    bad: tuple[Source, ...]
    good: tuple[Source, ...]


def is_text(path: str) -> bool:
    return Path(path).suffix in TEXT_SUFFIXES


def is_python(path: str) -> bool:
    return path.endswith(".py") and path.startswith(PYTHON_FOLDERS)


def is_product(path: str) -> bool:
    return path.endswith(".py") and path.startswith("src/")


def is_pure(path: str) -> bool:
    return path.endswith(".py") and path.startswith(PURE_FOLDERS)


def is_test(path: str) -> bool:
    return path.endswith(".py") and path.startswith("tests/")


def sources(project: Path) -> Iterator[Source]:
    """Every text file that could be committed: hidden folders are left out, but for .ci."""
    for folder, folders, files in os.walk(project):
        folders[:] = sorted(f for f in folders if f not in NOT_OURS and (f == ".ci" or not f.startswith(".")))
        for name in sorted(files):
            path = Path(folder, name)
            if is_text(name):
                yield Source(path.relative_to(project).as_posix(), path.read_text("utf-8", errors="replace"))
