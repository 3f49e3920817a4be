"""Listeners: the TCP ports that a server opens, and whether each is as it should be.

In: what the composition declares, and whether a server runs. Out: per port, good or bad, in words. Nothing
is sent, and no port stays open.
"""

import errno
import socket
from collections.abc import Sequence
from contextlib import closing
from typing import Any, NamedTuple

CONNECT_SECONDS = 2.0
_WILDCARDS = ("", "0.0.0.0", "::")  # noqa: S104  # compared, not bound
_REASONS = {
    errno.EADDRINUSE: "is taken by another program",
    errno.EACCES: "needs a right that this user has not",
    errno.EADDRNOTAVAIL: "cannot be opened: this machine has no such address",
}


class Listener(NamedTuple):
    name: str  # what people know it by
    host: str
    port: int


class Heard(NamedTuple):
    ok: bool
    words: str


def listen_check(listeners: Sequence[Listener], is_running: bool) -> list[Heard]:
    """A running server has to answer on its ports; without one they have to be free."""
    look = _answers if is_running else _is_free
    return [look(listener) for listener in listeners]


def _where(listener: Listener) -> str:
    return f"{listener.name}: {listener.port} on {listener.host or 'all addresses'}"


def _is_free(listener: Listener) -> Heard:
    """As a server would open it: `SO_REUSEADDR` passes over connections that are long closed."""
    try:
        for family, kind, protocol, _, address in _addresses(listener):
            with closing(socket.socket(family, kind, protocol)) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(address)
    except OSError as error:
        return Heard(False, f"{_where(listener)} {reason_of(error)}")
    return Heard(True, f"{_where(listener)} is free")


def _addresses(listener: Listener) -> list[Any]:
    """As `socket.getaddrinfo` gives them."""
    host, flags = listener.host or None, socket.AI_PASSIVE
    return socket.getaddrinfo(host, listener.port, type=socket.SOCK_STREAM, flags=flags)


def reason_of(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "cannot be opened: nobody knows this host"
    return _REASONS.get(error.errno or 0, f"cannot be opened: {error.strerror or error}")


def _answers(listener: Listener) -> Heard:
    host = "localhost" if listener.host in _WILDCARDS else listener.host
    try:
        with closing(socket.create_connection((host, listener.port), CONNECT_SECONDS)):
            return Heard(True, f"{_where(listener)} answers")
    except OSError as error:
        why = "no answer in time" if isinstance(error, TimeoutError) else error.strerror or str(error)
        return Heard(False, f"{_where(listener)} does not answer: {why}")
