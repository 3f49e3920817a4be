"""Profiles: the shipped files, what a file may say, and what is refused with which words."""

from pathlib import Path

import pytest

from heliograph.networks.simulator.library import BadFiles, load_profiles
from heliograph.networks.simulator.limits import ENTRIES
from heliograph.networks.simulator.profile import (
    PROFILE_OCTETS,
    Alert,
    BadProfile,
    Fault,
    Memory,
    Network,
    Profile,
    Reading,
    Rule,
    Sleep,
    Timed,
    parse_profile,
)

WHOLE = """
description = "all there is"
home = "2020"
known_senders = ["+4477", "Harbour"]
readings_every_seconds = 5
[network]
answer_seconds = [1, 2.5]
paging_seconds = 6
answer_lost_chance = 0.1
lose_segment = 2
faults = [{ answer = "congestion", chance = 0.5 }, { answer = "barred" }]
[sleep]
mode = "edrx"
every_seconds = 20
awake_seconds = 2
[memory]
slots = 3
free_after_seconds = 60
[[answers]]
pattern = "^A"
reply = ["b", "c"]
after_seconds = 3
chance = 0.5
times = 2
to = "+99"
from_anyone = true
segment_gap_seconds = 1
lose_segment = 1
restart_seconds = 8
[[reports]]
every_seconds = 60
text = "r"
to = "1"
[readings]
level = { low = 0, high = 9, step = 1, start = 3 }
[[alerts]]
reading = "level"
above = 8
text = "high"
"""


def test_every_field_is_read() -> None:
    assert parse_profile(WHOLE) == Profile(
        description="all there is",
        home="2020",
        known_senders=("+4477", "Harbour"),
        network=Network((1.0, 2.5), 6.0, 0.1, 2, (Fault("congestion", 0.5), Fault("barred", 1.0))),
        sleep=Sleep("edrx", 20.0, 2.0),
        memory=Memory(3, 60.0),
        answers=(Rule("^A", ("b", "c"), 3.0, 0.5, 2, "+99", True, 1.0, 1, 8.0),),
        reports=(Timed(60.0, "r", "1"),),
        readings_every_seconds=5.0,
        readings={"level": Reading(0.0, 9.0, 1.0, 3.0)},
        alerts=(Alert("level", "high", above=8.0),),
    )


def answer(line: str) -> str:
    return f"[[answers]]\npattern = 'a'\n{line}"


