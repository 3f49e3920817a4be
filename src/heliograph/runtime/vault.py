"""The vault: secrets that must be read again (signing secrets, MFA seeds) are sealed with a key that is not
in the store.

In: the key ring of a data folder, from a file of its own or from the environment. Out: sealed octets, and
keys derived for a purpose. The newest key seals; older ones still open, until everything is sealed anew.
"""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from heliograph.runtime.whole_file import replace_file

KEY_NAME = "secret.key"
VARIABLE = "HELIOGRAPH_KEY"
KEY_BYTES = 32
MOST_KEYS = 16
_NONCE_BYTES = 12  # NIST SP 800-38D §8.2: 96 bits
_MARK_BYTES = 4  # tells which key sealed


class Sealed(Exception):
    """It cannot be opened: another key sealed it, or it was changed."""


class Vault:
    """`keys`: the newest first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"A key has {KEY_BYTES} octets")
        self._watchers: list[Callable[[], None]] = []
        self._take(keys)

    def _take(self, keys: Sequence[bytes]) -> None:
        if len(keys) > MOST_KEYS:
            raise BadKeys(f"A key ring has {MOST_KEYS} keys at most.")
        self._seals = {_mark(key): AESGCM(_derived(key, "seal")) for key in keys}
        self._keys = list(keys)

    def take(self, keys: Sequence[bytes]) -> None:
        """Another ring from now on. Keys that were in both still open what they sealed."""
        self._take(keys)
        for watcher in self._watchers:
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Called when the ring changed: what was derived from it is to be derived anew."""
        self._watchers.append(watcher)

    @property
    def keys(self) -> tuple[bytes, ...]:
        return tuple(self._keys)

    @property
    def newest(self) -> str:
        """Its mark, which tells keys apart and tells nothing of them."""
        return _mark(self._keys[0]).hex()

    def seal(self, secret: bytes, purpose: str) -> bytes:
        """`purpose` is bound to it: what was sealed for one is no good for another."""
        mark, nonce = _mark(self._keys[0]), secrets.token_bytes(_NONCE_BYTES)
        return mark + nonce + self._seals[mark].encrypt(nonce, secret, purpose.encode())

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        mark, rest = sealed[:_MARK_BYTES], sealed[_MARK_BYTES:]
        opener = self._seals.get(mark)
        if opener is None:
            raise Sealed(f"{purpose}: no key of this installation opens it")
        try:
            return opener.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError):
            raise Sealed(f"{purpose}: it was changed") from None

    def renewed(self, sealed: bytes, purpose: str) -> bytes | None:
        """The same secret, sealed with the newest key. None: no key opens it."""
        try:
            return self.seal(self.unseal(sealed, purpose), purpose)
        except Sealed:
            return None

    def is_current(self, sealed: bytes) -> bool:
        """Was it sealed with the newest key?"""
        return sealed[:_MARK_BYTES] == _mark(self._keys[0])

    def derive(self, purpose: str) -> list[bytes]:
        """A key for a purpose, from each key of the ring, the newest first."""
        return [_derived(key, purpose) for key in self._keys]


def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, None, f"heliograph {purpose}".encode()).derive(key)


def _mark(key: bytes) -> bytes:
    return _derived(key, "mark")[:_MARK_BYTES]


class BadKeys(Exception):
    """The key ring cannot be used."""


def open_vault(folder: Path) -> Vault:
    """The environment's keys if there are some, else the folder's, made at the first start."""
    given = os.environ.get(VARIABLE)
    path = folder / KEY_NAME
    if given is None and not path.exists():
        write_keys(path, [secrets.token_bytes(KEY_BYTES)])
    return Vault(read_keys(given if given is not None else path.read_text("ascii")))


def present_vault(folder: Path) -> Vault | None:
    """Without making a key. None: there is none."""
    given, path = os.environ.get(VARIABLE), folder / KEY_NAME
    if given is None and not path.exists():
        return None
    return Vault(read_keys(given if given is not None else path.read_text("ascii")))


def read_keys(text: str) -> list[bytes]:
    """One key a word, the newest first."""
    try:
        keys = [urlsafe_b64decode(word) for word in text.split()]
    except (ValueError, BadBase64):
        raise BadKeys("The key ring is no URL-safe base64.") from None
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise BadKeys(f"Each key of the key ring has {KEY_BYTES} octets.")
    return keys


def write_keys(path: Path, keys: Sequence[bytes]) -> None:
    replace_file(path, b"".join(urlsafe_b64encode(key) + b"\n" for key in keys))
