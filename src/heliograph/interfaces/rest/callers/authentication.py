"""Authentication: a token, a password, a code or a refresh token becomes a session token.

In: what a client says of itself, and from where. Out: what it may call with, or the `Problem` that says no
more than it must: whoever is unknown hears and waits as one whose password is wrong. Attempts under one name
go one after the other, so that many at a time count as many.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from math import ceil
from typing import NoReturn

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from heliograph.core.organisation import Account, Token, hash_of
from heliograph.core.refusal import Refusal
from heliograph.core.security.access import (
    Guard,
    KeyStatus,
    MfaKey,
    UserStatus,
    guard_key,
    is_within,
    locked_ms,
)
from heliograph.core.security.audit import SOMEBODY, Actor, Attempt
from heliograph.core.security.recovery import code_hash, typed
from heliograph.flow.login import CountFailures, EndSessions, OpenSessions, RecordLogins
from heliograph.flow.manage.access_requests import EndSession, Failure, Fingerprint, NewSession
from heliograph.flow.ports import Clock, Full, Store
from heliograph.flow.ports.access import AccessReader, Login
from heliograph.interfaces.rest.callers.access import Caller, Wrong
from heliograph.interfaces.rest.callers.credentials import USER, Credentials, SessionTokens, mark_of
from heliograph.interfaces.rest.callers.login_fold import (
    HOUR_MS,
    MINUTE_MS,
    MOST_FAILURES,
    MOST_REMEMBERED,
    Folding,
)
from heliograph.interfaces.rest.problem import RETRY_SECONDS, Problem, error, problem
from heliograph.runtime.door import neighbourhood
from heliograph.runtime.one_time_codes import step_of
from heliograph.runtime.passwords import Busy, Passwords
from heliograph.runtime.vault import Sealed, Vault

SEED_PURPOSE = "mfa"  # under which the vault seals seeds
TOKEN = "application token"  # noqa: S105  # what is told of such a login
PASSWORD = "password"  # noqa: S105  # likewise
PROVIDER = "OpenID Connect"  # likewise
MOST_TURNS = 50  # attempts under one name that wait for each other
WRONG_LOGIN = "The username or the password is wrong"
WRONG_CODE = "The code is wrong"


class LoginFlows(Struct, frozen=True):
    count_failures: CountFailures
    open_sessions: OpenSessions
    end_sessions: EndSessions
    record: RecordLogins


class Authenticated(Struct, frozen=True, omit_defaults=True):
    """The contract's answer."""

    auth_token: str | UnsetType = UNSET
    refresh_token: str | UnsetType = UNSET
    mfa_token: str | UnsetType = UNSET


