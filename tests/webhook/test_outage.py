"""A receiver that is dead for days, in virtual time: the real engine, the real dispatcher, real calls over
loopback, and a far end on the same loop that is there or not.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from heliograph.app.doors import Doors
from heliograph.app.webhooks import Webhooks
from heliograph.config import Config, load
from heliograph.core.callback import Callback
from heliograph.core.message import State
from heliograph.core.organisation import Application, Organisation
from heliograph.core.policy import Policy
from heliograph.flow.callbacks.replay import Again, Replay
from heliograph.runtime.vault import Vault
from heliograph.store.reads.callbacks import SqliteCallbackReader
from tests.engine import TABLES, change_row
from tests.plant import Plant

CALLBACK = 77
HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS
DEVICES = range(1, 10)
_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class FarEnd:
    """A receiver on the loop of the test."""

    def __init__(self, clock: Any, port: int) -> None:
        self._clock = clock
        self.heard: list[tuple[int, str, bool]] = []  # when, what, and whether it was said to be a repeat
        self.breaks = 0  # so many calls are read, and their connections broken
        self.connections = 0
        self.port = port
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, reuse_address=True)

    def close(self) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
                named = {name.lower(): value for name, value in headers.items()}
                body = await reader.readexactly(int(named["content-length"]))
                text = msgspec.json.decode(body)["payload"]
                self.heard.append((self._clock.now(), text, named["heliograph-attempt"] != "1"))
                if self.breaks:
                    self.breaks -= 1
                    break
                writer.write(_ANSWER)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _ in self.heard]


class InlineReader:
    """Reads on the loop: a thread would find that days had passed while it read."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def ask(self, question: Callable[[Any], Any]) -> Any:
        return question(self)


class Outage(Plant):
    def __init__(self, port: int, **settings: str) -> None:
        super().__init__()
        self.far_end = FarEnd(self.clock, port)
        variables = {f"HELIOGRAPH_WEBHOOKS__{name}": value for name, value in settings.items()}
        self.config: Config = load(None, {"HELIOGRAPH_WEBHOOKS__ALLOW": "127.0.0.1", **variables}).config
        TABLES.setdefault(Callback, "callback")
        TABLES.setdefault(Application, "application")
        TABLES.setdefault(Organisation, "organisation")
        self.lab.insert(Organisation(1, "one", 0))
        self.lab.insert(Application(CALLBACK, 1, "callback", 0))
        change_row(self.lab, Policy(1, 1, ""), application=CALLBACK)

    async def begin(self) -> None:
        await self.far_end.open()
        row = Callback(CALLBACK, 1, f"http://127.0.0.1:{self.far_end.port}/hook", "", "", None, None, "", 0)
        self.lab.insert(row)
        self.row = row
        reader: Any = InlineReader(self.lab.connection)
        self.webhooks = Webhooks(
            self.config,
            self.store,
            SqliteCallbackReader(reader),
            Vault([bytes(32)]),
            self.clock,
            Doors(self.lab.gates, self.dispatcher),
        )
        await self.webhooks.start()
        await asyncio.sleep(1)  # what waits is woken once when the gate opens

    async def hear(self, text: str, device: int = 1) -> int:
        (answer,) = await self.store.run(self.lab.flows.receive, [self.lab.inbound(device, text=text)])
        return int(answer.message)

    def live(self, work: Callable[["Outage"], Awaitable[None]]) -> None:
        async def main(_: Plant) -> None:
            await self.begin()
            try:
                await work(self)
            finally:
                await self.webhooks.stop()
                self.far_end.close()

        self.run(main)

    def listen_too(self, callback: int, device: int) -> None:
        """Another callback to the same URL, for a device of its own."""
        self.lab.insert(Application(callback, 1, f"callback {callback}", 0))
        self.lab.insert(Policy(callback, 1, f"policy {callback}", application=callback))
        self.lab.sql("UPDATE device SET policy = ? WHERE id = ?", callback, device)
        row = replace(self.row, id=callback)
        self.lab.insert(row)
        self.webhooks.callbacks.put(row)

    @property
    def gate(self) -> Any:
        return self.lab.gates.by_name[f"application:{CALLBACK}"]


