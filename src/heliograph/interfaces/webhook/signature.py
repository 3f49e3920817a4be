"""Signatures: the proof that a call is ours and that its body is whole.

In: the secret as its owner wrote it, the call's id, its body. Out: headers: a JWT (HS256) that holds the
body's hash, and the Standard Webhooks triple. While two secrets live, the triple is signed with both and the
JWT with the newer one.
"""

from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

ISSUER = "heliograph"
LIFE_SECONDS = 300
_PREFIX = "whsec_"


def _url64(octets: bytes) -> bytes:
    return urlsafe_b64encode(octets).rstrip(b"=")


_HEAD = _url64(b'{"alg":"HS256","typ":"JWT"}')


_BLOCK = 64  # octets: FIPS 180-4 §1, SHA-256


class Hmac:
    """HMAC-SHA256 with a key that is used often (RFC 2104 §4). `hmac.digest` would let other threads run in
    between, and wait for them, at every call.
    """

    def __init__(self, key: bytes) -> None:
        block = (key if len(key) <= _BLOCK else sha256(key).digest()).ljust(_BLOCK, b"\0")
        self._inner = sha256(bytes(octet ^ 0x36 for octet in block))
        self._outer = sha256(bytes(octet ^ 0x5C for octet in block))

    def digest(self, octets: bytes) -> bytes:
        inner = self._inner.copy()
        inner.update(octets)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()


class Keys(Struct, frozen=True):
    """Of the secrets that live, the newest first."""

    token: Hmac
    hooks: tuple[Hmac, ...]


def keys_of(secrets: Sequence[str]) -> Keys:
    """A JWT's key is the secret's text, as every library takes it."""
    return Keys(Hmac(secrets[0].encode()), tuple(Hmac(_hook_key(secret)) for secret in secrets))


def _hook_key(secret: str) -> bytes:
    """Standard Webhooks: `whsec_` and base64. Any other text is taken as it is."""
    if secret.startswith(_PREFIX):
        try:
            return b64decode(secret.removeprefix(_PREFIX), validate=True)
        except (BadBase64, ValueError):
            pass
    return secret.encode()


def signed(id: str, at: int, body: bytes, keys: Keys | None) -> dict[str, str]:
    """`at` is seconds since the epoch. Without keys the call has its id and its time, and no proof."""
    headers = {"webhook-id": id, "webhook-timestamp": str(at)}
    if keys is not None:
        hashed = sha256(body).hexdigest()
        claims = (
            f'{{"iss":"{ISSUER}","iat":{at},"exp":{at + LIFE_SECONDS},"jti":"{id}","body_sha256":"{hashed}"}}'
        )
        text = _HEAD + b"." + _url64(claims.encode())
        token = text + b"." + _url64(keys.token.digest(text))
        headers["authorization"] = f"Bearer {token.decode()}"
        content = f"{id}.{at}.".encode() + body
        headers["webhook-signature"] = " ".join(
            f"v1,{b64encode(key.digest(content)).decode()}" for key in keys.hooks
        )
    return headers
