"""Application tokens: the contract's words for our tokens."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.organisation import SCOPES, Account, Token
from heliograph.core.security.access import MOST_NETWORKS, TokenUse, usual_scopes
from heliograph.flow.manage.access_requests import Bounds, SetToken
from heliograph.flow.manage.requests import NewToken
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.problem import bad_format, out_of_range, problem
from heliograph.interfaces.rest.translate.shapes import Looked, Reference
from heliograph.interfaces.rest.translate.times import maybe_shown, read, shown

KIND = "ApplicationToken"
NAMELESS = "Application token"
ACTIVATED, REVOKED = 0, 1
STATUSES = {ACTIVATED: "Activated", REVOKED: "Revoked"}

Text = Annotated[str, Meta(max_length=500)]
Range = Annotated[str, Meta(max_length=1_000)]
Ranges = Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=MOST_NETWORKS)]
Scopes = Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=len(SCOPES))]


class TokenBody(Struct, frozen=True):
    description: Text | None = None
    expiry_date: Text | None = None
    ip: Range | Ranges | None = None
    scopes: Scopes | None = None


class TokenChange(Struct, frozen=True):
    description: Text | UnsetType | None = UNSET
    status: Reference | UnsetType = UNSET
    expiry_date: Text | UnsetType | None = UNSET
    ip: Range | Ranges | UnsetType | None = UNSET
    scopes: Scopes | UnsetType = UNSET


class TokenMade(Struct, frozen=True):
    """Shown once."""

    application_token: str
    id: int


class Creator(Struct, frozen=True):
    id: int
    name: str
    username: str


class TokenObject(Struct, frozen=True):
    id: int
    description: str
    created: str
    status: Looked
    expiry_date: str | None
    ip: str | None
    creator: Creator | None
    scopes: list[str]
    last_used: str | None  # to the minute; null: never
    last_address: str | None


def new_token(body: TokenBody, caller: Caller) -> NewToken:
    """Nothing said of scopes: what clients of the contract need, as far as the creator may do it."""
    scopes = tuple(body.scopes) if body.scopes is not None else usual_scopes(caller.scopes)
    if body.scopes is None and not scopes:
        raise problem(403, 1104, "Whoever asks may do nothing that a token could do")
    return NewToken(
        caller.org,
        body.description or NAMELESS,
        scopes,
        _end(body.expiry_date),
        _networks(body.ip),
        caller.creator,
        caller.scopes,
        _bounds(caller),
    )


def token_change(body: TokenChange, caller: Caller, token: int) -> SetToken:
    return SetToken(
        caller.org,
        token,
        caller.scopes,
        _bounds(caller),
        UNSET if caller.may("admin") else caller.creator,
        UNSET if body.description is UNSET else body.description or NAMELESS,
        UNSET if body.scopes is UNSET else tuple(body.scopes),
        UNSET if body.expiry_date is UNSET else _end(body.expiry_date),
        UNSET if body.ip is UNSET else _networks(body.ip),
        _revoked(body.status),
    )


def _bounds(caller: Caller) -> Bounds:
    return Bounds(caller.ends_at, ",".join(map(str, caller.networks)))


def _revoked(status: Reference | UnsetType) -> bool | UnsetType:
    if status is UNSET:
        return UNSET
    if status.number not in STATUSES:
        raise out_of_range(KIND, "status", "must be 0 (Activated) or 1 (Revoked)")
    return status.number == REVOKED


def _end(text: str | None) -> int | None:
    if not text:
        return None
    at = read(text)
    if at is None:
        raise bad_format(KIND, "expiry_date", "must be an ISO 8601 date")
    return at


def _networks(given: str | list[str] | None) -> tuple[str, ...]:
    texts = given.split(",") if isinstance(given, str) else given or []
    return tuple(text.strip() for text in texts if text.strip())


def token_object(token: Token, creators: Mapping[int, Account], use: TokenUse | None) -> TokenObject:
    """A creator who is gone is not shown."""
    creator = creators.get(token.creator or 0)
    status = ACTIVATED if token.revoked_at is None else REVOKED
    return TokenObject(
        token.id,
        token.name,
        shown(token.created_at),
        Looked(status, STATUSES[status]),
        maybe_shown(token.expires_at),
        token.networks or None,
        None if creator is None else Creator(creator.id, creator.full_name, creator.name),
        token.scopes.split(),
        None if use is None else shown(use.at),
        None if use is None else use.address,
    )
