"""Web addresses that may be called: is a URL well formed, and whole enough to be called for years.

In: a text. Out: why it is none, or None. Which address it leads to is known when it is called, never before.
"""

import re
from ipaddress import IPv6Address

from heliograph.core.callback import LONGEST_URL

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#\s]+)(?P<rest>[/?][\x21-\x7e]*)?", re.IGNORECASE | re.ASCII
)
_HOST = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?)"
    r"(?::(?P<port>[0-9]{1,5}))?",
    re.ASCII,
)
MOST_PORT = 65_535
_PORTS = {"http": ":80", "https": ":443"}


def bad_url(url: str) -> str | None:
    """Why it cannot be called, in words."""
    if len(url) > LONGEST_URL:
        return f"must not be longer than {LONGEST_URL} characters"
    parts = _URL.fullmatch(url)
    if parts is None:
        return "must be an http or https URL"
    if "#" in url:
        return "must have no fragment"
    if "@" in parts["authority"]:
        return "must hold no user and no password"
    place = _HOST.fullmatch(parts["authority"])
    if place is None or not _is_host(place["host"]):
        return "must name a host"
    if place["port"] is not None and not 1 <= int(place["port"]) <= MOST_PORT:
        return f"must have a port from 1 to {MOST_PORT}"
    return None


def place_of(url: str) -> str:
    """The same text for all ways to write one well-formed URL: it is one place that is called."""
    parts = _URL.fullmatch(url)
    if parts is None:
        return url
    scheme = parts["scheme"].lower()
    host = parts["authority"].lower().removesuffix(_PORTS[scheme])
    rest = parts["rest"] or "/"
    return f"{scheme}://{host}{rest if rest.startswith('/') else '/' + rest}"


def _is_host(host: str) -> bool:
    """A name is looked up when it is called; what stands in brackets is an address at once."""
    if not host.startswith("["):
        return True
    try:
        IPv6Address(host[1:-1])
    except ValueError:
        return False
    return True
