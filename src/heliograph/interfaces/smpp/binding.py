"""Who may bind: the account, its password, its addresses, its bind types and how many there may be.

In: a bind as a session brought it, and where it comes from. Out: the status that answers it. A wrong password
costs Argon2id at most once, a right one too, and failures slow down whoever causes them, so that a flood of
binds is no attack on the CPU and guessing leads nowhere.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from hmac import compare_digest

from msgspec import Struct

from heliograph.core.security.access import is_within, networks_of
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.ports.smpp import SmppDirectory
from heliograph.runtime.door import neighbourhood
from heliograph.runtime.passwords import Busy
from heliograph.wire.smpp.numbers import CommandId, Status
from heliograph.wire.smpp.pdus import Bind

BIND_TYPES: dict[int, str] = {
    CommandId.BIND_TRANSMITTER: "tx",
    CommandId.BIND_RECEIVER: "rx",
    CommandId.BIND_TRANSCEIVER: "trx",
}
FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 5.0
FORGET_SECONDS = 300.0
MOST_REMEMBERED = 10_000  # addresses and accounts with failures
LOOKS_PER_ADDRESS = (
    4  # passwords of one address that are looked at in the same moment; the others wait in turn
)
LOOKS_PER_PAIR = (
    4  # different passwords that one address may have under way for one account, with their delays
)
WRONG_REMEMBERED = 8  # wrong passwords of an account, so that a client that repeats one costs nothing
FREE_FAILURES = 3  # of an account, before it is slowed: its owner may mistype
FREE_OF_ADDRESS = 50  # of an address, whoever it said to be: many accounts may live behind it
_DOUBLINGS = 16

Asked = tuple[str, str, bytes]
"""A look at a password: from where, for whom, and which one, as a digest."""


class _Failures(Struct):
    count: int
    at: float


class Slowness:
    """How long somebody has to wait because of what failed before."""

    def __init__(self, free: int = 0) -> None:
        self._free = free
        self._failures: OrderedDict[object, _Failures] = OrderedDict()

    def failed(self, who: object, now: float) -> None:
        known = self._failures.pop(who, None)
        if known is None or now - known.at > FORGET_SECONDS:
            known = _Failures(0, now)
        self._failures[who] = _Failures(known.count + 1, now)
        if len(self._failures) > MOST_REMEMBERED:
            self._failures.popitem(last=False)

    def count(self, who: object, now: float) -> int:
        known = self._failures.get(who)
        return 0 if known is None or now - known.at > FORGET_SECONDS else known.count

    def delay_seconds(self, who: object, now: float) -> float:
        over = self.count(who, now) - self._free
        if over <= 0:
            return 0.0
        return min(FIRST_DELAY_SECONDS * (1 << min(over - 1, _DOUBLINGS)), LONGEST_DELAY_SECONDS)


class Known:
    """The last good password of each account and its last wrong ones, under a key that lives as long as the
    process does.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._good: dict[int, tuple[str, bytes]] = {}
        self._wrong: dict[int, tuple[str, list[bytes]]] = {}

    def digest(self, password: str) -> bytes:
        return blake2b(password.encode("latin-1", "replace"), key=self._key, digest_size=32).digest()

    def verdict(self, account: SmppAccount, password: str) -> bool | None:
        """None: it has to be looked at. What was known of another hash says nothing."""
        digest = self.digest(password)
        kept, good = self._good.get(account.id, ("", b""))
        if kept == account.password and compare_digest(good, digest):
            return True
        kept, wrong = self._wrong.get(account.id, ("", []))
        if kept == account.password and any(compare_digest(one, digest) for one in wrong):
            return False
        return None

    def learn(self, account: SmppAccount, password: str, is_good: bool) -> None:
        digest = self.digest(password)
        if is_good:
            self._good[account.id] = (account.password, digest)
            return
        kept, wrong = self._wrong.get(account.id, ("", []))
        before = wrong if kept == account.password else []
        self._wrong[account.id] = (account.password, [*before, digest][-WRONG_REMEMBERED:])

    def forget(self, account: int) -> None:
        self._good.pop(account, None)
        self._wrong.pop(account, None)


