"""Conversations of two sessions, as the story they make."""

import pytest

from heliograph.wire.smpp.codec import encode
from heliograph.wire.smpp.events import (
    Answered,
    BindRequested,
    Limits,
    Rejected,
    Requested,
    Stray,
    Unanswered,
)
from heliograph.wire.smpp.matrix import Side, State
from heliograph.wire.smpp.numbers import Status
from heliograph.wire.smpp.pdus import (
    AlertNotification,
    Bind,
    BindReceiver,
    BindTransceiver,
    BindTransmitter,
    DataSm,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    GenericNack,
    Outbind,
    QuerySm,
    SubmitSm,
    SubmitSmResp,
    Unbind,
)
from heliograph.wire.smpp.session import SmppSession
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD, SC_INTERFACE_VERSION
from tests.wire.smpp.talk import Talk

TEXT = SubmitSm(source_addr="1", destination_addr="49151", short_message=b"hello")
RECEIPT = DeliverSm(source_addr="49151", destination_addr="1", esm_class=4, short_message=b"id:1")


def test_bind_send_receipt_unbind() -> None:
    talk = Talk()
    talk.esme.bind(BindTransceiver("acme", "secret"), talk.now)
    talk.settle()
    assert talk.smsc.accept_bind("helio", talk.now)
    talk.settle()
    talk.esme.send(TEXT, talk.now)
    talk.settle()
    assert talk.smsc.answer(2, SubmitSmResp(message_id="7"))
    talk.smsc.send(RECEIPT, talk.now)
    talk.settle()
    assert talk.esme.answer(1, DeliverSmResp())
    talk.esme.unbind(talk.now)
    talk.settle()
    assert talk.story() == [
        "esme> bind_transceiver 1",
        "smsc: BindRequested",
        "smsc> bind_transceiver_resp 1",
        "esme: Bound",
        "esme> submit_sm 2",
        "smsc: Requested",
        "smsc> submit_sm_resp 2",
        "smsc> deliver_sm 1",
        "esme: Answered",
        "esme: Requested",
        "esme> deliver_sm_resp 1",
        "esme> unbind 3",
        "smsc: Answered",
        "smsc> unbind_resp 3",
        "smsc: Ended peer_unbound",
        "esme: Ended unbound",
    ]
    assert Requested(2, TEXT) in talk.events
    assert Answered(2, TEXT, SubmitSmResp(0, "7")) in talk.events
    assert (talk.esme.state, talk.smsc.state) == (State.UNBOUND, State.UNBOUND)
    assert talk.esme.is_over
    assert talk.smsc.is_over


@pytest.mark.parametrize(
    ("bind", "state"),
    [
        (BindTransmitter("a"), State.BOUND_TX),
        (BindReceiver("a"), State.BOUND_RX),
        (BindTransceiver("a"), State.BOUND_TRX),
    ],
)
def test_both_sides_know_how_they_are_bound(bind: Bind, state: State) -> None:
    talk = Talk()
    talk.bind(bind)
    assert (talk.esme.state, talk.smsc.state) == (state, state)


def test_a_refused_bind_may_be_tried_again() -> None:
    talk = Talk()
    talk.esme.bind(BindTransceiver("acme", "wrong"), talk.now)
    talk.settle()
    assert talk.smsc.refuse_bind(Status.RINVPASWD)
    assert not talk.smsc.refuse_bind(Status.RINVPASWD)
    talk.settle()
    assert talk.story()[-2:] == ["smsc> bind_transceiver_resp 1 ESME_RINVPASWD", "esme: BindRefused"]
    assert (talk.esme.state, talk.smsc.state) == (State.OPEN, State.OPEN)
    talk.bind()
    assert talk.esme.state is State.BOUND_TRX


