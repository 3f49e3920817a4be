"""The simulator without an engine: delays, firmware, and what becomes of the SMS that devices send."""

from pathlib import Path

import pytest

from heliograph.core.outcome import DELIVERED, Permanent, Returned, Temporary, Unknown
from heliograph.core.refusal import CODES, refuse
from heliograph.flow.attach import Presence
from heliograph.networks.simulator import Unusable, passed
from heliograph.networks.simulator.outbox import TEMPORARY_CAUSES
from heliograph.networks.simulator.radio import Answer, Page
from heliograph.networks.simulator.translate import cause_of, outcome_of
from tests.networks.lab import Lab, pass_time, play

SHIP = ("901", "4477")


def test_a_plain_device_needs_no_object() -> None:
    async def story(lab: Lab) -> None:
        jobs = lab.send("hello") + lab.send("x" * 161)
        assert [(job, outcome) for _, job, outcome in lab.outcomes] == [(job, DELIVERED) for job in jobs]
        assert lab.simulator.counters()["objects"] == 0
        assert lab.simulator.show(*SHIP)["coverage"] == "attached"

    play(story)


def test_a_slow_device_answers_later(tmp_path: Path) -> None:
    (tmp_path / "slow.toml").write_text("[network]\nanswer_seconds = 3\npaging_seconds = 5")

    async def story(lab: Lab) -> None:
        start = lab.clock.now()
        lab.send("hello")
        lab.simulator.set_state(*SHIP, "no_answer")
        lab.send("are you there?")
        assert lab.outcomes == []
        await pass_time(10)
        assert [(at - start, outcome) for at, _, outcome in lab.outcomes] == [
            (3000, DELIVERED),
            (5000, Temporary("absent")),
        ]

    play(story, profiles=tmp_path, default_profile="slow")


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (Page(Answer.DELIVERED), DELIVERED),
        (Page(Answer.ANSWER_LOST), Unknown("link_lost")),
        (Page(Answer.SLEEPING, 0, 90_001), Temporary("sleeping", 91)),
        (Page(Answer.MEMORY_FULL), Temporary("memory_full")),
        (Page(Answer.BARRED), Permanent("barred")),
    ],
)
def test_answers_become_outcomes(page: Page, outcome: object) -> None:
    assert outcome_of(page) == outcome


@pytest.mark.parametrize("answer", list(Answer))
def test_every_answer_has_an_outcome_of_its_name(answer: Answer) -> None:
    outcome = outcome_of(Page(answer))
    assert outcome in (DELIVERED, Unknown("link_lost"), Temporary(answer.value), Permanent(answer.value))


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("unknown_device", 28),
        ("mo_off", 50),
        ("mo_limit_reached", 50),
        ("quota_exhausted", 50),
        ("queue_full", 42),
        ("store_full", 42),
        ("stopping", 42),
    ],
)
def test_refusals_become_causes(code: str, cause: int) -> None:
    assert cause_of(refuse(code)) == cause


@pytest.mark.parametrize("code", sorted(CODES))
def test_only_what_passes_makes_devices_send_again(code: str) -> None:
    cause = cause_of(refuse(code))
    assert (cause in TEMPORARY_CAUSES) == (code in {"queue_full", "store_full", "stopping", "rate_reached"})


def test_a_device_sends_again_until_the_store_has_room() -> None:
    async def story(lab: Lab) -> None:
        lab.full = True
        lab.simulator.send(*SHIP, "2020", "hello")
        lab.simulator.send(*SHIP, "2020", "world")
        await pass_time(12)
        (first, second) = lab.simulator.show(*SHIP)["sending"]
        assert (first["text"], first["tries"], second["tries"]) == ("hello", 2, 0)
        lab.full = False
        await pass_time(60)
        assert lab.texts == ["hello", "world"]
        assert lab.simulator.show(*SHIP)["sending"] == []

    play(story)


def test_a_refusal_for_good_is_remembered_and_shown() -> None:
    async def story(lab: Lab) -> None:
        lab.answers = [refuse("mo_off")]
        lab.simulator.send(*SHIP, "2020", "x" * 161)
        await pass_time(3600)
        (refused,) = lab.simulator.show(*SHIP)["refused"]
        assert (refused["cause"], refused["reason"], refused["given_up"]) == (
            50,
            "SMS is not subscribed",
            False,
        )
        assert len(lab.inbound) == 1

    play(story)


def test_a_device_out_of_coverage_keeps_what_it_wants_to_send() -> None:
    async def story(lab: Lab) -> None:
        lab.simulator.set_state(*SHIP, "no_answer")
        lab.simulator.send(*SHIP, "2020", "hello")
        await pass_time(3600)
        assert lab.inbound == []
        lab.simulator.set_state(*SHIP, "in_coverage")
        await pass_time(1)
        assert lab.texts == ["hello"]
        assert lab.sightings == []

    play(story)


