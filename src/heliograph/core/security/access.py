"""Access: which scopes there are, what roles hold, who covers whom, and from which addresses a token may
call.

Values and decisions only. Who a caller is, is the interface's to find out.
"""

from enum import IntEnum
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from msgspec import Struct

from heliograph.core.organisation import ROLES, SCOPES
from heliograph.core.refusal import Refusal, refuse

ADMIN = "admin"
MOST_NETWORKS = 32
LONGEST_NETWORK = 50
FAILURES = 3  # in a row, then the name is locked
LOCKED_MS = 5 * 60_000
FORGOTTEN_MS = 24 * 3_600_000  # failures as old as this say nothing any more
SESSION_MS = 30 * 24 * 3_600_000
TRUSTED_MS = 30 * 24 * 3_600_000
MOST_SESSIONS = 100  # of one user; then the oldest ends
MOST_TRUSTED = 20
MOST_KEYS = 5
INVITED_MS = 24 * 3_600_000
RECOVERY_CODES = 10
LONGEST_AGENT = 200

# What a client of the contract does with a token, when nobody said which scopes it gets.
USUAL_SCOPES = (
    "sms:send",
    "sms:read",
    "device:read",
    "device:write",
    "policy:read",
    "policy:write",
    "event:read",
    "callback:read",
    "callback:write",
    "organisation:read",
)
_SCOPES_OF_ROLE: dict[str, frozenset[str]] = {
    "administrator": frozenset({ADMIN}),
    "user": frozenset(SCOPES) - {ADMIN, "user:write", "upstream:write", "organisation:write"},
    "observer": frozenset(scope for scope in SCOPES if scope.endswith(":read")),
}


class UserStatus(IntEnum):
    """The contract's own numbers."""

    PENDING = 0  # it has no password yet
    ACTIVE = 1
    SUSPENDED = 2


class KeyStatus(IntEnum):
    PENDING = 0
    ACTIVE = 1


class Session(Struct, gc=False, frozen=True):
    """A login that lasts: what its refresh token belongs to. One row of its table."""

    id: int
    org: int
    account: int
    hash: bytes
    created_at: int
    expires_at: int
    address: str
    agent: str = ""  # what the client called itself
    seen_at: int = 0  # at most so long ago as `flow/seen` folds
    seen_from: str = ""


class TokenUse(Struct, gc=False, frozen=True):
    """When an application token was used last, and from where. One row of its table."""

    token: int
    org: int
    at: int
    address: str


class Guard(Struct, gc=False, frozen=True):
    """How often somebody failed to log in under a name, whether or not it exists."""

    key: str
    failures: int
    locked_until: int | None
    at: int


class MfaKey(Struct, gc=False, frozen=True):
    """A second factor: a key that makes codes from the time. One row of its table."""

    id: int
    org: int
    account: int
    status: int
    seed: bytes  # sealed
    created_at: int
    activated_at: int | None = None
    last_step: int = 0  # the latest time step whose code was used
    codes: str = ""  # hashes of recovery codes that were not used yet, separated by spaces
    codes_left: int = 0


class Invitation(Struct, gc=False, frozen=True):
    """A link by which a user sets the password, once. One row of its table."""

    id: int
    org: int
    account: int
    hash: bytes
    created_at: int
    expires_at: int


class TrustedDevice(Struct, gc=False, frozen=True):
    """A place from which a user logs in without a code. One row of its table."""

    id: int
    org: int
    account: int
    hash: bytes
    operating_system: str
    browser: str
    created_at: int
    expires_at: int


def scopes_of(role: str) -> frozenset[str]:
    """Of a user: roles are separated by spaces."""
    return frozenset().union(*(_SCOPES_OF_ROLE.get(name, frozenset()) for name in role.split()))


def all_of(scopes: frozenset[str]) -> tuple[str, ...]:
    """Spelled out: what `admin` holds is each of them."""
    return tuple(scope for scope in SCOPES if ADMIN in scopes or scope in scopes)


def covers(have: frozenset[str], want: frozenset[str]) -> bool:
    """Nobody gives what they do not have."""
    return ADMIN in have or want <= have


def usual_scopes(ceiling: frozenset[str]) -> tuple[str, ...]:
    return tuple(scope for scope in USUAL_SCOPES if covers(ceiling, frozenset({scope})))


def with_role(role: str, name: str) -> str:
    """Each once, the most powerful first."""
    held = {*role.split(), name}
    return " ".join(known for known in ROLES if known in held)


def without_role(role: str, name: str) -> str:
    return " ".join(held for held in role.split() if held != name)


def guard_key(name: str) -> str:
    """Names that do not exist may be passwords typed into the wrong field, so none is kept."""
    return sha256(name.encode(errors="surrogatepass")).hexdigest()


def failed(guard: Guard | None, key: str, now: int) -> Guard:
    """One failure more."""
    counts = guard is not None and guard.locked_until is None and now - guard.at < FORGOTTEN_MS
    failures = (guard.failures if guard is not None and counts else 0) + 1
    return Guard(key, failures, now + LOCKED_MS if failures >= FAILURES else None, now)


def locked_ms(guard: Guard | None, now: int) -> int:
    """For how long the name is locked; 0: it is not."""
    return 0 if guard is None or guard.locked_until is None else max(0, guard.locked_until - now)


Network = IPv4Network | IPv6Network


def networks_of(text: str) -> tuple[Network, ...]:
    """Ranges as they are kept: separated by commas."""
    return tuple(ip_network(part) for part in text.split(",") if part)


def tidy_networks(given: tuple[str, ...]) -> str | Refusal:
    """Ranges as they are kept, or what is wrong with them. One address is a range too."""
    if len(given) > MOST_NETWORKS:
        return refuse("bad_value", "ip", f"A token has at most {MOST_NETWORKS} address ranges.")
    found: list[str] = []
    for text in given:
        try:
            if len(text) > LONGEST_NETWORK or "%" in text:
                raise ValueError(text)
            found.append(str(ip_network(text.strip(), strict=False)))
        except ValueError:
            reason = f"{text[:LONGEST_NETWORK]!r} is no address range, such as 192.0.2.0/24."
            return refuse("bad_value", "ip", reason)
    return ",".join(dict.fromkeys(found))


def are_within(networks: str, bounds: str) -> bool:
    """Does each range lie in one of the bounds? Without bounds, always; without ranges, never."""
    outer = networks_of(bounds)
    if not outer:
        return True
    inner = networks_of(networks)
    return bool(inner) and all(any(_lies_in(one, other) for other in outer) for one in inner)


def _lies_in(one: Network, other: Network) -> bool:
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return one.subnet_of(other)
    return isinstance(one, IPv6Network) and isinstance(other, IPv6Network) and one.subnet_of(other)


def is_within(address: str, networks: tuple[Network, ...]) -> bool:
    """No ranges: from everywhere. An IPv4 address may come dressed as IPv6."""
    if not networks:
        return True
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in network for network in networks if network.version == plain.version)
