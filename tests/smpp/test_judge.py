"""Passwords under attack: what costs nothing, what is slowed, and who is not harmed."""

import asyncio

from heliograph.core.smpp_account import SmppAccount
from heliograph.interfaces.smpp.binding import (
    FREE_OF_ADDRESS,
    LONGEST_DELAY_SECONDS,
    LOOKS_PER_ADDRESS,
    LOOKS_PER_PAIR,
    MOST_REMEMBERED,
    WRONG_REMEMBERED,
    Judge,
    Slowness,
)
from heliograph.runtime.passwords import Busy
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import BindTransceiver
from tests.virtual_time import run_virtual

KEY = b"k" * 32
HERE, THERE = "192.0.2.1", "192.0.2.2"


class Directory:
    """Accounts in memory."""

    def __init__(self, *accounts: SmppAccount) -> None:
        self.accounts = {account.id: account for account in accounts}

    def of_id(self, id: int) -> SmppAccount | None:
        return self.accounts.get(id)

    def of_system_id(self, system_id: str) -> SmppAccount | None:
        return next((one for one in self.accounts.values() if one.system_id == system_id), None)


class Looks:
    """Stands for Argon2id: counts how often it is asked; a hash is `hash of` its password."""

    def __init__(self) -> None:
        self.count = 0
        self.busy = False

    async def match(self, kept: str | None, password: str) -> bool:
        if self.busy:
            raise Busy
        self.count += 1
        await asyncio.sleep(0.03)
        return kept == f"hash of {password}"


def judge_of(*accounts: SmppAccount) -> tuple[Judge, Looks, Directory]:
    looks, directory = Looks(), Directory(*accounts)
    return Judge(directory, looks.match, KEY), looks, directory  # type: ignore[arg-type]  # reads alone


ACME = SmppAccount(7, 1, "acme", "hash of right")
OTHER = SmppAccount(8, 1, "other", "hash of right")


def bind(password: str, system_id: str = "acme") -> BindTransceiver:
    return BindTransceiver(system_id, password)


def test_a_good_password_is_looked_at_once() -> None:
    async def work() -> None:
        judge, looks, directory = judge_of(ACME)
        assert judge.at_once(bind("right"), HERE) is None
        assert await judge.decide(bind("right"), HERE) == ACME
        assert judge.at_once(bind("right"), THERE) == ACME
        assert judge.at_once(bind("wrong"), HERE) is None
        assert looks.count == 1
        directory.accounts[7] = SmppAccount(7, 1, "acme", "hash of new", 2)
        assert judge.at_once(bind("right"), HERE) is None
        assert await judge.decide(bind("right"), HERE) == Status.RINVPASWD

    run_virtual(work())


def test_a_client_that_repeats_a_wrong_password_costs_one_look() -> None:
    async def work() -> None:
        judge, looks, _ = judge_of(ACME)
        for _ in range(20):
            assert await judge.decide(bind("wrong"), HERE) == Status.RINVPASWD
        assert looks.count == 1

    run_virtual(work())


def test_guessing_is_slowed_and_the_owner_is_not() -> None:
    async def work() -> None:
        judge, looks, _ = judge_of(ACME)
        assert await judge.decide(bind("right"), THERE) == ACME
        began = asyncio.get_running_loop().time()
        guesses = 60
        for number in range(guesses):
            assert await judge.decide(bind(f"guess {number}"), HERE) == Status.RINVPASWD
        took = asyncio.get_running_loop().time() - began
        assert took > (guesses - 10) * LONGEST_DELAY_SECONDS
        assert looks.count == guesses + 1
        assert judge.at_once(bind("right"), THERE) == ACME

    run_virtual(work())


def test_who_shares_an_address_with_a_wrong_password_is_not_slowed() -> None:
    async def work() -> None:
        judge, _, _ = judge_of(ACME, OTHER)
        time = asyncio.get_running_loop().time
        for number in range(10):
            assert await judge.decide(bind(f"wrong {number}"), HERE) == Status.RINVPASWD
        began = time()
        assert await judge.decide(bind("right", "other"), HERE) == OTHER
        assert time() - began < 0.1
        for number in range(FREE_OF_ADDRESS):
            assert await judge.decide(bind("guess", f"nobody {number}"), HERE) == Status.RINVSYSID
        began = time()
        assert await judge.decide(bind("guess", "somebody"), HERE) == Status.RINVSYSID
        assert time() - began > 1

    run_virtual(work())


