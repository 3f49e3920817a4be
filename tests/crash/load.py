"""Callers that send until the server is gone, and remember exactly what it acknowledged."""

import json
import random
import threading
from pathlib import Path

import msgspec

from heliograph.interfaces.control.client import Client, NoServer, Refused
from heliograph.interfaces.control.frames import Frame, Request

CALLERS = 12
ANSWER_SECONDS = 20.0


class Books:
    """What was acknowledged, by unique text."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.acknowledged: dict[str, int] = {}
        self.strange: list[str] = []

    def note(self, text: str, message: int) -> None:
        with self._lock:
            self.acknowledged[text] = message

    def wonder(self, what: str) -> None:
        with self._lock:
            self.strange.append(what)


def _hear(_: Frame) -> None:
    """A send says nothing on its way."""


def _send(client: Client, devices: int, chance: random.Random, text: str) -> int:
    wish = {"device": f"d{chance.randrange(devices)}", "text": text, "receipt": chance.random() < 0.5}
    request = Request("message.send", arguments=msgspec.Raw(json.dumps(wish).encode()))
    return int(json.loads(bytes(client.call(request, _hear)))["id"])


def _caller(folder: Path, books: Books, devices: int, name: str) -> None:
    chance = random.Random(name)
    try:
        client = Client(folder, ANSWER_SECONDS)
    except NoServer:
        return  # killed before this caller came
    for number in range(1_000_000):
        text = f"{name} number {number}"
        try:
            books.note(text, _send(client, devices, chance, text))
        except Refused as refused:
            if refused.refusal.code != "server_gone":
                books.wonder(f"{text}: {refused.refusal}")
            break
    client.close()


def start(folder: Path, books: Books, devices: int, cycle: int) -> list[threading.Thread]:
    """Each caller ends when the server does."""
    callers = [
        threading.Thread(target=_caller, args=(folder, books, devices, f"cycle {cycle} caller {number}"))
        for number in range(CALLERS)
    ]
    for caller in callers:
        caller.start()
    return callers
