"""Organisations and what they own beside devices and messages: applications, tokens, accounts.

Values as their rows are. A token's secret is shown once and never kept: the row holds its SHA-256.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256

from msgspec import Struct

from heliograph.core.refusal import Refusal, refuse

SECRET_BYTES = 32
MARK = "hg_"  # so that a secret that leaked is recognised by whoever searches for such
SCOPES = (
    "sms:send",
    "sms:read",
    "device:read",
    "device:write",
    "policy:read",
    "policy:write",
    "event:read",
    "callback:read",
    "callback:write",
    "smpp:read",
    "smpp:write",
    "upstream:read",
    "upstream:write",
    "console:read",
    "console:write",
    "metrics:read",
    "user:read",
    "user:write",
    "token:read",
    "token:write",
    "organisation:read",
    "organisation:write",
    "admin",
)
ROLES = ("administrator", "user", "observer")


class Organisation(Struct, gc=False, frozen=True):
    """One row of the organisation table, in its column order."""

    id: int
    name: str
    created_at: int
    body_days: int | None = None  # how long bodies stay; None: as long as the general setting says
    country_code: str = ""  # of the national numbers that it and its devices dial; empty: the general setting
    time_zone: str = ""  # in which its people are shown times, if they chose none; empty: their browser's
    language: str = ""  # likewise, as `de`


class Application(Struct, gc=False, frozen=True):
    """Who receives A2P traffic. One row of the application table, in its column order."""

    id: int
    org: int
    name: str
    created_at: int


class Token(Struct, gc=False, frozen=True):
    """One row of the token table, in its column order."""

    id: int
    org: int
    name: str
    hash: bytes
    scopes: str  # separated by spaces
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None
    networks: str = ""  # address ranges from which it may be used, separated by commas; empty: all
    creator: int | None = None  # the user who made it


class Account(Struct, gc=False, frozen=True):
    """Someone who logs in by password. One row of the account table, in its column order."""

    id: int
    org: int
    name: str
    password: str  # the Argon2id hash of its `password_form`; empty: none was set yet
    role: str  # several are separated by spaces
    created_at: int
    full_name: str = ""
    status: int = 1  # `core.access.UserStatus`
    issuer: str = ""  # the provider of logins by which it came
    subject: str = ""  # who it is there, whatever it is called


def secret_of(octets: bytes) -> str:
    """A token as its owner writes it."""
    return MARK + urlsafe_b64encode(octets).decode().rstrip("=")


def hash_of(secret: str) -> bytes:
    """What is kept of a token. It holds 256 bits of chance, so a slow hash would protect nothing more."""
    return sha256(secret.encode()).digest()


def over(token: Token, now: int) -> Refusal | None:
    """May this token still be used?"""
    if token.revoked_at is not None:
        return refuse("bad_token", "token: revoked", "The token was revoked.")
    if token.expires_at is not None and now >= token.expires_at:
        return refuse("bad_token", "token: expired", "The token has expired.")
    return None
