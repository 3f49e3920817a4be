"""What people and programs do with the simulator: crowds, profiles, the journal; and how much it holds."""

import json
import resource
from pathlib import Path

import pytest

from heliograph.core.delivery import Job
from heliograph.flow.attach import Presence
from heliograph.networks.simulator import BadFiles, Unusable
from tests.networks.lab import Lab, pass_time, play

SHIP = ("901", "4477")
FLEET = [(f"90170{number:010}", f"4477{number:08}") for number in range(100_000)]
MIB = 1 << 20


def test_a_crowd_moves_at_its_rate() -> None:
    async def story(lab: Lab) -> None:
        start = lab.clock.now()
        assert lab.simulator.crowd("detached", FLEET[:300], per_second=100) == {
            "devices": 300,
            "seconds": 3.0,
        }
        await pass_time(5)
        times = [at - start for at, _, _ in lab.sightings]
        assert len(times) == 300
        assert times == sorted(times)
        for second in range(3):
            assert 90 <= sum(second * 1000 <= at < (second + 1) * 1000 for at in times) <= 110
        lab.simulator.crowd("attached")
        await pass_time(1)
        assert [presence for _, _, presence in lab.sightings[300:]] == [Presence.ATTACHED] * 300
        assert lab.simulator.counters()["objects"] == 0

    play(story)


@pytest.mark.parametrize("rate", [0, -1, 1e9, float("nan")])
def test_a_rate_that_makes_no_sense_is_refused(rate: float) -> None:
    async def story(lab: Lab) -> None:
        with pytest.raises(Unusable):
            lab.simulator.crowd("attached", per_second=rate)

    play(story)


def test_words_that_nobody_knows_are_refused_and_the_known_ones_named() -> None:
    async def story(lab: Lab) -> None:
        with pytest.raises(Unusable, match="memory_full"):
            lab.simulator.set_state(*SHIP, "sideways")
        with pytest.raises(Unusable, match="tracker"):
            lab.simulator.assign_profile(*SHIP, "boat")
        assert lab.simulator.counters()["objects"] == 0

    play(story)


def test_profiles_change_while_devices_live(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        (tmp_path / "boat.toml").write_text('[[answers]]\npattern = "."\nreply = "one"\n')
        assert "boat" in lab.simulator.reload_profiles(tmp_path)["loaded"]
        lab.simulator.assign_profile(*SHIP, "boat")
        lab.send("x")
        await pass_time(2)
        (tmp_path / "boat.toml").write_text('[[answers]]\npattern = "("\n')
        assert lab.simulator.reload_profiles() == {
            "loaded": [],
            "errors": [
                {
                    "file": "boat.toml",
                    "where": "answers[0].pattern",
                    "what": "missing ), unterminated subpattern at position 0",
                }
            ],
        }
        lab.send("x")
        await pass_time(2)
        (tmp_path / "boat.toml").write_text('[[answers]]\npattern = "."\nreply = "two"\n')
        lab.simulator.reload_profiles()
        lab.send("x")
        await pass_time(2)
        (tmp_path / "boat.toml").unlink()
        lab.simulator.reload_profiles()
        lab.send("x")
        await pass_time(2)
        assert lab.texts == ["one", "one", "two"]
        assert lab.simulator.show(*SHIP)["profile"] == "plain"

    play(story)


def test_a_start_with_bad_profiles_is_refused(tmp_path: Path) -> None:
    (tmp_path / "boat.toml").write_text("x = 1")

    async def story(lab: Lab) -> None:
        raise AssertionError("it started")

    with pytest.raises(BadFiles, match=r"boat\.toml"):
        play(story, profiles=tmp_path)


def test_the_journal_has_it_before_the_outcome_is_told(tmp_path: Path) -> None:
    journal = tmp_path / "journal"

    async def story(lab: Lab) -> None:
        seen: list[int] = []
        lab.when_told = lambda: seen.append(len(journal.read_bytes().splitlines()))
        (first,) = lab.jobs("hello\n€")
        first.delivery.repeated = 1
        long = lab.jobs("y" * 161)
        lab.simulator.outlet.send([first, *long, *lab.jobs(b"\x01")])
        assert seen == [4]
        assert len(lab.outcomes) == 4
        lab.simulator.set_state(*SHIP, "no_answer")
        lab.send("never arrives")

    play(story, journal=journal)
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert lines[0] == {
        "at": 1700000000000,
        "msisdn": "4477",
        "message": 256,
        "segment": 1,
        "segments": 1,
        "repeated": True,
        "text": "hello\n€",
    }
    assert [(line["segment"], len(line.get("text", "")), line.get("hex")) for line in lines[1:]] == [
        (1, 153, None),
        (2, 8, None),
        (1, 0, "01"),
    ]


def test_a_hundred_thousand_devices_fit_and_idle_for_nothing() -> None:
    async def story(lab: Lab) -> None:
        before = _resident()
        lab.simulator.crowd("no_answer", FLEET)
        await pass_time(1)
        assert lab.simulator.counters()["objects"] == len(FLEET)
        assert _resident() - before <= 60 * MIB
        fired = lab.simulator.counters()["timers"]
        cpu = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        await pass_time(24 * 3600)
        assert lab.simulator.counters()["timers"] == fired
        assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - cpu < 0.1
        lab.simulator.crowd("in_coverage", FLEET)
        await pass_time(1)
        assert lab.simulator.counters()["objects"] == 0

    play(story)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def test_witnesses_see_only_what_arrived() -> None:
    async def story(lab: Lab) -> None:
        seen: list[Job] = []
        lab.simulator.witness(seen.extend)
        jobs = lab.send("one")
        lab.simulator.set_state(*SHIP, "barred")
        lab.send("two")
        assert seen == jobs

    play(story)
