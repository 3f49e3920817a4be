"""Tokens: created with a secret that is shown once, changed, and revoked for good. `browse` checks them."""

from collections.abc import Callable, Sequence

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from heliograph.core.labels import bad_name
from heliograph.core.organisation import SCOPES, SECRET_BYTES, Token, hash_of, secret_of
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.access import are_within, covers, tidy_networks
from heliograph.flow.manage.access_requests import Bounds, Ceiling, SetToken
from heliograph.flow.manage.organisations import refuses_organisation
from heliograph.flow.manage.requests import NewToken, RevokeToken
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction

Draw = Callable[[int], bytes]  # so many octets of chance, fit for secrets


class CreatedToken(Struct, frozen=True):
    id: int
    org: int
    name: str
    scopes: str
    secret: str  # nobody can show it again


class CreateTokens(OneByOne[NewToken, CreatedToken | Refusal]):
    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    async def answer(self, tx: Transaction, request: NewToken) -> CreatedToken | Refusal:
        refusal = _bad(request, tx.now) or await refuses_organisation(tx, request.org)
        if refusal is not None:
            return refusal
        bounds = request.bounds
        networks = tidy_networks(request.networks)
        if isinstance(networks, Refusal):
            return networks
        networks = networks or bounds.networks
        expires_at = bounds.expires_at if request.expires_at is None else request.expires_at
        refusal = _out_of_bounds(bounds, expires_at, networks)
        if refusal is not None:
            return refusal
        secret = secret_of(self._draw(SECRET_BYTES))
        token = Token(
            tx.next_id(0),
            request.org,
            request.name,
            hash_of(secret),
            _together(request.scopes),
            tx.now,
            expires_at,
            None,
            networks,
            request.creator,
        )
        await tx.admin.add([token])
        return CreatedToken(token.id, token.org, token.name, token.scopes, secret)


class SetTokens(OneByOne[SetToken, Token | Refusal]):
    """A token that was revoked stays so."""

    async def answer(self, tx: Transaction, request: SetToken) -> Token | Refusal:
        token = (await tx.admin.load(Token, [request.token])).get(request.token)
        if token is None or token.org != request.org:
            return refuse("unknown_token")
        refusal = _refuses(token, request, tx.now)
        networks = UNSET if request.networks is UNSET else tidy_networks(request.networks)
        if refusal is not None:
            return refusal
        if isinstance(networks, Refusal):
            return networks
        changed = _changed(token, request, networks, tx.now)
        if (changed.expires_at, changed.networks) != (token.expires_at, token.networks):
            refusal = _out_of_bounds(request.bounds, changed.expires_at, changed.networks)
            if refusal is not None:
                return refusal
        if changed != token:
            await tx.admin.change([changed])
        return changed


class RevokeTokens(OneByOne[RevokeToken, Token | Refusal]):
    """Revoking twice changes nothing."""

    async def answer(self, tx: Transaction, request: RevokeToken) -> Token | Refusal:
        token = (await tx.admin.load(Token, [request.token])).get(request.token)
        if token is None or token.org != request.org:
            return refuse("unknown_token")
        if token.revoked_at is None:
            token = replace(token, revoked_at=tx.now)
            await tx.admin.change([token])
        return token


def _bad(request: NewToken, now: int) -> Refusal | None:
    return (
        _bad_scopes(request.scopes, request.ceiling)
        or _bad_end(request.expires_at, now)
        or bad_name(request.name)
    )


def _bad_scopes(scopes: Sequence[str], ceiling: Ceiling) -> Refusal | None:
    if not scopes or any(scope not in SCOPES for scope in scopes):
        return refuse("bad_value", "scopes", f"Scopes are of {', '.join(SCOPES)}.")
    if ceiling is not None and not covers(ceiling, frozenset(scopes)):
        return refuse("beyond_scopes", "scopes", "A token gets no scopes that its creator lacks.")
    return None


def _bad_end(expires_at: int | None, now: int) -> Refusal | None:
    if expires_at is not None and expires_at <= now:
        return refuse("bad_value", "expires_at", "A token ends in the future.")
    return None


def _refuses(token: Token, request: SetToken, now: int) -> Refusal | None:
    """Describing and revoking a token is for whoever may change it; what makes it mightier asks for more."""
    if request.creator is not UNSET and token.creator != request.creator:
        return refuse("beyond_scopes", "creator", "Only an administrator changes tokens of others.")
    mightier = (request.scopes, request.expires_at, request.networks)
    is_mightier = any(wish is not UNSET for wish in mightier)
    if token.revoked_at is not None and (is_mightier or request.revoked is False):
        return refuse("token_revoked")
    if is_mightier and request.ceiling is not None and not covers(request.ceiling, _scopes(token)):
        return refuse("beyond_scopes", "scopes", "The token may do more than whoever wants to change it.")
    refusal = None if request.name is UNSET else bad_name(request.name)
    if refusal is None and request.scopes is not UNSET:
        refusal = _bad_scopes(request.scopes, request.ceiling)
    if refusal is None and request.expires_at is not UNSET:
        refusal = _bad_end(request.expires_at, now)
    return refusal


def _changed(token: Token, request: SetToken, networks: str | UnsetType, now: int) -> Token:
    if request.name is not UNSET:
        token = replace(token, name=request.name)
    if request.scopes is not UNSET:
        token = replace(token, scopes=_together(request.scopes))
    if request.expires_at is not UNSET:
        token = replace(token, expires_at=request.expires_at)
    if networks is not UNSET:
        token = replace(token, networks=networks)
    if request.revoked is True and token.revoked_at is None:
        token = replace(token, revoked_at=now)
    return token


def _out_of_bounds(bounds: Bounds, expires_at: int | None, networks: str) -> Refusal | None:
    if bounds.expires_at is not None and (expires_at is None or expires_at > bounds.expires_at):
        return refuse("beyond_scopes", "expires_at", "A token gives no token a longer life than its own.")
    if not are_within(networks, bounds.networks):
        return refuse("beyond_scopes", "ip", "A token gives no token address ranges beyond its own.")
    return None


def _scopes(token: Token) -> frozenset[str]:
    return frozenset(token.scopes.split())


def _together(scopes: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(scopes))
