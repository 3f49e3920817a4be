"""Overdue: a segment never came. What arrived goes on after the timeout, and says what is missing."""

from typing import Any

import pytest

from heliograph.core.content import Content, segments_of
from heliograph.core.message import State
from heliograph.flow.overdue import SLICE
from tests.engine import APP, START_MS, Lab, make_lab, msisdn_of, octet_content, text_content

TIMEOUT_SECONDS = 600


def part(lab: Lab, number: int, total: int = 3, **fields: Any) -> None:
    fields = {"part_reference": 7, "text": f"<{number}>", **fields}
    answer = lab.receive(part_number=number, part_total=total, **fields)
    assert answer.message is None


def only(lab: Lab) -> int:
    ids = lab.sql("SELECT id FROM message")
    assert len(ids) == 1
    id: int = ids[0][0]
    return id


@pytest.mark.parametrize(
    ("numbers", "body", "gaps"),
    [((1, 3), "<1>[…]<3>", "2"), ((2,), "[…]<2>[…]", "1,3"), ((3, 2), "[…]<2><3>", "1")],
)
def test_what_arrived_goes_on_with_its_gaps_marked(
    lab: Lab, numbers: tuple[int, ...], body: str, gaps: str
) -> None:
    for number in numbers:
        part(lab, number)
    lab.advance(TIMEOUT_SECONDS - 0.001)
    assert lab.count("message") == 0
    lab.advance(0.001)
    id = only(lab)
    assert (lab.message(id).body or b"").decode() == body
    assert lab.step(id, "incomplete") == (gaps, "3")
    assert lab.state(id)[0] == State.DELIVERED  # no application: kept
    assert lab.count("part") == 0
    assert lab.tally().mo == len(numbers)
    assert (lab.message(id).segments, lab.message(id).price) == (len(numbers), lab.tally().cost_mo)


def test_the_timeout_runs_from_the_first_segment_of_each_set(lab: Lab) -> None:
    part(lab, 1)
    lab.clock.now_ms += 300_000
    part(lab, 2)
    part(lab, 1, part_reference=8)
    assert lab.overdue() == START_MS + TIMEOUT_SECONDS * 1000
    lab.advance(300)
    assert lab.count("message") == 1
    assert lab.overdue() == START_MS + 300_000 + TIMEOUT_SECONDS * 1000


def test_nothing_waits(lab: Lab) -> None:
    assert lab.overdue() is None


def test_octets_have_no_mark_for_a_gap(lab: Lab) -> None:
    part(lab, 1, content=octet_content(b"\xff\x00"))
    part(lab, 3, content=octet_content(b"\x01"))
    lab.advance(TIMEOUT_SECONDS)
    assert lab.message(only(lab)).body == b"\xff\x00\x01"


def test_a_gap_in_ucs2(lab: Lab) -> None:
    part(lab, 1, content=Content("ж".encode("utf-16-be"), 8, 0, b"", 0, 1), raw_ucs2=True)
    part(lab, 3, content=Content("я".encode("utf-16-be"), 8, 0, b"", 0, 1), raw_ucs2=True)
    lab.advance(TIMEOUT_SECONDS)
    assert (lab.message(only(lab)).body or b"").decode() == "ж[…]я"


def test_a_set_that_mixes_text_and_octets_stops_nobody(lab: Lab) -> None:
    part(lab, 1, content=text_content("a"))
    part(lab, 2, content=octet_content(b"\xff"))
    other = lab.accept(2)
    lab.advance(TIMEOUT_SECONDS)
    assert lab.count("part") == 0
    assert lab.state(other)[0] == State.IN_PROGRESS


def test_an_incomplete_p2p_can_be_sent_on(lab: Lab) -> None:
    part(lab, 1, destination=msisdn_of(2))
    part(lab, 3, destination=msisdn_of(2))
    jobs = lab.advance(TIMEOUT_SECONDS)
    assert [job.delivery.key for job in jobs] == [2]
    message = jobs[0].message
    segments = segments_of(message.body or b"", message.dcs, message.udh, message.languages, 1)
    assert len(segments) == message.segments


def test_the_application_hears_of_it() -> None:
    lab = make_lab(application=APP)
    lab.application()
    part(lab, 1)
    lab.clock.now_ms += TIMEOUT_SECONDS * 1000
    lab.poll()
    lab.poll()
    assert lab.one().message.id == only(lab)


def test_more_sets_than_a_slice_are_all_handled() -> None:
    lab = make_lab(devices=range(1, SLICE + 3))
    for device in range(1, SLICE + 3):
        part(lab, 1, device=device)
    lab.advance(TIMEOUT_SECONDS, poll=False)
    left = []
    for _ in range(2):
        lab.overdue()
        left.append(lab.count("part"))
    assert left == [2, 0]


def test_a_sender_that_is_gone_leaves_nothing(lab: Lab) -> None:
    part(lab, 1)
    lab.sql("DELETE FROM device WHERE id = 1")
    lab.advance(TIMEOUT_SECONDS)
    assert lab.count("part") == lab.count("message") == 0


def test_policy_at_the_end_decides_where_it_goes(lab: Lab) -> None:
    """Each segment was acknowledged, so the whole is kept, but nothing goes where nothing may go."""
    part(lab, 1, destination=msisdn_of(2))
    lab.sql("UPDATE policy SET mt = 0")
    lab.advance(TIMEOUT_SECONDS)
    assert lab.state(only(lab)) == (State.FAILED, "mt_off")
