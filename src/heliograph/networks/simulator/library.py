"""The library: all profiles, the shipped ones and those in a folder of the user's, which win.

In: a folder. Out: profiles by name (the file's name), or every file that is bad with where and why. Reads
these files; nothing else of the simulator does.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from msgspec import Struct

from heliograph.networks.simulator.profile import (
    PLAIN,
    PROFILE_OCTETS,
    BadProfile,
    Profile,
    is_profile_name,
    parse_profile,
)

PLAIN_NAME = "plain"
FILES_LIMIT = 200


class BadFile(Struct, frozen=True):
    """A file that cannot be used: where (line, or field) and what."""

    file: str
    where: str
    what: str


class BadFiles(Exception):
    def __init__(self, bad: list[BadFile]) -> None:
        super().__init__("; ".join(f"{file.file}: {file.where}: {file.what}" for file in bad))
        self.files = bad


def load_profiles(folder: Path | None) -> Mapping[str, Profile]:
    """Everything there is. Raises `BadFiles` with all that is wrong; then nothing is to be changed."""
    texts = dict(_shipped())
    bad: list[BadFile] = []
    if folder is not None:
        texts |= _own(folder, bad)
    profiles = {PLAIN_NAME: PLAIN}
    for file, text in sorted(texts.items()):
        try:
            profiles[Path(file).stem] = parse_profile(text)
        except BadProfile as error:
            bad.append(BadFile(file, error.where, error.what))
    if bad:
        raise BadFiles(bad)
    return profiles


def unfit(folder: Path | None, default: str, journal: Path | None) -> str | None:
    """Why a simulator with these settings could not start, if so."""
    try:
        profiles = load_profiles(folder)
    except BadFiles as error:
        return str(error)
    if default not in profiles:
        return f"there is no profile {default!r}"
    if journal is not None and not journal.parent.is_dir():
        return f"the journal's folder {journal.parent} is not there"
    return None


def _shipped() -> Iterator[tuple[str, str]]:
    for entry in files("heliograph.networks.simulator").joinpath("profiles").iterdir():
        if entry.name.endswith(".toml"):
            yield entry.name, entry.read_text("utf-8")


def _own(folder: Path, bad: list[BadFile]) -> dict[str, str]:
    texts = {}
    try:
        paths = sorted(folder.glob("*.toml"))
    except OSError as error:
        bad.append(BadFile(str(folder), "folder", str(error)))
        return {}
    if not folder.is_dir():
        bad.append(BadFile(str(folder), "folder", "is not there"))
    if len(paths) > FILES_LIMIT:
        bad.append(BadFile(str(folder), "folder", f"more than {FILES_LIMIT} files"))
    for path in paths[:FILES_LIMIT]:
        try:
            texts[path.name] = _read(path)
        except BadProfile as error:
            bad.append(BadFile(path.name, error.where, error.what))
    return texts


def _read(path: Path) -> str:
    if not is_profile_name(path.stem):
        raise BadProfile("file", "the name needs lower-case letters, digits, - or _, at most 40")
    try:
        octets = path.read_bytes()[: PROFILE_OCTETS + 1]
        return octets.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadProfile("file", str(error)) from error
