"""Credentials: what stands behind `Bearer`, an application token or a session token of ours, becomes a
caller.

The row behind it is asked each time: what was revoked, suspended or given another role is so at once.
"""

from hashlib import sha256
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from heliograph.core.organisation import MARK, Account, Token, hash_of, over
from heliograph.core.security.access import Session, UserStatus, networks_of, scopes_of
from heliograph.flow.ports import Clock
from heliograph.flow.ports.access import AccessReader
from heliograph.interfaces.rest.callers.access import Caller, Wrong
from heliograph.runtime.signed import Signer
from heliograph.runtime.vault import Vault

SESSION_MINUTES = 240
CODE_MINUTES = 5  # to type a code after the password
ISSUER = "heliograph"
USER, TOKEN = "user", "token"
INVALID = Wrong(1102, "The token is not valid.")
EXPIRED = Wrong(1103, "The token has expired.")
_MINUTE_MS = 60_000


class Claims(Struct, frozen=True):
    """Of a session token: whose it is, and its login when it is a user's."""

    sub: str
    exp: int
    sid: int = 0


class HalfClaims(Struct, frozen=True):
    """Of a login that still misses its code."""

    sub: str
    exp: int
    mark: str  # of the password that was right
    how: str  # what it was begun with


C = TypeVar("C", Claims, HalfClaims)


class SessionTokens:
    """Makes and reads them."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock
        self._derive()
        vault.watch(self._derive)

    def _derive(self) -> None:
        """Anew when the keys change: what a key that was taken out has signed is no good any more."""
        self._whole = Signer(self._vault.derive("session token"))
        self._half = Signer(self._vault.derive("mfa token"))

    def of_token(self, token: Token) -> str:
        return self._signed(f"{TOKEN}:{token.id}", token.org, token.expires_at)

    def of_session(self, session: Session) -> str:
        return self._signed(f"{USER}:{session.account}", session.org, session.expires_at, sid=session.id)

    def _signed(self, subject: str, org: int, end: int | None, **more: int) -> str:
        now = self._clock.now()
        until = min(now + SESSION_MINUTES * _MINUTE_MS, end or (1 << 62))
        claims = {"iss": ISSUER, "sub": subject, "org": org, "iat": now // 1000, "exp": until // 1000}
        return self._whole.sign({**claims, **more})

    def half(self, account: Account, how: str) -> str:
        end = self._clock.now() + CODE_MINUTES * _MINUTE_MS
        claims = {"iss": ISSUER, "sub": f"{USER}:{account.id}", "exp": end // 1000}
        return self._half.sign({**claims, "mark": mark_of(account), "how": how})

    def read(self, text: str) -> Claims | Wrong:
        return self._read(self._whole.read(text), Claims)

    def read_half(self, text: str) -> HalfClaims | Wrong:
        return self._read(self._half.read(text), HalfClaims)

    def _read(self, claims: dict[str, Any] | None, kind: type[C]) -> C | Wrong:
        if claims is None:
            return INVALID
        try:
            found = msgspec.convert(claims, kind)
        except msgspec.ValidationError:
            return INVALID
        return found if self._clock.now() < found.exp * 1000 else EXPIRED


class Credentials:
    """Finds who calls."""

    def __init__(self, reader: AccessReader, tokens: SessionTokens, clock: Clock) -> None:
        self._reader = reader
        self._tokens = tokens
        self._clock = clock

    async def caller(self, credential: str) -> Caller | Wrong:
        if credential.startswith(MARK):
            return self.of_token(await self._reader.token_of(hash_of(credential)))
        claims = self._tokens.read(credential)
        if isinstance(claims, Wrong):
            return claims
        kind, _, id = claims.sub.partition(":")
        if kind == TOKEN:
            return self.of_token(await self._reader.token(int(id)), claims.exp * 1000)
        return self._of_user(await self._reader.session(int(id), claims.sid), claims)

    def of_token(self, token: Token | None, end: int | None = None) -> Caller | Wrong:
        if token is None:
            return INVALID
        refusal = over(token, self._clock.now())
        if refusal is not None:
            return Wrong(1103 if refusal.rule == "token: expired" else 1102, refusal.reason)
        scopes, networks = frozenset(token.scopes.split()), networks_of(token.networks)
        ends = [at for at in (token.expires_at, end) if at is not None]
        return Caller(
            token.org,
            f"{TOKEN}:{token.id}",
            scopes,
            min(ends, default=None),
            networks,
            token=token.id,
            creator=token.creator,
            ends_at=token.expires_at,
        )

    def _of_user(self, found: tuple[Account, Session] | None, claims: Claims) -> Caller | Wrong:
        if found is None or found[0].status != UserStatus.ACTIVE:
            return INVALID
        account, session = found
        if session.expires_at <= self._clock.now():
            return EXPIRED
        scopes = scopes_of(account.role)
        return Caller(
            account.org,
            f"{USER}:{account.id}",
            scopes,
            claims.exp * 1000,
            user=account.id,
            creator=account.id,
            session=session.id,
        )


def mark_of(account: Account) -> str:
    """Changes with the password and tells nothing of it: its hash is salted by chance."""
    return sha256(account.password.encode()).hexdigest()[:32]
