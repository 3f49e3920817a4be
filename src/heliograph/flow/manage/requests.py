"""What people ask of the flows that manage: new organisations, policies, devices, quotas, tokens, and
changes to them.

A wish holds what shall change; what it leaves out stays as it is. Policies and applications are named by id
(a number) or by name (a text).
"""

from msgspec import UNSET, Struct, UnsetType

from heliograph.flow.manage.access_requests import Bounds, Ceiling


class NewOrganisation(Struct, frozen=True):
    name: str
    body_days: int | None = None
    country_code: str = ""


class SetOrganisation(Struct, frozen=True):
    org: int
    name: str | UnsetType = UNSET
    body_days: int | UnsetType | None = UNSET
    country_code: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    language: str | UnsetType = UNSET


class NewApplication(Struct, frozen=True):
    org: int
    name: str


class NewAccount(Struct, frozen=True):
    org: int
    name: str
    password: str  # its Argon2id hash, made by the caller; empty: it is set later
    role: str = "administrator"  # several are separated by spaces
    full_name: str = ""
    ceiling: frozenset[str] | None = None  # what whoever asks may do; None: the operator at the machine


class SetPassword(Struct, frozen=True):
    org: int
    account: int
    password: str  # its Argon2id hash, made by the caller


class PolicyWish(Struct, frozen=True):
    """Fields of `core.policy.Policy`."""

    name: str | UnsetType = UNSET
    mo: int | UnsetType = UNSET
    mt: int | UnsetType = UNSET
    p2p_internal: int | UnsetType = UNSET
    p2p_external: int | UnsetType = UNSET
    mo_limit: int | UnsetType | None = UNSET
    mt_limit: int | UnsetType | None = UNSET
    quota: int | UnsetType = UNSET
    price_mo: int | UnsetType = UNSET
    price_mt: int | UnsetType = UNSET
    application: int | str | UnsetType | None = UNSET
    p2p_received_per_minute: int | UnsetType = UNSET
    p2p_sent_per_day: int | UnsetType = UNSET
    description: str | UnsetType = UNSET
    interface: int | UnsetType = UNSET
    api_callback: int | UnsetType | None = UNSET
    api_secret: int | UnsetType | None = UNSET
    mo_per_part: int | UnsetType = UNSET
    smpp_account: int | str | UnsetType | None = UNSET  # by id, or by its system_id
    extras: str | UnsetType = UNSET  # JSON of what shall be kept too; null takes a field away


NOTHING = PolicyWish()


class NewPolicy(Struct, frozen=True):
    org: int
    name: str
    wish: PolicyWish = NOTHING


class SetPolicy(Struct, frozen=True):
    org: int
    policy: int | str
    wish: PolicyWish


class DeletePolicy(Struct, frozen=True):
    org: int
    policy: int | str


class SwitchService(Struct, frozen=True):
    """A service of a policy, on or off: `mt`, `mo`, or another one, which is kept and means nothing here."""

    org: int
    policy: int
    service: str
    on: bool


class SetLimit(Struct, frozen=True):
    """A monthly limit for a service of a policy, or none any more."""

    org: int
    policy: int
    service: str
    volume: int | None
    instead_of: int | UnsetType = UNSET  # only while this is the limit


class TariffWish(Struct, frozen=True):
    """Fields of `core.tariff.Tariff`."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    price_mo: int | UnsetType = UNSET
    price_mt: int | UnsetType = UNSET


class NewTariff(Struct, frozen=True):
    org: int
    name: str
    wish: TariffWish = TariffWish()


class SetTariff(Struct, frozen=True):
    org: int
    tariff: int | str
    wish: TariffWish


class DeleteTariff(Struct, frozen=True):
    org: int
    tariff: int | str


class DeleteApplication(Struct, frozen=True):
    org: int
    application: int


class NewDevice(Struct, frozen=True):
    org: int
    name: str
    policy: int | str
    network: str
    msisdn: str = ""
    imsi: str = ""
    status: int = 0
    tags: str = ""
    tariff: int | str | None = None
    sim: int | None = None  # its numbers become the device's
    activate: bool = False  # the SIM
    imei: str = ""
    imei_lock: int = 0
    ip_address: str = ""
    any_name: bool = False  # also one of digits alone
    ceiling: Ceiling = None  # as of an account: not everybody opens consoles by tags


class DeviceWish(Struct, frozen=True):
    """Fields of `core.device.Device`."""

    name: str | UnsetType = UNSET
    msisdn: str | UnsetType = UNSET
    imsi: str | UnsetType = UNSET
    policy: int | str | UnsetType = UNSET
    network: str | UnsetType = UNSET
    status: int | UnsetType = UNSET
    tags: str | UnsetType = UNSET
    tariff: int | str | UnsetType | None = UNSET
    sim: int | UnsetType | None = UNSET  # None: released
    activate: bool = False  # the SIM
    imei: str | UnsetType = UNSET
    imei_lock: int | UnsetType = UNSET
    ip_address: str | UnsetType = UNSET
    any_name: bool = False  # also one of digits alone


class SetDevice(Struct, frozen=True):
    org: int
    device: int
    wish: DeviceWish
    ceiling: Ceiling = None


class DeleteDevice(Struct, frozen=True):
    org: int
    device: int
    with_sim: bool = True  # else only a device that has none


class SetQuota(Struct, frozen=True):
    """A new quota, full; it takes the place of the one before."""

    org: int
    device: int
    volume: int
    expires_at: int | None = None
    threshold_percent: int | None = None  # of what was used
    auto_refill: int = 0
    threshold: int | None = None  # of what is left


class AddQuota(Struct, frozen=True):
    """More for the quota that the device has."""

    org: int
    device: int
    volume: int
    expires_at: int | UnsetType | None = UNSET


class DeleteQuota(Struct, frozen=True):
    org: int
    device: int


class NewToken(Struct, frozen=True):
    org: int
    name: str
    scopes: tuple[str, ...]
    expires_at: int | None = None
    networks: tuple[str, ...] = ()  # address ranges from which it may be used; none: all
    creator: int | None = None  # the user who makes it
    ceiling: frozenset[str] | None = None  # as of an account
    bounds: Bounds = Bounds()  # of the token that makes it


class RevokeToken(Struct, frozen=True):
    org: int
    token: int
