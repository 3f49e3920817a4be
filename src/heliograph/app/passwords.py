"""Passwords of people: made, and hashed. What is kept of one is its Argon2id hash."""

from secrets import token_urlsafe

from argon2 import PasswordHasher

PASSWORD_BYTES = 15
SHORTEST_PASSWORD = 8  # NIST SP 800-63B §5.1.1.1
LONGEST_PASSWORD = 1000
# OWASP's second choice for Argon2id: 19 MiB and two passes; more would stall a small machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def new_password() -> str:
    return token_urlsafe(PASSWORD_BYTES)


def hash_of_password(password: str) -> str:
    """Takes a while, on purpose."""
    return _HASHER.hash(password)
