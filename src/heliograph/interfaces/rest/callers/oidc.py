"""Signing in by an OpenID Connect provider: a browser is sent there, comes back, and gets a code for tokens.

In: what a browser brings, and its cookie. Out: where to send it next; and for a code, once and within a
minute, to whom it belongs. All of it is bound to the one browser by its cookie.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any

import msgspec
from msgspec import Struct

from heliograph.core.labels import LONGEST_NAME
from heliograph.core.organisation import Account
from heliograph.core.refusal import Refusal
from heliograph.core.security.audit import PROGRAM, Actor
from heliograph.flow.ports import Clock, Store
from heliograph.flow.sign_in import SignIn, SignInAccounts
from heliograph.runtime.oidc import Attempt, NotBelieved, NotReached, Provider
from heliograph.runtime.vault import Sealed, Vault

COOKIE = "heliograph_oidc"
COOKIE_PATH = "/api/v1/authenticate"
COOKIE_SECONDS = 600  # to sign in there
CODE_SECONDS = 60
MOST_CODES = 1_000
CHANCE_BYTES = 32
CALLBACK = "/api/v1/authenticate/oidc/callback"
_PURPOSE = "oidc sign-in"
MOST_VALUES = 1_000  # of the claim about roles
EMAIL = "email"
LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0 §2


class SignInRules(Struct, frozen=True):
    """Who may come in, and as what."""

    organisation: Callable[[], Awaitable[int | None]]  # its id; None: there is none such
    username_claim: str
    domains: frozenset[str]
    role_claim: str
    roles: tuple[tuple[str, str], ...]  # a value of that claim, the role that it gives
    create: bool
    create_role: str


class Returned(Struct, frozen=True):
    """What a browser brings back."""

    code: str
    state: str
    error: str
    issuer: str  # RFC 9207; empty: not said
    cookie: str


class NotLetIn(Exception):
    """The argument is what the portal is told, `why` what the trail is told. Of those that are `alike` it is
    told one: what a provider says may be another thing each time.
    """

    def __init__(self, error: str, why: str, alike: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.why = why
        self.alike = alike or why


class _Kept(Struct, frozen=True):
    """In the browser's cookie, sealed."""

    attempt: Attempt
    until: int


class _Code(Struct, frozen=True):
    account: Account
    browser: bytes
    until: int


