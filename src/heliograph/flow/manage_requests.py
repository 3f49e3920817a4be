"""What people ask of the flows that manage: new organisations, policies, devices, quotas, tokens, and
changes to them.

A wish holds what shall change; what it leaves out stays as it is. Policies and applications are named by id
(a number) or by name (a text).
"""

from msgspec import UNSET, Struct, UnsetType


class NewOrganisation(Struct, frozen=True):
    name: str
    body_days: int | None = None


class SetOrganisation(Struct, frozen=True):
    org: int
    name: str | UnsetType = UNSET
    body_days: int | UnsetType | None = UNSET


class NewApplication(Struct, frozen=True):
    org: int
    name: str


class NewAccount(Struct, frozen=True):
    org: int
    name: str
    password: str  # its Argon2id hash, made by the caller
    role: str = "administrator"


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


class DeviceWish(Struct, frozen=True):
    """Fields of `core.device.Device`."""

    name: str | UnsetType = UNSET
    msisdn: str | UnsetType = UNSET
    imsi: str | UnsetType = UNSET
    policy: int | str | UnsetType = UNSET
    network: str | UnsetType = UNSET
    status: int | UnsetType = UNSET
    tags: str | UnsetType = UNSET


class SetDevice(Struct, frozen=True):
    org: int
    device: int
    wish: DeviceWish


class DeleteDevice(Struct, frozen=True):
    org: int
    device: int


class SetQuota(Struct, frozen=True):
    """A new quota, full; it takes the place of the one before."""

    org: int
    device: int
    volume: int
    expires_at: int | None = None
    threshold_percent: int | None = None
    auto_refill: int = 0


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


class RevokeToken(Struct, frozen=True):
    org: int
    token: int
