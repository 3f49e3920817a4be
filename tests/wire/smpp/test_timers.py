"""Timers, with the time given."""

from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.session import Session
from heliograph.wire.smpp.codec import encode
from heliograph.wire.smpp.events import Ended, EndReason, Event, Limits, Unanswered
from heliograph.wire.smpp.matrix import Side, State
from heliograph.wire.smpp.pdus import (
    BindTransceiver,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    SubmitSm,
    SubmitSmResp,
)
from heliograph.wire.smpp.session import SmppSession
from tests.wire.smpp.talk import Talk

WEEK_SECONDS = 7 * 24 * 3600
OFF = Limits(session_init_seconds=None, enquire_link_seconds=None, inactivity_seconds=None)
TEXT = SubmitSm(destination_addr="49151")
RECEIPT = DeliverSm(source_addr="49151")


def test_nobody_binds() -> None:
    server = SmppSession(Side.SMSC, 10.0, Limits(session_init_seconds=5.0))
    assert server.next_timeout() == 15.0
    assert server.handle_timeout(14.9) == []
    server.receive_data(encode(EnquireLink(), 1), 14.9)
    assert server.next_timeout() == 15.0
    assert server.handle_timeout(15.0) == [Ended(EndReason.NOT_BOUND)]
    assert server.next_timeout() is None
    assert server.handle_timeout(99.0) == []


def test_a_bind_decided_too_late_binds_nobody() -> None:
    server = SmppSession(Side.SMSC, 0.0)
    server.receive_data(encode(BindTransceiver("a"), 1), 1.0)
    assert server.handle_timeout(30.0) == [Ended(EndReason.NOT_BOUND)]
    assert not server.accept_bind("helio", 31.0)
    assert not server.refuse_bind(8)
    assert server.data_to_send() == b""


def test_a_bind_that_nobody_answers() -> None:
    client = SmppSession(Side.ESME, 0.0, Limits(session_init_seconds=None, response_seconds=3.0))
    client.bind(BindTransceiver("a"), 1.0)
    assert client.next_timeout() == 4.0
    assert client.handle_timeout(4.0) == [Ended(EndReason.SILENT)]


def test_a_quiet_week() -> None:
    talk = Talk(esme=OFF)
    talk.bind(limits=Limits(enquire_link_seconds=60.0))
    talk.wait(WEEK_SECONDS)
    assert talk.events == []
    story = talk.story()
    assert story[:2] == ["smsc> enquire_link 1", "esme> enquire_link_resp 1"]
    assert len(story) == 2 * WEEK_SECONDS // 60


def test_both_sides_ask_and_the_quicker_one_is_enough() -> None:
    talk = Talk(esme=Limits(enquire_link_seconds=20.0), smsc=OFF)
    talk.bind(limits=Limits(enquire_link_seconds=30.0))
    talk.wait(100.0)
    assert [line for line in talk.story() if "> enquire_link " in line] == [
        f"esme> enquire_link {number}" for number in range(2, 7)
    ]


def test_a_peer_that_is_gone() -> None:
    talk = Talk(esme=OFF)
    talk.bind(limits=Limits(enquire_link_seconds=60.0, response_seconds=10.0))
    talk.cut_off = Side.ESME
    talk.wait(100.0)
    assert talk.story() == ["smsc> enquire_link 1", "esme> enquire_link_resp 1", "smsc: Ended silent"]
    assert talk.smsc.state is State.CLOSED


def test_a_peer_that_talks_is_not_gone() -> None:
    server = bound_server(Limits(enquire_link_seconds=60.0, response_seconds=10.0))
    server.handle_timeout(60.0)
    server.receive_data(encode(SubmitSm(), 9), 65.0)
    assert server.handle_timeout(70.0) == []
    assert server.next_timeout() == 125.0


def test_a_pdu_that_trickles_in_is_no_sign_of_life() -> None:
    server = bound_server(Limits(enquire_link_seconds=60.0, response_seconds=10.0))
    for second, octet in enumerate(encode(TEXT, 2)[:-1]):
        assert server.receive_data(bytes((octet,)), 5.0 * second) == []
    server.handle_timeout(60.0)
    assert server.data_to_send() == encode(EnquireLink(), 1)
    assert server.handle_timeout(70.0) == [Ended(EndReason.SILENT)]


def bound_server(limits: Limits) -> SmppSession:
    server = SmppSession(Side.SMSC, 0.0)
    server.receive_data(encode(BindTransceiver("a"), 1), 0.0)
    server.accept_bind("helio", 0.0, limits)
    server.data_to_send()
    return server