def test_a_sighting_is_repeated_until_the_store_has_room() -> None:
    async def story(lab: Lab) -> None:
        lab.full = True
        lab.simulator.set_state(*SHIP, "detached")
        lab.simulator.set_state(*SHIP, "attached")
        await pass_time(5)
        lab.full = False
        await pass_time(2)
        assert [presence for _, _, presence in lab.sightings] == [Presence.DETACHED, Presence.ATTACHED]

    play(story)


def test_an_answer_can_come_twice_and_a_restart_is_noticed(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        lab.simulator.assign_profile(*SHIP, "industrial_router")
        lab.send("secret ifup wan", source="3100")
        lab.send("wrong", source="3100")
        lab.send("secret reboot", source="999")
        await pass_time(25)
        assert lab.texts == ["wan up", "wan up"]
        start = lab.clock.now()
        lab.send("secret reboot", source="3101")
        await pass_time(60)
        assert lab.texts[2:] == ["rebooting now"]
        assert [(at - start, presence) for at, _, presence in lab.sightings] == [
            (1000, Presence.DETACHED),
            (41_000, Presence.ATTACHED),
        ]

    play(story)


def test_one_segment_of_an_answer_is_lost() -> None:
    async def story(lab: Lab) -> None:
        lab.simulator.assign_profile(*SHIP, "broken_device")
        lab.simulator.reload_profiles()
        for _ in range(20):
            lab.send("DUMP")
            lab.simulator.set_state(*SHIP, "memory_free")
        await pass_time(60)
        places = {(segment.part_total, segment.part_number) for segment in lab.inbound}
        assert places == {(2, 1)}

    play(story)


def test_a_reading_over_its_threshold_raises_an_alert_once() -> None:
    async def story(lab: Lab) -> None:
        lab.simulator.assign_profile(*SHIP, "meter")
        picture = lab.simulator.set_reading(*SHIP, "voltage", 254.0)
        lab.simulator.set_reading(*SHIP, "voltage", 255.0)
        await pass_time(1)
        assert picture["readings"]["voltage"] == 254.0
        assert [(segment.destination, segment.content.body) for segment in lab.inbound] == [
            ("5000", b"OVERVOLTAGE 254.0 V")
        ]
        with pytest.raises(Unusable, match="voltage"):
            lab.simulator.set_reading(*SHIP, "depth", 1.0)

    play(story)


def test_reports_come_every_so_often() -> None:
    async def story(lab: Lab) -> None:
        lab.simulator.enrol([(*SHIP, "sea,sim-profile=tracker,north"), ("902", "4478", "sea")])
        assert lab.simulator.counters()["objects"] == 1
        await pass_time(10 * 21_600)
        reports = [text for text in lab.texts if text.startswith("REPORT ")]
        assert len(reports) == 10
        assert all("sim-profile" not in text for text in lab.texts)

    play(story)


def test_a_sensor_wakes_in_windows_and_the_network_notices(tmp_path: Path) -> None:
    (tmp_path / "quiet.toml").write_text("[sleep]\nmode = 'psm'\nevery_seconds = 3600\nawake_seconds = 30")

    async def story(lab: Lab) -> None:
        lab.simulator.enrol([(*SHIP, "sim-profile=quiet")])
        wakes_at = lab.simulator.show(*SHIP)["wakes_at"]
        await pass_time(3 * 3600)
        assert [(at - wakes_at) % 3_600_000 for at, _, _ in lab.sightings] == [0, 0, 0]
        (first, *_) = lab.sightings
        assert (first[0], first[2]) == (wakes_at, Presence.ATTACHED)
        lab.simulator.set_state(*SHIP, "no_answer")
        seen = len(lab.sightings)
        await pass_time(3 * 3600)
        assert len(lab.sightings) == seen

    play(story, profiles=tmp_path)


def test_a_sleeping_device_that_sends_something_can_be_reached() -> None:
    async def story(lab: Lab) -> None:
        lab.simulator.assign_profile(*SHIP, "sleepy_sensor")
        assert lab.simulator.show(*SHIP)["asleep"]
        lab.simulator.send(*SHIP, "2020", "hello")
        await pass_time(1)
        assert [presence for _, _, presence in lab.sightings] == [Presence.ATTACHED]
        assert not lab.simulator.show(*SHIP)["asleep"]
        await pass_time(30)
        assert lab.simulator.show(*SHIP)["asleep"]

    play(story)


def test_the_inbox_joins_repeats_replaces_and_hides() -> None:
    async def story(lab: Lab) -> None:
        lab.simulator.inbox(*SHIP)
        long = lab.jobs("ä€ 🚢" * 50)
        long[1].delivery.repeated = 1
        lab.simulator.outlet.send([long[2], long[1]])
        lab.send(b"\x00\xff")
        lab.simulator.outlet.send(
            [*lab.jobs("old", pid=0x41), *lab.jobs("new", pid=0x41), *lab.jobs("", pid=0x40)]
        )
        lab.simulator.outlet.send([long[1], long[0], *long[3:]])
        assert [(sms.get("text", sms.get("hex")), sms["repeated"]) for sms in lab.simulator.inbox(*SHIP)] == [
            ("00ff", False),
            ("new", False),
            ("ä€ 🚢" * 50, True),
        ]
        for number in range(30):
            lab.send(str(number))
        assert [sms["text"] for sms in lab.simulator.inbox(*SHIP)] == [
            str(number) for number in range(10, 30)
        ]

    play(story)


def test_a_plain_device_shows_what_it_read_before_anybody_looked() -> None:
    async def story(lab: Lab) -> None:
        simulator = lab.simulator
        lab.send("one")
        lab.send("for another", "902", "4488")
        await pass_time(1)
        lab.send("y" * 161)
        assert (simulator.show(*SHIP)["received"], simulator.show(*SHIP)["inbox"]) == (3, 2)
        assert simulator.counters()["objects"] == 0
        simulator.set_state(*SHIP, "memory_full")
        simulator.set_state(*SHIP, "memory_free")
        assert simulator.counters()["objects"] == 0
        simulator.assign_profile(*SHIP, "tracker")
        await pass_time(1)
        lab.send("by its own object")
        assert (simulator.show(*SHIP)["received"], simulator.show(*SHIP)["inbox"]) == (4, 3)
        for _ in range(2):  # looking changes nothing
            assert [sms["text"] for sms in simulator.inbox(*SHIP)] == ["one", "y" * 161, "by its own object"]
            assert (simulator.show(*SHIP)["received"], simulator.show(*SHIP)["inbox"]) == (4, 3)
        assert [sms["text"] for sms in simulator.inbox("902", "4488")] == ["for another"]

    play(story)


def test_of_all_plain_devices_the_last_sms_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passed, "PASSED_LIMIT", 5)

    async def story(lab: Lab) -> None:
        for number in range(4):
            lab.simulator.outlet.send([*lab.jobs(f"{number}a"), *lab.jobs(f"{number}b", "902")])
        assert lab.simulator.show(*SHIP)["received"] == 3  # whole batches: six jobs for a limit of five
        assert [sms["text"] for sms in lab.simulator.inbox(*SHIP)] == ["1a", "2a", "3a"]
        lab.send("mine")
        assert [sms["text"] for sms in lab.simulator.inbox(*SHIP)] == ["1a", "2a", "3a", "mine"]
        assert [sms["text"] for sms in lab.simulator.inbox("902", "4477")] == ["1b", "2b", "3b"]

    play(story)


