"""One virtual device as a state machine: its agenda, driven by hand."""

from random import Random

import pytest

from heliograph.flow.attach import Presence
from heliograph.networks.simulator.device import AGENDA_LIMIT, Device, Do, Effect, Transmission
from heliograph.networks.simulator.profile import PLAIN, Profile, parse_profile
from heliograph.networks.simulator.sms import Incoming
from heliograph.wire.gsm.dcs import parse_dcs
from heliograph.wire.gsm.septets import pack
from heliograph.wire.gsm.text import UserData

ECHO = parse_profile("[[answers]]\npattern = '(.*)'\nreply = '{1}'\nafter_seconds = 10")
CHANCE = Random(1)


def device(profile: Profile = ECHO, now: int = 0) -> Device:
    made = Device("901", "4477", PLAIN)
    made.use(profile, now, CHANCE)
    return made


def segment(text: bytes, source: str = "2020") -> Incoming:
    return Incoming(source, 0, UserData(parse_dcs(0), False, len(text), pack(text)), 0, 1, 1, False)


def run(one: Device, until: int) -> list[tuple[int, Effect]]:
    """What it does by then, without anybody hearing it, each with its time."""
    effects = []
    while (at := one.next_timeout()) is not None and at <= until:
        effects += [(at, effect) for effect in one.timeout(at, CHANCE)]
    return effects


def transmitted(effects: list[Effect]) -> list[bytes]:
    return [effect.segment.content.body for effect in effects if isinstance(effect, Transmission)]


def test_answers_come_in_order_one_after_the_other() -> None:
    one = device()
    for now, text in enumerate((b"a", b"b")):
        one.take(segment(text), now, CHANCE)
    ((at, first),) = run(one, 60_000)
    assert (at, transmitted([first])) == (10_000, [b"a"])
    assert transmitted(one.heard(None, 20_000)) == [b"b"]
    assert one.heard(None, 20_001) == []
    assert one.next_timeout() is None


def test_a_pause_after_congestion_is_on_the_agenda_once() -> None:
    one = device()
    one.take(segment(b"a"), 0, CHANCE)
    run(one, 10_000)
    one.heard(42, 10_000)
    for _ in range(5):
        assert one.command("attached", 10_001) == [Presence.ATTACHED]
    assert [duty[2] for duty in one.agenda or ()] == [Do.TRANSMIT]
    assert transmitted([effect for _, effect in run(one, 15_000)]) == [b"a"]


def test_a_memory_is_emptied_once_however_often_it_filled() -> None:
    one = device(parse_profile("[memory]\nslots = 5\nfree_after_seconds = 60"))
    for now in range(3):
        one.command("memory_full", now)
        one.command("memory_free", now)
    one.command("memory_full", 4)
    assert run(one, 120_000) == [(60_000, Presence.MEMORY_FREE)]
    assert not one.radio.memory_full


def test_a_device_with_too_much_to_do_forgets_answers_and_nothing_else() -> None:
    one = device()
    for number in range(2 * AGENDA_LIMIT):
        one.take(segment(b"%d" % number), 0, CHANCE)
    assert len(one.agenda or ()) == AGENDA_LIMIT
    assert transmitted([effect for _, effect in run(one, 10_000)]) == [b"0"]
    one.heard(42, 10_000)
    assert transmitted([effect for _, effect in run(one, 60_000)]) == [b"0"]


def test_another_profile_ends_what_was_the_old_ones() -> None:
    reporter = parse_profile("[[reports]]\nevery_seconds = 60\ntext = 'r'\nto = '1'")
    one = device(reporter)
    assert len(run(one, 60_000)) == 1
    one.use(ECHO, 60_000, CHANCE)
    assert one.next_timeout() is None


def test_what_was_begun_is_finished_under_another_profile() -> None:
    one = device()
    one.take(segment(b"a"), 0, CHANCE)
    one.use(PLAIN, 1, CHANCE)
    assert transmitted([effect for _, effect in run(one, 60_000)]) == [b"a"]


def test_a_device_that_is_off_reports_nothing() -> None:
    one = device(parse_profile("[[reports]]\nevery_seconds = 60\ntext = 'r'\nto = '1'"))
    one.command("detached", 0)
    assert run(one, 600_000) == []
    assert one.command("attached", 600_000) == [Presence.ATTACHED]
    assert len(run(one, 660_000)) == 1


def test_a_device_like_any_other_is_pristine() -> None:
    one = device(PLAIN)
    assert one.is_pristine()
    for state in ("detached", "memory_full", "barred"):
        one.command(state, 0)
        assert not one.is_pristine()
        for undo in ("attached", "memory_free", "healthy"):
            one.command(undo, 0)
        assert one.is_pristine()
    one.watched = True
    assert not one.is_pristine()


@pytest.mark.parametrize(
    ("before", "word", "listens"),
    [
        ("detached", "attached", True),
        ("memory_full", "memory_free", True),  # SMMA is a signal of its own
        ("no_answer", "in_coverage", False),  # it came back without a word
        ("attached", "detached", False),
    ],
)
def test_a_device_that_signals_listens_for_a_window(before: str, word: str, listens: bool) -> None:
    one = device(parse_profile("[sleep]\nmode = 'edrx'\nevery_seconds = 100\nawake_seconds = 10"))
    one.command(before, 0)
    one.radio.awake_until = 0
    one.command(word, 50_000)
    assert one.radio.awake_until == (60_000 if listens else 0)
