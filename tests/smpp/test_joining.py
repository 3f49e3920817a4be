"""Segments that wait for others: bounded, and never lost in silence."""

import asyncio
from collections.abc import Sequence

import pytest

from heliograph.core.content import Content
from heliograph.flow.requests import Submission
from heliograph.interfaces.smpp.joining import MOST_OCTETS, MOST_SETS, Joiner, Segment
from heliograph.interfaces.smpp.translate.text import Said
from heliograph.wire.gsm.udh import Concatenation
from heliograph.wire.smpp.parts import Body
from heliograph.wire.smpp.pdus import Response
from tests.virtual_time import run_virtual

SECONDS = 2.0


class Session:
    def __init__(self) -> None:
        self.sends_at_once = 0
        self.unanswered = 0
        self.asked = 0

    def answer(self, sequence: int, response: Response) -> None:
        raise AssertionError("nothing is answered here")

    def flush_soon(self) -> None:
        raise AssertionError("nothing is answered here")


def segment(origin: Session, reference: int, number: int, octets: int = 1, total: int = 2) -> Segment:
    origin.unanswered += 1
    said = Said(0, 0, Body(b"x" * octets, part=Concatenation(reference, total, number)))
    content = Content(b"", 0, 0, b"", 0, 1)
    return Segment(origin, number, said, Submission(1, 0, content, "account:7", number="4915"))


def joiner() -> tuple[Joiner, list[Segment]]:
    given: list[Segment] = []

    def give_up(segments: Sequence[Segment]) -> None:
        given.extend(segments)

    return Joiner(SECONDS, give_up), given


def test_the_clock_finds_out_who_waits_for_answers() -> None:
    async def work() -> None:
        made, given = joiner()
        session, other = Session(), Session()
        assert made.take(segment(session, 1, 1)) is None
        assert made.take(segment(other, 2, 2)) is None
        whole = made.take(segment(other, 2, 1))
        other.unanswered = 0
        assert whole is not None
        assert [one.sequence for one in whole] == [1, 2]
        await asyncio.sleep(SECONDS + 0.1)
        assert [one.origin for one in given] == [session]
        assert (session.sends_at_once, other.sends_at_once) == (1, 0)

    run_virtual(work())


def test_too_many_sets_or_octets_push_the_oldest_out() -> None:
    async def work() -> None:
        made, given = joiner()
        session = Session()
        for reference in range(MOST_SETS + 3):
            made.take(segment(session, reference, 1))
        assert [one.said.place.reference for one in given if one.said.place] == [0, 1, 2]
        given.clear()
        made.take(segment(session, 1_000, 1, MOST_OCTETS))
        assert len(given) >= MOST_SETS - 1
        made.stop()
        assert given[-1].said.place == Concatenation(1_000, 2, 1)
        assert not session.sends_at_once

    run_virtual(work())


def test_who_leaves_takes_its_segments_along() -> None:
    async def work() -> None:
        made, given = joiner()
        gone, stays = Session(), Session()
        made.take(segment(gone, 1, 1))
        made.take(segment(stays, 2, 1))
        made.leave(gone)
        assert made.take(segment(stays, 1, 2)) is None
        assert made.take(segment(stays, 1, 1)) is not None
        made.stop()
        assert [one.origin for one in given] == [stays]

    run_virtual(work())


def test_who_fills_its_window_with_a_set_is_not_waited_for_again() -> None:
    async def work() -> None:
        made, given = joiner()
        session = Session()
        for number in (1, 2):
            made.take(segment(session, 1, number, total=3))
        await asyncio.sleep(SECONDS + 0.1)
        assert ([one.sequence for one in given], session.sends_at_once) == ([1, 2], 2)
        session.unanswered = 0
        made.take(segment(session, 1, 3, total=3))  # the rest goes on at once
        assert [one.sequence for one in given] == [1, 2, 3]
        session.unanswered = 0
        for number in (1, 2):
            made.take(segment(session, 2, number, total=3))
        assert [one.sequence for one in given] == [1, 2, 3, 1, 2]
        made.take(segment(session, 2, 3, total=3))  # before an answer came: it does not wait
        assert (len(given), session.sends_at_once) == (6, 2)
        session.unanswered = 0
        made.take(segment(session, 3, 1, total=4))
        session.unanswered = 3
        made.take(segment(session, 3, 2, total=4))
        assert (len(given), session.sends_at_once) == (6, 0)
        made.stop()

    run_virtual(work())


@pytest.mark.parametrize("what", ["throttled", "more under way"])
def test_who_does_not_wait_is_not_taken_for_one_that_does(what: str) -> None:
    async def work() -> None:
        made, given = joiner()
        session = Session()
        made.take(segment(session, 1, 1))
        if what == "throttled":
            session.asked += 1
        else:
            session.unanswered += 1
        await asyncio.sleep(SECONDS + 0.1)
        assert ([one.sequence for one in given], session.sends_at_once) == ([1], 0)
        made.take(segment(session, 1, 2))  # that was refused before
        assert [one.sequence for one in given] == [1, 2]
        made.take(segment(session, 1, 1))  # the reference came round again
        assert made.take(segment(session, 1, 2)) is not None

    run_virtual(work())


def test_a_segment_that_comes_twice_is_one() -> None:
    async def work() -> None:
        made, given = joiner()
        session, other = Session(), Session()
        first, again, elsewhere = (segment(one, 1, 1) for one in (session, session, other))
        for one in (first, again, elsewhere):
            assert made.take(one) is None
        made.leave(session)
        whole = made.take(segment(other, 1, 2))
        assert whole is not None
        assert [(one.origin, one.repeats) for one in whole] == [(other, []), (other, [])]
        assert not given

    run_virtual(work())
