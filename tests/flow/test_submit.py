"""Submitting: who gets in, what is counted, which first attempt leaves with the accept."""

from typing import Any

import pytest

from heliograph.core.content import Wish
from heliograph.core.delivery import Place
from heliograph.core.device import Device, DeviceStatus, MonthUsage, Quota
from heliograph.core.gate import Gate
from heliograph.core.message import Direction, State
from heliograph.core.outcome import Temporary
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal
from heliograph.core.routing import Capability, Routes
from heliograph.core.schedule import LONGEST_VALIDITY_SECONDS
from heliograph.core.waking import AWAY_RETRY_MS
from heliograph.flow.accept import Settings
from heliograph.flow.requests import Submitted
from heliograph.store.sqlite.engine import Call
from tests.engine import APP, START_MS, Lab, change_row, make_lab, octet_content, text_content

DAY_SECONDS = 24 * 3600
MARCH, APRIL_FIRST_MS = 202603, 1_775_001_600_000  # 2026-04-01 00:00 UTC


def refusal_of(answer: Submitted | Refusal) -> tuple[str, str | None]:
    assert isinstance(answer, Refusal), answer
    return answer.code, answer.rule


def test_a_submission_becomes_a_message_and_leaves_with_its_accept(lab: Lab) -> None:
    id = lab.accept(text="hello", source="meter", validity_seconds=60)
    message, job = lab.message(id), lab.one()
    assert (message.org, message.direction, message.device) == (1, Direction.MT, 1)
    assert (message.body, message.dcs, message.segments) == (b"hello", 0, 1)
    assert (message.source, message.destination) == ("meter", "491700000001")
    assert (message.accepted_at, message.expires_at) == (START_MS, START_MS + 60_000)
    assert (message.state, message.attempts) == (State.IN_PROGRESS, 1)
    assert lab.story(id) == ["accepted", "attempt"]
    assert (job.message.id, job.gate, job.msisdn, job.imsi) == (
        id,
        "radio",
        "491700000001",
        "262010000000001",
    )
    delivery = lab.delivery(id)
    assert delivery is not None
    assert (delivery.place, delivery.attempts) == (Place.TAKEN, 1)


def test_200_racing_in_one_batch_for_a_limit_of_10_get_exactly_10() -> None:
    lab = make_lab(mt_limit=10)
    calls = [Call(lab.flows.submit, [lab.submission(text=f"{number}")]) for number in range(200)]
    answers = [result[0] for result in lab.round(*calls)]
    accepted = [answer for answer in answers if isinstance(answer, Submitted)]
    assert [isinstance(answer, Submitted) for answer in answers] == [True] * 10 + [False] * 190
    assert {refusal_of(answer) for answer in answers[10:]} == {
        ("mt_limit_reached", "policy policy-1: mt_limit")
    }
    assert lab.tally().mt == 10
    assert lab.count("message") == len(accepted) == 10
    assert lab.events() == ["mt_limit_used_up", "device_blocked"]


@pytest.mark.parametrize(("segments", "answers"), [(1, [True, True, True, False]), (2, [True, False])])
def test_limits_count_segments(segments: int, answers: list[bool]) -> None:
    lab = make_lab(mt_limit=3)
    text = "x" * (1 if segments == 1 else 200)
    assert [isinstance(lab.submit(text=text), Submitted) for _ in answers] == answers


def test_a_limit_reopens_at_the_turn_of_the_month_and_history_keeps_the_old_one() -> None:
    lab = make_lab(mt_limit=2, price_mt=7)
    lab.accept()
    lab.accept()
    lab.clock.now_ms = APRIL_FIRST_MS - 1
    assert refusal_of(lab.submit())[0] == "mt_limit_reached"
    lab.clock.now_ms = APRIL_FIRST_MS
    lab.accept()
    assert (lab.tally().month, lab.tally().mt, lab.tally().cost_mt) == (202604, 1, 7)
    assert lab.rows(MonthUsage) == [MonthUsage(1, MARCH, 2, 0, 14, 0)]


def test_price_is_per_segment() -> None:
    lab = make_lab(price_mt=5)
    id = lab.accept(text="x" * 200)
    assert lab.message(id).price == lab.tally().cost_mt == 10