class Authentication:
    def __init__(
        self,
        reader: AccessReader,
        store: Store,
        flows: LoginFlows,
        tokens: SessionTokens,
        vault: Vault,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._store = store
        self._flows = flows
        self._tokens = tokens
        self._credentials = Credentials(reader, tokens, clock)
        self._vault = vault
        self._clock = clock
        self._passwords = Passwords()
        self._turns: dict[str, _Turn] = {}
        self._successes = Folding(MOST_REMEMBERED)
        self._failures, self._of_nobody = Folding(MOST_FAILURES), Folding(MOST_FAILURES)

    async def by_token(self, secret: str, address: str) -> Authenticated:
        token = await self._reader.token_of(hash_of(secret))
        found = self._credentials.of_token(token)
        if isinstance(found, Wrong) or token is None:
            await self._record(of_token(token, "invalid"), address)
            raise problem(401, 1101 if token is None else _code(found), "The application token is not valid")
        if not is_within(address, found.networks):
            await self._record(of_token(token, "from an address that it does not hold for"), address)
            # It is valid, and a client that hears 401 tries for ever.
            raise problem(403, 1104, "The token may not be used from this address")
        await self._record(of_token(token), address, f"token:{token.id}")
        return Authenticated(self._tokens.of_token(token))

    async def _record(
        self, attempt: Attempt, address: str, actor: str = SOMEBODY, kind: str | None = None
    ) -> None:
        """Scripts log in before each call, so a token's entry stands for an hour."""
        folded = self._fold(attempt, address, kind)
        if folded is not None:
            attempt = replace(attempt, folded=folded)
            await self._store.run(self._flows.record, [attempt], Actor(actor, address))

    def _fold(self, attempt: Attempt, address: str, kind: str | None = None) -> int | None:
        """Guesses at names that nobody has do not hide those at names that somebody has. `kind`: where the
        reason is not ours, what of it is.
        """
        why = attempt.why if kind is None else kind
        alike, now = (attempt.id, attempt.how, why, neighbourhood(address)), self._clock.now()
        if not attempt.why:
            return self._successes.tell(alike, now, HOUR_MS if attempt.how == TOKEN else MINUTE_MS)
        return (self._failures if attempt.id else self._of_nobody).tell(alike, now)

    async def by_password(
        self, name: str, password: str, address: str, fingerprint: str | None = None, agent: str = ""
    ) -> Authenticated:
        key = guard_key(name)
        async with self._turn(key):
            login = await self._reader.login(name, key)
            account = login.account
            await self._refuse_locked(login.guard, account, PASSWORD, address)
            if not await self._matches(account, password) or account is None:
                await self._fail(key, of_user(account, PASSWORD, "invalid password"), address, WRONG_LOGIN)
            place = None if fingerprint is None else digest_of(fingerprint)
            if _active(login.keys) and not self._is_trusted(login, place):
                return Authenticated(mfa_token=self._tokens.half(account, PASSWORD))
            request = NewSession(account.id, account.password, key, address, trusted=place, agent=agent)
            return await self._open(request, of_user(account, PASSWORD), WRONG_LOGIN)

    async def by_code(
        self, half: str, code: str, address: str, trust: Fingerprint | None = None, agent: str = ""
    ) -> Authenticated:
        """A code of an authenticator, or a recovery code."""
        claims = self._tokens.read_half(half)
        if isinstance(claims, Wrong):
            raise problem(401, claims.code, claims.message)
        login = await self._reader.login_of(int(claims.sub.partition(":")[2]))
        account, keys = login.account, _active(login.keys)
        if account is None or mark_of(account) != claims.mark or not keys:
            raise problem(401, 1102, "The token is not valid.")
        key = guard_key(account.name)
        async with self._turn(key):
            await self._refuse_locked(await self._reader.guard(key), account, "code", address)
            step, recovery = self._step(keys, code), _recovery(keys, code)
            if step is None and recovery is None:
                await self._fail(key, of_user(account, "code", "invalid code"), address, WRONG_CODE)
            request = NewSession(
                account.id, account.password, key, address, step, trust=trust, recovery=recovery, agent=agent
            )
            how = f"{claims.how} and {'code' if step is not None else 'recovery code'}"
            return await self._open(request, of_user(account, how), WRONG_CODE)

    async def by_provider(self, known: Account | None, address: str, agent: str = "") -> Authenticated:
        """Who was signed in elsewhere, a moment ago. Second factors here are asked for all the same."""
        login = None if known is None else await self._reader.login_of(known.id)
        account = None if login is None else login.account
        if known is None or login is None or account is None or mark_of(account) != mark_of(known):
            await self._record(of_user(None, PROVIDER, "invalid code"), address)
            raise problem(401, 1102, "The code was used, took too long, or there is none such")
        if _active(login.keys):
            return Authenticated(mfa_token=self._tokens.half(account, PROVIDER))
        key = guard_key(account.name)
        async with self._turn(key):
            request = NewSession(account.id, account.password, key, address, agent=agent)
            return await self._open(request, of_user(account, PROVIDER), "The login is not valid")

    async def tell_failed(self, kind: str, why: str, address: str, org: int) -> None:
        """A provider's guest was not let in. The words may be another each time."""
        await self._record(Attempt(0, org, "", PROVIDER, why), address, kind=kind)

    async def by_refresh(self, secret: str) -> Authenticated:
        found = await self._reader.session_of(hash_of(secret))
        if found is None or found[0].status != UserStatus.ACTIVE:
            raise problem(401, 1102, "The refresh token is not valid.")
        if found[1].expires_at <= self._clock.now():
            raise problem(401, 1103, "The refresh token has expired.")
        return Authenticated(self._tokens.of_session(found[1]))

    async def end(self, caller: Caller) -> None:
        """The session of this call is over."""
        if caller.user is not None and caller.session is not None:
            await self._store.run(self._flows.end_sessions, [EndSession(caller.user, caller.session)])

    async def confirm(self, user: int, password: str, address: str) -> Account:
        """Is it the caller itself, who is logged in? Never 401: the session is good, whatever is typed."""
        account = (await self._reader.login_of(user)).account
        if account is None:
            raise problem(403, 1104, "The user is gone")
        key = guard_key(account.name)
        async with self._turn(key):
            await self._refuse_locked(await self._reader.guard(key), account, PASSWORD, address, 429)
            if not await self._matches(account, password):
                attempt = of_user(account, PASSWORD, "invalid password")
                await self._fail(key, attempt, address, "The password is wrong", 403)
        return account

    async def hash(self, password: str) -> str:
        try:
            return await self._passwords.hash(password)
        except Busy as busy:
            raise _too_many() from busy

    def seal_seed(self, seed: bytes) -> bytes:
        return self._vault.seal(seed, SEED_PURPOSE)

    def step_of(self, key: MfaKey, code: str) -> int | None:
        """The time step whose code it is."""
        try:
            seed = self._vault.unseal(key.seed, SEED_PURPOSE)
        except Sealed as sealed:
            raise Full("secret_lost") from sealed
        return step_of(seed, code, self._clock.now())

    def _step(self, keys: list[MfaKey], code: str) -> tuple[int, int] | None:
        """Whose code it is, and of when. One that was used says nothing any more."""
        for key in keys:
            step = self.step_of(key, code)
            if step is not None and step > key.last_step:
                return key.id, step
        return None

    async def _matches(self, account: Account | None, password: str) -> bool:
        may = account is not None and account.status == UserStatus.ACTIVE
        kept = account.password if account is not None and may else None
        try:
            return await self._passwords.match(kept, password)
        except Busy as busy:
            raise _too_many() from busy

    def _is_trusted(self, login: Login, place: bytes | None) -> bool:
        now = self._clock.now()
        return any(device.hash == place and device.expires_at > now for device in login.trusted)

    async def _open(self, request: NewSession, attempt: Attempt, wrong: str) -> Authenticated:
        by = Actor(f"{USER}:{request.account}", request.address)
        folded = self._fold(attempt, request.address)
        told = None if folded is None else replace(attempt, folded=folded)
        (opened,) = await self._store.run(self._flows.open_sessions, [replace(request, attempt=told)], by)
        if isinstance(opened, Refusal):
            await self._fail(request.key, replace(attempt, why="invalid login"), request.address, wrong)
        return Authenticated(self._tokens.of_session(opened.session), opened.refresh)

    async def _fail(self, key: str, attempt: Attempt, address: str, said: str, status: int = 401) -> NoReturn:
        """Who has this name is told; for a name that nobody has there is nobody to tell."""
        name = attempt.who.partition(" ")[2]
        detail = f"Failed authentication request from '{name}', reason: {attempt.why}, from IP {address}"
        folded = self._fold(attempt, address)
        told = replace(attempt, folded=folded or 0)
        org, detail = (attempt.org, detail) if attempt.id else (None, "")
        failure = Failure(key, org, detail, told, folded is not None)
        await self._store.run(self._flows.count_failures, [failure], Actor(SOMEBODY, address))
        raise problem(status, 1101, said)

    async def _refuse_locked(
        self, guard: Guard | None, account: Account | None, how: str, address: str, status: int = 401
    ) -> None:
        wait = locked_ms(guard, self._clock.now())
        if wait:
            await self._record(of_user(account, how, "the name is locked"), address)
            seconds = ceil(wait / 1000)
            body = error(1105, f"Too many failed logins in a row; try again in {seconds} seconds")
            raise Problem(status, body, ((b"retry-after", str(seconds).encode()),))

    @asynccontextmanager
    async def _turn(self, key: str) -> AsyncIterator[None]:
        """One attempt at a time under one name."""
        turn = self._turns.setdefault(key, _Turn())
        if turn.wanted >= MOST_TURNS:
            raise _too_many()
        turn.wanted += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                self._turns.pop(key, None)


class _Turn:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wanted = 0


def of_user(account: Account | None, how: str, why: str = "") -> Attempt:
    if account is None:
        return Attempt(0, 0, "", how, why)
    return Attempt(account.id, account.org, f"user {account.name}", how, why)


def of_token(token: Token | None, why: str = "") -> Attempt:
    if token is None:
        return Attempt(0, 0, "", TOKEN, why)
    return Attempt(token.id, token.org, f"token {token.name}", TOKEN, why)


def _too_many() -> Problem:
    """They wait in front of a lock, not of a service that is away."""
    body = error(1105, "Too many logins wait their turn")
    return Problem(429, body, ((b"retry-after", str(RETRY_SECONDS).encode()),))


def _recovery(keys: list[MfaKey], code: str) -> tuple[int, str] | None:
    """Whose recovery code it is. That it is used once is held by whoever opens the login."""
    if typed(code) is None:
        return None
    hashed = code_hash(code)
    return next(((key.id, hashed) for key in keys if hashed in key.codes.split()), None)


def digest_of(fingerprint: str) -> bytes:
    return sha256(fingerprint.encode(errors="surrogatepass")).digest()


def _active(keys: list[MfaKey]) -> list[MfaKey]:
    return [key for key in keys if key.status == KeyStatus.ACTIVE]


def _code(found: Caller | Wrong) -> int:
    return found.code if isinstance(found, Wrong) else 1101
