"""Whatever a peer sends: a session never fails, answers no more than it was sent, and ends in one `Ended`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.wire.smpp.codec import PDU_OCTETS_LIMIT, encode
from heliograph.wire.smpp.events import BindRequested, Ended, Event, Limits, Requested
from heliograph.wire.smpp.layout import HEADER
from heliograph.wire.smpp.matrix import Side, State
from heliograph.wire.smpp.numbers import CommandId, Status
from heliograph.wire.smpp.pdus import BindTransceiver, Pdu, Request, SubmitSm
from heliograph.wire.smpp.session import SmppSession
from tests.wire.smpp.drawn import ANY_PDU, SEQUENCE
from tests.wire.smpp.test_framing import cut

ANY_NUMBER = st.sampled_from([0, 0xFFFFFFFF, *CommandId]) | st.integers(0, 0xFFFFFFFF)


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """A PDU, or one with a wrong field, or octets with a header that fits, or octets."""
    pdu: Pdu = draw(ANY_PDU)
    frame = bytearray(encode(pdu, draw(SEQUENCE)))
    match draw(st.sampled_from(["good", "good", "spoilt", "framed", "garbage"])):
        case "spoilt":
            at = draw(st.integers(4, len(frame) - 1))
            frame[at] = draw(st.integers(0, 255))
        case "framed":
            body = draw(st.binary(max_size=60))
            return HEADER.pack(16 + len(body), draw(ANY_NUMBER), draw(ANY_NUMBER), draw(ANY_NUMBER)) + body
        case "garbage":
            return draw(st.binary(max_size=40))
    return bytes(frame)


def hear(side: Side, pieces: list[bytes]) -> tuple[list[Event], bytes, SmppSession]:
    """A session with a small window that accepts every bind and answers nothing."""
    session = SmppSession(side, 0.0, Limits(their_window=3))
    if side is Side.ESME:
        session.bind(BindTransceiver("a"), 0.0)
        session.receive_data(encode(BindTransceiver.answer(), 1), 0.0)
        session.data_to_send()
    events: list[Event] = []
    said = b""
    for piece in pieces:
        for event in session.receive_data(piece, 1.0):
            events.append(event)
            if isinstance(event, BindRequested):
                session.accept_bind("helio", 1.0)
        said += session.data_to_send()
    return events, said, session


@given(st.sampled_from(Side), st.lists(frames(), max_size=8), st.lists(st.integers(0, 600), max_size=12))
def test_any_stream_in_any_pieces(side: Side, sent: list[bytes], cuts: list[int]) -> None:
    # A bind is decided between two calls, so only whole PDUs compare.
    stream = b"".join(sent)
    events, said, session = hear(side, cut(stream, cuts))
    assert sum(isinstance(event, Requested) and event.request.answer is not None for event in events) <= 3
    assert [event for event in events if isinstance(event, Ended)] == [
        event for event in events[-1:] if isinstance(event, Ended)
    ]
    assert session.is_over == any(isinstance(event, Ended) for event in events)
    # A bind_resp names us; every other answer is a header.
    answers = len(said) // 16
    assert answers <= len(stream) // 16 + 3
    if side is Side.ESME:
        assert (events, said) == hear(side, [stream])[:2]


@given(st.lists(frames(), min_size=1, max_size=6))
def test_every_request_is_answered_or_told(sent: list[bytes]) -> None:
    _, _, session = hear(Side.SMSC, [encode(BindTransceiver("a"), 1)])
    for frame in sent:
        if session.is_over or len(frame) < 16 or int.from_bytes(frame[:4], "big") != len(frame):
            return
        _, command_id, _, sequence = HEADER.unpack_from(frame)
        events = session.receive_data(frame, 1.0)
        said = session.data_to_send()
        if command_id < CommandId.GENERIC_NACK and command_id != CommandId.UNBIND:
            told = any(isinstance(event, Requested) for event in events)
            assert told != (said != b""), "answered or told, not both"
            assert not said or HEADER.unpack_from(said)[3] == sequence


@pytest.mark.parametrize("length", [PDU_OCTETS_LIMIT + 1, 0x47455420])
def test_a_giant_is_refused_by_its_header(length: int) -> None:
    events, said, session = hear(Side.SMSC, [HEADER.pack(length, CommandId.SUBMIT_SM, 0, 9), bytes(100_000)])
    assert [type(event).__name__ for event in events] == ["Rejected", "Ended"]
    assert HEADER.unpack_from(said) == (16, CommandId.GENERIC_NACK, Status.RINVCMDLEN, 9)
    assert session.state is State.CLOSED
    assert session._frames.held_octets == 0


def test_a_flood_fills_the_window_and_no_more() -> None:
    flood = b"".join(encode(SubmitSm(short_message=b"x" * 100), number) for number in range(1, 2001))
    events, said, session = hear(Side.SMSC, [encode(BindTransceiver("a"), 1), flood])
    held = [event.request for event in events if isinstance(event, Requested)]
    assert len(held) == session.to_answer == 3
    assert all(isinstance(request, Request) for request in held)
    throttled = [HEADER.unpack_from(said, at)[2] for at in range(len(said) - 16 * 1997, len(said), 16)]
    assert throttled == [Status.RTHROTTLED] * 1997