def test_a_second_bind_is_already_bound_and_one_too_early_too() -> None:
    server = SmppSession(Side.SMSC, 0.0)
    binds = encode(BindReceiver("a"), 1) + encode(BindReceiver("a"), 2) + encode(TEXT, 3)
    events = server.receive_data(binds, 0.0)
    assert events[0] == BindRequested(1, BindReceiver("a"))
    assert [(event.sequence, event.status) for event in events[1:] if isinstance(event, Rejected)] == [
        (2, Status.RALYBND),
        (3, Status.RINVBNDSTS),
    ]
    server.accept_bind("helio", 0.0)
    (event,) = server.receive_data(encode(BindTransmitter("a"), 4), 0.0)
    assert isinstance(event, Rejected)
    assert event.status == Status.RALYBND


def test_outbind() -> None:
    talk = Talk()
    talk.smsc.outbind(Outbind("helio", "secret"), talk.now)
    talk.settle()
    assert (talk.esme.state, talk.smsc.state) == (State.OUTBOUND, State.OUTBOUND)
    with pytest.raises(ValueError, match="no bind in outbound"):
        talk.esme.bind(BindTransmitter("acme"), talk.now)
    assert talk.story() == ["smsc> outbind 1", "esme: OutbindReceived"]
    talk.bind(BindReceiver("acme"))
    assert talk.smsc.state is State.BOUND_RX


def test_our_window() -> None:
    talk = Talk(esme=Limits(our_window=2))
    talk.bind()
    assert [talk.esme.send(TEXT, talk.now) for _ in range(3)] == [2, 3, None]
    assert (talk.esme.room, talk.esme.unanswered) == (0, 2)
    talk.settle()
    talk.smsc.answer(3, SubmitSmResp())
    talk.settle()
    assert talk.esme.room == 1
    assert talk.esme.send(TEXT, talk.now) == 4


def test_beyond_their_window_they_are_throttled_and_nothing_is_dropped() -> None:
    talk = Talk(esme=Limits(our_window=5))
    talk.bind(limits=Limits(their_window=2))
    for _ in range(4):
        talk.esme.send(TEXT, talk.now)
    talk.settle()
    assert talk.story() == [
        *[f"esme> submit_sm {number}" for number in (2, 3, 4, 5)],
        "smsc: Requested",
        "smsc: Requested",
        "smsc> submit_sm_resp 4 ESME_RTHROTTLED",
        "smsc: Rejected ESME_RTHROTTLED",
        "smsc> submit_sm_resp 5 ESME_RTHROTTLED",
        "smsc: Rejected ESME_RTHROTTLED",
        "esme: Answered",
        "esme: Answered",
    ]
    assert talk.smsc.to_answer == 2
    talk.smsc.answer(2, SubmitSmResp())
    talk.esme.send(TEXT, talk.now)
    talk.settle()
    assert "smsc: Requested" in talk.story()


def test_who_submits_and_unbinds_at_once_gets_every_answer() -> None:
    talk = Talk()
    talk.bind()
    talk.esme.send(TEXT, talk.now)
    talk.esme.send(TEXT, talk.now)
    talk.esme.unbind(talk.now)
    talk.settle()
    talk.story()
    (rejected,) = talk.smsc.receive_data(encode(TEXT, 99), talk.now)
    assert isinstance(rejected, Rejected)
    assert rejected.status == Status.RINVBNDSTS
    assert talk.smsc.room == 0
    talk.smsc.answer(2, SubmitSmResp())
    talk.smsc.answer(3, SubmitSmResp())
    assert not talk.smsc.answer(99, SubmitSmResp())
    talk.settle()
    talk.wait(0)
    assert talk.story() == [
        "smsc> submit_sm_resp 99 ESME_RINVBNDSTS",
        "smsc> submit_sm_resp 2",
        "smsc> submit_sm_resp 3",
        "smsc> unbind_resp 4",
        "esme: Stray",
        "esme: Answered",
        "esme: Answered",
        "esme: Ended unbound",
        "smsc: Ended peer_unbound",
    ]


