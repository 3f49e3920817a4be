"""The SMPP server: its listeners, its connections, the accounts at work, and a clean stop.

In: listening sockets, rows of accounts as they come and change. Out: connections, each with its session; who
is bound, for those who ask. Bounds of one address are here, those of an account at its desk.
"""

import asyncio
import socket
from collections.abc import Sequence
from functools import partial

import structlog
from msgspec import Struct

from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.ports import Store
from heliograph.flow.ports.smpp import SmppReader
from heliograph.interfaces.smpp.alerts import Alerts
from heliograph.interfaces.smpp.binding import Judge
from heliograph.interfaces.smpp.desk import Counters, Desk, Tools
from heliograph.interfaces.smpp.inlet import Flows, Inlet
from heliograph.interfaces.smpp.joining import Segment
from heliograph.interfaces.smpp.link import Connection
from heliograph.runtime.door import Door, Entry
from heliograph.runtime.handshakes import Handshakes
from heliograph.runtime.tls import Tls
from heliograph.wire.smpp.events import Limits, Requested
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import AlertNotification, Bind, Outbind
from heliograph.wire.smpp.tally import Tally

log = structlog.get_logger()

BACKLOG = 1_024
RENEW_SECONDS = 60.0  # between two looks at the files of certificates
LEAVE_SECONDS = 0.5  # peers have so long to answer unbind at a stop
CUT_OFF_SECONDS = 0.1  # for the loop to tell the end of connections that were cut off


class Settings(Struct, frozen=True):
    system_id: str
    limits: Limits