def test_readings_are_shown_with_digits_that_count() -> None:
    async def story(lab: Lab) -> None:
        lab.simulator.assign_profile(*SHIP, "tracker")
        await pass_time(1)
        name = next(iter(lab.simulator.show(*SHIP)["readings"]))
        shown = lab.simulator.set_reading(*SHIP, name, 12.345678901234)["readings"]
        assert shown[name] == 12.3457
        assert all(len(str(value)) <= 8 for value in shown.values())

    play(story)


def test_what_is_no_sms_is_a_protocol_error() -> None:
    async def story(lab: Lab) -> None:
        lab.simulator.inbox(*SHIP)
        (job,) = lab.jobs(b"\xff\xfe")
        job.message.dcs = 0
        lab.simulator.outlet.send([job])
        assert [outcome for _, _, outcome in lab.outcomes] == [Permanent("protocol")]

    play(story)


def test_after_its_end_jobs_come_back_as_they_were() -> None:
    async def story(lab: Lab) -> None:
        await lab.simulator.stop()
        jobs = lab.send("hello")
        assert [(job, outcome) for _, job, outcome in lab.outcomes] == [(jobs[0], Returned("gate_closed"))]

    play(story)


@pytest.mark.parametrize(
    ("profile", "command", "segments"),
    [
        ("tracker", "pos?", [1]),
        ("tracker", "TRACK 12", [2, 2]),
        ("tracker", "STATUS", [1, 1]),
        ("tracker", "SETHOME +447700900555", [1]),
        ("tracker", "REBOOT", [1]),
        ("tracker", "ping", [1]),
        ("tracker", "hello", []),
        ("meter", "read", [1]),
        ("meter", "READ ALL", [1, 1, 1]),
        ("industrial_router", "s3cret ifup vpn", [1, 1]),
        ("industrial_router", "s3cret status", [2, 2]),
        ("industrial_router", "s3cret reboot", [1]),
        ("industrial_router", "SLOW", [1]),
        ("sleepy_sensor", "INTERVAL 60", [1]),
        ("sleepy_sensor", "LEVEL", [1]),
        ("broken_device", "DUMP", [2]),
        ("plain", "hello", []),
    ],
)
def test_the_shipped_profiles_answer(profile: str, command: str, segments: list[int]) -> None:
    async def story(lab: Lab) -> None:
        lab.simulator.assign_profile(*SHIP, profile)
        source = "3100" if profile == "industrial_router" else "2020"
        while not any(outcome == DELIVERED for _, _, outcome in lab.outcomes):
            lab.send(command, source=source)
            await pass_time(15)
        await pass_time(600)
        assert [segment.part_total for segment in lab.inbound] == segments

    play(story)
