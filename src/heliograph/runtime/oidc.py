"""A provider of OpenID Connect, as its client sees it: where to send people, what it says of who comes back.

In: the provider's issuer, and the code that a browser brought. Out: claims that were checked, or
`NotBelieved` or `NotReached` with the reason. What the provider publishes is kept for a while.
"""

import asyncio
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from hmac import compare_digest
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec
import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from heliograph.runtime.http.answer import MOST_ANSWER, CallFailed
from heliograph.runtime.http.client import HttpClient, Target

KEPT_SECONDS = 3_600.0  # what the provider publishes
AGAIN_SECONDS = 10.0  # after a failure, and between two looks for a key that is not there
SKEW_SECONDS = 60  # clocks differ
LONGEST_TOKEN = 16_384
AGENT = "Heliograph"
SCOPE = "openid email profile"
# Signatures that only the provider can make: a shared secret would be ours, too. RFC 8725 §3.1.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_WELL_KNOWN = "/.well-known/openid-configuration"  # OpenID Connect Discovery 1.0 §4
_FORM = "application/x-www-form-urlencoded"

K = TypeVar("K")
log = structlog.get_logger()


class NotReached(Exception):
    """The provider could not be asked."""


class NotBelieved(Exception):
    """What came is not what a provider says, or not of this provider, or not for us."""


class Client(Struct, frozen=True):
    """What the provider knows us as."""

    issuer: str
    id: str
    secret: str = ""


class Published(Struct, frozen=True):
    """What the provider says of itself. OpenID Connect Discovery 1.0 §3."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Tokens(Struct, frozen=True):
    id_token: str
    access_token: str = ""


class Attempt(Struct, frozen=True):
    """One attempt to sign in, between sending somebody there and the return. Its owner keeps it secret."""

    state: str
    nonce: str
    verifier: str  # RFC 7636


class Provider:
    """`usable` says why a URL cannot be called, if so."""

    def __init__(
        self, client: Client, http: HttpClient, usable: Callable[[str], str | None], now: Callable[[], int]
    ) -> None:
        self._client = client
        self._http = http
        self._usable = usable
        self._now = now  # milliseconds
        self._loop = asyncio.get_running_loop()
        self._lock = asyncio.Lock()
        self._published: tuple[float, Published] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._failed: tuple[float, Exception] | None = None

    async def address(self, attempt: Attempt, redirect: str) -> str:
        """Where to send a browser. OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 §4.3."""
        published = await self._get_published()
        query = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": redirect,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": _base64(sha256(attempt.verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in published.authorization_endpoint else "?"
        return published.authorization_endpoint + joint + urlencode(query)

    async def claims(self, code: str, attempt: Attempt, redirect: str, wanted: str) -> dict[str, Any]:
        """Of who came back with this code. `wanted`: a claim without which more is asked for."""
        tokens = await self._tokens(code, attempt, redirect)
        claims = await self._checked(tokens.id_token, attempt.nonce)
        published = await self._get_published()
        if wanted in claims or not published.userinfo_endpoint or not tokens.access_token:
            return claims
        headers = {"authorization": f"Bearer {tokens.access_token}"}
        more = await self._ask(dict[str, Any], "GET", published.userinfo_endpoint, b"", headers)
        if more.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0 §5.3.2
            raise NotBelieved("the answer about the user is about another one")
        return {**more, **claims}

    async def _tokens(self, code: str, attempt: Attempt, redirect: str) -> Tokens:
        """OpenID Connect Core 1.0 §3.1.3.1; RFC 6749 §2.3.1 for how we say who we are."""
        published, client = await self._get_published(), self._client
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": attempt.verifier,
        }
        headers = {}
        if client.secret and "client_secret_basic" in published.token_endpoint_auth_methods_supported:
            pair = f"{quote(client.id, safe='')}:{quote(client.secret, safe='')}"
            headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = client.id
            if client.secret:
                form["client_secret"] = client.secret
        body = urlencode(form).encode()
        return await self._ask(Tokens, "POST", published.token_endpoint, body, headers, _FORM)

    async def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        """OpenID Connect Core 1.0 §3.1.3.7."""
        if len(token) > LONGEST_TOKEN:
            raise NotBelieved("the ID token is too long")
        try:
            keys = await self._key_set(jws.extract_compact(token.encode()).headers().get("kid"))
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                now=self._now() // 1000,
                leeway=SKEW_SECONDS,
                iss={"essential": True, "value": self._client.issuer},
                aud={"essential": True, "value": self._client.id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError) as bad:
            raise NotBelieved(f"the ID token: {bad}") from bad
        has_others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (has_others or "azp" in claims) and claims.get("azp") != self._client.id:
            raise NotBelieved("the ID token is for another client")
        if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise NotBelieved("the ID token is of another attempt")
        return dict(claims)

    async def _key_set(self, kid: object) -> KeySet:
        """With the key of this name, if the provider has one: keys change at any time."""
        published = await self._get_published()
        async with self._lock:
            kept = self._keys
            known = kept is not None and (kid is None or any(key.kid == kid for key in kept[1].keys))
            if kept is None or not self._lasts(kept[0], KEPT_SECONDS if known else AGAIN_SECONDS):
                found = await self._ask(dict[str, Any], "GET", published.jwks_uri)
                try:
                    keys = KeySet.import_key_set(found)  # type: ignore[arg-type] # it says what is wrong
                except (JoseError, ValueError, KeyError, TypeError) as bad:
                    raise NotBelieved(f"the provider's keys: {bad}") from bad
                kept = self._keys = (self._loop.time(), keys)
            return kept[1]

    async def _get_published(self) -> Published:
        async with self._lock:
            if self._published is not None and self._lasts(self._published[0], KEPT_SECONDS):
                return self._published[1]
            if self._failed is not None and self._lasts(self._failed[0], AGAIN_SECONDS):
                raise self._failed[1].with_traceback(None)
            try:
                published = await self._look()
            except (NotReached, NotBelieved) as failure:
                self._failed = (self._loop.time(), failure)
                raise
            self._published = (self._loop.time(), published)
            return published

    async def _look(self) -> Published:
        published = await self._ask(Published, "GET", self._client.issuer.rstrip("/") + _WELL_KNOWN)
        if published.issuer != self._client.issuer:  # OpenID Connect Discovery 1.0 §4.3
            raise NotBelieved(f"the provider calls itself {published.issuer[:200]!r}")
        why = self._usable(published.authorization_endpoint)
        if why is not None:
            raise NotBelieved(f"where the provider sends people: {why}")
        return published

    def _lasts(self, since: float, seconds: float) -> bool:
        return self._loop.time() - since < seconds

    async def _ask(
        self,
        kind: type[K],
        method: str,
        url: str,
        body: bytes = b"",
        headers: Mapping[str, str] = {},  # it is not changed
        media: str = "application/json",
    ) -> K:
        why = self._usable(url)
        if why is not None:
            raise NotBelieved(f"a URL of the provider: {why}")
        try:
            answer = await self._http.call(method, Target(url, AGENT, media), body, headers, MOST_ANSWER)
        except CallFailed as failure:
            raise NotReached(f"{type(failure).__name__}: {failure}") from failure
        if answer.status != 200:
            log.warning(
                "the provider of logins refused",
                url=url,
                status=answer.status,
                answer=repr(answer.first[:200]),
            )
            raise NotBelieved(f"the provider answered {answer.status}")
        try:
            return msgspec.json.decode(answer.first, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as bad:
            raise NotBelieved(f"the provider's answer: {bad}") from bad


def _base64(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")