def test_one_address_has_a_few_looks_at_a_time() -> None:
    async def work() -> None:
        judge, looks, _ = judge_of(ACME, OTHER)
        binds = [judge.decide(bind(f"guess {number}"), HERE) for number in range(100)]
        statuses = await asyncio.gather(*binds)
        assert statuses.count(Status.RBINDFAIL) == 100 - LOOKS_PER_PAIR
        assert looks.count == LOOKS_PER_PAIR
        assert await judge.decide(bind("right", "other"), THERE) == OTHER

    run_virtual(work())


def test_old_logins_of_one_address_take_no_place_of_a_neighbour() -> None:
    """Each of them waits for seconds; who shares their address is looked at meanwhile."""

    async def work() -> None:
        stale = [SmppAccount(100 + number, 1, f"stale{number}", "hash of new") for number in range(6)]
        judge, _, _ = judge_of(ACME, *stale)
        time = asyncio.get_running_loop().time
        for _ in range(12):
            await asyncio.gather(*(judge.decide(bind("old", one.system_id), HERE) for one in stale))
        waiting = [asyncio.ensure_future(judge.decide(bind("old", one.system_id), HERE)) for one in stale]
        await asyncio.sleep(0)
        began = time()
        assert await judge.decide(bind("right"), HERE) == ACME
        assert time() - began < 0.1
        assert await asyncio.gather(*waiting) == [Status.RINVPASWD] * len(stale)
        assert time() - began >= LONGEST_DELAY_SECONDS

    run_virtual(work())


def test_one_address_has_few_looks_in_the_same_moment() -> None:
    async def work() -> None:
        accounts = [SmppAccount(100 + number, 1, f"one{number}", "hash of right") for number in range(12)]
        judge, _, _ = judge_of(*accounts)
        began = asyncio.get_running_loop().time()
        binds = [judge.decide(bind("right", one.system_id), HERE) for one in accounts]
        assert await asyncio.gather(*binds) == accounts
        assert asyncio.get_running_loop().time() - began > 0.03 * (len(accounts) / LOOKS_PER_ADDRESS) - 0.01

    run_virtual(work())


def test_sessions_of_one_client_share_a_look() -> None:
    async def work() -> None:
        judge, looks, _ = judge_of(ACME)
        binds = [judge.decide(bind("right"), HERE) for _ in range(50)]
        assert await asyncio.gather(*binds) == [ACME] * 50
        assert looks.count == 1

    run_virtual(work())


def test_busy_workers_refuse_and_no_failure_is_counted() -> None:
    async def work() -> None:
        judge, looks, _ = judge_of(ACME)
        looks.busy = True
        assert await judge.decide(bind("right"), HERE) == Status.RBINDFAIL
        looks.busy = False
        began = asyncio.get_running_loop().time()
        assert await judge.decide(bind("right"), HERE) == ACME
        assert asyncio.get_running_loop().time() - began < 0.1

    run_virtual(work())


def test_an_account_that_changes_while_its_password_is_looked_at_is_not_bound() -> None:
    async def work() -> None:
        judge, _, directory = judge_of(ACME)
        deciding = asyncio.ensure_future(judge.decide(bind("right"), HERE))
        await asyncio.sleep(0.01)
        directory.accounts[7] = SmppAccount(7, 1, "acme", "hash of new", 2)
        assert await deciding == Status.RBINDFAIL

    run_virtual(work())


def test_what_is_remembered_is_bounded() -> None:
    slow = Slowness()
    for number in range(MOST_REMEMBERED + 10):
        slow.failed(number, 0.0)
    assert slow.delay_seconds(0, 0.0) == 0.0
    assert slow.delay_seconds(MOST_REMEMBERED, 0.0) > 0.0
    assert slow.delay_seconds(MOST_REMEMBERED, 301.0) == 0.0

    judge, _, _ = judge_of(ACME)
    for number in range(WRONG_REMEMBERED + 1):
        judge.known.learn(ACME, f"wrong {number}", False)
    assert judge.known.verdict(ACME, "wrong 0") is None
    assert judge.known.verdict(ACME, f"wrong {WRONG_REMEMBERED}") is False
