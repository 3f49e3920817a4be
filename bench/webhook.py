"""`bench webhook`: an SMS from a device in → durable → signed POST, answered by a receiver in another process
→ settled and logged. Counted at the receiver, by unique text.
"""

import asyncio
import json
import secrets
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop
from msgspec.structs import replace

from heliograph.app import App, running
from heliograph.app.rest.callbacks import callback_services
from heliograph.config import load
from heliograph.core.content import content_of_text
from heliograph.flow.manage.callbacks import CallbackWish, NewCallback, NewSecret
from heliograph.flow.manage.requests import NewDevice, NewPolicy
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.requests import Inbound

DEVICES = 20_000
CALLERS = 64
BACKLOG = 2_000  # SMS that may wait for their call, so that the figure is one of calls and not of a queue
WARM_SECONDS = 2.0
SECONDS = 10.0


class _Bind:
    """The policy's callback and secret, set as the API sets them."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Any) -> Answers[None]:
        for policy, callback, secret in requests:
            row = (await tx.load_policies([policy]))[policy]
            changed = replace(
                row, application=callback, api_callback=callback, api_secret=secret, interface=1
            )
            await tx.admin.change([changed])
        return Answers([None] * len(requests), [])


class Receiver:
    def __init__(self, secret: str) -> None:
        command = [sys.executable, "-m", "bench.webhook_receiver", secret]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def books(self) -> dict[str, Any]:
        return dict(json.loads(self.process.communicate("end\n")[0]))


@contextmanager
def receiving(secret: str) -> Iterator[Receiver]:
    receiver = Receiver(secret)
    try:
        yield receiver
    finally:
        receiver.process.kill()
        receiver.process.wait()


async def _prepare(app: App, url: str, secret: str) -> None:
    org = (await app.browse.organisations())[0].id
    services = callback_services(app)
    kept: Any = await app.store.run(services.secrets, [NewSecret(org, "bench", services.seal(org, secret))])
    made: Any = await app.store.run(services.manage, [NewCallback(org, CallbackWish(url=url))])
    policy: Any = await app.store.run(app.flows.create_policies, [NewPolicy(org, "bench")])
    await app.store.run(_Bind(), [(policy[0].id, made[0].id, kept[0].id)])
    services.desk.put(made[0])
    for start in range(0, DEVICES, 500):
        wishes = [
            NewDevice(org, f"bench-{n}", policy[0].id, "simulator", f"4915{n:09}", f"90128{n:010}")
            for n in range(start, start + 500)
        ]
        await app.store.run(app.flows.import_devices, wishes)


class Load:
    """SMS from devices, by many callers, and what was acknowledged to them."""

    def __init__(self, app: App, name: str) -> None:
        self._app = app
        self._name = name
        self._settled = app.dispatcher.counters.settled
        self._room = asyncio.Event()
        self.acknowledged: list[str] = []
        self.wall_s = 0.0
        self.cpu_s = 0.0

    @property
    def waiting(self) -> int:
        return len(self.acknowledged) - (self._app.dispatcher.counters.settled - self._settled)

    async def _caller(self, number: int, until: float) -> None:
        count = 0
        while time.perf_counter() < until:
            if self.waiting > BACKLOG:
                self._room.clear()
                await self._room.wait()
            text = f"{self._name}: reading {count} of caller {number}, 21.5 degrees"
            device = (number * 7919 + count * 104_729) % DEVICES
            content: Any = content_of_text(text)
            inbound = Inbound("simulator", f"90128{device:010}", "", "12345", content)
            await self._app.receive([inbound])
            self.acknowledged.append(text)
            count += 1

    async def _watch(self) -> None:
        """One looks for all of them: a caller that waits costs nothing."""
        while True:
            await asyncio.sleep(0.002)
            if self.waiting <= BACKLOG:
                self._room.set()

    async def run(self, seconds: float) -> "Load":
        """Until the last call is settled."""
        started, cpu = time.perf_counter(), time.process_time()
        until = started + seconds
        watching = asyncio.create_task(self._watch())
        await asyncio.gather(*(self._caller(number, until) for number in range(CALLERS)))
        while self.waiting > 0:  # noqa: ASYNC110 # a plain counter
            await asyncio.sleep(0.005)
        watching.cancel()
        self.wall_s, self.cpu_s = time.perf_counter() - started, time.process_time() - cpu
        return self


async def _run(folder: Path, receiver: Receiver, secret: str) -> dict[str, float]:
    variables = {"HELIOGRAPH_WEBHOOKS__ALLOW": "127.0.0.0/8", "HELIOGRAPH_HTTP__PORT": "0"}
    async with running(load(None, variables).config, folder / "data") as app:
        await _prepare(app, f"http://127.0.0.1:{receiver.port}/hook", secret)
        warm = await Load(app, "warm").run(WARM_SECONDS)
        full = await Load(app, "full").run(SECONDS)
        await app.webhooks.journal.flush()
        not_logged = app.webhooks.journal.dropped
    books = await asyncio.to_thread(receiver.books)
    acknowledged = warm.acknowledged + full.acknowledged
    return {
        "callbacks_per_s": round(len(full.acknowledged) / full.wall_s),
        "cpu_us_per_callback": round(full.cpu_s / len(full.acknowledged) * 1e6, 1),
        "acknowledged": len(acknowledged),
        "lost": sum(1 for text in acknowledged if text not in books["texts"]),
        "doubled": sum(count - 1 for count in books["texts"].values() if count > 1),
        "repeated_after_unknown": books["repeated"],
        "badly_signed": books["badly_signed"],
        "not_logged": not_logged,
        "devices": DEVICES,
    }


def measure() -> dict[str, float]:
    secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    with tempfile.TemporaryDirectory(prefix="heliograph-bench-", dir=".") as folder, receiving(secret) as far:
        return uvloop.run(_run(Path(folder), far, secret))
