"""Recovery codes: how one is written, recognised as typed, and kept.

In: chance. Out: a code for paper. 80 bits of chance need no slow hash.
"""

from base64 import b32encode
from hashlib import sha256

CODE_BYTES = 10
_LENGTH = 16
_GROUP = 4
_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")


def code_of(octets: bytes) -> str:
    """In groups, as people read it off."""
    text = b32encode(octets).decode().lower()
    return "-".join(text[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def typed(text: str) -> str | None:
    """The code's characters, whatever stands between them; None: it is no recovery code."""
    found = "".join(text.split()).replace("-", "").lower()
    return found if len(found) == _LENGTH and _ALPHABET.issuperset(found) else None


def code_hash(code: str) -> str:
    """What is kept. What is no code has a hash that no code has."""
    return sha256((typed(code) or "").encode()).hexdigest()