def refused(case: str) -> tuple[Lab, dict[str, Any]]:
    """A lab and a submission that it refuses."""
    policy: dict[str, Any] = {"mt_off": {"mt": 0}, "quota_missing": {"quota": 1}}.get(case, {})
    routes = {"no_network": Routes({}), "not_supported": Routes({"radio": Capability(binary=False)})}
    lab = Lab(settings=Settings(lane_limit=1), routes=routes.get(case))
    lab.policy(**policy)
    device = lab.device(1)
    lab.gates.add("radio", Gate())
    if case == "device_disabled":
        change_row(lab, device, status=DeviceStatus.DISABLED)
    if case == "queue_full":
        lab.accept()
    fields: dict[str, dict[str, Any]] = {
        "unknown_device": {"device": 77},
        "not_supported": {"content": octet_content(b"\0")},
        "bad_validity": {"validity_seconds": 0},
        "bad_schedule": {"not_before": START_MS + LONGEST_VALIDITY_SECONDS * 1000 + 1},
    }
    return lab, fields.get(case, {})


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        ("unknown_device", None),
        ("device_disabled", "device device-1: status"),
        ("mt_off", "policy policy-1: mt"),
        ("quota_missing", "quota"),
        ("queue_full", "lane limit 1"),
        ("no_network", "network radio"),
        ("not_supported", "network radio: binary"),
        ("bad_validity", None),
        ("bad_schedule", None),
    ],
)
def test_a_refusal_names_code_and_rule_and_leaves_nothing(case: str, rule: str | None) -> None:
    lab, fields = refused(case)
    before = lab.count("message"), lab.tally().mt
    answer = lab.submit(**fields)
    assert refusal_of(answer) == (case, rule)
    assert isinstance(answer, Refusal)
    assert answer.reason
    assert (lab.count("message"), lab.tally().mt) == before


def test_one_bad_submission_harms_no_other_of_its_call(lab: Lab) -> None:
    answers = lab.run(lab.flows.submit, lab.submission(1), lab.submission(77), lab.submission(2))
    assert [isinstance(answer, Submitted) for answer in answers] == [True, False, True]
    assert len(lab.take()) == 2


@pytest.mark.parametrize(
    ("validity_seconds", "is_accepted"),
    [(1, True), (LONGEST_VALIDITY_SECONDS, True), (LONGEST_VALIDITY_SECONDS + 1, False), (-5, False)],
)
def test_validity_is_a_second_to_a_year(lab: Lab, validity_seconds: int, is_accepted: bool) -> None:
    answer = lab.submit(validity_seconds=validity_seconds)
    assert isinstance(answer, Submitted) == is_accepted


def test_a_lane_has_one_in_flight_in_order_of_priority_then_arrival(lab: Lab) -> None:
    first, second, urgent, third = (
        lab.accept(text=text, priority=priority)
        for text, priority in (("1", 0), ("2", 0), ("urgent", 3), ("3", 0))
    )
    sent = []
    while lab.jobs:
        assert len(lab.jobs) == 1
        sent.append(lab.jobs[0].message.id)
        lab.settle()
    assert sent == [first, urgent, second, third]
    assert {lab.state(id) for id in sent} == {(State.DELIVERED, None)}


def test_the_batch_itself_sends_one_per_lane(lab: Lab) -> None:
    lab.run(lab.flows.submit, *(lab.submission(device) for device in (1, 1, 2, 1, 3)))
    assert sorted(job.delivery.key for job in lab.take()) == [1, 2, 3]
    assert len(lab.waiting(1)) == 2


def test_only_others_that_wait_keep_the_radio_channel_open(lab: Lab) -> None:
    for _ in range(3):
        lab.accept()
    more = []
    while lab.jobs:
        more.append(lab.settle().more)
    assert more[1:] == [True, False]  # the first left before the others came


def test_a_closed_gate_parks_and_costs_no_attempt(lab: Lab) -> None:
    lab.close()
    id = lab.accept()
    assert not lab.jobs
    assert lab.state(id) == (State.PENDING, None)
    lab.advance(3600)
    assert not lab.jobs
    assert lab.message(id).attempts == 0
    lab.open()
    assert lab.poll()[0].message.id == id
    assert lab.message(id).attempts == 1


def test_a_full_window_parks_and_the_poll_takes_when_a_place_is_free() -> None:
    lab = make_lab()
    lab.gate(window=1)
    first, second = lab.accept(1), lab.accept(2)
    job = lab.one()
    assert lab.deliver().crowded
    lab.settle(job=job)
    assert [job.message.id for job in lab.poll()] == [second]
    assert lab.state(first)[0] == State.DELIVERED


