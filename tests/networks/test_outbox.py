"""The outbox of a virtual device: every stage with every event."""

import pytest

from heliograph.networks.simulator.outbox import (
    FIRST_PAUSE_MS,
    LONGEST_PAUSE_MS,
    OUTBOX_LIMIT,
    REFUSED_LIMIT,
    TEMPORARY_CAUSES,
    TRIES_LIMIT,
    Letter,
    Outbox,
    Stage,
    pause_ms,
)
from heliograph.networks.simulator.sms import Outgoing, outgoing

LONG = "x" * 161


def letter(text: str = "hello", gap_ms: int = 0, lose_segment: int = 0) -> Letter:
    segments = outgoing(text, 7)
    assert isinstance(segments, tuple)
    return Letter("2020", text, segments, gap_ms, lose_segment)


def sent(outbox: Outbox, now: int = 0) -> Outgoing:
    ready = outbox.next(now)
    assert ready is not None
    return ready[1]


def outbox_in(stage: Stage) -> Outbox:
    outbox = Outbox()
    if stage != Stage.IDLE:
        outbox.push(letter())
        sent(outbox)
    if stage == Stage.RESTING:
        outbox.heard(42, 0)
    return outbox


@pytest.mark.parametrize(
    ("before", "event", "after", "waiting", "refused"),
    [
        (Stage.IDLE, "push", Stage.IDLE, 1, 0),
        (Stage.IDLE, "ack", Stage.IDLE, 0, 0),
        (Stage.IDLE, "congestion", Stage.IDLE, 0, 0),
        (Stage.IDLE, "barred", Stage.IDLE, 0, 0),
        (Stage.IDLE, "next", Stage.IDLE, 0, 0),
        (Stage.SENDING, "push", Stage.SENDING, 2, 0),
        (Stage.SENDING, "ack", Stage.IDLE, 0, 0),
        (Stage.SENDING, "congestion", Stage.RESTING, 1, 0),
        (Stage.SENDING, "barred", Stage.IDLE, 0, 1),
        (Stage.SENDING, "next", Stage.SENDING, 1, 0),
        (Stage.RESTING, "push", Stage.RESTING, 2, 0),
        (Stage.RESTING, "ack", Stage.RESTING, 1, 0),
        (Stage.RESTING, "congestion", Stage.RESTING, 1, 0),
        (Stage.RESTING, "barred", Stage.RESTING, 1, 0),
        (Stage.RESTING, "next", Stage.RESTING, 1, 0),
    ],
)
def test_stages(before: Stage, event: str, after: Stage, waiting: int, refused: int) -> None:
    outbox = outbox_in(before)
    match event:
        case "push":
            assert outbox.push(letter())
        case "next":
            assert outbox.next(1) is None
        case _:
            outbox.heard({"ack": None, "congestion": 42, "barred": 10}[event], 1)
    assert (outbox.stage, len(outbox.waiting), len(outbox.refused)) == (after, waiting, refused)


@pytest.mark.parametrize("cause", sorted(TEMPORARY_CAUSES))
def test_a_segment_is_sent_again_with_growing_pauses_and_then_given_up(cause: int) -> None:
    outbox, now, pauses = Outbox(), 0, []
    outbox.push(letter())
    outbox.push(letter("next"))
    for _ in range(TRIES_LIMIT - 1):
        assert sent(outbox, now).content.body == b"hello"
        outbox.heard(cause, now)
        pauses.append(outbox.resume_at - now)
        assert outbox.next(outbox.resume_at - 1) is None
        now = outbox.resume_at
    sent(outbox, now)
    outbox.heard(cause, now)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (FIRST_PAUSE_MS, LONGEST_PAUSE_MS)
    assert pauses == [pause_ms(tries) for tries in range(1, TRIES_LIMIT)]
    assert [(refused.text, refused.cause, refused.given_up) for refused in outbox.refused] == [
        ("hello", cause, True)
    ]
    assert sent(outbox, now).content.body == b"next"


@pytest.mark.parametrize("cause", [1, 10, 21, 28, 50, 69, 95, 111])
def test_a_refusal_for_good_takes_the_whole_sms_and_is_remembered(cause: int) -> None:
    outbox = Outbox()
    outbox.push(letter(LONG))
    sent(outbox)
    outbox.heard(cause, 5)
    assert not outbox.waiting
    assert [(refused.at, refused.cause, refused.given_up) for refused in outbox.refused] == [
        (5, cause, False)
    ]


def test_segments_go_one_by_one_with_a_gap() -> None:
    outbox = Outbox()
    outbox.push(letter(LONG, gap_ms=500))
    first = sent(outbox)
    outbox.heard(None, 100)
    assert outbox.next(599) is None
    second = sent(outbox, 600)
    assert [(one.reference, one.total, one.number) for one in (first, second)] == [(7, 2, 1), (7, 2, 2)]
    outbox.heard(None, 700)
    assert (outbox.stage, outbox.waiting) == (Stage.IDLE, [])


@pytest.mark.parametrize(("lost", "numbers"), [(1, [2, 3]), (2, [1, 3]), (3, [1, 2])])
def test_a_lost_segment_is_never_sent(lost: int, numbers: list[int]) -> None:
    outbox, sent_numbers = Outbox(), []
    outbox.push(letter("y" * 400, lose_segment=lost))
    outbox.push(letter("after"))
    while outbox.waiting:
        sent_numbers.append(sent(outbox).number)
        outbox.heard(None, 0)
    assert sent_numbers == [*numbers, 1]


def test_an_sms_whose_only_segment_is_lost_is_over() -> None:
    outbox = Outbox()
    outbox.push(letter(lose_segment=1))
    assert not outbox.waiting


def test_it_holds_so_many() -> None:
    outbox = Outbox()
    assert all(outbox.push(letter()) for _ in range(OUTBOX_LIMIT))
    assert not outbox.push(letter())


def test_the_last_refusals_are_remembered() -> None:
    outbox = Outbox()
    for number in range(REFUSED_LIMIT + 2):
        outbox.push(letter(str(number)))
        sent(outbox)
        outbox.heard(10, number)
    assert [refused.at for refused in outbox.refused] == list(range(2, REFUSED_LIMIT + 2))
