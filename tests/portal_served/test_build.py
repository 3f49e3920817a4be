"""The build of the portal: when it is built, what is written beside it, and when it is left out."""

import gzip
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

BUILD = Path(__file__).parents[2] / "portal" / "build.py"


@pytest.fixture
def build() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(BUILD)))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "portal"
    for name in (
        "src/main.tsx",
        "package.json",
        "tests/main.test.ts",
        "node_modules/react/index.js",
        ".lock",
    ):
        folder.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(name).write_text("one")
    return folder


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("src/main.tsx", True),
        ("package.json", True),
        ("src/new.ts", True),
        ("tests/main.test.ts", False),
        ("node_modules/react/index.js", False),
        (".lock", False),
    ],
)
def test_what_pages_are_made_from_makes_them_stale(
    build: SimpleNamespace, sources: Path, tmp_path: Path, name: str, counts: bool
) -> None:
    built = tmp_path / "built"
    assert not build.is_fresh(built, sources)
    built.mkdir()
    built.joinpath(build.STAMP).write_text(build.stamp_of(sources))
    assert build.is_fresh(built, sources)
    sources.joinpath(name).write_text("two")
    assert build.is_fresh(built, sources) is not counts


def test_a_file_that_moves_makes_them_stale(build: SimpleNamespace, sources: Path) -> None:
    before = build.stamp_of(sources)
    sources.joinpath("src/main.tsx").rename(sources / "src/other.tsx")
    assert build.stamp_of(sources) != before


def test_large_texts_get_a_packed_twin_that_is_always_the_same(
    build: SimpleNamespace, tmp_path: Path
) -> None:
    script, small, picture = tmp_path / "a.js", tmp_path / "b.js", tmp_path / "c.png"
    script.write_text("large " * 1000)
    small.write_text("small")
    picture.write_bytes(bytes(1000))
    build.pack(tmp_path)
    packed = tmp_path / "a.js.gz"
    first = packed.read_bytes()
    assert gzip.decompress(first) == script.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"a.js", "b.js", "c.png", "a.js.gz"}
    build.pack(tmp_path)
    assert packed.read_bytes() == first


@pytest.mark.parametrize(
    ("said", "wanted"), [(None, True), ("", True), ("yes", True), ("no", False), ("NO", False), ("0", False)]
)
def test_it_can_be_left_out(build: SimpleNamespace, said: str | None, wanted: bool) -> None:
    assert build.is_wanted({} if said is None else {"HELIOGRAPH_PORTAL": said}) is wanted


def test_old_pages_do_not_stay_when_new_ones_cannot_be_made(build: SimpleNamespace, tmp_path: Path) -> None:
    tmp_path.joinpath("index.html").write_text("old")
    build.leave_out(tmp_path, "No registry.")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"reason.txt": "No registry.\n"}


def test_an_old_node_is_not_taken(
    build: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, says in (("node", "v22.11.9"), ("npm", "10")):
        tmp_path.joinpath(name).write_text(f"#!/bin/sh\necho {says}\n")
        tmp_path.joinpath(name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build.node_on_path() is None
    tmp_path.joinpath("node").write_text("#!/bin/sh\necho v22.12.0\n")
    assert build.node_on_path() == tmp_path / "node"