def test_what_is_unanswered_at_the_end_comes_back() -> None:
    talk = Talk()
    talk.bind()
    first = talk.smsc.send(RECEIPT, talk.now)
    second = talk.smsc.send(RECEIPT, talk.now)
    events = talk.smsc.receive_eof(talk.now)
    assert isinstance(events[0], Unanswered)
    assert events[0].requests == ((first, RECEIPT), (second, RECEIPT))
    assert len(events) == 2
    assert talk.smsc.state is State.CLOSED
    assert talk.smsc.receive_eof(talk.now) == []
    assert talk.smsc.close() == []
    assert talk.smsc.receive_data(encode(EnquireLink(), 1), talk.now) == []
    assert talk.smsc.send(RECEIPT, talk.now) is None


def test_after_the_end_the_matrix_answers_and_nothing_is_told() -> None:
    talk = Talk()
    talk.bind()
    talk.esme.unbind(talk.now)
    talk.settle()
    talk.story()
    assert talk.smsc.receive_data(encode(TEXT, 50) + encode(EnquireLink(), 51), talk.now) == []
    assert talk.story() == ["smsc> submit_sm_resp 50 ESME_RINVBNDSTS", "smsc> enquire_link_resp 51"]


def test_whoever_may_ask_nothing_more_is_still_answered_and_heard() -> None:
    talk = Talk()
    talk.bind()
    first = talk.smsc.send(RECEIPT, talk.now)
    assert first is not None
    (asked,) = talk.smsc.receive_data(encode(TEXT, 49), talk.now)
    assert talk.smsc.unbind(talk.now, forbids=True)
    talk.story()
    (rejected,) = talk.smsc.receive_data(encode(TEXT, 50), talk.now)
    assert isinstance(asked, Requested)
    assert isinstance(rejected, Rejected)
    (answered,) = talk.smsc.receive_data(encode(DeliverSmResp(), first), talk.now)
    assert isinstance(answered, Answered)
    assert talk.smsc.answer(49, SubmitSmResp(message_id="1"))
    assert talk.smsc.send(RECEIPT, talk.now) is None
    assert not talk.smsc.unbind(talk.now)
    assert talk.story() == ["smsc> submit_sm_resp 50 ESME_RINVBNDSTS", "smsc> submit_sm_resp 49"]


def test_responses_that_nobody_waits_for() -> None:
    talk = Talk()
    talk.bind()
    talk.smsc.send(RECEIPT, talk.now)
    stray = encode(SubmitSmResp(), 1) + encode(DeliverSmResp(), 5) + encode(GenericNack(Status.RINVCMDLEN), 0)
    assert [type(event).__name__ for event in talk.smsc.receive_data(stray, talk.now)] == [
        "Stray",
        "Stray",
        "PeerNacked",
    ]
    assert talk.smsc.unanswered == 1
    (answered,) = talk.smsc.receive_data(encode(GenericNack(Status.RSYSERR), 1), talk.now)
    assert answered == Answered(1, RECEIPT, GenericNack(Status.RSYSERR))
    (again,) = talk.smsc.receive_data(encode(DeliverSmResp(), 1), talk.now)
    assert again == Stray(1, DeliverSmResp())


def test_garbage_is_nacked_and_the_end() -> None:
    talk = Talk()
    talk.bind()
    good = encode(TEXT, 8)
    events = talk.smsc.receive_data(good + b"GET / HTTP/1.1\r\n\r\n" + good, talk.now)
    assert [type(event).__name__ for event in events] == ["Requested", "Rejected", "Ended"]
    talk.settle()
    said = talk.story()
    assert said[0].startswith("smsc> generic_nack ")
    assert said[0].endswith("ESME_RINVCMDLEN")
    assert talk.smsc.state is State.CLOSED


def test_malformed_and_unknown_ones_are_answered_and_harm_nobody() -> None:
    talk = Talk()
    talk.bind()
    cut = (40).to_bytes(4, "big") + encode(SubmitSm(source_addr="1" * 20), 5)[4:40]
    unknown = (16).to_bytes(4, "big") + b"\0\0\7\7" + bytes(7) + b"\6"
    events = talk.smsc.receive_data(cut + unknown + encode(TEXT, 7), talk.now)
    assert [type(event).__name__ for event in events] == ["Rejected", "Rejected", "Requested"]
    assert talk.story() == ["smsc> submit_sm_resp 5 ESME_RINVCMDLEN", "smsc> generic_nack 6 ESME_RINVCMDID"]