def by_device(texts: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        found[text.partition(" ")[0]].append(text)
    return found


def test_after_72_hours_all_arrive_in_order_and_once(port: int) -> None:
    outage, sent = Outage(port), []

    async def story(plant: Outage) -> None:
        plant.far_end.close()
        for hour in range(72):
            for device in DEVICES:
                sent.append(f"{device} hour {hour}")
                await plant.hear(sent[-1], device)
            await asyncio.sleep(HOUR_SECONDS)
        assert not plant.far_end.heard
        assert plant.dispatcher.counters.sent < 72 * 60 + 100  # a probe a minute
        await plant.far_end.open()
        back_at = plant.clock.now()
        await asyncio.sleep(120)
        assert max(at for at, _, _ in plant.far_end.heard) - back_at < 70_000  # none waits for its own hour

    outage.live(story)
    assert sorted(outage.far_end.texts) == sorted(sent)  # all, and each once
    wanted = by_device(sent)
    assert by_device(outage.far_end.texts) == wanted
    assert {State(row[0]) for row in outage.lab.sql("SELECT state FROM message")} == {State.DELIVERED}


def test_only_what_was_in_flight_when_a_connection_broke_is_repeated(port: int) -> None:
    outage = Outage(port)

    async def story(plant: Outage) -> None:
        plant.far_end.breaks = 4
        for device in DEVICES:
            for number in range(5):
                await plant.hear(f"{device} number {number}", device)
        await asyncio.sleep(HOUR_SECONDS)

    outage.live(story)
    texts = outage.far_end.texts
    repeats = [text for text in set(texts) if texts.count(text) > 1]
    assert len(texts) == 45 + 4
    assert len(repeats) <= 4
    for _, text, is_repeat in outage.far_end.heard:
        assert not is_repeat or text in repeats
    for device, heard in by_device(texts).items():
        assert list(dict.fromkeys(heard)) == [f"{device} number {number}" for number in range(5)]


def test_retries_follow_the_schedule(port: int) -> None:
    """5 s, 30 s, 2 min, 10 min, 30 min, then hourly; beside a circuit that closes in a minute at most."""
    outage = Outage(port)

    async def story(plant: Outage) -> None:
        plant.far_end.close()
        await plant.hear("alone")
        await asyncio.sleep(6 * HOUR_SECONDS)

    outage.live(story)
    rows = outage.lab.sql("SELECT at FROM callback_attempt ORDER BY number")
    times = [row[0] for row in rows]
    gaps = [round((after - before) / 1000) for before, after in pairwise(times)]
    wanted = [5, 30, 120, 600, 1800, 3600, 3600]
    assert len(gaps) >= len(wanted)
    for gap, least in zip(gaps, wanted, strict=False):
        assert least <= gap <= least + 61


def test_recovery_drains_at_a_bounded_rate(port: int) -> None:
    outage = Outage(port, DRAIN_PER_S="2")

    async def story(plant: Outage) -> None:
        plant.far_end.close()
        for number in range(5):
            for device in DEVICES:
                await plant.hear(f"{device} number {number}", device)
        await asyncio.sleep(HOUR_SECONDS)
        await plant.far_end.open()
        await asyncio.sleep(300)

    outage.live(story)
    times = [at for at, _, _ in outage.far_end.heard]
    assert len(times) == 45
    for start in times:
        assert sum(start <= at < start + 10_000 for at in times) <= 10 * 2 + 2 + 1
    assert not outage.gate.draining


def test_the_long_lane_of_one_device_drains_at_the_same_rate(port: int) -> None:
    outage = Outage(port, DRAIN_PER_S="2")

    async def story(plant: Outage) -> None:
        plant.far_end.close()
        for number in range(40):
            await plant.hear(f"1 number {number}")
        await asyncio.sleep(HOUR_SECONDS)
        await plant.far_end.open()
        await asyncio.sleep(2 * HOUR_SECONDS)

    outage.live(story)
    times = [at for at, _, _ in outage.far_end.heard]
    assert outage.far_end.texts == [f"1 number {number}" for number in range(40)]
    for start in times:
        assert sum(start <= at < start + 10_000 for at in times) <= 10 * 2 + 2 + 1
    assert not outage.gate.draining


def test_callbacks_to_one_dead_url_cost_one_probe_and_recover_at_one_pace(port: int) -> None:
    """Nine callbacks of one URL, a device for each."""
    outage, sent = Outage(port, DRAIN_PER_S="2"), []

    async def story(plant: Outage) -> None:
        for device in list(DEVICES)[1:]:
            plant.listen_too(100 + device, device)
        plant.far_end.close()
        for number in range(5):
            for device in DEVICES:
                sent.append(f"{device} number {number}")
                await plant.hear(sent[-1], device)
        await asyncio.sleep(HOUR_SECONDS)
        assert plant.dispatcher.counters.sent < 60 + 20  # a probe a minute, not nine
        await plant.far_end.open()
        await asyncio.sleep(HOUR_SECONDS)  # the first of the nine tries by its own schedule

    outage.live(story)
    assert sorted(outage.far_end.texts) == sorted(sent)
    assert by_device(outage.far_end.texts) == by_device(sent)
    times = [at for at, _, _ in outage.far_end.heard]
    assert times[-1] - times[0] < 30_000  # and the others follow at once
    for start in times:
        assert sum(start <= at < start + 10_000 for at in times) <= 10 * 2 + 2 + 1
    assert {row[0] for row in outage.lab.sql("SELECT DISTINCT callback FROM callback_attempt")} >= {77, 102}


def test_one_that_is_switched_off_leaves_the_others_at_its_url_alone(port: int) -> None:
    outage = Outage(port)

    async def story(plant: Outage) -> None:
        plant.listen_too(102, 2)
        plant.webhooks.callbacks.put(replace(plant.row, disabled="by hand"))
        await plant.hear("1 waits", 1)
        await plant.hear("2 goes", 2)
        await asyncio.sleep(DAY_SECONDS)
        assert plant.far_end.texts == ["2 goes"]
        plant.webhooks.callbacks.put(plant.row)
        await asyncio.sleep(10)

    outage.live(story)
    assert outage.far_end.texts == ["2 goes", "1 waits"]


def test_seven_days_then_failed_then_replayed(port: int) -> None:
    outage = Outage(port)
    ids: list[int] = []

    async def story(plant: Outage) -> None:
        plant.far_end.close()
        ids.append(await plant.hear("too late"))
        await asyncio.sleep(6 * DAY_SECONDS)
        assert plant.lab.state(ids[0]) == (State.BUFFERED, None)
        ids.append(await plant.hear("in time"))
        await asyncio.sleep(1 * DAY_SECONDS + 2 * HOUR_SECONDS)
        state, reason = plant.lab.state(ids[0])
        assert state == State.FAILED
        assert reason
        await plant.far_end.open()
        await asyncio.sleep(HOUR_SECONDS)
        assert plant.far_end.texts == ["in time"]
        (count,) = await plant.store.run(Replay(DAY_SECONDS), [Again(1, CALLBACK, tuple(ids[:1]), "token:1")])
        assert count == 1
        await asyncio.sleep(60)
        assert plant.far_end.texts == ["in time", "too late"]

    outage.live(story)
    assert outage.lab.state(ids[0])[0] == State.FAILED  # what is final stays so; its story tells the rest
    assert outage.lab.story(ids[0])[-2:] == ["replayed", "replay_delivered"]
    assert outage.lab.count("delivery") == 0


@pytest.mark.parametrize("reason", ["by hand"])
def test_one_that_is_off_costs_nothing(port: int, reason: str) -> None:
    outage = Outage(port)

    async def story(plant: Outage) -> None:
        plant.webhooks.callbacks.put(replace(plant.row, disabled=reason))
        for number in range(5):
            await plant.hear(f"1 number {number}")
        await asyncio.sleep(DAY_SECONDS)
        assert plant.far_end.connections == 0
        assert plant.lab.count("lane") == 0
        plant.webhooks.callbacks.put(plant.row)
        await asyncio.sleep(10)

    outage.live(story)
    assert outage.far_end.texts == [f"1 number {number}" for number in range(5)]