class Oidc:
    def __init__(
        self,
        name: str,
        issuer: str,
        provider: Provider,
        rules: SignInRules,
        store: Store,
        vault: Vault,
        clock: Clock,
    ) -> None:
        self.name = name
        self._issuer = issuer
        self._provider = provider
        self._rules = rules
        self._store = store
        self._vault = vault
        self._clock = clock
        self._flow = SignInAccounts()
        self._codes: dict[bytes, _Code] = {}  # by their hash

    async def organisation(self) -> int:
        """Whose people come by it; 0: the one that the settings name is not there."""
        return await self._rules.organisation() or 0

    async def begin(self, site: str) -> tuple[str, str]:
        """Where to send a browser, and its cookie."""
        attempt = Attempt(*(token_urlsafe(CHANCE_BYTES) for _ in range(3)))
        try:
            address = await self._provider.address(attempt, site + CALLBACK)
        except (NotReached, NotBelieved) as failure:
            raise _told(failure) from failure
        kept = _Kept(attempt, self._clock.now() + COOKIE_SECONDS * 1000)
        sealed = self._vault.seal(msgspec.json.encode(kept), _PURPOSE)
        return address, set_cookie(urlsafe_b64encode(sealed).decode(), COOKIE_SECONDS, site)

    async def finish(self, returned: Returned, site: str, address: str) -> str:
        """The code for our tokens."""
        attempt = self._attempt(returned.cookie)
        if attempt is None or not compare_digest(attempt.state.encode(), returned.state.encode()):
            raise NotLetIn("oidc_expired", "no attempt of this browser")
        if returned.issuer and returned.issuer != self._issuer:
            raise NotLetIn("oidc_invalid", "another provider answered")
        if returned.error or not returned.code:
            raise NotLetIn("oidc_denied", "the provider did not let them in")
        wanted = self._rules.username_claim
        try:
            claims = await self._provider.claims(returned.code, attempt, site + CALLBACK, wanted)
        except (NotReached, NotBelieved) as failure:
            raise _told(failure) from failure
        account = await self._account(claims, address)
        return self._hand_out(account, _browser(returned.cookie))

    def redeem(self, code: str, cookie: str) -> Account | None:
        """Whose it is, once. A code that another browser brings is gone, too."""
        found = self._codes.pop(_digest(code), None)
        if found is None or found.until <= self._clock.now():
            return None
        return found.account if compare_digest(found.browser, _browser(cookie)) else None

    def _attempt(self, cookie: str) -> Attempt | None:
        try:
            opened = self._vault.unseal(urlsafe_b64decode(cookie.encode()), _PURPOSE)
            kept = msgspec.json.decode(opened, type=_Kept)
        except (Sealed, ValueError, msgspec.DecodeError):
            return None
        return kept.attempt if self._clock.now() < kept.until else None

    async def _account(self, claims: Mapping[str, Any], address: str) -> Account:
        """Its name goes to the trail only when it is let in: else it is the provider's business."""
        name, role = self._name(claims), self._role(claims)
        org = await self.organisation()
        if not org:
            raise NotLetIn("oidc_not_allowed", "the organisation of the settings is not there")
        full_name = claims.get("name")
        shown = full_name if isinstance(full_name, str) and full_name.isprintable() else ""
        request = SignIn(
            org,
            name.lower() if self._rules.username_claim == EMAIL else name,
            name,
            shown[:LONGEST_NAME],
            self._issuer,
            _subject(claims),
            role or self._rules.create_role,
            decides=bool(self._rules.roles),
            create=self._rules.create,
        )
        (answer,) = await self._store.run(self._flow, [request], Actor(PROGRAM.name, address))
        if isinstance(answer, Refusal):
            raise NotLetIn("oidc_not_allowed", answer.reason)
        return answer

    def _name(self, claims: Mapping[str, Any]) -> str:
        """An e-mail address that the provider did not verify is anybody's."""
        rules = self._rules
        name = claims.get(rules.username_claim)
        if not isinstance(name, str) or not name:
            raise NotLetIn("oidc_not_allowed", f"the provider says no {rules.username_claim}")
        if rules.username_claim == EMAIL and claims.get("email_verified") is not True:
            raise NotLetIn("oidc_not_allowed", "the e-mail address is not verified")
        _, at, domain = name.rpartition("@")
        if rules.domains and not (at and domain.lower() in rules.domains):
            raise NotLetIn("oidc_not_allowed", "the domain is not allowed")
        return name

    def _role(self, claims: Mapping[str, Any]) -> str:
        """Empty: roles are not the provider's."""
        rules = self._rules
        if not rules.roles:
            return ""
        said = claims.get(rules.role_claim)
        values = {said} if isinstance(said, str) else set()
        if isinstance(said, list):
            values = {value for value in said[:MOST_VALUES] if isinstance(value, str)}
        role = next((role for value, role in rules.roles if value in values), "")
        if not role:
            raise NotLetIn("oidc_not_allowed", f"no value of {rules.role_claim} gives a role")
        return role

    def _hand_out(self, account: Account, browser: bytes) -> str:
        now = self._clock.now()
        if len(self._codes) >= MOST_CODES:
            self._codes = {key: kept for key, kept in self._codes.items() if kept.until > now}
        if len(self._codes) >= MOST_CODES:
            raise NotLetIn("oidc_unreachable", "too many sign in at once")
        code = token_urlsafe(CHANCE_BYTES)
        self._codes[_digest(code)] = _Code(account, browser, now + CODE_SECONDS * 1000)
        return code


def set_cookie(value: str, seconds: int, site: str) -> str:
    """No script reads it, and no other site's form or picture sends it. RFC 6265 §4.1."""
    secure = "; Secure" if site.startswith("https:") else ""
    return f"{COOKIE}={value}; Max-Age={seconds}; Path={COOKIE_PATH}; HttpOnly; SameSite=Lax{secure}"


def cookie_of(headers: Mapping[bytes, bytes]) -> str:
    """Empty: there is none."""
    for pair in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE:
            return value
    return ""


def _told(failure: NotReached | NotBelieved) -> NotLetIn:
    error = "oidc_unreachable" if isinstance(failure, NotReached) else "oidc_invalid"
    return NotLetIn(error, str(failure)[:300], error)


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise NotLetIn("oidc_invalid", "the provider does not say who it is")
    return subject


def _digest(code: str) -> bytes:
    return sha256(code.encode(errors="surrogatepass")).digest()


def _browser(cookie: str) -> bytes:
    return _digest(cookie)