class Judge:
    """Decides binds. `match` looks at a password, on bounded workers."""

    def __init__(
        self, directory: SmppDirectory, match: Callable[[str | None, str], Awaitable[bool]], key: bytes
    ) -> None:
        self._directory = directory
        self._match = match
        self.known = Known(key)
        self._addresses = Slowness(FREE_OF_ADDRESS)
        self._pairs = Slowness()  # of an address that says to be this account
        self._accounts = Slowness(FREE_FAILURES)
        self._looks: dict[object, int] = {}  # under way, of an address and of its pairs
        self._places: dict[str, asyncio.Semaphore] = {}
        self._looking: dict[Asked, asyncio.Future[SmppAccount | Status]] = {}

    def at_once(self, bind: Bind, address: str) -> SmppAccount | None:
        """The account, where its password is known to be right: most binds are those of a peer that was here
        before.
        """
        account = self._directory.of_system_id(bind.system_id)
        if account is None or not account.enabled or not account.password:
            return None
        if not is_within(address, networks_of(account.networks)):
            return None
        return account if self.known.verdict(account, bind.password) else None

    async def decide(self, bind: Bind, address: str) -> SmppAccount | Status:
        """Takes its time. Sessions of a client that bind at one moment share one look at its password."""
        place = neighbourhood(address)
        asked = (address, bind.system_id, self.known.digest(bind.password))
        looking = self._looking.get(asked)
        if looking is None:
            pair = (place, bind.system_id)
            if self._is_full(place, pair):
                return Status.RBINDFAIL
            for who in (place, pair):
                self._looks[who] = self._looks.get(who, 0) + 1
            looking = self._looking[asked] = asyncio.ensure_future(self._look(bind, address, place))
            looking.add_done_callback(lambda _: self._looked(asked, place, pair))
        return await asyncio.shield(looking)

    def _is_full(self, place: str, pair: tuple[str, str]) -> bool:
        """A delay takes no neighbour's place, unless the address itself is one that guesses."""
        if self._looks.get(pair, 0) >= LOOKS_PER_PAIR:
            return True
        now = asyncio.get_running_loop().time()
        return (
            self._looks.get(place, 0) >= LOOKS_PER_ADDRESS and self._addresses.delay_seconds(place, now) > 0
        )

    def _looked(self, asked: Asked, place: str, pair: tuple[str, str]) -> None:
        del self._looking[asked]
        for who in (place, pair):
            self._looks[who] -= 1
            if not self._looks[who]:
                del self._looks[who]
        if place not in self._looks:
            self._places.pop(place, None)

    async def _look(self, bind: Bind, address: str, place: str) -> SmppAccount | Status:
        time = asyncio.get_running_loop().time
        account = self._directory.of_system_id(bind.system_id)
        pair = (place, bind.system_id)
        delay = max(self._addresses.delay_seconds(place, time()), self._pairs.delay_seconds(pair, time()))
        if account is not None:
            delay = max(delay, self._accounts.delay_seconds(account.id, time()))
        if delay:
            await asyncio.sleep(delay)
        is_repeated = account is not None and self.known.verdict(account, bind.password) is False
        async with self._places.setdefault(place, asyncio.Semaphore(LOOKS_PER_ADDRESS)):
            status = await self._status(account, bind, address)
        if status == Status.ROK and account is not None:
            return account
        if status in (Status.RINVPASWD, Status.RINVSYSID):
            if not is_repeated:  # an old password that is said again and again is no guess
                self._addresses.failed(place, time())
            self._pairs.failed(pair, time())
            if account is not None and status == Status.RINVPASWD:
                self._accounts.failed(account.id, time())
        return status

    async def _status(self, account: SmppAccount | None, bind: Bind, address: str) -> Status:
        if account is None or not account.enabled:
            return Status.RINVSYSID
        if not is_within(address, networks_of(account.networks)):
            return Status.RINVSYSID
        if not account.password:
            return Status.RINVPASWD
        good = self.known.verdict(account, bind.password)
        if good is None:
            try:
                good = await self._match(account.password, bind.password)
            except Busy:
                return Status.RBINDFAIL
            self.known.learn(account, bind.password, good)
        if not good:
            return Status.RINVPASWD
        now = self._directory.of_id(account.id)  # it may have changed while its password was looked at
        return Status.ROK if now is not None and now.version == account.version else Status.RBINDFAIL
