"""Kept: the states that people set by hand, for the next start. One small file, replaced as a whole.

In: words that a person set, device by device. Out: on each start, how each device was left. Never here: what
a device does by itself (its firmware restarts, its memory fills), and its profile, which is a tag of its row.
"""

import asyncio
from collections.abc import Awaitable, Callable, Container
from pathlib import Path

import msgspec
from msgspec import Struct, json

from heliograph.networks.simulator import radio as radios
from heliograph.networks.simulator.radio import FAULTS, Answer, Coverage, Radio
from heliograph.runtime.whole_file import replace_file

KEPT_LIMIT = 100_000  # devices; about 4 MB
FORMAT = 1

Offload = Callable[[Callable[[], None]], Awaitable[None]]


class BadKept(Exception):
    """The file cannot be used; the message is for people."""


class Kept(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What people did to one device. Nothing said: as every device begins."""

    coverage: str = "attached"
    memory_full: bool = False
    fault: str | None = None

    @property
    def is_detached(self) -> bool:
        return self.coverage == Coverage.DETACHED.name.lower()

    def after(self, word: str) -> "Kept":
        """The same table as for a device that lives. Raises ValueError for a word that nobody knows."""
        radio = Radio()
        self.put_on(radio)
        radios.command(radio, word)
        fault = str(radio.fault) if radio.fault is not None else None
        return Kept(radio.coverage.name.lower(), radio.memory_full, fault)

    def put_on(self, radio: Radio) -> None:
        radio.coverage = Coverage[self.coverage.upper()]
        radio.memory_full = self.memory_full
        radio.fault = Answer(self.fault) if self.fault is not None else None


AS_BEGUN = Kept()


class _File(Struct, forbid_unknown_fields=True):
    format: int
    devices: dict[str, Kept]


class KeptStates:
    """Those of all devices, by their key. Without a path nothing is kept."""

    def __init__(self, path: Path | None, offload: Offload = asyncio.to_thread) -> None:
        """Reads the file, if there is one. Raises `BadKept`."""
        self._path = path
        self._offload = offload
        self._devices = _read(path) if path is not None else {}
        self._is_changed = False
        self._writing = asyncio.Lock()
        self.not_kept = 0

    def of(self, key: str) -> Kept:
        return self._devices.get(key, AS_BEGUN)

    def note(self, key: str, word: str) -> bool:
        """False: there are too many to keep another."""
        before = self.of(key)
        after = before.after(word)
        if before == AS_BEGUN != after and len(self._devices) >= KEPT_LIMIT:
            self.not_kept += 1
            return False
        if after != before:
            self._is_changed = self._path is not None
            if after == AS_BEGUN:
                del self._devices[key]
            else:
                self._devices[key] = after
        return True

    def keep_only(self, keys: Container[str]) -> None:
        """The others are gone."""
        gone = [key for key in self._devices if key not in keys]
        for key in gone:
            del self._devices[key]
        self._is_changed = self._is_changed or (bool(gone) and self._path is not None)

    async def save(self) -> None:
        """What is noted is on disk when this returns. Raises `OSError`."""
        async with self._writing:
            path = self._path
            if path is None or not self._is_changed:
                return
            self._is_changed = False
            octets = json.encode(_File(FORMAT, self._devices))
            try:
                await self._offload(lambda: replace_file(path, octets))
            except OSError:
                self._is_changed = True
                raise


def _read(path: Path) -> dict[str, Kept]:
    try:
        found = json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        raise BadKept(f"{path} cannot be read: {error}") from error
    if found.format != FORMAT or not all(map(_is_known, found.devices.values())):
        raise BadKept(f"{path} is of another version of Heliograph")
    return found.devices


def _is_known(kept: Kept) -> bool:
    return kept.coverage.upper() in Coverage.__members__ and (kept.fault is None or kept.fault in FAULTS)
