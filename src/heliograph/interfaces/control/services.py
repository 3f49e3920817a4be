"""What handlers work with: the store with its flows, the reads, listeners, and whatever network has virtual
devices. Put together by `app`.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from heliograph.core.device import Device
from heliograph.core.organisation import Application, Organisation
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.routing import Routes
from heliograph.flow.applications.deleted import EndWaiting
from heliograph.flow.cancel import Cancel
from heliograph.flow.change import Change
from heliograph.flow.manage.console import ManageLinks
from heliograph.flow.manage.deletion import DeleteApplications, DeletePolicies
from heliograph.flow.manage.devices import AddDevices, DeleteDevices, SetDevices
from heliograph.flow.manage.firewall import ReleaseHolds, SetFirewalls
from heliograph.flow.manage.mfa import ForgetMfa
from heliograph.flow.manage.organisations import CreateApplications, CreateOrganisations, SetOrganisations
from heliograph.flow.manage.policies import CreatePolicies, SetPolicies
from heliograph.flow.manage.quotas import ManageQuotas
from heliograph.flow.manage.routes import ManageRoutes
from heliograph.flow.manage.sims import AddSims
from heliograph.flow.manage.smpp_accounts import ManageSmppAccounts
from heliograph.flow.manage.tariffs import ManageTariffs
from heliograph.flow.manage.tokens import CreateTokens, RevokeTokens
from heliograph.flow.manage.upstreams import ManageUpstreams
from heliograph.flow.manage.users import CreateAccounts, SetPasswords
from heliograph.flow.ports import Clock, Store
from heliograph.flow.ports.console import ConsoleReader
from heliograph.flow.ports.smpp import SmppDirectory, SmppReader
from heliograph.flow.ports.upstreams import UpstreamDirectory
from heliograph.flow.reads.audit import AuditReader
from heliograph.flow.reads.browse import Browse
from heliograph.flow.reads.fleet_port import FleetReader
from heliograph.flow.reads.policy_port import PolicyReader
from heliograph.flow.reads.smpp_port import SmppDesk
from heliograph.flow.reads.upstream_port import UpstreamLinks, UpstreamProbe
from heliograph.flow.reads.what_if_port import FirewallReader
from heliograph.flow.stranded import FreeStranded
from heliograph.flow.submit import Submit
from heliograph.interfaces.control.outlet import Applications

Picture = dict[str, Any]


class VirtualDevices(Protocol):
    """Devices that people drive from here. A device is named by its IMSI and MSISDN."""

    def enrol(self, devices: Iterable[tuple[str, str, str]]) -> int: ...
    def show(self, imsi: str, msisdn: str) -> Picture: ...
    def set_state(self, imsi: str, msisdn: str, state: str) -> Picture: ...
    def assign_profile(self, imsi: str, msisdn: str, profile: str) -> Picture: ...
    def set_reading(self, imsi: str, msisdn: str, name: str, value: float) -> Picture: ...
    def send(self, imsi: str, msisdn: str, to: str, text: str) -> Picture: ...
    def inbox(self, imsi: str, msisdn: str) -> list[Picture]: ...
    def crowd(
        self, state: str, devices: Sequence[tuple[str, str]] | None = None, per_second: float | None = None
    ) -> Picture: ...
    def states(self) -> list[str]: ...
    def profiles(self) -> list[Picture]: ...
    def reload_profiles(self, folder: Path | None = None) -> Picture: ...
    def counters(self) -> dict[str, int]: ...
    async def save(self) -> None:
        """What people set outlives the process when this returns."""
        ...


class KeyRing(Protocol):
    """The keys that seal secrets."""

    async def show(self, store: Store) -> Picture: ...
    async def rotate(self, store: Store) -> Picture | Refusal: ...
    async def prune(self, store: Store) -> Picture | Refusal: ...


class RestingDevices(Protocol):
    """Virtual devices while their network does not run: how its next start finds them."""

    async def set_state(self, imsi: str, msisdn: str, state: str) -> Picture: ...
    async def crowd(self, state: str, devices: Sequence[tuple[str, str]]) -> Picture: ...


class Smpp(Struct, frozen=True):
    """The accounts that there are, who hears of changes, and who is bound."""

    reader: SmppReader
    directory: SmppDirectory
    desk: SmppDesk


class Upstreams(Struct, frozen=True):
    """Upstreams and routes as they stand, who hears of changes, and the links."""

    manage: ManageUpstreams
    routes: ManageRoutes
    stranded: FreeStranded
    directory: UpstreamDirectory
    links: UpstreamLinks
    probe: UpstreamProbe
    table: Routes


class Flows(Struct, frozen=True):
    """The use cases that commands ask for."""

    submit: Submit
    cancel: Cancel
    change: Change
    add_devices: AddDevices
    import_devices: AddDevices
    set_devices: SetDevices
    delete_devices: DeleteDevices
    add_sims: AddSims
    quotas: ManageQuotas
    create_policies: CreatePolicies
    delete_policies: DeletePolicies
    set_policies: SetPolicies
    tariffs: ManageTariffs
    create_organisations: CreateOrganisations
    set_organisations: SetOrganisations
    create_applications: CreateApplications
    delete_applications: DeleteApplications
    create_accounts: CreateAccounts
    set_passwords: SetPasswords
    forget_mfa: ForgetMfa
    create_tokens: CreateTokens
    revoke_tokens: RevokeTokens
    set_firewalls: SetFirewalls
    release_holds: ReleaseHolds
    smpp_accounts: ManageSmppAccounts
    end_waiting: EndWaiting
    console_links: ManageLinks


class Services(Struct, frozen=True):
    store: Store
    flows: Flows
    browse: Browse
    clock: Clock
    applications: Applications
    backup: Callable[[Path], Awaitable[Picture | Refusal]]
    virtual_devices: VirtualDevices | None  # None: no network is connected
    counters: Callable[[], dict[str, int]]
    device_names: Callable[[int, Sequence[int]], Awaitable[dict[int, str]]]  # of an organisation, by id
    resting_devices: RestingDevices
    audit: AuditReader
    policies: PolicyReader
    forget_access: Callable[[], None]  # tokens or users changed
    keys: KeyRing
    fleet: FleetReader
    firewall: FirewallReader
    smpp: Smpp
    upstreams: Upstreams
    listens: Callable[[], list[tuple[str, str, int]]]  # name, host and port of what a server opened
    console: ConsoleReader

    async def organisation(self, name: str | None) -> Organisation | Refusal:
        """By name or id; without one, the oldest."""
        if name is not None:
            return await self.browse.organisation(name)
        organisations = await self.browse.organisations()
        return min(organisations, key=_age, default=None) or refuse("unknown_organisation")

    async def application(self, org: int, name: str | None) -> Application | Refusal:
        """By name or id; without one, the oldest."""
        if name is not None:
            return await self.browse.application(org, name)
        applications = await self.browse.applications(org)
        return min(applications, key=_age, default=None) or refuse("unknown_application")

    async def tariff_names(self, org: int) -> dict[int, str]:
        return {tariff.id: tariff.name for tariff in await self.policies.tariffs(org)}

    async def policy_names(self, org: int) -> dict[int, str]:
        return {policy.id: policy.name for policy in await self.browse.policies(org)}

    def enrol(self, devices: Sequence[Device]) -> None:
        """Virtual devices learn what their tags say."""
        if self.virtual_devices is not None:
            self.virtual_devices.enrol((device.imsi, device.msisdn, device.tags) for device in devices)


def _age(row: Organisation | Application) -> tuple[int, int]:
    return (row.created_at, row.id)
