"""The third-party console's door: what somebody knows becomes a token for that console alone, and the token a
seat at it.

In: an identifier with a number, or a link with its PIN; later the token. Out: a token, a seat, or the
`Problem` that says no more than it must. Whatever is wrong and whatever is unknown is looked up, compared,
hashed and recorded alike, and is answered at the same time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from hashlib import sha256
from math import ceil
from time import monotonic
from typing import Any, NoReturn

import msgspec
from msgspec import Struct

from heliograph.core.console import (
    BY_TAG,
    LOOK_BACK_MS,
    SENDER,
    SESSION_MS,
    ConsoleLink,
    ConsoleUse,
    hash_of_link,
    identifiers_of,
    mark_of,
    mark_of_link,
    opens,
    over,
)
from heliograph.core.device import Device
from heliograph.core.security.audit import SOMEBODY, Actor
from heliograph.flow.console import Attempt, RecordAttempts
from heliograph.flow.ports import Clock, Store
from heliograph.flow.ports.console import ConsoleReader
from heliograph.flow.reads.port import TooSlow
from heliograph.interfaces.rest.callers.guesses import Guesses
from heliograph.interfaces.rest.callers.windows import Windows
from heliograph.interfaces.rest.problem import RETRY_SECONDS, Problem, error, problem
from heliograph.runtime.door import neighbourhood
from heliograph.runtime.passwords import Busy, Passwords
from heliograph.runtime.signed import Signer
from heliograph.runtime.vault import Vault

WRONG = "This opens no console"
OVER = "The console is over: open it again"
WRONG_SECONDS = 0.25  # after which every wrong attempt is answered; its work takes less
FREE_OF_TARGET, FREE_OF_ADDRESS = 3, 10
MOST_OPENED, OPENED_SECONDS = 120, 3_600.0
_LINK, _DEVICE = "link", "device"
_LONGEST_SECRET = 200


class Claims(Struct, frozen=True):
    """Of a console's token."""

    sub: str
    iat: int
    exp: int
    mark: str


class Seat(Struct, frozen=True):
    """Somebody at a console."""

    org: int
    link: ConsoleLink | None
    device: Device | None  # whose identifier opened it
    mark: str
    since: int  # what came before is not shown
    ends_at: int

    @property
    def name(self) -> str:
        return BY_TAG if self.link is None else f"{SENDER}:{self.link.id}"

    @property
    def who(self) -> str:
        """One of those who wait."""
        return self.name if self.device is None else f"{self.name} {self.device.id}"


class Opened(Struct, frozen=True):
    token: str
    ends_at: int


class _Found(Struct, frozen=True):
    """What an attempt is at. None of the first three: of nothing that there is."""

    link: ConsoleLink | None = None
    device: Device | None = None
    identifier: str | None = None
    is_right: bool = False

    @property
    def use(self) -> ConsoleUse | None:
        if self.link is not None:
            return ConsoleUse(self.link.id, self.link.org, _LINK)
        if self.device is not None and identifiers_of(self.device.tags):
            return ConsoleUse(self.device.id, self.device.org, "identifier", self.device.id)
        return None


