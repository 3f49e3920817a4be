"""Signatures: the proof that a call is ours and that its body is whole.

In: the secret as its owner wrote it, the call's id, its body. Out: headers: a JWT (HS256) that holds the
body's hash, and the Standard Webhooks triple. While two secrets live, the triple is signed with both and the
JWT with the newer one.
"""

import hmac
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


class Keys(Struct, frozen=True):
    """Of the secrets that live, the newest first."""

    token: bytes
    hooks: tuple[bytes, ...]


def keys_of(secrets: Sequence[str]) -> Keys:
    """A JWT's key is the secret's text, as every library takes it."""
    return Keys(secrets[0].encode(), tuple(map(_hook_key, secrets)))


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
        token = text + b"." + _url64(hmac.digest(keys.token, text, "sha256"))
        headers["authorization"] = f"Bearer {token.decode()}"
        content = f"{id}.{at}.".encode() + body
        headers["webhook-signature"] = " ".join(
            f"v1,{b64encode(hmac.digest(key, content, 'sha256')).decode()}" for key in keys.hooks
        )
    return headers
