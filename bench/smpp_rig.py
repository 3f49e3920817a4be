"""The processes of `bench smpp`: the program itself, the application that binds to it, the operator that it
binds to. Each is asked and answers by lines of JSON.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bench import smpp_wire as wire
from bench.peers.http_load import HttpOrders
from bench.smpp_load import Books, Figures, Orders, Stretch
from bench.smpp_upstream import Books as FarBooks

END_SECONDS = 20.0
NAME = "operator"
T = TypeVar("T")


class Peer:
    """A process that is spoken to by lines."""

    def __init__(self, module: str, *words: str) -> None:
        command = [sys.executable, "-m", module, *words]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def say(self, what: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write((b"" if what is None else msgspec.json.encode(what)) + b"\n")
        self.process.stdin.flush()

    def hear(self, type: type[T]) -> T:
        assert self.process.stdout is not None
        return msgspec.json.decode(self.process.stdout.readline(), type=type)

    def end(self) -> None:
        self.process.kill()
        self.process.wait(END_SECONDS)


@contextmanager
def applications(orders: Orders | HttpOrders) -> Iterator["Application"]:
    peer = Peer("bench.smpp_load" if isinstance(orders, Orders) else "bench.peers.http_load")
    try:
        peer.say(orders)
        peer.hear(dict[str, int])
        yield Application(peer)
    finally:
        peer.end()


class Application:
    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def begin(self, stretch: Stretch) -> None:
        self._peer.say(stretch)

    def figures(self) -> Figures:
        return self._peer.hear(Figures)

    def run(self, stretch: Stretch) -> Figures:
        self.begin(stretch)
        return self.figures()

    def books(self) -> Books:
        self._peer.say(None)
        return self._peer.hear(Books)


@contextmanager
def operators() -> Iterator["Operator"]:
    peer = Peer("bench.smpp_upstream")
    try:
        yield Operator(peer, peer.hear(dict[str, int])["port"])
    finally:
        peer.end()


class Operator:
    def __init__(self, peer: Peer, port: int) -> None:
        self._peer = peer
        self.port = port

    def wait_until_bound(self) -> None:
        self._peer.hear(dict[str, int])

    def books(self) -> FarBooks:
        self._peer.say(None)
        return self._peer.hear(FarBooks)


def settings_of(operator: Operator, binds: int, window: int) -> dict[str, str]:
    """The upstream, as variables."""
    found = {
        "HOST": "127.0.0.1",
        "PORT": str(operator.port),
        "SYSTEM_ID": "bench",
        "PASSWORD": "bench",
        "BINDS": str(binds),
        "WINDOW": str(window),
    }
    return {f"UPSTREAMS__{NAME.upper()}__{name}": value for name, value in found.items()}


def journal_of(path: Path) -> FarBooks:
    """What virtual devices received, from the simulator's own record."""
    arrived: dict[int, float] = {}
    doubled = repeated = strange = 0
    for line in path.open("rb"):
        heard: dict[str, Any] = json.loads(line)
        text = heard["text"].encode()
        mark = wire.mark_in(text, 0, len(text))
        if heard["repeated"]:
            repeated += 1
            arrived.setdefault(mark, _after(heard))
        elif mark in arrived:
            doubled += 1
        else:
            arrived[mark] = _after(heard)
            strange += mark < 0
    return FarBooks(arrived, doubled, repeated, strange, 0)


def _after(heard: dict[str, Any]) -> float:
    """The end of the millisecond in which it arrived: rather too late than too early."""
    after: float = (heard["at"] + 1) / 1000
    return after
