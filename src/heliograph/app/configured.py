"""Upstreams and routes that the settings name, as rows beside those of the store. Nobody changes them but the
settings.

In: the settings, and the organisations that there are. Out: rows, their passwords sealed; or a `ConfigError`.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog
from msgspec.structs import asdict, replace

from heliograph.app.upstreams import PASSWORD
from heliograph.config import Config, ConfigError
from heliograph.config.upstreams import RouteSettings, UpstreamSettings
from heliograph.core.organisation import Organisation
from heliograph.core.refusal import Refusal
from heliograph.core.upstream import EVERYONE, Route, Upstream, configured_id
from heliograph.core.upstream_values import bad_password, bad_route, bad_upstream, tidy_numbers
from heliograph.flow.ports.upstreams import UpstreamReader
from heliograph.runtime.vault import Vault

log = structlog.get_logger()

NOBODY = -1  # the organisation of what is kept for one that is not there

_AS_THEY_ARE = set(Upstream.__struct_fields__) & set(UpstreamSettings.__struct_fields__) - {
    "password",
    "numbers",
    "rate_per_s",
}


class WithConfigured:
    """The seam `flow/ports/upstreams.UpstreamReader`: the rows of the settings, and those of the store that
    these do not stand in the way of.
    """

    def __init__(
        self,
        reader: UpstreamReader,
        config: Config,
        vault: Vault,
        organisations: Callable[[], Awaitable[Sequence[Organisation]]],
    ) -> None:
        self._reader = reader
        self._config = config
        self._vault = vault
        self._organisations = organisations

    async def upstreams(self) -> list[Upstream]:
        named = self._config.upstreams
        orgs = await self._orgs()
        found = [self._upstream(name, one, orgs) for name, one in named.items()]
        stored = await self._reader.upstreams()
        for row in stored:
            if row.name in named:
                log.warning("the settings have an upstream of this name: theirs counts", upstream=row.name)
        return found + [row for row in stored if row.name not in named]

    def _upstream(self, name: str, one: UpstreamSettings, orgs: Mapping[str, int]) -> Upstream:
        """Whose organisation is not there is off, and nobody's: what waits for it goes on waiting."""
        if _is_there(one, orgs):
            return upstream_of(name, one, orgs, self._vault)
        words = "an upstream of the settings is off: its organisation is not there"
        log.warning(words, upstream=name, organisation=one.organisation)
        return replace(upstream_of(name, one, {one.organisation: NOBODY}, None), enabled=0)

    async def routes(self) -> list[Route]:
        stored = await self._reader.routes()
        if not self._config.routes:
            return stored
        known = {row.name for row in await self._reader.upstreams()} | self._config.upstreams.keys()
        orgs = await self._orgs()
        numbered = list(enumerate(self._config.routes, 1))
        found = configured_routes([(n, one) for n, one in numbered if self._missing(one, orgs) is None], orgs)
        for number, one in numbered:
            missing = self._missing(one, orgs)
            if missing is not None:
                words = "a route of the settings is left out: its organisation is not there"
                log.warning(words, route=number, organisation=missing)
        for row in found:
            if row.upstream not in known:
                log.warning("a route of the settings leads to no upstream", upstream=row.upstream)
        return found + stored

    def _missing(self, route: RouteSettings, orgs: Mapping[str, int]) -> str | None:
        """The organisation that is not there: the route's own, or that of the upstream to which it leads."""
        upstream = self._config.upstreams.get(route.upstream)
        for one in (route, upstream):
            if one is not None and not _is_there(one, orgs):
                return one.organisation
        return None

    async def _orgs(self) -> dict[str, int]:
        wanted = self._config.upstreams or self._config.routes
        return {one.name: one.id for one in await self._organisations()} if wanted else {}


def check_upstreams(config: Config, organisations: Collection[str] | None = None) -> None:
    """A `ConfigError` when the settings name what cannot be. None: any organisation may be there."""
    if organisations is None:
        named = [one.organisation for one in config.upstreams.values()]
        organisations = named + [one.organisation for one in config.routes]
    orgs = {name: number for number, name in enumerate(organisations, 1)}
    for name, one in config.upstreams.items():
        upstream_of(name, one, orgs, None)
    configured_routes(enumerate(config.routes, 1), orgs)


def configured_routes(numbered: Iterable[tuple[int, RouteSettings]], orgs: Mapping[str, int]) -> list[Route]:
    found: dict[int, Route] = {}
    for number, one in numbered:
        row = route_of(number, one, orgs)
        if row.id in found:
            raise ConfigError(f"settings: routes.{number}: there is such a route to this upstream already.")
        found[row.id] = row
    return list(found.values())


def upstream_of(name: str, given: UpstreamSettings, orgs: Mapping[str, int], vault: Vault | None) -> Upstream:
    """Without a vault it has no password."""
    place = f"upstreams.{name}"
    org = _org(given.organisation, orgs, place)
    values: dict[str, Any] = {
        field: _number(value) for field, value in asdict(given).items() if field in _AS_THEY_ARE
    }
    _check(bad_password(given.password), place, {})
    password = given.password.encode()
    row = Upstream(
        configured_id("upstream", name),
        name,
        org=org,
        password=vault.seal(password, PASSWORD.format(org=org)) if password and vault else None,
        rate_per_s=given.rate_per_s or None,
        source="\n".join(given.senders),
        numbers=tidy_numbers(" ".join(given.numbers)),
        shared=int(org == EVERYONE),
        **values,
    )
    _check(bad_upstream(row), place, {"source": "senders"})
    return row


def route_of(number: int, given: RouteSettings, orgs: Mapping[str, int]) -> Route:
    place = f"routes.{number}"
    org = _org(given.organisation, orgs, place)
    prefix = given.prefix.removeprefix("+")
    row = Route(
        configured_id("route", given.upstream, str(org), given.network, prefix),
        given.upstream,
        org,
        given.network,
        prefix,
        given.cost,
        given.weight,
        int(given.enabled),
    )
    _check(bad_route(row), place, {})
    return row


def _is_there(one: UpstreamSettings | RouteSettings, orgs: Mapping[str, int]) -> bool:
    return not one.organisation or one.organisation in orgs


def _org(name: str, orgs: Mapping[str, int], place: str) -> int:
    if not name:
        return EVERYONE
    if name not in orgs:
        raise ConfigError(f"settings: {place}.organisation: there is no organisation {name}.")
    return orgs[name]


def _number(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def _check(refusal: Refusal | None, place: str, names: Mapping[str, str]) -> None:
    if refusal is not None:
        field = refusal.rule or ""
        raise ConfigError(f"settings: {place}.{names.get(field, field)}: {refusal.reason}")
