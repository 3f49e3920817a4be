"""The radio of a virtual device: every state with every command, and what the network answers to a page."""

from random import Random

import pytest

from heliograph.flow.attach import Presence
from heliograph.networks.simulator.profile import Fault, Memory, Network, Profile, Sleep
from heliograph.networks.simulator.radio import (
    ANSWER_LOST_MS,
    FAULTS,
    MOVES,
    STATES,
    Answer,
    Coverage,
    Page,
    Radio,
    command,
    next_window,
    page,
)

ATTACHED, DETACHED, NO_ANSWER = Coverage.ATTACHED, Coverage.DETACHED, Coverage.NO_ANSWER
ASLEEP = Coverage.ASLEEP
PLAIN = Profile()
SLEEPY = Profile(sleep=Sleep("psm", every_seconds=100, awake_seconds=10))


def answer(radio: Radio, profile: Profile = PLAIN, segment: int = 1, now: int = 0) -> Page:
    return page(radio, profile, 1, segment, now, Random(1))


@pytest.mark.parametrize(
    ("before", "word", "after", "noticed"),
    [
        (ATTACHED, "attached", ATTACHED, Presence.ATTACHED),
        (ATTACHED, "detached", DETACHED, Presence.DETACHED),
        (ATTACHED, "no_answer", NO_ANSWER, None),
        (ATTACHED, "in_coverage", ATTACHED, None),
        (DETACHED, "attached", ATTACHED, Presence.ATTACHED),
        (DETACHED, "detached", DETACHED, None),
        (DETACHED, "no_answer", DETACHED, None),
        (DETACHED, "in_coverage", DETACHED, None),
        (NO_ANSWER, "attached", ATTACHED, Presence.ATTACHED),
        (NO_ANSWER, "detached", DETACHED, Presence.DETACHED),
        (NO_ANSWER, "no_answer", NO_ANSWER, None),
        (NO_ANSWER, "in_coverage", ATTACHED, None),
        (ATTACHED, "asleep", ASLEEP, None),
        (DETACHED, "asleep", DETACHED, None),
        (NO_ANSWER, "asleep", NO_ANSWER, None),
        (ASLEEP, "attached", ATTACHED, Presence.ATTACHED),
        (ASLEEP, "detached", DETACHED, Presence.DETACHED),
        (ASLEEP, "no_answer", NO_ANSWER, None),
        (ASLEEP, "in_coverage", ASLEEP, None),
        (ASLEEP, "asleep", ASLEEP, None),
    ],
)
def test_coverage(before: Coverage, word: str, after: Coverage, noticed: Presence | None) -> None:
    radio = Radio(before)
    assert command(radio, word) == noticed
    assert radio.coverage == after


def test_the_coverage_table_is_whole() -> None:
    moves = {command for _, command in MOVES}
    assert len(moves) == 5
    assert set(MOVES) == {(coverage, move) for coverage in Coverage for move in moves}


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_set_and_left(state: str) -> None:
    radio = Radio()
    command(radio, state)
    for word in ("healthy", "memory_free", "attached"):
        command(radio, word)
    assert radio == Radio()


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="sideways"):
        command(Radio(), "sideways")


def test_who_was_put_to_sleep_by_hand_has_no_window() -> None:
    assert answer(Radio(ASLEEP), SLEEPY) == Page(Answer.SLEEPING)


@pytest.mark.parametrize(
    ("radio", "expected"),
    [
        (Radio(), Answer.DELIVERED),
        (Radio(DETACHED), Answer.DETACHED),
        (Radio(NO_ANSWER), Answer.ABSENT),
        (Radio(ASLEEP), Answer.SLEEPING),
        (Radio(memory_full=True), Answer.MEMORY_FULL),
        (Radio(DETACHED, memory_full=True), Answer.DETACHED),
        (Radio(NO_ANSWER, fault=Answer.ANSWER_LOST), Answer.ABSENT),
        (Radio(NO_ANSWER, fault=Answer.BARRED), Answer.BARRED),
        *((Radio(fault=fault), fault) for fault in sorted(FAULTS)),
    ],
)
def test_what_the_network_answers(radio: Radio, expected: Answer) -> None:
    assert answer(radio).answer == expected


def test_smma_is_told_once_somebody_hears_it() -> None:
    radio = Radio(NO_ANSWER, memory_full=True)
    assert command(radio, "memory_free") is None
    assert not radio.memory_full
    assert command(radio, "in_coverage") == Presence.MEMORY_FREE
    assert command(radio, "in_coverage") is None


def test_a_memory_fills_with_what_arrives() -> None:
    radio, profile = Radio(), Profile(memory=Memory(slots=2))
    assert [answer(radio, profile).answer for _ in range(3)] == ["delivered", "delivered", "memory_full"]
    command(radio, "memory_free")
    assert answer(radio, profile).answer == Answer.DELIVERED


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (0, Page(Answer.DELIVERED)),
        (9_999, Page(Answer.DELIVERED)),
        (10_000, Page(Answer.SLEEPING, 0, 90_000)),
        (99_999, Page(Answer.SLEEPING, 0, 1)),
        (100_000, Page(Answer.DELIVERED)),
    ],
)
def test_sleep_has_windows(now: int, expected: Page) -> None:
    assert answer(Radio(), SLEEPY, now=now) == expected
    shifted = Radio(phase_ms=100)
    assert answer(shifted, SLEEPY, now=now - 100) == expected


def test_the_next_window_is_one_cycle_after_the_last() -> None:
    assert SLEEPY.sleep is not None
    assert [next_window(SLEEPY.sleep, 0, now) for now in (0, 1, 99_999, 100_000)] == [
        100_000,
        100_000,
        100_000,
        200_000,
    ]


def test_a_device_that_sent_something_listens_for_a_while() -> None:
    radio = Radio(awake_until=50_000)
    assert answer(radio, SLEEPY, now=49_999).answer == Answer.DELIVERED
    assert answer(radio, SLEEPY, now=50_000).answer == Answer.SLEEPING


def test_a_segment_is_lost_once() -> None:
    radio, profile = Radio(), Profile(network=Network(lose_segment=2))
    answers = [answer(radio, profile, segment).answer for segment in (1, 2, 2, 3)]
    assert answers == ["delivered", "absent", "delivered", "delivered"]


@pytest.mark.parametrize(
    ("network", "coverage", "expected"),
    [
        (Network(answer_seconds=1.5), ATTACHED, Page(Answer.DELIVERED, 1500)),
        (Network(answer_seconds=1.5, paging_seconds=6), NO_ANSWER, Page(Answer.ABSENT, 6000)),
        (Network(answer_lost_chance=1), ATTACHED, Page(Answer.ANSWER_LOST, ANSWER_LOST_MS)),
        (Network(faults=(Fault("congestion", 0), Fault("barred"))), ATTACHED, Page(Answer.BARRED)),
    ],
)
def test_the_network_of_a_profile(network: Network, coverage: Coverage, expected: Page) -> None:
    assert answer(Radio(coverage), Profile(network=network)) == expected


def test_chance_is_the_generators_own() -> None:
    profile = Profile(network=Network(answer_seconds=(1, 2), faults=(Fault("congestion", 0.3),)))
    runs = [
        [page(Radio(), profile, 1, 1, 0, chance) for _ in range(200)] for chance in (Random(5), Random(5))
    ]
    assert runs[0] == runs[1]
    congested = sum(one.answer == Answer.CONGESTION for one in runs[0])
    assert 40 <= congested <= 80
    assert all(1000 <= one.delay_ms <= 2000 for one in runs[0])
