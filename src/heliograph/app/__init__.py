"""The composition root: the only package that knows everyone. It reads as a table of contents.

In: a `Config` and a data folder. Out: a running `App`, which stops cleanly when its context ends. What
anything does is in the modules that are called here.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import apsw
import structlog
from msgspec.structs import asdict

from heliograph.app.audit_check import tags_of
from heliograph.app.beginning import enrol_all, ensure_organisation
from heliograph.app.broken_off import break_off
from heliograph.app.configured import WithConfigured
from heliograph.app.doors import Doors
from heliograph.app.failover import Failover
from heliograph.app.key_check import lost_words, open_keys
from heliograph.app.keys import Keys
from heliograph.app.overfull import give_up_oldest
from heliograph.app.quota_ends import end_quotas
from heliograph.app.retaining import retain
from heliograph.app.settings import (
    SIMULATOR,
    accept_settings,
    command_flows,
    dispatcher_flows,
    routes,
    simulator_gate,
    traffic_flows,
)
from heliograph.app.smpp.accounts import SmppAccounts
from heliograph.app.smpp.desk import LiveSmpp
from heliograph.app.upstream_commands import upstream_commands
from heliograph.app.upstreams import UpstreamService
from heliograph.app.webhooks import Webhooks
from heliograph.config import Config
from heliograph.core.gate import Gates
from heliograph.core.refusal import Refusal
from heliograph.core.security.audit import Actor
from heliograph.dispatcher import Dispatcher
from heliograph.flow.acting import ActingStore
from heliograph.flow.attach import Presence, Sighting
from heliograph.flow.reads.browse import Browse
from heliograph.flow.requests import Inbound, ReceiveAnswer, Submission, SubmitAnswer
from heliograph.interfaces.control.frames import Frame, Request, error
from heliograph.interfaces.control.outlet import Applications
from heliograph.interfaces.control.services import Picture, Services, Smpp
from heliograph.interfaces.control.verb import Channel, run_verb
from heliograph.interfaces.control.verbs import VERBS
from heliograph.interfaces.rest.callers.access import Access
from heliograph.interfaces.rest.callers.credentials import Credentials, SessionTokens
from heliograph.networks.simulator import BadFiles, RestingSimulator, Simulator, Unusable
from heliograph.runtime.clock import WallClock
from heliograph.runtime.collector import calm_collector
from heliograph.runtime.lock import FolderLock, take
from heliograph.runtime.tasks import supervise
from heliograph.runtime.unavailable import Unavailable
from heliograph.runtime.vault import BadKeys, Vault
from heliograph.store.migrate import WrongSchema
from heliograph.store.reads.access import SqliteAccessReader
from heliograph.store.reads.audit import SqliteAuditReader
from heliograph.store.reads.batches import BatchReads
from heliograph.store.reads.callbacks import SqliteCallbackReader
from heliograph.store.reads.console import SqliteConsoleReader
from heliograph.store.reads.firewall import SqliteFirewallReader
from heliograph.store.reads.fleet import SqliteFleetReader
from heliograph.store.reads.policies import SqlitePolicyReader
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.smpp import SqliteSmppReader
from heliograph.store.reads.upstreams import SqliteUpstreamReader
from heliograph.store.sqlite.audit_head import SealedHead
from heliograph.store.sqlite.backup import Backup, BackupFailed, backup
from heliograph.store.sqlite.engine import SqliteEngine
from heliograph.store.sqlite.writer import Writer

AT_THE_MACHINE = Actor("command line")
STORE_NAME = "heliograph.db"
KEPT_NAME = "simulator.json"
IN_FLIGHT_SECONDS = 1.0  # a clean stop waits this long for answers, so that fewer attempts are unknown
IN_FLIGHT_POLL_SECONDS = 0.01


class App:
    """Everything, put together. Made by `running`."""

    def __init__(
        self, config: Config, folder: Path, engine: SqliteEngine, gates: Gates, clock: WallClock, vault: Vault
    ) -> None:
        self.config = config
        self.folder = folder
        self.clock = clock
        self.gates = gates
        self.vault = vault
        self.store = Writer(engine)
        self.counts = engine.counts
        self.reader = Reader(folder / STORE_NAME)
        self.browse = Browse(self.reader, self._gate_is_open, lambda: self.delivers)
        self.audit = SqliteAuditReader(self.reader)
        self.keys = Keys(vault, folder)
        self.access_reader = SqliteAccessReader(self.reader)
        self.session_tokens = SessionTokens(vault, clock)
        credentials = Credentials(self.access_reader, self.session_tokens, clock)
        self.access = Access(credentials.caller, clock)
        self.delivers = False
        self.host = 0  # the organisation that the installation belongs to: its first
        self.listens: list[tuple[str, str, int]] = []
        # Who wants the devices that are back, with their numbers.
        self.on_sighted: list[Callable[[Mapping[int, str]], Awaitable[None]]] = []
        self.routes = routes()
        self.traffic = traffic_flows(config, self.routes)
        self._dispatcher_flows = dispatcher_flows(config, self.routes)
        self.dispatcher = Dispatcher(self.store, gates, clock, self._dispatcher_flows)
        self.doors = Doors(gates, self.dispatcher)
        self.store.on_taken = self.dispatcher.taken
        self.failover = Failover(self.store, gates, clock, self.routes, accept_settings(config))
        self.callback_reader = SqliteCallbackReader(self.reader)
        self.webhooks = Webhooks(config, self.store, self.callback_reader, vault, clock, self.doors)
        self.smpp_reader = SqliteSmppReader(self.reader)
        self.smpp_accounts = SmppAccounts(self.smpp_reader)
        self.smpp_desk = LiveSmpp()
        self.upstreams = self._upstreams()
        self.applications = Applications(
            self.doors.report,
            self.doors.add,
            self.doors.opened,
            self.doors.closed,
            self.webhooks.callbacks,
            self.smpp_accounts,
        )
        self.flows = command_flows(self.traffic, self.routes, config)
        self.upstream_commands = upstream_commands(config, self.upstreams, self.routes)
        self.policies = SqlitePolicyReader(self.reader)
        self.simulator: Simulator | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def _upstreams(self) -> UpstreamService:
        rows = SqliteUpstreamReader(self.reader)
        return UpstreamService(
            self.config,
            self.store,
            WithConfigured(rows, self.config, self.vault, self.reader.organisations),
            self.vault,
            self.clock,
            self.doors,
            self.routes,
        )

    @property
    def services(self) -> Services:
        return Services(
            ActingStore(self.store, AT_THE_MACHINE),
            self.flows,
            self.browse,
            self.clock,
            self.applications,
            self._back_up,
            self.simulator,
            self.counters,
            self.reader.device_names,
            RestingSimulator(self.folder / KEPT_NAME),
            self.audit,
            self.policies,
            self.access.forget,
            self.keys,
            SqliteFleetReader(self.reader),
            SqliteFirewallReader(self.reader),
            Smpp(self.smpp_reader, self.smpp_accounts, self.smpp_desk),
            self.upstream_commands,
            lambda: self.listens,
            SqliteConsoleReader(self.reader),
        )

    async def submit(self, submissions: Sequence[Submission]) -> list[SubmitAnswer]:
        return await self.store.run(self.traffic.submit, submissions)

    async def receive(self, inbound: Sequence[Inbound]) -> list[ReceiveAnswer]:
        return await self.store.run(self.traffic.receive, inbound)

    async def sight(self, sightings: Sequence[Sighting]) -> list[bool]:
        devices = await self.store.run(self.traffic.attach, sightings)
        found = [(seen, id) for seen, id in zip(sightings, devices, strict=True) if id is not None]
        self.dispatcher.alerted([id for seen, id in found if seen.presence != Presence.DETACHED])
        back = {id: seen.msisdn for seen, id in found if seen.presence == Presence.ATTACHED}
        for tell in self.on_sighted:
            await tell(back)
        return [device is not None for device in devices]

    async def run_verb(self, request: Request, channel: Channel) -> Frame:
        """A command, whoever asks."""
        try:
            return await run_verb(VERBS, self.services, request, channel)
        except Unusable as unusable:
            return error("bad_value", f"{unusable}.")

    def _gate_is_open(self, name: str) -> bool:
        """An application that never connected has none."""
        gate = self.gates.by_name.get(name)
        return gate is not None and gate.reachable

    async def end_what_is_over(self) -> None:
        """Without an engine nobody else does: what is past its validity ends, slice by slice."""
        expire, more = self._dispatcher_flows.expire, True
        while more:
            (timers,) = await self.store.run(expire, [None])
            more = timers.more

    async def start_engine(self) -> None:
        """Networks are connected and deliveries flow from here on."""
        self.delivers = True
        await self.dispatcher.recover()
        await break_off(self.store, BatchReads(self.reader))
        self.simulator = await self._start_simulator()
        self._supervise("dispatcher", self.dispatcher.run)
        self._supervise("fail-over", self.failover.run)
        self.dispatcher.opened(SIMULATOR)
        await self.webhooks.start()
        await self.smpp_accounts.start()
        await self.upstreams.start()
        self._supervise("callback log", self.webhooks.keep_log_short)
        self._supervise("waiting", lambda: give_up_oldest(self.store, self.smpp_accounts))
        self._supervise("quotas", lambda: end_quotas(self.store))
        self._supervise("retention", lambda: retain(self.store, self.browse, self.config))
        calm_collector()

    def _supervise(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.create_task(supervise(name, work), name=name))

    async def _start_simulator(self) -> Simulator:
        settings = self.config.simulator
        simulator = Simulator(
            self.dispatcher.report,
            self.receive,
            self.sight,
            self.clock,
            Random(),
            gate=SIMULATOR,
            default_profile=settings.default_profile,
            profiles=Path(settings.profiles) if settings.profiles else None,
            journal=Path(settings.journal) if settings.journal else None,
            kept=self.folder / KEPT_NAME,
        )
        await enrol_all(simulator, self.browse, self.sight)
        timer_ms = settings.timer_seconds * 1000
        self.doors.add(SIMULATOR, simulator_gate(self.config), simulator.outlet, timer_ms)
        return simulator

    def close_gates(self) -> None:
        """Nothing leaves from now on."""
        for gate in self.gates.by_name.values():
            gate.reachable = False

    async def stop(self) -> None:
        """What is under way may still be answered; then all that is known is written."""
        self.close_gates()
        await self._wait_for_answers()
        await self.upstreams.stop()
        await self.webhooks.stop()
        await self.dispatcher.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.simulator is not None:
            await self.simulator.stop()
        await asyncio.to_thread(self.reader.close)
        await self.store.stop()

    def _in_flight(self) -> int:
        return sum(gate.in_flight for gate in self.gates.by_name.values())

    async def _wait_for_answers(self) -> None:
        try:
            async with asyncio.timeout(IN_FLIGHT_SECONDS):
                while self._in_flight():  # noqa: ASYNC110  # the writer's thread counts and tells nobody
                    await asyncio.sleep(IN_FLIGHT_POLL_SECONDS)
        except TimeoutError:
            pass  # the next start finds them and calls them unknown

    def counters(self) -> dict[str, int]:
        counted = self.dispatcher.counters
        simulated = self.simulator.counters() if self.simulator is not None else {}
        return {
            "in_flight": self._in_flight(),
            "sent": counted.sent,
            "settled": counted.settled,
            "dropped": counted.dropped,
            **{f"simulator_{name}": value for name, value in simulated.items()},
        }

    async def _back_up(self, folder: Path) -> Picture | Refusal:
        try:
            made = await asyncio.to_thread(_backup, self.folder / STORE_NAME, folder, self.clock.now())
        except (BackupFailed, OSError) as failure:
            return Refusal("backup_failed", str(failure))
        return asdict(made)


@asynccontextmanager
async def running(
    config: Config, folder: Path, *, lock: FolderLock | None = None, engine: bool = True
) -> AsyncIterator[App]:
    """An app on a folder of its own. Without `engine` it accepts and reads, and delivers nothing."""
    with lock or _lock(folder):
        gates, clock = Gates(), WallClock()
        vault = await asyncio.to_thread(_open_vault, folder)
        database = await asyncio.to_thread(_open, folder / STORE_NAME, gates, clock, config, vault)
        app = App(config, folder, database, gates, clock, vault)
        try:
            app.host = app.upstreams.host = (await ensure_organisation(app.store, app.flows, app.browse)).id
            await app.upstreams.load()
            if engine:
                await asyncio.to_thread(_warn_of_keys, app)
                await app.start_engine()
            else:
                await app.end_what_is_over()
            yield app
        except (BadFiles, Unusable) as error:
            raise Unavailable(f"The simulator cannot start: {error}") from error
        finally:
            await app.stop()


def _backup(database: Path, folder: Path, now: int) -> Backup:
    if folder.resolve().is_relative_to(database.parent.resolve()):
        raise BackupFailed(f"{folder} is in the data folder. Name another one.")
    folder.mkdir(mode=0o700, exist_ok=True)
    return backup(database, folder, now)


def _lock(folder: Path) -> FolderLock:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return take(folder)


def _open_vault(folder: Path) -> Vault:
    try:
        return open_keys(folder, folder / STORE_NAME)
    except (BadKeys, OSError) as error:
        raise Unavailable(f"The keys of {folder}: {error}") from error


def _warn_of_keys(app: App) -> None:
    """What they sealed fails call by call, which nobody would lead back to here."""
    words = lost_words(app.folder / STORE_NAME, app.vault)
    if words is not None:
        structlog.get_logger().warning("keys", finding=words)


def _open(path: Path, gates: Gates, clock: WallClock, config: Config, vault: Vault) -> SqliteEngine:
    before = os.umask(0o077)
    try:
        engine = SqliteEngine(path, gates, clock, config.messages.lane_limit)
        engine.head = SealedHead(engine.connection, lambda head: tags_of(vault, head))
        engine.event_validity_ms = config.messages.mo_validity_seconds * 1000
        return engine
    except (WrongSchema, apsw.Error) as error:
        raise Unavailable(f"{path}: {error}") from error
    finally:
        os.umask(before)
