"""What is asked of the flows that manage who may call, and of those that log people in.

`ceiling` is what whoever asks may do: nobody gives more, and nobody touches who may do more. None: the
operator at the machine.
"""

from msgspec import UNSET, Struct, UnsetType

from heliograph.core.security.audit import Attempt

Ceiling = frozenset[str] | None


class Bounds(Struct, frozen=True):
    """What a token makes or changes ends with it at the latest, and is used from nowhere else."""

    expires_at: int | None = None
    networks: str = ""


class SetToken(Struct, frozen=True):
    org: int
    token: int
    ceiling: Ceiling = None
    bounds: Bounds = Bounds()
    creator: int | UnsetType | None = UNSET  # only a token that this user made
    name: str | UnsetType = UNSET
    scopes: tuple[str, ...] | UnsetType = UNSET
    expires_at: int | UnsetType | None = UNSET
    networks: tuple[str, ...] | UnsetType = UNSET
    revoked: bool | UnsetType = UNSET


class SetAccount(Struct, frozen=True):
    org: int
    account: int
    ceiling: Ceiling = None
    name: str | UnsetType = UNSET
    full_name: str | UnsetType = UNSET
    status: int | UnsetType = UNSET
    password: str | UnsetType = UNSET  # its hash


class GiveRole(Struct, frozen=True):
    """Or take it away."""

    org: int
    account: int
    role: str
    given: bool
    ceiling: Ceiling = None


class DeleteAccount(Struct, frozen=True):
    org: int
    account: int
    ceiling: Ceiling = None
    heir: int | None = None  # of what the user shared: the user who asks


class UnlinkAccount(Struct, frozen=True):
    """Whoever comes by the provider under the user's name next is the user."""

    org: int
    account: int
    ceiling: Ceiling = None


class NewMfaKey(Struct, frozen=True):
    org: int
    account: int
    seed: bytes  # sealed


class ActivateMfaKey(Struct, frozen=True):
    org: int
    account: int
    key: int
    step: int  # the time step of the code that was shown


class DeleteMfaKey(Struct, frozen=True):
    org: int
    account: int
    key: int
    ceiling: Ceiling = None


class ForgetMfaKeys(Struct, frozen=True):
    """Whoever lost the authenticator logs in by password alone."""

    org: int
    account: int


class NewRecoveryCodes(Struct, frozen=True):
    """They take the place of those that the key had."""

    org: int
    account: int
    key: int


class CloseSessions(Struct, frozen=True):
    """Logins of a user are over: one of them, or all but the one that is kept."""

    org: int
    account: int
    session: int | None = None
    keep: int = 0
    ceiling: Ceiling = None


class NewInvitation(Struct, frozen=True):
    org: int
    account: int
    ceiling: Ceiling = None
    by: int | None = None  # the user who asks


class AcceptInvitation(Struct, frozen=True):
    digest: bytes  # of the token that the user was given
    password: str  # its Argon2id hash


class DeleteTrustedDevice(Struct, frozen=True):
    org: int
    account: int
    device: int
    ceiling: Ceiling = None


class Failure(Struct, frozen=True):
    """Somebody failed to log in under a name, of which this is the key. The organisation of whom it names
    is told `detail`.
    """

    key: str
    org: int | None = None
    detail: str = ""
    attempt: Attempt | None = None  # for the audit trail
    is_told: bool = True  # False: it is folded into another entry


class Fingerprint(Struct, frozen=True):
    """What names the place from which somebody logs in."""

    hash: bytes
    operating_system: str = ""
    browser: str = ""


class NewSession(Struct, frozen=True):
    """A login that was checked: the password was that of `password`, which may have changed meanwhile."""

    account: int
    password: str  # the hash that was checked
    key: str  # of the name, whose failures are forgotten
    address: str
    step: tuple[int, int] | None = None  # the second factor's key and the time step of its code
    trusted: bytes | None = None  # the place is one of the user's trusted devices
    trust: Fingerprint | None = None  # the place becomes one
    attempt: Attempt | None = None  # for the audit trail; None: it is folded into another entry
    recovery: tuple[int, str] | None = None  # the second factor's key and the hash of one of its codes
    agent: str = ""  # what the client called itself


class EndSession(Struct, frozen=True):
    account: int
    session: int