class SmppServer:
    """The `House` of connections, and the `SmppListener` of accounts."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        reader: SmppReader,
        flows: Flows,
        judge: Judge,
        tools: Tools,
        door: Door,
    ) -> None:
        self._settings = settings
        self._judge = judge
        self._tools = tools
        self._door = door
        self.now, self.time = tools.clock.now, tools.time
        self.report = tools.report
        self.alerts = Alerts(self.now, self._tell, tools.owned)
        self._inlet = Inlet(store, reader, flows, self.alerts, self.now, self.time)
        self._desks: dict[int, Desk] = {}
        self._departed = Counters()  # of accounts that are deleted
        self.tally = Tally()
        self._names: dict[str, int] = {}
        self.connections: dict[int, Connection] = {}
        self._numbered = 0
        self._servers: list[asyncio.Server | Handshakes] = []
        self._tls: Tls | None = None
        self._renewing: asyncio.TimerHandle | None = None
        self._deciding: set[asyncio.Task[SmppAccount | Status]] = set()
        self._empty = asyncio.Event()
        self.stopping = False

    @property
    def limits(self) -> Limits:
        return self._settings.limits

    @property
    def system_id(self) -> str:
        return self._settings.system_id

    async def start(
        self, plain: socket.socket | None, secured: socket.socket | None, tls: Tls | None
    ) -> None:
        """On sockets that listen; without a certificate the secured one has nothing to say."""
        loop = asyncio.get_running_loop()
        if plain is not None:
            self._servers.append(
                await loop.create_server(lambda: self.connection().link, sock=plain, backlog=BACKLOG)
            )
        if secured is not None and tls is not None:
            self._tls = tls
            secured.listen(BACKLOG)
            handshakes = Handshakes(secured, tls, lambda: self.connection(is_tls=True).link)
            handshakes.start()
            self._servers.append(handshakes)
            self._renewing = loop.call_later(RENEW_SECONDS, self._renew)

    def _renew(self) -> None:
        """Connections that are there keep theirs."""
        if self._tls is not None:
            self._tls.renew()
            self._renewing = asyncio.get_running_loop().call_later(RENEW_SECONDS, self._renew)

    def connection(self, is_tls: bool = False, outbind: Outbind | None = None) -> Connection:
        """A new one; its `link` is the protocol of its transport."""
        self._numbered += 1
        return Connection(self, self._numbered, is_tls, outbind)

    # What connections want.

    def enter(self, connection: Connection) -> bool:
        self.connections[connection.number] = connection
        return self._door.enter(connection.address) is Entry.IN and not self.stopping

    def left(self, connection: Connection) -> None:
        if self.connections.pop(connection.number, None) is not None:
            self._door.leave(connection.address)
        if not self.connections:
            self._empty.set()

    def asks_to_bind(self, connection: Connection, bind: Bind) -> None:
        account = self._judge.at_once(bind, connection.address)
        if account is not None:
            connection.accept(account, bind)
        else:
            deciding = asyncio.ensure_future(self._judge.decide(bind, connection.address))
            self._deciding.add(deciding)
            deciding.add_done_callback(partial(self._decided, connection, bind))

    def _decided(
        self, connection: Connection, bind: Bind, deciding: "asyncio.Task[SmppAccount | Status]"
    ) -> None:
        self._deciding.discard(deciding)
        if deciding.cancelled():
            return
        bug = deciding.exception()
        decision = Status.RSYSERR if bug is not None else deciding.result()
        if bug is not None:
            log.error("a bind was not decided", session=connection.number, exc_info=bug)
        if isinstance(decision, Status):
            connection.refuse(decision, bind)
        else:
            connection.accept(decision, bind)

    def requested(self, connection: Connection, requests: Sequence[Requested]) -> None:
        if connection.desk is not None:
            self._inlet.take(connection, connection.desk, requests)

    def desk_of(self, account: SmppAccount) -> Desk:
        desk = self._desks.get(account.id)
        if desk is None:
            desk = self._desks[account.id] = Desk(account, self._tools, self._give_up)
        return desk

    def desk_named(self, system_id: str) -> Desk | None:
        return self._desks.get(self._names.get(system_id, 0))

    def _give_up(self, desk: Desk, segments: Sequence[Segment]) -> None:
        self._inlet.give_up(desk, segments)

    def _tell(self, account: int, alert: AlertNotification) -> None:
        desk = self._desks.get(account)
        if desk is not None:
            any(member.alert(alert) for member in desk.members)

    # What people change.

    def put(self, account: SmppAccount) -> None:
        desk = self.desk_of(account)
        self._forget_name(desk.account)
        self._names[account.system_id] = account.id
        desk.change(account)

    def remove(self, account: SmppAccount) -> None:
        self._judge.known.forget(account.id)
        self.alerts.leave(account.id)
        self._forget_name(account)
        desk = self._desks.pop(account.id, None)
        if desk is not None:
            desk.remove()
            self._departed.add(desk.counters)
            desk.counters = self._departed  # what is under way ends later

    def _forget_name(self, account: SmppAccount) -> None:
        """Unless another account bears it by now."""
        if self._names.get(account.system_id) == account.id:
            del self._names[account.system_id]

    # What people ask.

    def counted(self) -> Counters:
        """Of all accounts since the start, those that are deleted among them: it never falls."""
        counted = Counters()
        for counters in (self._departed, *(desk.counters for desk in self._desks.values())):
            counted.add(counters)
        return counted

    def desks(self) -> list[Desk]:
        return list(self._desks.values())

    def desk(self, account: int) -> Desk | None:
        return self._desks.get(account)

    async def stop(self) -> None:
        """No new connections and no new submits; what is under way is answered; everybody is told to leave,
        and has half a second for it.
        """
        self.stopping = True
        for server in self._servers:
            server.close()
        for desk in self._desks.values():
            desk.joiner.stop()
        await self._inlet.stop()
        for task in self._deciding:
            task.cancel()
        for connection in list(self.connections.values()):
            connection.unbind()
        if not await self._are_gone(LEAVE_SECONDS):
            for connection in list(self.connections.values()):
                connection.link.abort()
            await self._are_gone(CUT_OFF_SECONDS)
        if self._renewing is not None:
            self._renewing.cancel()

    async def _are_gone(self, seconds: float) -> bool:
        """All connections, by then."""
        if not self.connections:
            return True
        self._empty.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True
