"""Health: is this installation as it should be? Looks without changing anything, whether the server runs or
not.

In: settings and a folder. Out: findings, each good or bad, in words.
"""

import asyncio
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import apsw
import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from heliograph import __version__
from heliograph.app import STORE_NAME
from heliograph.app.configured import check_upstreams
from heliograph.app.folder_check import folder_words
from heliograph.app.key_check import key_words
from heliograph.app.listeners import Heard, Listener, listen_check
from heliograph.app.rest.front import check_http
from heliograph.app.settings import OVER_TLS, listeners, smpp_listeners
from heliograph.app.smpp.service import tls_of
from heliograph.config import Config, ConfigError, Simulator
from heliograph.interfaces.control.client import Client, NoServer, Refused
from heliograph.interfaces.control.frames import SOCKET_NAME, Frame, Request
from heliograph.networks.simulator import unfit as unfit_simulator
from heliograph.runtime.clock import WallClock
from heliograph.runtime.lock import holder, try_take
from heliograph.runtime.unavailable import Unavailable
from heliograph.store.migrate import unfit
from heliograph.store.reads.reader import Reader
from heliograph.store.schema import MIGRATIONS

ANSWER_SECONDS = 10.0  # a server that does not answer within this time is not healthy
EARLIEST_MS = 1_735_689_600_000  # 2025-01-01: a clock before it was never set
CLOCK_SLACK_MS = 60_000
WHOLE_FILE_MS = 30_000  # nobody else wants the store when no server runs
MIB = 1 << 20
NOT_RUNNING = "does not run"

Document = dict[str, Any]


class Finding(Struct, frozen=True):
    what: str
    ok: bool
    finding: str


def findings(config: Config, folder: Path) -> list[Finding]:
    if not folder.is_dir():
        return [
            Finding("data folder", False, f"{folder} is not there; the first `heliograph serve` makes it")
        ]
    server, status = _server(folder)
    return [
        Finding("data folder", *folder_words(folder)),
        server,
        _socket(folder, server),
        _api(config),
        _smpp(config),
        *_upstreams(config, folder / STORE_NAME),
        ports(_opened(config, status), folder, server.finding != NOT_RUNNING, status is not None),
        *_store(config, folder, status),
        _simulator(config.simulator),
        Finding("keys", *key_words(folder, folder / STORE_NAME)),
        _clock(folder, status),
    ]


def _server(folder: Path) -> tuple[Finding, Document | None]:
    """What it says of itself, if one runs."""
    try:
        client = Client(folder, ANSWER_SECONDS)
    except NoServer:
        return _no_server(folder), None
    except OSError as error:
        return Finding("server", False, f"does not accept connections: {error}"), None
    try:
        status: Document = msgspec.json.decode(client.call(Request("status"), _deaf))
    except (Refused, OSError) as error:
        return Finding("server", False, f"does not answer: {error}"), None
    finally:
        client.close()
    version = status["version"]
    words = f"runs as process {status['pid']}, version {version}"
    if version != __version__:
        words += f"; this command is version {__version__}"
    return Finding("server", version == __version__, words), status


def _deaf(frame: Frame) -> None:
    """What it says on the way does not matter here."""


def _no_server(folder: Path) -> Finding:
    lock = try_take(folder)
    if lock is None:
        return Finding("server", False, f"process {holder(folder)} has the folder and serves no socket")
    lock.release()
    return Finding("server", True, NOT_RUNNING)


def _socket(folder: Path, server: Finding) -> Finding:
    path = folder / SOCKET_NAME
    try:
        mode = stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:
        runs = server.finding != NOT_RUNNING
        return Finding("socket", not runs, f"{path} is gone" if runs else "none")
    if mode & 0o077:
        return Finding("socket", False, f"{path} is open to others (mode {mode:o})")
    killed = server.finding == NOT_RUNNING
    left = "; left by a server that was killed, the next start replaces it" if killed else ""
    return Finding("socket", True, f"{path}{left}")


def _opened(config: Config, status: Document | None) -> Sequence[Listener]:
    """What a running server says that it opened; else what the settings say that one would."""
    if status is None:
        return listeners(config)
    return [Listener(*one) for one in status["listens"]]