def test_requests_that_nobody_answers_come_back() -> None:
    server = bound_server(Limits(response_seconds=10.0, enquire_link_seconds=None))
    first = server.send(RECEIPT, 1.0)
    second = server.send(RECEIPT, 2.0)
    assert first == 1
    assert second == 2
    server.receive_data(encode(EnquireLink(), 3), 5.0)
    assert server.next_timeout() == 11.0
    assert server.handle_timeout(11.0) == [Unanswered(((1, RECEIPT),))]
    assert (server.next_timeout(), server.unanswered) == (12.0, 1)
    server.receive_data(encode(DeliverSmResp(), 2), 11.5)
    assert server.next_timeout() is None
    assert server.state is State.BOUND_TRX


def test_with_no_sign_of_life_the_session_ends_with_them() -> None:
    server = bound_server(Limits(response_seconds=10.0, enquire_link_seconds=None))
    server.send(RECEIPT, 1.0)
    server.send(RECEIPT, 5.0)
    assert server.handle_timeout(11.0) == [
        Unanswered(((1, RECEIPT),)),
        Unanswered(((2, RECEIPT),)),
        Ended(EndReason.SILENT),
    ]


def test_inactivity_is_a_farewell() -> None:
    talk = Talk(esme=OFF)
    talk.bind(limits=Limits(enquire_link_seconds=20.0, inactivity_seconds=50.0))
    talk.wait(45.0)
    talk.esme.send(TEXT, talk.now)
    talk.settle()
    talk.smsc.answer(2, SubmitSmResp())
    talk.settle()
    talk.story()
    talk.wait(60.0)
    assert [line for line in talk.story() if "enquire" not in line] == [
        "smsc> unbind 5",
        "esme> unbind_resp 5",
        "esme: Ended peer_unbound",
        "smsc: Ended inactive",
    ]


def test_a_farewell_that_nobody_answers() -> None:
    talk = Talk(esme=OFF)
    talk.bind(limits=Limits(response_seconds=10.0))
    talk.cut_off = Side.SMSC
    talk.smsc.send(RECEIPT, talk.now)
    assert talk.smsc.unbind(talk.now)
    assert not talk.smsc.unbind(talk.now)
    assert talk.smsc.send(RECEIPT, talk.now) is None
    talk.settle()
    talk.wait(20.0)
    assert talk.story()[-2:] == ["smsc: Unanswered 1", "smsc: Ended silent"]


def test_a_farewell_is_not_forgotten_over_a_probe() -> None:
    server = bound_server(Limits(enquire_link_seconds=60.0, response_seconds=10.0))
    server.handle_timeout(60.0)
    server.unbind(61.0)
    server.receive_data(encode(SubmitSm(), 9), 62.0)
    assert server.handle_timeout(75.0) == [Ended(EndReason.UNBOUND)]


def test_an_unbind_waits_for_answers_no_longer_than_for_a_response() -> None:
    talk = Talk(esme=OFF)
    talk.bind(limits=Limits(response_seconds=10.0))
    talk.esme.send(TEXT, talk.now)
    talk.esme.unbind(talk.now)
    talk.settle()
    talk.wait(9.0)
    assert talk.smsc.state is State.BOUND_TRX
    talk.wait(1.0)
    assert talk.story()[-3:] == ["smsc: Ended peer_unbound", "esme: Unanswered 2", "esme: Ended unbound"]
    assert not talk.smsc.answer(2, SubmitSmResp())


ACTS = st.sampled_from(["send", "answer", "hear", "wait", "unbind", "eof"])


@given(st.lists(st.tuples(ACTS, st.floats(0.0, 40.0)), max_size=30))
def test_every_request_comes_back_once(acts: list[tuple[str, float]]) -> None:
    """Whatever happens and whenever; and a timeout that was handled is not wanted again."""
    server = bound_server(Limits(response_seconds=10.0, inactivity_seconds=90.0, our_window=3))
    now, sent, told = 0.0, [], list[Event]()
    for act, seconds in acts:
        now += seconds
        if act == "send":
            sent.append(server.send(RECEIPT, now))
        elif act == "answer":
            number = next((one for one in sent if one is not None), 1)
            told += server.receive_data(encode(DeliverSmResp(), number), now)
        elif act == "hear":
            told += server.receive_data(encode(EnquireLink(), 7), now)
        elif act == "unbind":
            server.unbind(now)
        elif act == "eof":
            told += server.receive_eof(now)
        told += server.handle_timeout(now)
        due = server.next_timeout()
        assert due is None or due > now
    told += server.receive_eof(now)
    back = [event.sequence for event in told if type(event).__name__ == "Answered"]
    for event in told:
        if isinstance(event, Unanswered):
            back += [one.sequence for one in event.requests]
    assert sorted(back) == sorted(number for number in sent if number is not None)
    assert [event for event in told if isinstance(event, Ended)] == told[-1:]


def test_it_is_a_session() -> None:
    session: Session[Event] = SmppSession(Side.ESME, 0.0)
    assert not session.is_over
    assert session.data_to_send() == b""
