"""Logging in: failures are counted per name, whether it exists or not; a login that was checked opens a
session.

Passwords and codes are checked before, outside: here only what has to be exact when many try at a time.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from heliograph.core.changes import WARN, Changes, Happening
from heliograph.core.organisation import SECRET_BYTES, Account, hash_of, secret_of
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.security.access import (
    FORGOTTEN_MS,
    LOCKED_MS,
    LONGEST_AGENT,
    MOST_SESSIONS,
    MOST_TRUSTED,
    SESSION_MS,
    TRUSTED_MS,
    Guard,
    KeyStatus,
    MfaKey,
    Session,
    TrustedDevice,
    UserStatus,
    failed,
)
from heliograph.core.security.audit import Attempt
from heliograph.flow.manage.access_requests import EndSession, Failure, Fingerprint, NewSession
from heliograph.flow.ports import Answers, Transaction, Urgency

SWEPT = 100  # old rows that one call takes along


class OpenedSession(Struct, frozen=True):
    session: Session
    account: Account
    refresh: str  # nobody can show it again


class CountFailures:
    """The flow. Its answer says whether the name is locked from now on."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[Failure]) -> Answers[Guard]:
        guards, changes = [], Changes()
        for request in requests:
            guard = failed(await tx.access.load_guard(request.key), request.key, tx.now)
            await tx.access.write_guard(guard)
            guards.append(guard)
            if request.org is not None:
                changes.happenings.append(_failure(tx, request, request.org, guard))
            await _record_failure(tx, request, guard)
        await tx.write(changes)
        await tx.access.drop_guards(tx.now - FORGOTTEN_MS, SWEPT)
        return Answers(guards, [])


class OpenSessions:
    """The flow. What was checked must still hold: the password, the status, the code unused."""

    urgency = Urgency.ACCEPT

    def __init__(self, draw: Callable[[int], bytes]) -> None:
        self._draw = draw

    async def __call__(
        self, tx: Transaction, requests: Sequence[NewSession]
    ) -> Answers[OpenedSession | Refusal]:
        return Answers([await self._open(tx, request) for request in requests], [])

    async def _open(self, tx: Transaction, request: NewSession) -> OpenedSession | Refusal:
        account = (await tx.admin.load(Account, [request.account])).get(request.account)
        if account is None or account.status != UserStatus.ACTIVE or account.password != request.password:
            return refuse("bad_login")
        if not await _second_factor(tx, request):
            return refuse("bad_login")
        await tx.access.drop_guard(request.key)
        secret = secret_of(self._draw(SECRET_BYTES))
        session = Session(
            tx.next_id(0),
            account.org,
            account.id,
            hash_of(secret),
            tx.now,
            tx.now + SESSION_MS,
            request.address,
            request.agent[:LONGEST_AGENT],
            tx.now,
            request.address,
        )
        await tx.access.drop_sessions(account.id, MOST_SESSIONS - 1)
        await tx.access.drop_expired_sessions(tx.now, SWEPT)
        await tx.access.add_session(session)
        if request.attempt is not None:
            await tx.admin.record_login("login", request.attempt)
        if request.trust is not None and (request.step is not None or request.recovery is not None):
            await _trust(tx, account, request.trust)
        return OpenedSession(session, account, secret)


class RecordLogins:
    """The flow: attempts that change nothing else, for the audit trail."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[Attempt]) -> Answers[None]:
        for attempt in requests:
            await tx.admin.record_login("login_failed" if attempt.why else "login", attempt)
        return Answers([None for _ in requests], [])


class EndSessions:
    """The flow. Ending what is over changes nothing."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[EndSession]) -> Answers[None]:
        for request in requests:
            await tx.access.drop_session(request.account, request.session)
        return Answers([None for _ in requests], [])


async def _record_failure(tx: Transaction, request: Failure, guard: Guard) -> None:
    """That a name is locked from now on is told each time: it happens once in so long. A name that nobody has
    is locked as well, and of no interest.
    """
    attempt = request.attempt
    if attempt is None:
        return
    if request.is_told:
        await tx.admin.record_login("login_failed", attempt)
    if guard.locked_until is not None and attempt.id:
        await tx.admin.record_login("login_locked", attempt)


def _failure(tx: Transaction, request: Failure, org: int, guard: Guard) -> Happening:
    locked = guard.locked_until is not None
    end = f"; the name is locked for {LOCKED_MS // 60_000} minutes" if locked else ""
    return Happening(tx.next_id(0), org, tx.now, "login_failed", WARN, None, None, request.detail + end)


async def _second_factor(tx: Transaction, request: NewSession) -> bool:
    """Of a user who has one: a code that nobody used before, or a device that is trusted still."""
    active = [key for key in await tx.access.load_keys(request.account) if key.status == KeyStatus.ACTIVE]
    keys = {key.id: key for key in active}
    if not keys:
        return True
    if request.recovery is not None:
        id, code = request.recovery
        return id in keys and await _use_code(tx, keys[id], code)
    if request.step is not None:
        key, step = request.step
        return key in keys and await tx.access.use_step(key, step)
    trusted = await tx.access.load_trusted(request.account)
    return any(device.hash == request.trusted and device.expires_at > tx.now for device in trusted)


async def _use_code(tx: Transaction, key: MfaKey, code: str) -> bool:
    """It is good once. The trail tells that there is one less."""
    left = key.codes.split()
    if code not in left:
        return False
    left.remove(code)
    await tx.admin.change([replace(key, codes=" ".join(left), codes_left=len(left))])
    return True


async def _trust(tx: Transaction, account: Account, wish: Fingerprint) -> None:
    """A place that is trusted already is so from now on anew."""
    devices = await tx.access.load_trusted(account.id)
    known = next((device for device in devices if device.hash == wish.hash), None)
    over = [device for device in devices if device.expires_at <= tx.now and device is not known]
    kept = [device for device in devices if device not in over and device is not known]
    await tx.admin.drop([*over, *kept[: max(0, len(kept) - MOST_TRUSTED + 1)]])
    new = TrustedDevice(
        known.id if known is not None else tx.next_id(0),
        account.org,
        account.id,
        wish.hash,
        wish.operating_system,
        wish.browser,
        tx.now,
        tx.now + TRUSTED_MS,
    )
    if known is None:
        await tx.admin.add([new])
    else:
        await tx.admin.change([replace(new, created_at=known.created_at)])