class Door:
    """`rest` waits for so many seconds."""

    def __init__(
        self,
        reader: ConsoleReader,
        store: Store,
        vault: Vault,
        clock: Clock,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._reader = reader
        self._store = store
        self._vault = vault
        self._clock = clock
        self._rest = rest
        self._record = RecordAttempts()
        self._passwords = Passwords()
        self._targets = Guesses(FREE_OF_TARGET, monotonic)
        self._addresses = Guesses(FREE_OF_ADDRESS, monotonic)
        self._opened = Windows(MOST_OPENED, OPENED_SECONDS, monotonic)  # each is in the audit trail
        self._derive()
        vault.watch(self._derive)

    def _derive(self) -> None:
        self._signer = Signer(self._vault.derive("console token"))

    async def hash(self, pin: str) -> str:
        try:
            return await self._passwords.hash(pin)
        except Busy as busy:
            raise _too_many(RETRY_SECONDS, "Too many secrets wait to be looked at") from busy

    async def by_identifier(self, identifier: str, msisdn: str, address: str) -> Opened:
        digits = msisdn.strip().removeprefix("+").replace(" ", "")
        target = (_DEVICE, sha256(digits.encode(errors="replace")).digest())
        return await self._open(self._find_device(digits, identifier), target, address)

    async def _find_device(self, digits: str, identifier: str) -> _Found:
        device = await self._reader.device_numbered(digits)
        same = opens(device, identifier)
        return _Found(device=device, identifier=same, is_right=same is not None)

    async def by_link(self, secret: str, pin: str, address: str) -> Opened:
        digest = hash_of_link(secret[:_LONGEST_SECRET])
        return await self._open(self._find_link(digest, pin), (_LINK, digest), address)

    async def _find_link(self, digest: bytes, pin: str) -> _Found:
        """One without a PIN costs the same work."""
        link = await self._reader.link_of(digest)
        kept = link.password if link is not None and link.password else None
        matches = await self._passwords.match(kept, pin)
        is_good = link is not None and not over(link, self._clock.now()) and (matches or kept is None)
        return _Found(link=link, is_right=is_good)

    async def _open(self, find: Coroutine[Any, Any, _Found], target: object, address: str) -> Opened:
        began, where = monotonic(), neighbourhood(address)
        try:
            locked_seconds, unheard_seconds = self._begin(where, target)
        except Problem:
            find.close()
            raise
        try:
            found = await find
        except (Busy, TooSlow) as late:
            # Nothing was found out, so nothing was guessed.
            self._targets.take_back(target)
            self._addresses.take_back(where)
            raise _too_many(RETRY_SECONDS, "Too many wait their turn") from late
        if not found.is_right:
            attempt = Attempt(found.use, address, False, locked_seconds, unheard_seconds)
            await self._refuse(attempt, began)
        self._targets.right(target)
        self._addresses.take_back(where)
        wait = self._opened.wait_seconds(str(target))
        if wait:
            raise _too_many(wait, "This console was opened too often")
        opened = self._token(found)
        name = BY_TAG if found.link is None else f"{SENDER}:{found.link.id}"
        await self._store.run(self._record, [Attempt(found.use, address, True)], Actor(name, address))
        return opened

    def _begin(self, where: str, target: object) -> tuple[int, int]:
        """For how long the target and the address are locked if this is wrong."""
        wait = max(self._addresses.wait_seconds(where), self._targets.wait_seconds(target))
        if wait:
            raise _too_many(wait, "Too many wrong attempts")
        unheard_seconds = ceil(self._addresses.begin(where))
        return ceil(self._targets.begin(target)), unheard_seconds

    async def _refuse(self, attempt: Attempt, began: float) -> NoReturn:
        await self._store.run(self._record, [attempt], Actor(SOMEBODY, attempt.address))
        await self._rest(max(0.0, WRONG_SECONDS - (monotonic() - began)))
        raise problem(401, 1101, WRONG)

    def _token(self, found: _Found) -> Opened:
        now = self._clock.now()
        ends_at = now + SESSION_MS
        if found.link is not None:
            subject, mark = f"{_LINK}:{found.link.id}", mark_of_link(found.link)
            ends_at = min(ends_at, found.link.expires_at)
        else:
            assert found.device is not None
            assert found.identifier is not None
            subject, mark = f"{_DEVICE}:{found.device.id}", mark_of(found.identifier)
        ends_at -= ends_at % 1000
        claims = {"sub": subject, "iat": now // 1000, "exp": ends_at // 1000, "mark": mark}
        return Opened(self._signer.sign(claims), ends_at)

    async def seat(self, token: str | None) -> Seat:
        """What opened it is looked at each time: what was taken back is so at once."""
        if token is None:
            raise problem(401, 1102, "A console token is required")
        try:
            claims = msgspec.convert(self._signer.read(token), Claims)
        except msgspec.ValidationError:
            raise problem(401, 1102, "The console token is not valid") from None
        if claims.exp * 1000 <= self._clock.now():
            raise problem(401, 1103, OVER)
        kind, _, id = claims.sub.partition(":")
        seat = await (self._of_link(int(id), claims) if kind == _LINK else self._of_device(int(id), claims))
        if seat is None:
            raise problem(401, 1102, OVER)
        return seat

    async def _of_link(self, id: int, claims: Claims) -> Seat | None:
        link = await self._reader.link(id)
        if link is None or over(link, self._clock.now()) or mark_of_link(link) != claims.mark:
            return None
        ends_at = min(claims.exp * 1000, link.expires_at)
        return Seat(link.org, link, None, claims.mark, link.created_at, ends_at)

    async def _of_device(self, id: int, claims: Claims) -> Seat | None:
        device = await self._reader.device(id)
        if device is None or claims.mark not in map(mark_of, identifiers_of(device.tags)):
            return None
        since = claims.iat * 1000 - LOOK_BACK_MS
        return Seat(device.org, None, device, claims.mark, since, claims.exp * 1000)


def _too_many(seconds: float, said: str) -> Problem:
    """The same words for what is there and what is not."""
    return Problem(429, error(1105, said), ((b"retry-after", str(ceil(seconds)).encode()),))
