"""What people set by hand outlives the process: kept, found again, refused when it cannot be."""

import asyncio
import errno
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.networks.simulator import RestingSimulator, Unusable, facade, kept
from heliograph.networks.simulator.kept import AS_BEGUN, Kept, KeptStates
from heliograph.networks.simulator.radio import STATES, Radio, command
from tests.networks.lab import Lab, at_once, pass_time, play

SHIP, BUOY, CAR = ("901", "4477"), ("902", "4478"), ("903", "4479")


@given(st.lists(st.sampled_from(STATES), max_size=12))
def test_it_is_left_as_the_radio_was(words: list[str]) -> None:
    radio, left, again = Radio(), AS_BEGUN, Radio()
    for word in words:
        command(radio, word)
        left = left.after(word)
    left.put_on(again)
    again.memory_free_untold = radio.memory_free_untold
    assert again == radio


def state(lab: Lab, device: tuple[str, str]) -> tuple[str, str, str | None]:
    shown = lab.simulator.show(*device)
    return shown["coverage"], shown["memory"], shown["fault"]


def test_states_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "simulator.json"

    async def before(lab: Lab) -> None:
        for word in ("no_answer", "memory_full", "busy"):
            lab.simulator.set_state(*SHIP, word)
        lab.simulator.set_state(*BUOY, "detached")
        for word in ("detached", "attached"):
            lab.simulator.set_state(*CAR, word)
        await lab.simulator.save()

    async def after(lab: Lab) -> None:
        assert [lab.simulator.restore(*device) for device in (SHIP, BUOY, CAR)] == [True, False, True]
        lab.simulator.restored()
        assert state(lab, SHIP) == ("no_answer", "full", "busy")
        assert state(lab, BUOY)[0] == "detached"
        assert lab.simulator.counters()["objects"] == 2
        assert not lab.sightings

    play(before, kept=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.with_name("simulator.json.new").write_text("what a kill left of a later one")
    play(after, kept=path)


def test_a_full_memory_empties_itself_after_a_restart_too(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text("[memory]\nslots = 3\nfree_after_seconds = 60")

    async def before(lab: Lab) -> None:
        lab.simulator.set_state(*SHIP, "memory_full")
        await lab.simulator.save()

    async def after(lab: Lab) -> None:
        lab.simulator.enrol([(*SHIP, "sim-profile=small")])
        lab.simulator.restore(*SHIP)
        assert state(lab, SHIP)[1] == "full"
        await pass_time(61)
        assert state(lab, SHIP)[1] == "free"

    play(before, kept=tmp_path / "kept")
    play(after, kept=tmp_path / "kept", profiles=tmp_path)


def test_devices_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        for device in (SHIP, BUOY):
            lab.simulator.set_state(*device, "detached")
        await lab.simulator.save()

    async def after(lab: Lab) -> None:
        lab.simulator.restore(*SHIP)
        lab.simulator.restored()

    play(story, kept=tmp_path / "kept")
    play(after, kept=tmp_path / "kept")
    left = KeptStates(tmp_path / "kept")
    assert (left.of("901").is_detached, left.of("902")) == (True, AS_BEGUN)


def test_a_crowd_is_kept_within_a_moment(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        devices = [(str(1000 + number), "") for number in range(1200)]
        lab.simulator.crowd("detached", devices)
        await pass_time(facade.SAVE_PAUSE_SECONDS + 0.1)
        assert all(KeptStates(tmp_path / "kept").of(imsi).is_detached for imsi, _ in devices)
        lab.simulator.crowd("attached", devices, per_second=100)
        await pass_time(6)

    play(story, kept=tmp_path / "kept")  # a clean stop keeps what is not yet written
    left = KeptStates(tmp_path / "kept")
    assert sum(left.of(str(1000 + number)).is_detached for number in range(1200)) == 1200 - 601


def test_a_full_disk_is_told_and_the_old_file_stays(tmp_path: Path) -> None:
    disk_is_full = False

    async def offload(work: Callable[[], None]) -> None:
        if disk_is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        work()

    async def story(lab: Lab) -> None:
        nonlocal disk_is_full
        lab.simulator.set_state(*SHIP, "detached")
        await lab.simulator.save()
        disk_is_full = True
        lab.simulator.set_state(*BUOY, "detached")
        with pytest.raises(Unusable, match=r"in force, but is not kept.*No space left"):
            await lab.simulator.save()
        assert state(lab, BUOY)[0] == "detached"
        assert KeptStates(tmp_path / "kept").of("901").is_detached
        disk_is_full = False
        await lab.simulator.save()
        assert KeptStates(tmp_path / "kept").of("902").is_detached

    play(story, kept=tmp_path / "kept", offload=offload)


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"format": 2, "devices": {}}',
        '{"format": 1, "devices": {"901": {"coverage": "sideways"}}}',
        '{"format": 1, "devices": {"901": {"fault": "delivered"}}}',
        '{"format": 1, "devices": {"901": {"color": "red"}}}',
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "kept").write_text(text)

    async def story(lab: Lab) -> None:
        raise AssertionError("it started")

    with pytest.raises(Unusable, match=f"{tmp_path}/kept.*without this file"):
        play(story, kept=tmp_path / "kept")
    with pytest.raises(Unusable, match="nothing is kept"):
        asyncio.run(RestingSimulator(tmp_path / "kept").set_state(*SHIP, "detached"))


def test_so_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT_LIMIT", 1)

    async def story(lab: Lab) -> None:
        lab.simulator.set_state(*SHIP, "detached")
        with pytest.raises(Unusable, match="not kept"):
            lab.simulator.set_state(*BUOY, "detached")
        assert state(lab, BUOY)[0] == "detached"
        lab.simulator.set_state(*SHIP, "busy")  # one that is kept already may change
        assert lab.simulator.counters()["not_kept"] == 1

    play(story, kept=tmp_path / "kept")
    resting = RestingSimulator(tmp_path / "kept")
    with pytest.raises(Unusable, match="2 devices are more"):
        asyncio.run(resting.crowd("detached", [SHIP, BUOY, CAR]))
    assert KeptStates(tmp_path / "kept").of("901") == Kept("detached", fault="busy")


def test_without_a_network_states_are_for_the_next_start(tmp_path: Path) -> None:
    resting = RestingSimulator(tmp_path / "kept")

    async def said() -> list[str]:
        shown = [await resting.set_state(*SHIP, word) for word in ("detached", "memory_full", "attached")]
        await resting.crowd("busy", [BUOY, CAR])
        return [picture["coverage"] for picture in shown]

    async def after(lab: Lab) -> None:
        for device in (SHIP, BUOY, CAR):
            lab.simulator.restore(*device)
        assert state(lab, SHIP) == ("attached", "full", None)
        assert state(lab, CAR) == ("attached", "free", "busy")

    assert asyncio.run(said()) == ["detached", "detached", "attached"]
    with pytest.raises(Unusable, match="no state 'sideways'"):
        asyncio.run(resting.set_state(*SHIP, "sideways"))
    play(after, kept=tmp_path / "kept")


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    states = KeptStates(tmp_path / "kept", at_once)
    states.note("901", "attached")
    asyncio.run(states.save())
    assert not (tmp_path / "kept").exists()
