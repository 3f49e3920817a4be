"""What can be wrong with bytes from outside.

Raised only in `wire`; every decoder raises one of these two and nothing else.
Never here: refusals and outcomes, which are values of `core`.
"""


class WireError(Exception):
    """Bytes that do not follow their specification."""


class Malformed(WireError):
    """The content is bad; the frame around it stands, so the session can answer and go on."""


class Broken(WireError):
    """The stream can no longer be trusted; the session must close."""
