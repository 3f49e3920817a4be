"""Through the real engine: what a device does, and what becomes of the SMS."""

from pathlib import Path

import pytest

from heliograph.core.device import Device
from heliograph.core.message import State
from heliograph.core.outcome import MEANINGS
from tests.networks.rig import Rig, device, play

SHIP, BUOY = device(257), device(514)


def at(one: Device) -> tuple[str, str]:
    return (one.imsi, one.msisdn)


def test_an_attached_device_has_it_at_once(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add(SHIP)
        message = await rig.mt(SHIP, "hello")
        assert await rig.final(message) == State.DELIVERED
        assert rig.message(message).attempts == 1
        assert rig.texts_reached() == ["hello"]

    play(tmp_path, story)


def test_a_detached_device_has_them_in_order_when_it_attaches(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add(SHIP)
        rig.simulator.set_state(*at(SHIP), "no_answer")
        first = await rig.mt(SHIP, "one")
        await rig.until(lambda: rig.state(first) == State.BUFFERED)
        rig.simulator.set_state(*at(SHIP), "detached")
        rest = [await rig.mt(SHIP, text) for text in ("two", "three")]
        await rig.until(lambda: rig.simulator.counters()["sightings"] == 1)
        before = rig.clock.now()
        rig.simulator.set_state(*at(SHIP), "attached")
        for message in (first, *rest):
            assert await rig.final(message) == State.DELIVERED
        assert rig.texts_reached() == ["one", "two", "three"]
        settling_ms = rig.schedule.settling_seconds * 1000
        assert settling_ms <= rig.clock.now() - before < settling_ms + 1000

    play(tmp_path, story)


def test_nobody_hears_of_a_device_that_comes_back_in_the_same_cell(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add(SHIP)
        rig.simulator.set_state(*at(SHIP), "no_answer")
        message = await rig.mt(SHIP, "hello")
        await rig.until(lambda: rig.state(message) == State.BUFFERED)
        rig.simulator.set_state(*at(SHIP), "in_coverage")
        before = rig.clock.now()
        assert await rig.final(message) == State.DELIVERED
        assert rig.clock.now() - before > (rig.schedule.absent[0] - 1) * 1000
        assert rig.simulator.counters()["sightings"] == 0

    play(tmp_path, story)


def test_a_full_memory_that_is_freed_is_filled_at_once(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add(SHIP)
        rig.simulator.set_state(*at(SHIP), "memory_full")
        message = await rig.mt(SHIP, "hello")
        await rig.until(lambda: rig.state(message) == State.BUFFERED)
        assert "memory_full" in rig.message(message).timeline
        before = rig.clock.now()
        rig.simulator.set_state(*at(SHIP), "memory_free")
        assert await rig.final(message) == State.DELIVERED
        assert rig.clock.now() - before < 1000

    play(tmp_path, story)


def test_a_long_answer_is_joined_at_the_application(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add(SHIP)
        rig.simulator.assign_profile(*at(SHIP), "tracker")
        await rig.mt(SHIP, "TRACK 24")
        await rig.until(lambda: len(rig.application.heard) == 1)
        source, dialled, text = rig.application.heard[0]
        assert (source, dialled) == (SHIP.msisdn, "2020")
        assert text.startswith(f"TRACK 24h of {SHIP.msisdn}: 1) ")
        assert text.endswith("End of track 1.")
        assert len(text) > 160
        assert rig.simulator.counters()["received"] == 2

    play(tmp_path, story)


def test_a_device_writes_to_another(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add(SHIP, BUOY)
        rig.simulator.inbox(*at(BUOY))
        text = "ahoy 🚢 " * 20
        rig.simulator.send(*at(SHIP), "+" + BUOY.msisdn, text)
        await rig.until(lambda: bool(rig.simulator.inbox(*at(BUOY))))
        (sms,) = rig.simulator.inbox(*at(BUOY))
        assert (sms["source"], sms["text"], sms["repeated"]) == (SHIP.msisdn, text, False)

    play(tmp_path, story)


def test_commands_of_strangers_are_ignored(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add(SHIP)
        rig.simulator.assign_profile(*at(SHIP), "tracker")
        for source, text in (("999", "POS"), ("999", "PING"), ("2020", "STATUS")):
            await rig.final(await rig.mt(SHIP, text, source))
        await rig.until(lambda: len(rig.application.heard) == 3)
        dialled = {(dialled, text.split()[0]) for _, dialled, text in rig.application.heard}
        assert dialled == {("999", "PONG"), ("2020", "BATTERY"), ("2020", "GPS")}

    play(tmp_path, story)


def test_the_network_says_when_a_sleeping_device_wakes(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add(SHIP)
        rig.simulator.assign_profile(*at(SHIP), "sleepy_sensor")
        picture = rig.simulator.show(*at(SHIP))
        assert picture["asleep"]
        message = await rig.mt(SHIP, "LEVEL")
        assert await rig.final(message) == State.DELIVERED
        late_ms = rig.clock.now() - picture["wakes_at"]
        assert 0 <= late_ms <= 10_000
        assert "sleeping" in rig.message(message).timeline
        await rig.until(lambda: bool(rig.application.heard))
        assert rig.application.texts[0] == "LEVEL 90.0 cm"

    play(tmp_path, story)


@pytest.mark.parametrize("mode", ["psm", "edrx"])
def test_a_sleepy_device_listens_after_it_attached(tmp_path: Path, mode: str) -> None:
    profile = f"[sleep]\nmode = '{mode}'\nevery_seconds = 3600\nawake_seconds = 30"
    (tmp_path / "drowsy.toml").write_text(profile)

    async def story(rig: Rig) -> None:
        rig.add(SHIP)
        rig.simulator.assign_profile(*at(SHIP), "drowsy")
        picture = rig.simulator.set_state(*at(SHIP), "detached")
        message = await rig.mt(SHIP, "LEVEL")
        await rig.until(lambda: rig.state(message) == State.BUFFERED)
        before = rig.clock.now()
        assert picture["wakes_at"] - before > 60_000, "else this proves nothing"
        assert not rig.simulator.set_state(*at(SHIP), "attached")["asleep"]
        assert await rig.final(message) == State.DELIVERED
        assert rig.clock.now() - before < 10_000
        await rig.until(lambda: rig.simulator.show(*at(SHIP))["asleep"])
        assert 30_000 <= rig.clock.now() - before < 31_000

    play(tmp_path, story, profiles=tmp_path)


def test_faults_of_every_kind_end_as_they_should(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add(SHIP)
        permanent = []
        for state in rig.simulator.states():
            if state in MEANINGS and MEANINGS[state].retry == "permanent":
                rig.simulator.set_state(*at(SHIP), state)
                message = await rig.mt(SHIP, state)
                permanent.append((await rig.final(message), rig.message(message).reason))
        assert {final for final, _ in permanent} == {State.FAILED}
        assert [reason for _, reason in permanent] == [
            state for state in rig.simulator.states() if (State.FAILED, state) in permanent
        ]
        assert not rig.reached
        rig.simulator.set_state(*at(SHIP), "congestion")
        message = await rig.mt(SHIP, "later")
        await rig.until(lambda: rig.state(message) == State.BUFFERED)
        rig.simulator.set_state(*at(SHIP), "healthy")
        assert await rig.final(message) == State.DELIVERED

    play(tmp_path, story)


def test_a_lost_answer_makes_a_repeat_that_is_marked(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add(SHIP)
        rig.simulator.set_state(*at(SHIP), "answer_lost")
        message = await rig.mt(SHIP, "hello")
        await rig.until(lambda: rig.state(message) == State.BUFFERED)
        rig.simulator.set_state(*at(SHIP), "healthy")
        assert await rig.final(message) == State.DELIVERED
        inbox = rig.simulator.inbox(*at(SHIP))
        assert [(sms["text"], sms["repeated"]) for sms in inbox] == [("hello", False), ("hello", True)]

    play(tmp_path, story)
