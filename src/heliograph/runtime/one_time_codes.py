"""One-time codes from the time (RFC 6238): the link for an authenticator, and of which step a code is."""

from base64 import b32encode
from hmac import compare_digest

import pyotp

SEED_BYTES = 20  # RFC 4226 §4, R6
STEP_MS = 30_000
DRIFT_STEPS = 1  # RFC 6238 §5.2: clocks differ, and typing takes time
ISSUER = "Heliograph"


def key_of(seed: bytes) -> str:
    """As people type it into an authenticator."""
    return b32encode(seed).decode()


def link_of(seed: bytes, name: str) -> str:
    return pyotp.TOTP(key_of(seed)).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(seed: bytes, code: str, now_ms: int) -> int | None:
    """The time step whose code this is; None: it is none of now."""
    codes, current = pyotp.TOTP(key_of(seed)), now_ms // STEP_MS
    found = None
    for step in range(max(0, current - DRIFT_STEPS), current + DRIFT_STEPS + 1):
        if compare_digest(codes.generate_otp(step).encode(), code.encode(errors="surrogatepass")):
            found = step
    return found