@pytest.mark.parametrize("version", [0x00, 0x33, 0x34, 0x50])
def test_tlvs_are_for_peers_that_know_them(version: int) -> None:
    talk = Talk()
    talk.esme.bind(BindTransceiver("acme", interface_version=version), talk.now)
    talk.settle()
    talk.smsc.accept_bind("helio", talk.now)
    assert (b"\x02\x10\x00\x01\x34" in talk.smsc.data_to_send()) is (version >= 0x34)
    assert talk.smsc.with_tlvs is (version >= 0x34)
    paid = DeliverSm(tlvs=(MESSAGE_PAYLOAD(b"long"),))
    if version >= 0x34:
        assert talk.smsc.send(paid, talk.now) == 1
        assert b"long" in talk.smsc.data_to_send()
    else:
        for request in (paid, DataSm()):
            with pytest.raises(ValueError, match="the peer knows none"):
                talk.smsc.send(request, talk.now)
        assert talk.smsc.send(RECEIPT, talk.now) == 1


@pytest.mark.parametrize(
    ("said", "assumed", "with_tlvs"), [(None, 0x33, False), (None, 0x34, True), (0x34, 0x33, True)]
)
def test_a_centre_that_names_no_version(said: int | None, assumed: int, with_tlvs: bool) -> None:
    client = SmppSession(Side.ESME, 0.0, Limits(silent_version=assumed))
    bind = BindTransceiver("acme")
    client.bind(bind, 0.0)
    tlvs = () if said is None else (SC_INTERFACE_VERSION(said),)
    client.receive_data(encode(bind.answer(0, "far", tlvs), 1), 0.0)
    assert client.with_tlvs is with_tlvs


def test_an_alert_needs_no_answer() -> None:
    talk = Talk()
    talk.bind()
    alert = AlertNotification(source_addr="49151", esme_addr="acme")
    assert talk.smsc.send(alert, talk.now) == 1
    talk.settle()
    assert talk.events == [Requested(1, alert)]
    assert (talk.smsc.unanswered, talk.esme.to_answer) == (0, 0)


def test_what_is_not_ours_to_send_is_an_error() -> None:
    talk = Talk()
    talk.bind(BindTransmitter("acme"))
    for wrong in (RECEIPT, Unbind(), BindReceiver("a")):
        with pytest.raises(ValueError, match="is not for esme in bound_tx"):
            talk.esme.send(wrong, talk.now)
    with pytest.raises(ValueError, match="is not for smsc in bound_tx"):
        talk.smsc.send(RECEIPT, talk.now)
    with pytest.raises(ValueError, match="every request is answered"):
        talk.smsc.answer(1, SubmitSmResp())
    with pytest.raises(ValueError, match="no bind in bound_tx"):
        talk.esme.bind(BindTransmitter("acme"), talk.now)
    with pytest.raises(ValueError, match="no outbind in bound_tx"):
        talk.smsc.outbind(Outbind(), talk.now)
    assert talk.esme.send(QuerySm("1"), talk.now) == 2


def test_a_peer_that_takes_nothing_is_let_go() -> None:
    talk = Talk()
    talk.bind(limits=Limits(output_octets=1000))
    events = talk.smsc.receive_data(b"".join(encode(EnquireLink(), n) for n in range(1, 100)), talk.now)
    assert [type(event).__name__ for event in events] == ["Ended"]
    assert talk.smsc.state is State.CLOSED
    assert talk.smsc.data_to_send() == b""


def test_sequence_numbers_go_round() -> None:
    talk = Talk()
    talk.bind()
    talk.esme._out._sequence = 0x7FFFFFFE
    assert [talk.esme.send(TEXT, talk.now) for _ in range(3)] == [0x7FFFFFFF, 1, 2]
