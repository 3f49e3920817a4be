"""Logins of users, as they recognise them: since when, from where, and with what kind of client."""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.security.access import Session
from heliograph.interfaces.rest.translate.times import shown

# The first that is found: browsers name others, too.
_CLIENTS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python", "Python"),
    ("Python", "Python"),
    ("node", "Node.js"),
    ("okhttp", "OkHttp"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


class SessionObject(Struct, frozen=True):
    id: int
    created: str
    expires: str
    last_seen: str  # to the minute
    address: str  # of the login
    last_address: str
    client: str  # as `Firefox on Linux`; empty: it did not say
    user_agent: str
    current: bool  # is it the one that asks?


def session_objects(sessions: Sequence[Session], current: int | None, now: int) -> list[SessionObject]:
    """The one that was seen last first."""
    lasting = [session for session in sessions if session.expires_at > now]
    return [
        SessionObject(
            session.id,
            shown(session.created_at),
            shown(session.expires_at),
            shown(session.seen_at),
            session.address,
            session.seen_from,
            client_of(session.agent),
            session.agent,
            session.id == current,
        )
        for session in sorted(lasting, key=lambda one: (one.seen_at, one.id), reverse=True)
    ]


def client_of(agent: str) -> str:
    """What kind of client this is, in words. It is what the client says, and no more."""
    client = next((name for mark, name in _CLIENTS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{client} on {system}" if client and system else client or system
