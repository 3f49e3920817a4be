"""Inbound: an SMS from a device reaches its application or another device, whole, once, counted once."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from heliograph.core.content import Content, segments_of
from heliograph.core.delivery import Kind
from heliograph.core.message import Direction, State
from heliograph.core.outcome import Temporary
from heliograph.core.refusal import Refusal
from heliograph.flow.inbound import PARTS_LIMIT
from heliograph.flow.manage.organisations import SetOrganisations
from heliograph.flow.manage.requests import SetOrganisation
from heliograph.flow.requests import Received
from tests.engine import APP, START_MS, Lab, imsi_of, make_lab, msisdn_of, octet_content, text_content

DAY_SECONDS = 24 * 3600


@pytest.fixture
def lab() -> Lab:
    """Devices 1 to 3 answer to an application, which is there."""
    lab = make_lab(application=APP)
    lab.application()
    return lab


def message_of(answer: Received | Refusal) -> int:
    assert isinstance(answer, Received), answer
    assert answer.message is not None
    return answer.message


def refusal_of(answer: Received | Refusal) -> tuple[str, str | None]:
    assert isinstance(answer, Refusal), answer
    return answer.code, answer.rule


def part(lab: Lab, number: int, total: int = 3, text: str | None = None, **fields: Any) -> Any:
    fields = {"part_reference": 7, **fields}
    return lab.receive(text=text or f"<{number}>", part_number=number, part_total=total, **fields)


@pytest.mark.parametrize("destination", ["1234567", "12345", "0", "METER", "+12345"])
def test_an_a2p_sms_reaches_the_application(lab: Lab, destination: str) -> None:
    id = message_of(lab.receive(1, destination, "hi"))
    message, job = lab.message(id), lab.one()
    assert (message.direction, message.origin, message.device, message.application) == (
        Direction.MO,
        1,
        None,
        APP,
    )
    assert (message.source, message.destination, message.body) == (msisdn_of(1), destination, b"hi")
    assert (job.delivery.kind, job.delivery.receiver, job.delivery.key) == (Kind.MO, APP, 1)
    lab.settle(job=job)
    assert lab.state(id) == (State.DELIVERED, None)
    assert lab.tally().mo == 1


def test_without_an_application_it_is_kept() -> None:
    lab = make_lab()
    id = message_of(lab.receive())
    assert lab.state(id) == (State.DELIVERED, None)
    assert lab.story(id) == ["accepted", "kept", "final"]
    assert lab.count("delivery") == 0


@pytest.mark.parametrize(
    ("policy", "destination", "expected"),
    [
        ({"mo": 0}, "12345", ("mo_off", "policy policy-1: mo")),
        ({"mo": 0}, msisdn_of(2), ("mo_off", "policy policy-1: mo")),
        ({"p2p_internal": 0}, msisdn_of(2), ("p2p_internal_off", "policy policy-1: p2p_internal")),
        ({"p2p_external": 0}, "491799999999", ("p2p_external_off", "policy policy-1: p2p_external")),
        ({}, "491799999999", ("no_external_route", "number 491799999999")),
        ({"mo_limit": 0}, "12345", ("mo_limit_reached", "policy policy-1: mo_limit")),
        ({"quota": 1}, "12345", ("quota_missing", "quota")),
    ],
)
def test_what_policy_forbids_is_refused_and_leaves_nothing(
    policy: dict[str, Any], destination: str, expected: tuple[str, str]
) -> None:
    lab = make_lab(**policy)
    assert refusal_of(lab.receive(1, destination)) == expected
    assert lab.count("message") == 0
    assert lab.tally().mo == 0


def test_a_disabled_or_unknown_sender_is_refused(lab: Lab) -> None:
    lab.sql("UPDATE device SET status = 1 WHERE id = 2")
    assert refusal_of(lab.receive(2)) == ("device_disabled", "device device-2: status")
    assert refusal_of(lab.receive(99)) == ("unknown_device", None)


def test_an_imsi_that_is_not_ours_is_unknown_whatever_others_dial(lab: Lab) -> None:
    """Its number is known to the batch, since another device dials it."""
    stranger = lab.inbound(imsi="001010000000001", msisdn=msisdn_of(2))
    answers = lab.run(lab.flows.receive, lab.inbound(1, msisdn_of(2)), stranger)
    assert refusal_of(answers[1]) == ("unknown_device", None)
    assert message_of(lab.receive(imsi="", msisdn=msisdn_of(2)))


def test_a_limit_is_exact_within_a_batch() -> None:
    lab = make_lab(mo_limit=3)
    answers = lab.run(lab.flows.receive, *(lab.inbound(text=str(number)) for number in range(5)))
    assert [isinstance(answer, Received) for answer in answers] == [True] * 3 + [False] * 2
    assert lab.tally().mo == 3
    assert lab.events() == ["mo_limit_used_up", "device_blocked"]


def test_mo_and_mt_count_apart() -> None:
    lab = make_lab(mo_limit=1, mt_limit=1, price_mo=2, price_mt=3)
    message_of(lab.receive())
    lab.accept()
    tally = lab.tally()
    assert (tally.mo, tally.mt, tally.cost_mo, tally.cost_mt) == (1, 1, 2, 3)


def test_one_devices_sms_stay_in_order_and_others_do_not_wait(lab: Lab) -> None:
    first, second = message_of(lab.receive(1)), message_of(lab.receive(1))
    other = message_of(lab.receive(2))
    assert [job.message.id for job in lab.jobs] == [first, other]
    lab.settle(Temporary("receiver_error"), lab.take()[0])
    assert [job.message.id for job in lab.advance(5)] == [first]
    lab.settle()
    assert lab.one().message.id == second


def test_one_batch_takes_one_per_lane(lab: Lab) -> None:
    lab.run(
        lab.flows.receive,
        *(lab.inbound(device, text=text) for device, text in ((1, "a"), (1, "b"), (2, "c"))),
    )
    assert [job.message.body for job in lab.jobs] == [b"a", b"c"]


# A device's repeat.


def test_a_repeat_after_a_lost_answer_is_one_sms(lab: Lab) -> None:
    first = lab.receive(reference=5)
    assert lab.receive(reference=5) == first
    assert lab.run(lab.flows.receive, *[lab.inbound(reference=6)] * 3)[1:] != [first, first]
    assert lab.count("message") == 2
    assert lab.tally().mo == 2


@pytest.mark.parametrize(
    "fields",
    [{"reference": 6}, {"text": "other"}, {"destination": "999"}, {"reference": None}, {"device": 2}],
)
def test_what_differs_is_no_repeat(lab: Lab, fields: dict[str, Any]) -> None:
    message_of(lab.receive(reference=5))
    message_of(lab.receive(**{"reference": 5, **fields}))
    assert lab.count("message") == 2


def test_a_repeat_long_after_is_a_new_sms(lab: Lab) -> None:
    message_of(lab.receive(reference=5))
    lab.clock.now_ms += 600_000
    message_of(lab.receive(reference=5))
    assert lab.count("message") == 2


def test_a_refused_sms_may_come_again(lab: Lab) -> None:
    lab.sql("UPDATE policy SET mo = 0")
    assert refusal_of(lab.receive(reference=5))[0] == "mo_off"
    lab.sql("UPDATE policy SET mo = 1")
    message_of(lab.receive(reference=5))


# From device to device.


def test_a_p2p_sms_reaches_the_other_device(lab: Lab) -> None:
    id = message_of(lab.receive(1, "+" + msisdn_of(2)))
    message, job = lab.message(id), lab.one()
    assert (message.direction, message.device, message.origin) == (Direction.P2P, 2, 1)
    assert (job.delivery.kind, job.gate, job.msisdn) == (Kind.SMS, "radio", msisdn_of(2))
    assert message.source == msisdn_of(1)
    assert (lab.tally(1).mo, lab.tally(1).mt, lab.tally(2).mo, lab.tally(2).mt) == (1, 0, 0, 1)


def test_a_device_of_another_organisation_is_external(lab: Lab) -> None:
    lab.policy(2, org=2, name="policy-1")
    lab.device(4, org=2, policy=2, name="device-1")
    assert refusal_of(lab.receive(1, msisdn_of(4)))[0] == "no_external_route"
    lab.sql("UPDATE policy SET p2p_external = 0 WHERE id = 1")
    assert refusal_of(lab.receive(1, msisdn_of(4)))[0] == "p2p_external_off"


def test_beyond_its_rate_a_p2p_waits_and_a2p_overtakes_it() -> None:
    lab = make_lab(p2p_received_per_minute=2)
    ids = [message_of(lab.receive(1, msisdn_of(3), text=str(number))) for number in range(4)]
    assert lab.step(ids[2], "rate") == (str(START_MS + 60_000), "2")
    lab.settle()
    lab.settle()
    assert not lab.jobs
    a2p = lab.accept(3)
    assert lab.one().message.id == a2p
    lab.gates.lanes.clear()
    assert not lab.advance(59.999)
    assert [job.message.id for job in lab.advance(0.001)] == [ids[2]]
    lab.settle()
    assert [job.message.id for job in lab.jobs] == [ids[3]]


def test_the_senders_cap_acknowledges_keeps_and_says_so() -> None:
    lab = make_lab(p2p_sent_per_day=2)
    lab.receive(1, msisdn_of(2))
    lab.clock.now_ms += 1000
    lab.receive(1, msisdn_of(3))
    over = message_of(lab.receive(1, msisdn_of(2)))
    assert lab.state(over) == (State.FAILED, "p2p_cap_reached")
    assert lab.events() == ["p2p_cap_reached"]
    assert len(lab.take()) == 2
    lab.clock.now_ms = START_MS + DAY_SECONDS * 1000 - 1
    assert lab.state(message_of(lab.receive(1, msisdn_of(2))))[0] == State.FAILED
    lab.clock.now_ms += 1
    assert lab.state(message_of(lab.receive(1, msisdn_of(2))))[0] != State.FAILED
    assert message_of(lab.receive(1, "12345"))  # A2P knows no cap


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UPDATE policy SET mt = 0 WHERE id = 2", "mt_off"),
        ("UPDATE policy SET mt_limit = 0 WHERE id = 2", "mt_limit_reached"),
        ("UPDATE device SET status = 1 WHERE id = 5", "device_disabled"),
        ("UPDATE device SET network = 'gone' WHERE id = 5", "no_network"),
    ],
)
def test_what_the_receiver_may_not_have_is_kept_failed(lab: Lab, text: str, code: str) -> None:
    lab.policy(2)
    lab.device(5, policy=2)
    lab.sql(text)
    id = message_of(lab.receive(1, msisdn_of(5)))
    assert lab.state(id) == (State.FAILED, code)
    assert lab.count("delivery") == 0


def test_a_p2p_gives_back_what_its_receiver_paid() -> None:
    lab = make_lab(price_mo=1, price_mt=5)
    lab.close()
    message_of(lab.receive(1, msisdn_of(2)))
    assert lab.tally(2).cost_mt == 5
    lab.advance(DAY_SECONDS)
    assert (lab.tally(2).mt, lab.tally(2).cost_mt) == (0, 0)
    assert (lab.tally(1).mo, lab.tally(1).cost_mo) == (1, 1)


def test_a_receiver_with_a_national_number_is_found() -> None:
    lab = make_lab(settings=make_lab().settings.__class__(country_code="49"))
    assert lab.message(message_of(lab.receive(1, "01700000002"))).device == 2
    assert lab.message(message_of(lab.receive(1, "00491700000002"))).device == 2


def test_national_numbers_are_those_of_the_organisation_of_who_dials(tmp_path: Path) -> None:
    lab = make_lab(path=tmp_path / "db", settings=make_lab().settings.__class__(country_code="49"))
    lab.sql("INSERT INTO organisation(id, name, created_at) VALUES(1, 'one', 0), (2, 'two', 0)")
    assert lab.message(message_of(lab.receive(1, "01700000002"))).device == 2
    lab.run(SetOrganisations(), SetOrganisation(1, country_code="44"))
    lab.policy(3, org=2)
    lab.device(6, org=2, policy=3, msisdn="441700000002")
    lab.device(7, policy=1, msisdn="441700000003")
    assert lab.message(message_of(lab.receive(1, "01700000003"))).device == 7
    assert lab.receive(1, "01700000002").rule == "number 441700000002"  # another organisation's
    lab.restart()
    lab.gate()
    assert lab.message(message_of(lab.receive(1, "01700000003"))).device == 7
    lab.run(SetOrganisations(), SetOrganisation(1, country_code=""))
    assert lab.message(message_of(lab.receive(1, "01700000002"))).device == 2


# Long SMS.


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_segments_in_any_order_make_one_sms(lab: Lab, order: tuple[int, ...]) -> None:
    answers = [part(lab, number) for number in order]
    assert answers[:2] == [Received(None), Received(None)]
    message = lab.message(message_of(answers[2]))
    assert message.body == b"<1><2><3>"
    assert lab.tally().mo == 3
    assert lab.count("part") == 0
    assert lab.one().message.id == message.id


@pytest.mark.parametrize("numbers", [(1, 1, 2, 2, 3), (3, 3, 3, 1, 2)])
def test_a_segment_twice_is_counted_once(lab: Lab, numbers: tuple[int, ...]) -> None:
    answers = [part(lab, number) for number in numbers]
    assert all(isinstance(answer, Received) for answer in answers)
    assert lab.message(message_of(answers[-1])).body == b"<1><2><3>"
    assert lab.tally().mo == 3


def test_all_segments_and_their_repeats_in_one_batch(lab: Lab) -> None:
    requests = [
        lab.inbound(text=f"<{number}>", part_reference=7, part_number=number, part_total=3)
        for number in (2, 2, 3, 1)
    ]
    answers = lab.run(lab.flows.receive, *requests)
    assert [answer.message is None for answer in answers] == [True, True, True, False]
    assert lab.count("part") == 0
    assert lab.tally().mo == 3


def test_sets_are_known_by_sender_address_reference_and_total(lab: Lab) -> None:
    variants: list[dict[str, Any]] = [
        {},
        {"device": 2},
        {"destination": "999"},
        {"part_reference": 8},
        {"total": 4},
    ]
    for number in (1, 2):
        assert [part(lab, number, **fields) for fields in variants] == [Received(None)] * 5
    whole = [part(lab, 3, **fields) for fields in variants[:4]]
    assert {lab.message(message_of(answer)).body for answer in whole} == {b"<1><2><3>"}
    assert lab.count("part") == 2


def test_a_pair_cut_between_two_segments_is_whole(lab: Lab) -> None:
    octets = "a😀b".encode("utf-16-be")
    for number, piece in enumerate((octets[:4], octets[4:]), 1):
        answer = part(lab, number, 2, raw_ucs2=True, content=Content(piece, 8, 0, b"", 0, 1))
    assert lab.message(message_of(answer)).body == "a😀b".encode()


def test_segments_survive_a_restart(tmp_path: Any) -> None:
    lab = make_lab(path=tmp_path / "db")
    part(lab, 1, 2)
    lab.restart()
    assert lab.message(message_of(part(lab, 2, 2))).body == b"<1><2>"


def test_a_limit_stops_segments_that_come_after_it() -> None:
    lab = make_lab(mo_limit=1)
    assert part(lab, 1, 2) == Received(None)
    assert refusal_of(part(lab, 2, 2))[0] == "mo_limit_reached"


def test_a_device_cannot_fill_the_store_with_segments(lab: Lab) -> None:
    for reference in range(PARTS_LIMIT):
        assert part(lab, 1, part_reference=reference) == Received(None)
    assert refusal_of(part(lab, 1, part_reference=9999)) == ("queue_full", f"parts limit {PARTS_LIMIT}")
    assert part(lab, 1, part_reference=9999, device=2) == Received(None)


@pytest.mark.parametrize(
    ("contents", "body"),
    [
        ([text_content("a"), octet_content(b"\xff\xfe")], "a��"),
        ([octet_content(b"\xff"), text_content("b")], b"\xffb"),
        ([text_content("a"), Content(b"\xd8\x3d", 8, 0, b"", 0, 1)], None),
    ],
)
def test_segments_of_different_codings_harm_nobody(
    lab: Lab, contents: list[Content], body: str | bytes | None
) -> None:
    for number, content in enumerate(contents, 1):
        answer = part(lab, number, 2, content=content, raw_ucs2=body is None and number == 2)
    expected = "a�" if body is None else body
    assert lab.message(message_of(answer)).body == (
        expected.encode() if isinstance(expected, str) else expected
    )


def test_national_letters_of_a_long_sms_can_go_on_to_another_device(lab: Lab) -> None:
    for number, text in enumerate(("şöyle ", "böyle"), 1):
        content = Content(text.encode(), 0, 0, b"", 1, 1)
        answer = part(lab, number, 2, destination=msisdn_of(2), content=content)
    message = lab.message(message_of(answer))
    segments = segments_of(message.body or b"", message.dcs, message.udh, message.languages, 1)
    assert len(segments) == message.segments


def test_two_organisations_with_equal_names_never_meet(lab: Lab) -> None:
    lab.policy(2, org=2, name="policy-1", application=77)
    lab.device(4, org=2, policy=2, name="device-1", imsi=imsi_of(4))
    id = message_of(lab.receive(4))
    message = lab.message(id)
    assert (message.org, message.application) == (2, 77)
    assert not lab.jobs
