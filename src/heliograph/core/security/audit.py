"""The audit trail: every change that somebody made, with what was before and after, as a chain of hashes.

In: what was done, by whom. Out: entries, each hashed together with the one before it, so that nothing can
be changed, taken out or put in later without breaking the chain from there on.
"""

from hashlib import sha256

from msgspec import Struct

HIDDEN = "(hidden)"
# Fields that no trail shows.
SECRETS = frozenset({"password", "hash", "sealed", "sealed_before", "seed", "secret", "codes"})
START = bytes(32)


class Actor(Struct, frozen=True):
    """Who acts, and from where."""

    name: str  # `token:7`, `user:3`, `command line`
    address: str = ""


class Attempt(Struct, frozen=True):
    """A login, as the trail tells it: whose it was or claimed to be. No password and no code is in it, and no
    name that nobody has, which may be a password that was typed into the wrong field.
    """

    id: int  # of the user or the token; 0: nobody's
    org: int  # 0: nobody's
    who: str  # `user ford`, `token gateway`; empty: unknown
    how: str  # password, code, application token
    why: str = ""  # it failed
    folded: int = 0  # as many like it, before this one, have no entry of their own


class Simulated(Struct, frozen=True):
    """A virtual device as somebody put it, as the trail tells it."""

    id: int  # of the device
    org: int
    coverage: str
    memory: str
    fault: str | None
    profile: str
    readings: str  # name=value, separated by spaces


class SimulatedSms(Struct, frozen=True):
    """An SMS that somebody let a device send. Its text is the message's."""

    id: int  # of the device
    org: int
    dest_address: str


# What entries may be asked for by. A test holds that every table of what is managed is among the kinds.
ACTIONS = (
    *("create", "change", "delete", "release", "rotate", "prune", "simulate"),
    *("login", "login_failed", "login_locked"),
    *("console_open", "console_failed", "console_locked", "console_send"),
)
LOGIN = "login"  # the kind of such entries
CONSOLE = "console"  # of those of third parties
KINDS = (
    *("organisation", "application", "account", "mfa_key", "trusted_device", "token", "key", LOGIN),
    *("session", "invitation"),
    *("policy", "tariff", "quota", "firewall", "watch", "suppression", "stop_words"),
    *("device", "sim", "avoided_operator", "callback", "callback_secret"),
    *("smpp_account", "upstream", "route", "saved_view", "sms_template"),
    *("console_link", CONSOLE),
)
SOMEBODY = "somebody"  # the actor, as long as nothing is proven
PROGRAM = Actor("heliograph")  # nobody asked: the program did it by itself


class Entry(Struct, frozen=True):
    """One row of the audit table, in its column order."""

    number: int
    at: int
    org: int
    actor: str
    address: str
    action: str  # create, change, delete
    kind: str  # the table
    row: int
    before: str  # JSON of what changed; empty when there was nothing
    after: str
    hash: bytes


def link(previous: bytes, entry: Entry) -> bytes:
    """The hash of an entry, over everything it says and the hash before it."""
    fields = (
        entry.number,
        entry.at,
        entry.org,
        entry.actor,
        entry.address,
        entry.action,
        entry.kind,
        entry.row,
        entry.before,
        entry.after,
    )
    pieces = [previous]
    for field in fields:
        octets = str(field).encode()
        pieces.append(b"%d:%b" % (len(octets), octets))  # no two lists of fields look alike
    return sha256(b"".join(pieces)).digest()