def ports(opened: Sequence[Listener], folder: Path, is_running: bool, answers: bool = True) -> Finding:
    """Where a server listens: for commands always on its socket, for others where it was told to."""
    path = folder / SOCKET_NAME
    if is_running:
        state = "where a server answers" if answers else "where no server answers"
        commands = Heard(answers, f"commands come by the socket {path}, {state}")
    else:
        commands = Heard(True, f"commands come by the socket {path} when a server runs")
    heard = [*listen_check(opened, is_running), commands]
    words = "; ".join(one.words for one in heard)
    return Finding("ports", all(one.ok for one in heard), words if opened else f"none configured; {words}")


def _api(config: Config) -> Finding:
    try:
        _, tls = check_http(config.http)
    except (ConfigError, Unavailable) as error:
        return Finding("API", False, str(error))
    return Finding("API", True, "HTTP without TLS" if tls is None else "HTTP over TLS")


def _upstreams(config: Config, store: Path) -> list[Finding]:
    """Those of the settings; what the store has was looked at when it was written."""
    if not config.upstreams and not config.routes:
        return []
    try:
        check_upstreams(config, _organisations(store))
    except ConfigError as error:
        return [Finding("upstreams", False, str(error))]
    words = f"{len(config.upstreams)} upstreams and {len(config.routes)} routes in the settings"
    return [Finding("upstreams", True, words)]


def _organisations(path: Path) -> list[str] | None:
    """None: the store is not there, or cannot be read, which its own finding says."""
    try:
        return asyncio.run(_names(path)) if path.is_file() else None
    except (apsw.Error, OSError):
        return None


async def _names(path: Path) -> list[str]:
    reader = Reader(path)
    try:
        return [one.name for one in await reader.organisations()]
    finally:
        reader.close()


def _smpp(config: Config) -> Finding:
    try:
        tls_of(config.smpp)
    except (ConfigError, Unavailable) as error:
        return Finding("SMPP", False, str(error))
    found = [f"port {one.port}{OVER_TLS * one.name.endswith(OVER_TLS)}" for one in smpp_listeners(config)]
    return Finding("SMPP", True, ", ".join(found) or "off")


def _store(config: Config, folder: Path, status: Document | None) -> Iterator[Finding]:
    path = folder / STORE_NAME
    if not path.is_file():
        yield Finding("store", False, f"{path} is not there; the first `heliograph serve` makes it")
        return
    try:
        facts = status["store"] if status is not None else asyncio.run(_facts(path))
        wrong = unfit(path)
    except (apsw.Error, OSError) as error:
        yield Finding("store", False, f"{path} cannot be read: {error}")
        return
    yield Finding("schema", wrong is None, wrong or _schema_words(facts["schema"], MIGRATIONS[-1].number))
    integrity = facts["integrity"]
    words = {"ok": "whole", "unfinished": "whole as far as there was time to look"}
    yield Finding("store", integrity in words, f"{path}: {words.get(integrity, integrity)}")
    free = shutil.disk_usage(folder).free // MIB
    wanted = config.store.free_mib
    yield Finding("disk", free >= wanted, f"{free} MiB free, {wanted} wanted")


def _schema_words(schema: int, known: int) -> str:
    return str(schema) if schema == known else f"{schema}; the next start brings it to {known}"


async def _facts(path: Path) -> Document:
    reader = Reader(path)
    try:
        return asdict(await reader.facts(WHOLE_FILE_MS))
    finally:
        reader.close()


def _simulator(settings: Simulator) -> Finding:
    folder = Path(settings.profiles) if settings.profiles else None
    journal = Path(settings.journal) if settings.journal else None
    wrong = unfit_simulator(folder, settings.default_profile, journal)
    return Finding("simulator", wrong is None, wrong or "its profiles can be used")


def _clock(folder: Path, status: Document | None) -> Finding:
    now = WallClock().now()
    if now < EARLIEST_MS:
        return Finding("clock", False, "was never set: it says a time before 2025")
    if status is not None and abs(status["now"] - now) > CLOCK_SLACK_MS:
        return Finding("clock", False, "differs from the server's by more than a minute")
    written = max((int(path.stat().st_mtime * 1000) for path in folder.glob(f"{STORE_NAME}*")), default=0)
    if written > now + CLOCK_SLACK_MS:
        return Finding("clock", False, "is behind the time when the store was last written")
    return Finding("clock", True, "sane")
