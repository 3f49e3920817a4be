"""SMS that an upstream brings: to devices, to numbers of applications, from our own devices; stop words."""

from typing import Any

import pytest

from heliograph.core.delivery import Kind
from heliograph.core.message import Direction, State
from heliograph.core.outcome import DELIVERED
from heliograph.core.refusal import Refusal
from heliograph.core.routing import Capability, Routes, Table
from heliograph.core.upstream import Route, numbers_of
from heliograph.flow.from_outside import FromOutside, FromPhone
from heliograph.flow.requests import Received
from tests.engine import APP, RADIO, Lab, msisdn_of, octet_content, text_content
from tests.flow.desk import Desk
from tests.flow.upstreams import ACME, PHONE, make_upstream_lab, upstream

SHORT, LONG_CODE = "24680", "4930555555"
OTHER = "491519999999"


def known(numbers: str = f"{SHORT}={APP} {LONG_CODE}") -> Routes:
    rows = [Route(1, ACME), Route(2, ACME, network="nbiot")]
    return Routes({RADIO: Capability()}, Table([upstream(ACME, org=1, numbers=numbers)], rows))


@pytest.fixture
def lab() -> Lab:
    made = make_upstream_lab(known())
    made.sql("INSERT INTO application VALUES(?, 1, 'crm', 0)", APP)
    made.application()
    return made


def bring(lab: Lab, destination: str = "", text: str = "hi", source: str = PHONE, **fields: Any) -> Any:
    fields.setdefault("content", text_content(text))
    request = FromPhone(ACME, source, destination or msisdn_of(1), **fields)
    return lab.run(FromOutside(lab.settings, lab.routes), request)[0]


def came(lab: Lab, *arguments: Any, **fields: Any) -> int:
    answer = bring(lab, *arguments, **fields)
    assert isinstance(answer, Received), answer
    assert answer.message is not None
    return answer.message


def test_to_a_device_s_number_it_goes_on_to_the_device(lab: Lab) -> None:
    id = came(lab)
    job = lab.one()
    message = job.message
    assert (message.direction, message.device, message.origin) == (Direction.P2P, 1, None)
    assert (message.source, message.destination, message.sender) == (PHONE, msisdn_of(1), f"phone:{PHONE}")
    assert lab.tally().mt == 1
    lab.settle(DELIVERED, job)
    assert lab.state(id) == (State.DELIVERED, None)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE policy SET p2p_external = 0", "p2p_external_off"),
        ("UPDATE policy SET mt = 0", "mt_off"),
        ("UPDATE policy SET mt_limit = 0", "mt_limit_reached"),
        ("UPDATE device SET status = 1", "device_disabled"),
        ("UPDATE device SET network = 'nowhere'", "no_network"),
    ],
)
def test_what_the_upstream_hears_when_the_device_may_not_have_it(lab: Lab, change: str, code: str) -> None:
    lab.sql(change)
    answer = bring(lab)
    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert lab.count("message") == 0


def test_beyond_the_receiver_s_rate_it_waits_outside_the_lane() -> None:
    lab = make_upstream_lab(known(), p2p_received_per_minute=2)
    for index in range(3):
        came(lab, text=str(index))
    assert lab.count("delivery") == 3
    assert lab.sql("SELECT count(*) FROM delivery WHERE place = 2") == [(1,)]


def test_to_a_number_of_an_application_it_is_its_own(lab: Lab) -> None:
    id = came(lab, SHORT)
    job = lab.one()
    assert (job.gate, job.delivery.kind, job.delivery.key) == (f"application:{APP}", Kind.MO, -int(PHONE))
    message = job.message
    assert (message.direction, message.device, message.origin) == (Direction.MO, None, None)
    assert (message.source, message.destination) == (PHONE, SHORT)
    lab.settle(DELIVERED, job)
    assert lab.state(id) == (State.DELIVERED, None)


def test_one_phone_s_are_in_order_and_names_come_too(lab: Lab) -> None:
    first, second, named = came(lab, SHORT), came(lab, SHORT), came(lab, SHORT, source="ACME Bank")
    assert [job.message.id for job in lab.take()] == [first, named]
    assert lab.message(second).state == State.PENDING


def test_a_number_without_an_application_keeps_it_to_be_read(lab: Lab) -> None:
    assert lab.state(came(lab, LONG_CODE)) == (State.DELIVERED, None)
    assert lab.count("delivery") == 0