def test_a_detached_device_costs_no_attempt(lab: Lab) -> None:
    change_row(lab, Device(1, 1, "", "", "", 1, ""), attached=0)
    id = lab.accept()
    lab.advance(AWAY_RETRY_MS // 1000 - 1)
    assert not lab.jobs
    assert lab.message(id).attempts == 0


def test_a_device_whose_return_may_have_gone_unheard_is_tried_now_and_then(lab: Lab) -> None:
    change_row(lab, Device(1, 1, "", "", "", 1, ""), attached=0)
    id = lab.accept(validity_seconds=7 * 24 * 3600)
    assert len(lab.advance(AWAY_RETRY_MS // 1000)) == 1
    lab.settle(Temporary("absent"))
    assert not lab.advance(3600)
    assert not lab.advance(4 * 3600)
    assert len(lab.advance(AWAY_RETRY_MS // 1000)) == 1
    assert lab.message(id).attempts == 2


@pytest.mark.parametrize(
    ("remaining", "text", "code"),
    [(2, "x", None), (1, "x" * 200, "quota_exhausted"), (0, "x", "quota_exhausted")],
)
def test_a_quota_is_spent_by_segments(remaining: int, text: str, code: str | None) -> None:
    lab = make_lab(quota=1)
    lab.quota(1, 10, remaining=remaining)
    answer = lab.submit(text=text)
    assert (answer.code if isinstance(answer, Refusal) else None) == code
    assert lab.rows(Quota)[0].remaining == remaining - (0 if code else 1)


def test_a_quota_reports_its_threshold_and_its_end_and_expires() -> None:
    lab = make_lab(quota=1)
    lab.quota(1, 4, threshold_percent=50, expires_at=START_MS + 1000)
    events = []
    for _ in range(4):
        lab.accept()
        events.append(lab.events())
    assert [len(seen) for seen in events] == [0, 1, 1, 3]
    assert lab.events() == ["quota_threshold_reached", "quota_used_up", "device_blocked"]
    lab.sql("UPDATE quota SET remaining = 4")
    lab.advance(1)
    for _ in range(2):
        assert refusal_of(lab.submit()) == ("quota_expired", "quota")
    assert lab.events()[3:] == ["quota_expired"]


def test_a_quota_refills_on_the_next_utc_day() -> None:
    lab = make_lab(quota=1)
    lab.quota(1, 2, auto_refill=1, refilled_day=START_MS // (DAY_SECONDS * 1000))
    assert [isinstance(lab.submit(), Submitted) for _ in range(3)] == [True, True, False]
    lab.clock.now_ms += 12 * 3600 * 1000 - 1  # 23:59:59.999
    assert refusal_of(lab.submit())[0] == "quota_exhausted"
    lab.clock.now_ms += 1
    assert [isinstance(lab.submit(), Submitted) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("seconds", [0, 10])
def test_a_scheduled_message_enters_its_lane_to_the_second(lab: Lab, seconds: int) -> None:
    id = lab.accept(not_before=START_MS + seconds * 1000, validity_seconds=5)
    assert lab.message(id).expires_at == START_MS + (seconds + 5) * 1000
    if seconds:
        lab.advance(seconds - 0.001)
        assert not lab.jobs
        lab.advance(0.001)
    assert lab.one().message.id == id


def test_a_scheduled_message_goes_behind_those_that_wait_when_it_is_due(lab: Lab) -> None:
    scheduled = lab.accept(not_before=START_MS + 5000)
    lab.accept()
    waits = lab.accept()
    lab.advance(5)
    assert lab.waiting() == [waits, scheduled]


def test_what_is_due_while_the_process_is_down_goes_when_it_starts(tmp_path: Any) -> None:
    lab = make_lab(path=tmp_path / "db")
    id = lab.accept(not_before=START_MS + 5000)
    lab.restart(after_seconds=60)
    lab.gate()
    assert [job.message.id for job in lab.poll()] == [id]


def test_a_replacement_keeps_the_position(lab: Lab) -> None:
    lab.accept(text="in flight")
    old = lab.accept(text="old", replace_key="k")
    behind = lab.accept(text="behind")
    new = lab.accept(text="new", replace_key="k")
    assert lab.state(old) == (State.CANCELED, "replaced")
    assert lab.waiting() == [new, behind]
    assert lab.step(old, "replaced") == (str(new),)
    assert lab.step(new, "replaces") == (str(old),)
    assert lab.tally().mt == 3  # what the old one counted is given back


def test_two_replacements_in_one_batch_leave_the_last(lab: Lab) -> None:
    lab.accept(text="in flight")
    texts = [lab.submission(text=text, replace_key="k") for text in ("a", "b", "c")]
    ids = [answer.id for answer in lab.run(lab.flows.submit, *texts)]
    assert lab.waiting() == ids[2:]
    assert [lab.state(id)[0] for id in ids] == [State.CANCELED, State.CANCELED, State.PENDING]


@pytest.mark.parametrize(("key", "device"), [("other", 1), (None, 1), ("k", 2)])
def test_only_the_same_device_and_key_is_replaced(lab: Lab, key: str | None, device: int) -> None:
    for number in (1, 2):
        lab.accept(number, text="in flight")
    old = lab.accept(replace_key="k")
    lab.accept(device, replace_key=key)
    assert lab.state(old)[0] == State.PENDING


def test_what_is_under_way_is_not_replaced(lab: Lab) -> None:
    old = lab.accept(replace_key="k")
    new = lab.accept(replace_key="k")
    assert lab.state(old)[0] == State.IN_PROGRESS
    assert lab.waiting() == [new]


def test_a_full_queue_still_takes_a_replacement() -> None:
    lab = make_lab(settings=Settings(lane_limit=1))
    lab.accept()
    old = lab.accept(replace_key="k")
    assert refusal_of(lab.submit())[0] == "queue_full"
    lab.accept(replace_key="k")
    assert lab.state(old)[0] == State.CANCELED


def test_a_replacement_at_the_limit_needs_no_more_than_the_old_one_gave_back() -> None:
    lab = make_lab(mt_limit=2)
    lab.accept()
    lab.accept(replace_key="k")
    assert refusal_of(lab.submit(text="x" * 200, replace_key="k"))[0] == "mt_limit_reached"
    lab.accept(replace_key="k")
    assert lab.tally().mt == 2


def test_last_months_message_gives_nothing_to_this_months_limit() -> None:
    lab = make_lab(mt_limit=1)
    lab.close()
    old = lab.accept(replace_key="k", validity_seconds=60 * DAY_SECONDS)
    lab.clock.now_ms = APRIL_FIRST_MS
    lab.accept()
    assert refusal_of(lab.submit(replace_key="k"))[0] == "mt_limit_reached"
    assert lab.state(old)[0] == State.PENDING
    assert lab.tally().mt == 1


def test_organisations_with_equal_names_see_nothing_of_each_other(lab: Lab) -> None:
    lab.policy(2, org=2, name="policy-1", mt=0)
    lab.device(4, org=2, policy=2, name="device-1")
    assert refusal_of(lab.submit(4)) == ("unknown_device", None)
    assert refusal_of(lab.submit(1, org=2)) == ("unknown_device", None)
    assert refusal_of(lab.submit(4, org=2)) == ("mt_off", "policy policy-1: mt")
    assert lab.message(lab.accept(1)).org == 1


def test_what_the_sender_asked_for_is_kept(lab: Lab) -> None:
    wish = Wish(pid=0x40, message_class=0)
    id = lab.accept(
        content=text_content("flash", wish), receipt_to=APP, at_most_once=True, priority=2, sender="token 7"
    )
    message = lab.message(id)
    assert (message.pid, message.dcs, message.priority) == (0x40, 0x10, 2)
    assert (message.receipt, message.at_most_once, message.application) == (1, 1, APP)
    assert lab.step(id, "accepted")[0] == "token_7"


def test_a_lane_whose_clock_runs_takes_new_messages_behind_it(lab: Lab) -> None:
    first = lab.accept()
    lab.settle(Temporary("absent"))
    second = lab.accept()
    assert not lab.jobs
    assert lab.waiting() == [first, second]
    assert [job.message.id for job in lab.advance(60)] == [first]


def test_policies_of_one_batch_are_each_their_own(lab: Lab) -> None:
    lab.insert(Policy(2, 1, "silent", mt=0))
    lab.device(5, policy=2)
    answers = lab.run(lab.flows.submit, lab.submission(1), lab.submission(5))
    assert [isinstance(answer, Submitted) for answer in answers] == [True, False]
