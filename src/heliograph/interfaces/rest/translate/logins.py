"""Logging in: the contract's body, in its four forms, and one of ours."""

from typing import Annotated

from msgspec import Meta, Struct

from heliograph.flow.manage.access_requests import Fingerprint
from heliograph.interfaces.rest.callers.authentication import digest_of
from heliograph.interfaces.rest.problem import problem

LONGEST_TOKEN = 4_096
LONGEST_PASSWORD = 1_000
LONGEST_NAME = 200
CODE_DIGITS = 6
FORMS = (
    "either application_token, or username and password, or mfa_token and code, or refresh_token,"
    " or oidc_code is required"
)

TokenText = Annotated[str, Meta(max_length=LONGEST_TOKEN)]
NameText = Annotated[str, Meta(max_length=LONGEST_NAME)]
FingerprintText = Annotated[str, Meta(min_length=8, max_length=LONGEST_TOKEN)]


class TrustedDeviceBody(Struct, frozen=True):
    """The place that needs no code from now on. The client makes its fingerprint, and keeps it to itself."""

    fingerprint: FingerprintText
    operating_system: NameText | None = None
    browser: NameText | None = None


class LoginBody(Struct, frozen=True):
    application_token: TokenText | None = None
    username: NameText | None = None
    password: Annotated[str, Meta(max_length=LONGEST_PASSWORD)] | None = None
    fingerprint: FingerprintText | None = None
    mfa_token: TokenText | None = None
    code: NameText | int | None = None
    trusted_device: TrustedDeviceBody | None = None
    refresh_token: TokenText | None = None
    oidc_code: NameText | None = None


def form_of(body: LoginBody) -> str:
    """Which form it is, by its first field; exactly one."""
    forms = {
        "application_token": body.application_token is not None,
        "username": body.username is not None and body.password is not None,
        "mfa_token": body.mfa_token is not None and body.code is not None,
        "refresh_token": body.refresh_token is not None,
        "oidc_code": body.oidc_code is not None,
    }
    found = [form for form, is_it in forms.items() if is_it]
    if len(found) != 1:
        raise problem(400, 1000, f"Cannot tell who logs in: {FORMS}")
    return found[0]


def code_of(body: LoginBody) -> str:
    return code_text(body.code)


def code_text(code: str | int | None) -> str:
    """As typed; a number has lost its leading zeros."""
    return str(code).zfill(CODE_DIGITS) if isinstance(code, int) else (code or "").replace(" ", "")


def trust_of(body: LoginBody) -> Fingerprint | None:
    device = body.trusted_device
    if device is None:
        return None
    return Fingerprint(digest_of(device.fingerprint), device.operating_system or "", device.browser or "")