@pytest.mark.parametrize("number", ["24681", msisdn_of(77), "ACME", ""])
def test_a_number_that_leads_nowhere_is_refused(lab: Lab, number: str) -> None:
    answer = lab.run(
        FromOutside(lab.settings, lab.routes), FromPhone(ACME, PHONE, number, text_content("hi"))
    )[0]
    assert isinstance(answer, Refusal)
    assert answer.code == "unknown_device"


@pytest.mark.parametrize("numbers", [f"{SHORT}=77", "24681"])
def test_a_number_of_nobody_s_is_none(numbers: str) -> None:
    lab = make_upstream_lab(known(numbers))
    assert isinstance(bring(lab, SHORT), Refusal)


def test_numbers_of_an_upstream_are_its_own() -> None:
    assert numbers_of("") == {}
    assert numbers_of(" 12345=7  4930123456 ") == {"12345": 7, "4930123456": None}


@pytest.mark.parametrize("destination", [msisdn_of(1), SHORT])
def test_a_stop_word_is_obeyed_and_goes_nowhere(lab: Lab, destination: str) -> None:
    assert bring(lab, destination, "Stop") == Received(None)
    assert lab.sql("SELECT org, number FROM suppression") == [(1, PHONE)]
    assert lab.take() == []
    refused = lab.submit(0, number=PHONE, external=True)
    assert isinstance(refused, Refusal)
    assert refused.code == "suppressed"
    assert bring(lab, destination, "START") == Received(None)
    assert lab.count("suppression") == lab.count("message") == 0


def test_what_our_own_device_sent_by_its_upstream_is_its_own(lab: Lab) -> None:
    lab.sql("UPDATE policy SET application = ?", APP)
    id = came(lab, SHORT, source=msisdn_of(2))
    message = lab.message(id)
    assert (message.origin, message.application, message.sender) == (2, APP, "device:2")
    assert lab.tally(2).mo == 1


def test_what_claims_to_be_from_a_device_of_another_network_is_from_outside(lab: Lab) -> None:
    lab.device(7, network=RADIO)
    id = came(lab, source=msisdn_of(7))
    assert lab.message(id).origin is None


def test_a_batch_of_all_kinds_answers_in_order(lab: Lab) -> None:
    requests = [
        FromPhone(ACME, PHONE, msisdn_of(1), text_content("a")),
        FromPhone(ACME, msisdn_of(2), "12345", text_content("b")),
        FromPhone(ACME, PHONE, "99", text_content("c")),
        FromPhone(ACME, "+" + OTHER, "00" + msisdn_of(3), text_content("d")),
    ]
    answers = lab.run(FromOutside(lab.settings, lab.routes), *requests)
    assert [isinstance(answer, Received) for answer in answers] == [True, True, False, True]
    bodies = [lab.message(answer.message).body for answer in answers if isinstance(answer, Received)]
    assert bodies == [b"a", b"b", b"d"]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 2, 1, 3, 3)])
@pytest.mark.parametrize("destination", [msisdn_of(1), SHORT])
def test_a_long_one_is_joined_in_any_order(lab: Lab, order: tuple[int, ...], destination: str) -> None:
    texts = {1: "a" * 153, 2: "b" * 153, 3: "c"}
    ends = [
        bring(lab, destination, texts[number], part_total=3, part_number=number, part_reference=9)
        for number in order
    ]
    messages = [answer.message for answer in ends if answer.message is not None]
    assert len(messages) == 1
    assert lab.message(messages[0]).body == "".join(texts.values()).encode()
    assert lab.message(messages[0]).segments == 3


def test_segments_of_two_phones_and_of_two_numbers_are_not_mixed(lab: Lab) -> None:
    for source, destination in ((PHONE, SHORT), (OTHER, SHORT), (PHONE, msisdn_of(1))):
        parts = {"part_total": 2, "part_number": 1, "part_reference": 9}
        assert bring(lab, destination, "x", source=source, **parts) == Received(None)
    assert lab.count("part") == 3
    ended = bring(lab, SHORT, "y", source=OTHER, part_total=2, part_number=2, part_reference=9)
    assert lab.message(ended.message).body == b"xy"
    assert lab.count("part") == 2


