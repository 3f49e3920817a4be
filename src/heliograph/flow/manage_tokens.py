"""Tokens: created with a secret that is shown once, and revoked. `browse` checks them."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from heliograph.core.labels import bad_name
from heliograph.core.organisation import SCOPES, SECRET_BYTES, Token, hash_of, secret_of
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage_organisations import refuses_organisation
from heliograph.flow.manage_requests import NewToken, RevokeToken
from heliograph.flow.ports import Answers, Transaction, Urgency

Draw = Callable[[int], bytes]  # so many octets of chance, fit for secrets


class CreatedToken(Struct, frozen=True):
    id: int
    org: int
    name: str
    scopes: str
    secret: str  # nobody can show it again


class CreateTokens:
    """The flow."""

    urgency = Urgency.ACCEPT

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    async def __call__(
        self, tx: Transaction, requests: Sequence[NewToken]
    ) -> Answers[CreatedToken | Refusal]:
        return Answers([await self._create(tx, request) for request in requests], [])

    async def _create(self, tx: Transaction, request: NewToken) -> CreatedToken | Refusal:
        refusal = _bad(request, tx.now) or await refuses_organisation(tx, request.org)
        if refusal is not None:
            return refusal
        secret = secret_of(self._draw(SECRET_BYTES))
        scopes = " ".join(dict.fromkeys(request.scopes))
        token = Token(
            tx.next_id(0), request.org, request.name, hash_of(secret), scopes, tx.now, request.expires_at
        )
        await tx.admin.add([token])
        return CreatedToken(token.id, token.org, token.name, scopes, secret)


class RevokeTokens:
    """The flow. Revoking twice changes nothing."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[RevokeToken]) -> Answers[Token | Refusal]:
        return Answers([await self._revoke(tx, request) for request in requests], [])

    async def _revoke(self, tx: Transaction, request: RevokeToken) -> Token | Refusal:
        token = (await tx.admin.load(Token, [request.token])).get(request.token)
        if token is None or token.org != request.org:
            return refuse("unknown_token")
        if token.revoked_at is None:
            token = replace(token, revoked_at=tx.now)
            await tx.admin.change([token])
        return token


def _bad(request: NewToken, now: int) -> Refusal | None:
    unknown = [scope for scope in request.scopes if scope not in SCOPES]
    if unknown or not request.scopes:
        return refuse("bad_value", "scopes", f"Scopes are of {', '.join(SCOPES)}.")
    if request.expires_at is not None and request.expires_at <= now:
        return refuse("bad_value", "expires_at", "A token ends in the future.")
    return bad_name(request.name)