READING = "home = '1'\n[readings]\nlevel = { low = 0, high = 9, step = 1 }\n[[alerts]]\nreading = 'level'\n"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("descripton = 'x'", "file", "unknown field `descripton`"),
        ("a = \n", "line 1, column 5", "Invalid value"),
        ("home = 'sea'", "home", "is not a number"),
        ("[network]\nanswer_seconds = -1", "network.answer_seconds", "-1.0 is not between"),
        ("[network]\nanswer_seconds = nan", "network.answer_seconds", "nan is not between"),
        ("[network]\nanswer_seconds = [2, 1]", "network.answer_seconds", "the first is the smaller"),
        ("[network]\nanswer_seconds = [1]", "network.answer_seconds", "needs one number"),
        ("[network]\nanswer_seconds = [1, 9999]", "network.answer_seconds[1]", "is not between"),
        ("[network]\nanswer_seconds = 'x'", "network.answer_seconds", "got `str`"),
        ("[network]\npaging_seconds = 26", "network.paging_seconds", "is not between 0 and 25"),
        ("[network]\nfaults = [{answer = 'x'}]", "network.faults[0].answer", "'x'"),
        ("[network]\nfaults = [{answer = 'barred', chance = 2}]", "network.faults[0].chance", "0 and 1"),
        ("[sleep]\nmode = 'nap'\nevery_seconds = 2\nawake_seconds = 1", "sleep.mode", "nap"),
        ("[sleep]\nmode = 'psm'\nevery_seconds = 2\nawake_seconds = 3", "sleep.awake_seconds", "longer"),
        ("[sleep]\nmode = 'psm'", "sleep", "every_seconds"),
        ("[memory]\nslots = 0", "memory.slots", "between 1 and 1000"),
        ("[[answers]]\npattern = '('", "answers[0].pattern", "unterminated"),
        ("[[answers]]\npattern = ''", "answers[0].pattern", "is empty"),
        (f"[[answers]]\npattern = '{'a' * 201}'", "answers[0].pattern", "200 is the most"),
        (answer(f"reply = '{'a' * 1601}'"), "answers[0].reply", "1600 is the most"),
        (answer("reply = ['a', 'b', 'c', 'd', 'e', 'f']"), "answers[0].reply", "5 is the most"),
        (answer("reply = ['a', '']"), "answers[0].reply[1]", "is empty"),
        (answer("times = 6"), "answers[0].times", "between 1 and 5"),
        (answer("to = 'sea'"), "answers[0].to", "is not a number"),
        ("[[answers]]\npattern = 'a'\n" * (ENTRIES + 1), "answers", f"{ENTRIES} is the most"),
        ("[[reports]]\nevery_seconds = 60\ntext = 'x'", "reports[0].to", "needs an address"),
        ("[[reports]]\nevery_seconds = 0\ntext = 'x'\nto = '1'", "reports[0].every_seconds", "between 1"),
        (READING + "text = 'x'", "alerts[0]", "one of `above` and `below`"),
        (READING + "text = 'x'\nabove = 1\nbelow = 1", "alerts[0]", "one of `above` and `below`"),
        (
            READING.replace("g = 'level'", "g = 'depth'") + "text = 'x'\nabove = 1",
            "alerts[0].reading",
            "depth",
        ),
        ("[readings]\nlevel = { low = 3, high = 2, step = 1 }", "readings.level", "`low` <= `start`"),
        ("[readings]\nlevel = { low = 0, high = 2, step = 1, start = 3 }", "readings.level", "`start`"),
        (f"readings_every_seconds = {'9' * 400}", "readings_every_seconds", "out of range"),
        ("#" * (PROFILE_OCTETS + 1), "file", "longer than"),
    ],
)
def test_what_is_wrong_is_said(text: str, where: str, what: str) -> None:
    with pytest.raises(BadProfile) as caught:
        parse_profile(text)
    assert caught.value.where == where
    assert what in caught.value.what


def test_the_shipped_profiles() -> None:
    profiles = load_profiles(None)
    assert list(profiles) == [
        "plain",
        "broken_device",
        "industrial_router",
        "meter",
        "sleepy_sensor",
        "tracker",
    ]
    assert [name for name, profile in profiles.items() if profile.is_plain] == ["plain"]
    assert all(profile.description for profile in profiles.values())
    assert {name for name, profile in profiles.items() if profile.has_timers} == {
        "industrial_router",
        "meter",
        "sleepy_sensor",
        "tracker",
    }


def test_files_of_the_user_win(tmp_path: Path) -> None:
    (tmp_path / "tracker.toml").write_text("description = 'mine'")
    (tmp_path / "boat.toml").write_text("[network]\nanswer_seconds = 1")
    (tmp_path / "notes.txt").write_text("not a profile")
    profiles = load_profiles(tmp_path)
    assert profiles["tracker"].description == "mine"
    assert not profiles["boat"].is_plain
    assert "meter" in profiles


def test_all_bad_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text("x = 1")
    (tmp_path / "two.toml").write_bytes(b"\xff")
    (tmp_path / "Three.toml").write_text("")
    (tmp_path / "good.toml").write_text("")
    with pytest.raises(BadFiles) as caught:
        load_profiles(tmp_path)
    assert [(bad.file, bad.where) for bad in caught.value.files] == [
        ("Three.toml", "file"),
        ("two.toml", "file"),
        ("one.toml", "file"),
    ]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFiles, match="is not there"):
        load_profiles(tmp_path / "none")
