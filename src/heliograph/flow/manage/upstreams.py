"""Upstreams: created, changed, deleted by people. What the settings name is changed there and not here.

In: wishes; a password comes sealed. Out: the row as it stands, or why not.
"""

from collections.abc import Container

from msgspec import UNSET, Struct, UnsetType

from heliograph.core.delivery import UNSENT
from heliograph.core.organisation import Application
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.upstream import CONFIGURED, EVERYONE, Upstream, is_configured, numbers_of
from heliograph.core.upstream_values import MOST_UPSTREAMS, bad_upstream, tidy_numbers
from heliograph.flow.manage.organisations import refuses_organisation
from heliograph.flow.manage.wishing import as_wished
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class UpstreamWish(Struct, frozen=True):
    """Fields of `core.upstream.Upstream`."""

    host: str | UnsetType = UNSET
    port: int | UnsetType = UNSET
    tls: int | UnsetType = UNSET
    tls_verify: int | UnsetType = UNSET
    tls_ca: str | UnsetType = UNSET
    tls_server_name: str | UnsetType = UNSET
    tls_certificate: str | UnsetType = UNSET
    tls_key: str | UnsetType = UNSET
    system_id: str | UnsetType = UNSET
    password: bytes | UnsetType | None = UNSET  # sealed by the caller
    system_type: str | UnsetType = UNSET
    bind_mode: str | UnsetType = UNSET
    binds: int | UnsetType = UNSET
    window: int | UnsetType = UNSET
    rate_per_s: int | UnsetType | None = UNSET
    interface_version: int | UnsetType = UNSET
    source: str | UnsetType = UNSET
    destination_ton: int | UnsetType = UNSET
    destination_npi: int | UnsetType = UNSET
    destination_plus: int | UnsetType = UNSET
    long_form: str | UnsetType = UNSET
    receipts: str | UnsetType = UNSET
    id_format: str | UnsetType = UNSET
    service_type: str | UnsetType = UNSET
    repeats: str | UnsetType = UNSET
    submit_fail: str | UnsetType = UNSET
    coding_0: str | UnsetType = UNSET
    enquire_link_seconds: int | UnsetType = UNSET
    response_seconds: int | UnsetType = UNSET
    reconnect_seconds: int | UnsetType = UNSET
    numbers: str | UnsetType = UNSET
    octets: int | UnsetType = UNSET
    ucs2: int | UnsetType = UNSET
    user_data_header: int | UnsetType = UNSET
    segments: int | UnsetType = UNSET
    failover_seconds: int | UnsetType = UNSET
    shared: int | UnsetType = UNSET
    enabled: int | UnsetType = UNSET


class NewUpstream(Struct, frozen=True):
    org: int  # whose it is; EVERYONE: the platform's
    name: str
    wish: UpstreamWish


class SetUpstream(Struct, frozen=True):
    org: int
    upstream: int
    wish: UpstreamWish


class DeleteUpstream(Struct, frozen=True):
    org: int
    upstream: int
    force: bool = False  # also while routes lead there and SMS wait; `flow/stranded` sees to these


UpstreamRequest = NewUpstream | SetUpstream | DeleteUpstream


class ManageUpstreams(OneByOne[UpstreamRequest, Upstream | Refusal]):
    """In the order asked for. `reserved`: the names that the settings use."""

    def __init__(self, reserved: Container[str] = ()) -> None:
        self._reserved = reserved

    async def answer(self, tx: Transaction, request: UpstreamRequest) -> Upstream | Refusal:
        if isinstance(request, NewUpstream):
            return await self._create(tx, request)
        if is_configured(request.upstream):
            return refuse("configured", "upstream", CONFIGURED)
        upstream = (await tx.admin.load(Upstream, [request.upstream])).get(request.upstream)
        if upstream is None or upstream.org != request.org:
            return refuse("unknown_upstream")
        if isinstance(request, SetUpstream):
            changed = await _wished(tx, upstream, request.wish)
            if isinstance(changed, Upstream):
                await tx.admin.change([changed])
            return changed
        return await _delete(tx, upstream, request.force)

    async def _create(self, tx: Transaction, request: NewUpstream) -> Upstream | Refusal:
        refusal = None if request.org == EVERYONE else await refuses_organisation(tx, request.org)
        if refusal is None and await tx.upstreams.count_upstreams(request.org) >= MOST_UPSTREAMS:
            refusal = refuse("bad_value", "upstream", f"There are {MOST_UPSTREAMS} upstreams already.")
        if refusal is not None:
            return refusal
        new = Upstream(tx.next_id(0), request.name, "", 0, request.org, created_at=tx.now)
        made = await _wished(tx, new, request.wish)
        if isinstance(made, Refusal):
            return made
        if made.name in self._reserved or await tx.admin.find(Upstream, EVERYONE, [made.name]):
            return refuse("duplicate", "name", f"The name {made.name} is taken.")
        await tx.admin.add([made])
        return made


async def _wished(tx: Transaction, upstream: Upstream, wish: UpstreamWish) -> Upstream | Refusal:
    numbers = upstream.numbers if wish.numbers is UNSET else tidy_numbers(wish.numbers)
    changed = as_wished(upstream, wish, numbers=numbers, updated_at=tx.now)
    refusal = bad_upstream(changed)
    if refusal is None and changed.numbers != upstream.numbers:
        refusal = await _refuses_numbers(tx, changed)
    return refusal or changed


async def _refuses_numbers(tx: Transaction, upstream: Upstream) -> Refusal | None:
    """They lead to its organisation's applications; those of what all share, to anybody's."""
    named = {id for id in numbers_of(upstream.numbers).values() if id is not None}
    known = await tx.admin.load(Application, sorted(named)) if named else {}
    for id in sorted(named):
        found = known.get(id)
        if found is None or upstream.org not in (EVERYONE, found.org):
            return refuse("unknown_application", "numbers", f"There is no application {id}.")
    return None


async def _delete(tx: Transaction, upstream: Upstream, force: bool) -> Upstream | Refusal:
    """Its routes go with it: another upstream of this name must not get what was meant for this one."""
    routes = await tx.upstreams.routes_to(upstream.name)
    if not force and routes:
        lead = "1 route leads" if len(routes) == 1 else f"{len(routes)} routes lead"
        return refuse("in_use", "upstream", f"{lead} to the upstream {upstream.name}.")
    if not force and await tx.upstreams.waiting(upstream.name, 0, 1, UNSENT):
        return refuse("messages_wait", "upstream", f"SMS wait for the upstream {upstream.name}.")
    await tx.admin.drop([*routes, upstream])
    return upstream
