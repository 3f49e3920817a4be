"""kill -9 with calls in flight: nothing that a device was told is safe is lost, and only what was in flight
comes twice, with its id, said to be a repeat.
"""

import http.client
import json
import random
import signal
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.cli.program import Folder, Server, eventually
from tests.webhook.receiver import Heard, Receiver, Say, receiving

KILLS = 8
DEVICES = 12
WINDOW = 6
LOAD_SECONDS = (0.3, 0.9)
SECRET = "a secret that is long enough for HS256, as RFC 7518 asks"
SETTINGS = {
    "HELIOGRAPH_WEBHOOKS__ALLOW": "127.0.0.0/8",
    "HELIOGRAPH_WEBHOOKS__WINDOW": str(WINDOW),
    "HELIOGRAPH_RETRY__UNKNOWN": "1",
    "HELIOGRAPH_RETRY__APPLICATION": "1",
}


class Caller:
    """One device that sends through the API, one SMS after the other, until the server is gone."""

    def __init__(self, port: int, token: str, device: int, cycle: int) -> None:
        self._port = port
        self._token = token
        self._device = device
        self._name = f"{device} cycle {cycle}"
        self.acknowledged: list[str] = []
        self.thread = threading.Thread(target=self._send)
        self.thread.start()

    def _send(self) -> None:
        try:
            for number in range(100_000):
                text = f"{self._name} number {number}"
                body = {"payload": text, "dest_address": "12345"}
                ask(self._port, self._token, "POST", f"/v1/endpoint/{self._device}/sms", body)
                self.acknowledged.append(text)
        except (OSError, http.client.HTTPException):
            return  # killed


def ask(port: int, token: str, method: str, path: str, body: Any) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, f"/api{path}", json.dumps(body), {"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status < 300, (answer.status, text)
        return json.loads(text) if text else {"id": int(answer.headers["location"].split("/")[-1])}
    finally:
        connection.close()


def port_of(server: Server) -> int:
    return int(server.started["api"].rpartition(":")[2].partition("/")[0])


def prepare(folder: Folder, server: Server, url: str, tmp_path: Path) -> tuple[str, list[int]]:
    token = folder.ok("token", "create", "--name", "test", "--scope", "admin").out.strip()
    port = port_of(server)
    secret = ask(port, token, "POST", "/v1/api_secret", {"secret": SECRET})["id"]
    callback = ask(port, token, "POST", "/v1/api_callback", {"url": url})["id"]
    profile = {
        "name": "called",
        "api_callback": {"id": callback},
        "api_secret": {"id": secret},
        "service": [{"id": 6}, {"id": 32}],
    }
    ask(port, token, "POST", "/v1/service_profile", profile)
    rows = ["name,msisdn,imsi,policy"]
    rows += [f"d{n},4915000000{n:03},90128000000{n:04},called" for n in range(DEVICES)]
    table = tmp_path / "fleet.csv"
    table.write_text("\n".join(rows) + "\n")
    folder.ok("device", "import", table)
    return token, [int(row["id"]) for row in folder.rows("device", "list")]


def test_kills_lose_nothing(tmp_path: Path) -> None:
    folder, chance = Folder(tmp_path / "data"), random.Random(20261121)
    acknowledged: list[str] = []
    ends: list[int] = []  # how many calls had come at each kill
    with receiving() as receiver:
        slowly(receiver)
        with folder.serving(**SETTINGS) as server:
            token, devices = prepare(folder, server, receiver.url, tmp_path)
            assert server.stop()[0] == 0
        for cycle in range(KILLS):
            with folder.serving(**SETTINGS) as server:
                callers = [Caller(port_of(server), token, device, cycle) for device in devices]
                callers[0].thread.join(chance.uniform(*LOAD_SECONDS))
                server.process.send_signal(signal.SIGKILL)
                server.process.wait()
                ends.append(len(receiver.heard))
                for caller in callers:
                    caller.thread.join()
                    acknowledged += caller.acknowledged
        with folder.serving(**SETTINGS) as server:
            eventually(lambda: set(acknowledged) <= set(receiver.texts), "every text")
            assert server.stop()[0] == 0
        check(receiver.of("POST"), acknowledged, ends)


def slowly(receiver: Receiver) -> None:
    """So that calls are in flight at every moment."""
    pause = threading.Event()

    def answer(_: Heard) -> Say:
        pause.wait(0.01)
        return Say()

    receiver.script = answer


def check(heard: list[Heard], acknowledged: list[str], ends: list[int]) -> None:
    assert len(acknowledged) > KILLS * DEVICES
    seen: dict[str, Heard] = {}
    order: dict[str, list[str]] = defaultdict(list)
    repeats = 0
    for call in heard:
        before = seen.setdefault(call.text, call)
        order[call.text.partition(" ")[0]].append(call.text)
        if before is not call:
            repeats += 1
            assert before.headers["webhook-id"] == call.headers["webhook-id"], call.text
            assert call.headers["heliograph-attempt"] != "1", call.text
    assert repeats <= WINDOW * len(ends), "more repeats than could be in flight"
    for device, texts in order.items():
        sent = [text for text in acknowledged if text.startswith(f"{device} ")]
        came = [text for text in dict.fromkeys(texts) if text in set(sent)]
        assert came == sent, f"device {device} out of order"
