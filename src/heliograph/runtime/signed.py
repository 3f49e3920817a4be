"""Signed tokens: claims that we handed out and recognise again (JWT, HS256). Whether they have ended, and
what they mean, is the reader's to ask.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ALGORITHM = "HS256"
LONGEST = 4_096


class Signer:
    """`keys`: the newest first; it signs, all are recognised."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [OctKey.import_key(key) for key in keys]

    def sign(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": ALGORITHM}, dict(claims), self._keys[0])

    def read(self, text: str) -> dict[str, Any] | None:
        """None: not one of ours."""
        if len(text) > LONGEST or text.count(".") != 2:
            return None
        for key in self._keys:
            try:
                return dict(jwt.decode(text, key, algorithms=[ALGORITHM]).claims)
            except (JoseError, ValueError):
                continue
        return None
