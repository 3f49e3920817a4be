"""Upstreams, put together: links for all that are enabled, the table of routes, news of what happens.

In: rows, at the start and as people change them. Out: what routes and flows see, at once.
"""

import asyncio
from random import Random

import structlog

from heliograph.app.doors import Doors
from heliograph.app.settings import accept_settings
from heliograph.config import Config
from heliograph.core.changes import INFO, WARN
from heliograph.core.routing import Routes, Table
from heliograph.core.upstream import EVERYONE, Route, Upstream, is_configured
from heliograph.flow.confirm import Confirm
from heliograph.flow.from_outside import FromOutside
from heliograph.flow.ports import Clock, Full, Store
from heliograph.flow.ports.upstreams import UpstreamReader
from heliograph.flow.reads.upstream_port import BindTried
from heliograph.flow.upstream_news import TellOfUpstreams, UpstreamNews
from heliograph.networks.smpp.inlet import Tools as InletTools
from heliograph.networks.smpp.probe import try_bind
from heliograph.networks.smpp.station import UP, Tools
from heliograph.networks.smpp.upstreams import Upstreams
from heliograph.runtime.guard import Guard
from heliograph.runtime.unavailable import Unavailable
from heliograph.runtime.vault import Sealed, Vault

log = structlog.get_logger()

MOST_TESTS = 8  # at a time
PASSWORD = "upstream password of {org}"  # noqa: S105  # the purpose that it is sealed for


class UpstreamService:
    """Made with the app. Until it is started nothing connects; rows that are put change the table alone."""

    def __init__(
        self,
        config: Config,
        store: Store,
        reader: UpstreamReader,
        vault: Vault,
        clock: Clock,
        doors: Doors,
        routes: Routes,
    ) -> None:
        loop = asyncio.get_running_loop()
        self._guard = guard_of(config)
        self._store = store
        self._reader = reader
        self._vault = vault
        self._routes = routes
        self._tell_of = TellOfUpstreams()
        self._testing = asyncio.Semaphore(MOST_TESTS)
        self._telling: set[asyncio.Task[None]] = set()
        self._started = False
        self.host = EVERYONE  # the organisation that hears of what all share
        self._rows: dict[int, Upstream] = {}
        self._route_rows: dict[int, Route] = {}
        inlet = InletTools(
            store,
            Confirm(config.messages.receipt_validity_seconds, routes),
            FromOutside(accept_settings(config), routes),
            loop.time,
            config.messages.country_code,
        )
        self.links = Upstreams(
            Tools(
                doors,
                doors.report,
                clock,
                loop.time,
                Random(),
                inlet,
                self._password,
                self._permits,
                self._tell,
                config.smpp.trace_pdus,
            )
        )

    async def load(self) -> None:
        """The rows, and with them the table. Nothing connects yet."""
        self._route_rows = {route.id: route for route in await self._reader.routes()}
        self._rows = {upstream.id: upstream for upstream in await self._reader.upstreams()}
        self._retable()

    async def start(self) -> None:
        self._started = True
        for upstream in list(self._rows.values()):
            self.links.put(upstream)

    async def stop(self) -> None:
        await self.links.stop()
        if self._telling:
            await asyncio.wait(self._telling)

    # Who changes rows calls these after the commit.

    def put(self, upstream: Upstream) -> None:
        """It is new, or it changed."""
        known = self._rows.get(upstream.id)
        if known is not None and upstream.updated_at < known.updated_at:
            return
        self._rows[upstream.id] = upstream
        self._retable()
        if self._started:
            self.links.put(upstream)

    def remove(self, id: int) -> None:
        gone = self._rows.pop(id, None)
        if gone is not None:
            kept = {
                route.id: route
                for route in self._route_rows.values()
                if route.upstream != gone.name or is_configured(route.id)
            }
            self._route_rows = kept
            self._retable()
            self.links.remove(id)

    def put_route(self, route: Route) -> None:
        known = self._route_rows.get(route.id)
        if known is None or route.updated_at >= known.updated_at:
            self._route_rows[route.id] = route
            self._retable()

    def remove_route(self, id: int) -> None:
        if self._route_rows.pop(id, None) is not None:
            self._retable()

    def upstreams(self) -> list[Upstream]:
        return sorted(self._rows.values(), key=lambda row: row.name)

    def routes(self) -> list[Route]:
        return list(self._route_rows.values())

    def seal(self, org: int, password: str) -> bytes | None:
        return self._vault.seal(password.encode(), PASSWORD.format(org=org)) if password else None

    async def test(self, upstream: Upstream) -> BindTried:
        """A bind beside those at work."""
        async with self._testing:
            return await try_bind(upstream, self._password(upstream), self._permits)

    def _retable(self) -> None:
        self._routes.table = Table(self._rows.values(), self._route_rows.values())

    # What links need.

    def _permits(self, upstream: Upstream, address: str) -> bool:
        """Whoever runs this machine may name any address; other organisations no inner one."""
        is_ours = upstream.org in (EVERYONE, self.host) or is_configured(upstream.id)
        return is_ours or self._guard.permits(address)

    def _password(self, upstream: Upstream) -> str | None:
        if upstream.password is None:
            return ""
        try:
            return self._vault.unseal(upstream.password, PASSWORD.format(org=upstream.org)).decode()
        except (Sealed, UnicodeDecodeError):
            return None

    def _tell(self, upstream: Upstream, type: str, why: str) -> None:
        detail = f"upstream {upstream.name}: {why}" if why else f"upstream {upstream.name}"
        news = UpstreamNews(upstream.org or self.host, type, detail, INFO if type == UP else WARN)
        task = asyncio.get_running_loop().create_task(self._write(news))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _write(self, news: UpstreamNews) -> None:
        log.info("upstream", type=news.type, detail=news.detail)
        try:
            await self._store.run(self._tell_of, [news])
        except Full:
            pass  # the log has it


def guard_of(config: Config) -> Guard:
    try:
        return Guard(config.smpp.allow)
    except ValueError as error:
        raise Unavailable(f"smpp.allow: {error}.") from error