@pytest.mark.parametrize("source", [PHONE, "ACME Bank"])
def test_one_whose_end_never_comes_goes_on_with_what_it_has(lab: Lab, source: str) -> None:
    bring(lab, SHORT, "begin", source=source, part_total=2, part_number=1, part_reference=9)
    lab.advance(lab.settings.part_timeout_seconds)
    (message,) = lab.rows(type(lab.message(came(lab, SHORT))), "body <> x'6869'")
    assert (message.source, message.destination) == (source, SHORT)
    assert "incomplete" in lab.story(message.id)
    assert lab.count("part") == 0


def test_a_long_one_that_is_forbidden_at_its_end_has_an_end(lab: Lab) -> None:
    parts = {"part_total": 2, "part_reference": 9, "part_number": 1}
    bring(lab, msisdn_of(1), "begin", **parts)
    lab.sql("UPDATE policy SET mt = 0")
    lab.advance(lab.settings.part_timeout_seconds)
    assert lab.sql("SELECT state, reason FROM message") == [(State.FAILED, "mt_off")]


def test_octets_come_through(lab: Lab) -> None:
    id = came(lab, content=octet_content(b"\0\1"))
    assert (lab.message(id).body, lab.message(id).dcs) == (b"\0\1", 4)


def test_its_story_names_the_phone(tmp_path: Any) -> None:
    lab = make_upstream_lab(known(), path=tmp_path / "db")
    lab.sql("INSERT INTO application VALUES(?, 1, 'crm', 0)", APP)
    desk = Desk(lab)
    told = desk.explained(came(lab, SHORT)).story
    assert told[0].text.startswith(
        f"Accepted from phone {PHONE}: an SMS from a phone outside the fleet, in 1"
    )
    assert f"on the lane of application crm for phone {PHONE}" in told[0].text
    assert next(one.code for one in told if one.at is None) == "waits_for_gate"
    told = desk.explained(came(lab)).story
    assert "an SMS from a phone outside the fleet to a device, under policy policy-1" in told[0].text
    desk.close()


def theirs(numbers: str = "", *rows: Route) -> Lab:
    """An upstream that another organisation put there, and shares."""
    lab = make_upstream_lab(
        Routes({RADIO: Capability()}, Table([upstream(ACME, org=2, numbers=numbers)], rows))
    )
    lab.sql("INSERT INTO application VALUES(?, 1, 'crm', 0)", APP)
    return lab


def test_an_upstream_of_others_brings_nothing_to_our_devices_and_applications() -> None:
    lab = theirs(f"{SHORT}={APP}")
    for destination in (msisdn_of(1), SHORT):
        answer = bring(lab, destination, "STOP")
        assert isinstance(answer, Refusal)
        assert answer.code == "unknown_device"
    assert (lab.count("message"), lab.sql("SELECT * FROM suppression")) == (0, [])


def test_one_of_others_that_we_route_by_brings_to_our_devices() -> None:
    lab = theirs("", Route(1, ACME, org=1, network="nbiot"))
    assert lab.message(came(lab)).device == 1


def test_unfinished_ones_of_one_upstream_are_in_nobody_else_s_way(lab: Lab, monkeypatch: Any) -> None:
    """Names have no number of their own."""
    monkeypatch.setattr("heliograph.flow.from_outside.PARTS_LIMIT", 2)
    lab.sql("INSERT INTO application VALUES(?, 2, 'theirs', 0)", APP + 1)
    own = upstream(ACME, org=1, numbers=f"{SHORT}={APP}")
    shared = upstream("beta", numbers=f"{SHORT}={APP} 13579={APP + 1}")
    lab.routes.table = Table([own, shared], [])

    def part(upstream: str, number: str, reference: int) -> Any:
        place = {"part_total": 2, "part_number": 1, "part_reference": reference}
        request = FromPhone(upstream, "ACME Bank", number, text_content("x"), **place)
        return lab.run(FromOutside(lab.settings, lab.routes), request)[0]

    for reference in (1, 2):
        assert part(ACME, SHORT, reference) == Received(None)
    full = part(ACME, SHORT, 3)
    assert isinstance(full, Refusal)
    assert full.code == "queue_full"
    assert part("beta", SHORT, 3) == Received(None)
    for reference in (4, 5):
        assert part("beta", "13579", reference) == Received(None)
