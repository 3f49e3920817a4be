"""Users, their roles, keys and trusted devices: the contract's words for accounts."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.organisation import Organisation
from heliograph.core.security.access import KeyStatus, MfaKey, TrustedDevice, all_of, scopes_of, with_role
from heliograph.flow.ports.access import Person
from heliograph.interfaces.rest.problem import no_reference, out_of_range
from heliograph.interfaces.rest.translate.shapes import Looked, Reference
from heliograph.interfaces.rest.translate.times import maybe_shown, shown
from heliograph.runtime.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, is_form

KIND = "User"
ROLES = {1: "administrator", 2: "user", 3: "observer"}
NEWCOMER = "observer"  # who is given no role may look and change nothing
STATUSES = {0: "Activation Pending", 1: "Active", 2: "Suspended", 3: "Deleted"}
KEY_STATUSES = {KeyStatus.PENDING: "Activation Pending", KeyStatus.ACTIVE: "Active"}
KEY_TYPES = {0: "Time-Based One-Time Password"}
_ROLE_IDS = {name: id for id, name in ROLES.items()}

Text = Annotated[str, Meta(max_length=500)]
Password = Annotated[str, Meta(max_length=LONGEST_PASSWORD)]


class UserBody(Struct, frozen=True):
    username: Text
    name: Text | None = None
    password: Password | None = None
    roles: Annotated[list[Reference], Meta(max_length=len(ROLES))] | None = None
    organisation: Reference | None = None


class UserChange(Struct, frozen=True):
    username: Text | UnsetType = UNSET
    name: Text | UnsetType | None = UNSET
    status: Reference | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    current_password: Password | UnsetType = UNSET


class Belongs(Struct, frozen=True):
    id: int
    name: str


class KeyObject(Struct, frozen=True):
    id: int
    status: Looked
    type: Looked
    creation_date: str
    activation_date: str | None
    recovery_codes_left: int


class NewKeyObject(KeyObject, frozen=True):
    """Shown once."""

    secret_key: str
    otpauth: str


class UserObject(Struct, frozen=True):
    id: int
    username: str
    name: str
    created: str
    status: Looked
    organisation: Belongs
    roles: list[Looked]
    mfa: list[KeyObject]
    scopes: list[str]  # an addition to the contract: what its roles hold
    provider: str  # likewise: the issuer of the provider by which it comes; empty: none


class TrustedDeviceObject(Struct, frozen=True):
    id: int
    operating_system: str
    browser: str
    activation_date: str
    expiry_date: str


class RecoveryBody(Struct, frozen=True, forbid_unknown_fields=True):
    password: Password


class RecoveryCodesObject(Struct, frozen=True):
    """Shown once."""

    recovery_codes: list[str]
    recovery_codes_left: int


class KeyBody(Struct, frozen=True):
    type: Reference
    password: Password


class KeyChange(Struct, frozen=True):
    status: Reference
    code: Text | int


def roles_of(body: UserBody) -> str:
    role = ""
    for reference in body.roles or ():
        if reference.number not in ROLES:
            raise out_of_range(KIND, "roles", "must be 1 (Administrator), 2 (User) or 3 (Observer)")
        role = with_role(role, ROLES[reference.number])
    return role or NEWCOMER


def role_of(id: int) -> str:
    """Of a path; an id that no role has is a name that no role has."""
    return ROLES.get(id, "")


def checked_password(password: str) -> str:
    """Its form says nothing of how long it was."""
    if not is_form(password) and len(password) < SHORTEST_PASSWORD:
        raise out_of_range(KIND, "password", f"must have at least {SHORTEST_PASSWORD} characters")
    return password


def in_organisation(body: UserBody, org: int) -> None:
    """Users are made in one's own."""
    if body.organisation is not None and body.organisation.number not in (None, org):
        raise no_reference("Organisation", body.organisation.number or 0)


def status_of(change: UserChange) -> int | UnsetType:
    if change.status is UNSET:
        return UNSET
    if change.status.number not in (1, 2):
        raise out_of_range(KIND, "status", "must be 1 (Active) or 2 (Suspended)")
    return change.status.number


def user_object(person: Person, organisation: Organisation) -> UserObject:
    account = person.account
    return UserObject(
        account.id,
        account.name,
        account.full_name,
        shown(account.created_at),
        Looked(account.status, STATUSES[account.status]),
        Belongs(organisation.id, organisation.name),
        [Looked(_ROLE_IDS[name], name.capitalize()) for name in account.role.split()],
        [key_object(key) for key in person.keys],
        list(all_of(scopes_of(account.role))),
        account.issuer,
    )


def key_object(key: MfaKey) -> KeyObject:
    return KeyObject(
        key.id,
        Looked(key.status, KEY_STATUSES[KeyStatus(key.status)]),
        Looked(0, KEY_TYPES[0]),
        shown(key.created_at),
        maybe_shown(key.activated_at),
        key.codes_left,
    )


def new_key_object(key: MfaKey, secret: str, link: str) -> NewKeyObject:
    known = key_object(key)
    return NewKeyObject(
        known.id,
        known.status,
        known.type,
        known.creation_date,
        known.activation_date,
        known.recovery_codes_left,
        secret,
        link,
    )


def trusted_object(device: TrustedDevice) -> TrustedDeviceObject:
    return TrustedDeviceObject(
        device.id, device.operating_system, device.browser, shown(device.created_at), shown(device.expires_at)
    )
