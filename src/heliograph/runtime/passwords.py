"""Passwords of people: made, hashed, compared. What is kept of one is the Argon2id hash of its one form.

In: passwords as typed, or as clients send them: lower-case hex SHA-1. Hashing takes long on purpose, so the
loop has it done in threads, a few at a time.
"""

import asyncio
from collections.abc import Callable
from hashlib import sha1
from secrets import choice, token_urlsafe
from string import ascii_letters, digits
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORD_BYTES = 15
SHORT_PASSWORD = 8
SHORTEST_PASSWORD = 8  # NIST SP 800-63B §5.1.1.1
LONGEST_PASSWORD = 1000
AT_A_TIME = 2  # each takes 19 MiB and a core
MOST_WAITING = 100
_LETTERS = ascii_letters + digits
_SHA1_LENGTH = 40
_SHA1_DIGITS = frozenset("0123456789abcdef")
# OWASP's second choice for Argon2id: 19 MiB and two passes; more would stall a small machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

T = TypeVar("T")


class Busy(Exception):
    """Too many passwords wait to be looked at."""


def new_password() -> str:
    return token_urlsafe(PASSWORD_BYTES)


def new_short_password() -> str:
    """Of 47 bits: as long as SMPP 3.4 §5.2.2 has room for. Guessing is slowed down where it is asked for."""
    return "".join(choice(_LETTERS) for _ in range(SHORT_PASSWORD))


def is_form(password: str) -> bool:
    """Was it brought into its form already?"""
    return len(password) == _SHA1_LENGTH and _SHA1_DIGITS.issuperset(password)


def form_of(password: str) -> str:
    """The one form: clients send the lower-case hex SHA-1, so a plain password becomes that first."""
    if is_form(password):
        return password
    # It protects nothing: the Argon2id over it does.
    return sha1(password.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()


def hash_of_password(password: str) -> str:
    """Takes a while, on purpose."""
    return _HASHER.hash(form_of(password))


def is_password(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, form_of(password))
    except (VerificationError, InvalidHashError):
        return False


class Passwords:
    """For the loop. Where nobody is known the same work is done, so that time tells nothing."""

    def __init__(self) -> None:
        self._nobody = hash_of_password(new_password())
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._work(lambda: hash_of_password(password))

    async def match(self, kept: str | None, password: str) -> bool:
        """`kept` None: there is nobody, or nobody who may log in."""
        matches = await self._work(lambda: is_password(kept or self._nobody, password))
        return matches and bool(kept)

    async def _work(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise Busy("Too many passwords wait to be looked at. Try again later.")
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
