"""The trace: the last PDUs, decoded when somebody looks, with nothing in them that is nobody's business."""

from heliograph.wire.smpp.codec import encode
from heliograph.wire.smpp.pdus import BindTransceiver, SubmitSm
from heliograph.wire.smpp.tlv import MESSAGE_PAYLOAD, SAR_MSG_REF_NUM
from heliograph.wire.smpp.trace import LONGEST_KEPT, Trace, kept


def _traced(*frames: bytes) -> Trace:
    trace = Trace(4)
    for at, frame in enumerate(frames):
        trace.frames.append((float(at), 7, True, kept(frame)))
    return trace


def test_a_password_is_never_shown() -> None:
    bind = encode(BindTransceiver(system_id="acme", password="secret"), 1)
    (line,) = _traced(bind).read(True, 10, 5_000, 2.0)
    assert (line.command, line.fields["password"], line.fields["system_id"]) == (
        "bind_transceiver",
        "***",
        "acme",
    )
    assert (line.at, line.session) == (3_000, 7)


def test_a_text_is_hidden_unless_asked_for() -> None:
    tlvs = (MESSAGE_PAYLOAD(b"words"), SAR_MSG_REF_NUM(5))
    trace = _traced(encode(SubmitSm(tlvs=tlvs), 1), encode(SubmitSm(short_message=b"hi"), 2))
    hidden, plain = trace.read(False, 10, 0, 0.0)
    assert (hidden.fields["message_payload"], hidden.fields["sar_msg_ref_num"]) == ("5 octets", 5)
    assert plain.fields["short_message"] == "2 octets"
    assert trace.read(True, 1, 0, 0.0)[0].fields["short_message"] == b"hi".hex()


def test_of_a_long_pdu_only_the_header_is_kept() -> None:
    long = encode(SubmitSm(tlvs=(MESSAGE_PAYLOAD(bytes(LONGEST_KEPT)),)), 3)
    (line,) = _traced(long).read(True, 10, 0, 0.0)
    assert (line.command, line.sequence, line.length, line.fields) == (
        "submit_sm",
        3,
        len(long),
        {"kept": "the header only"},
    )


def test_it_holds_the_last_ones() -> None:
    trace = _traced(*(encode(SubmitSm(), number) for number in range(1, 8)))
    assert [line.sequence for line in trace.read(False, 2, 0, 0.0)] == [6, 7]
    assert len(trace.frames) == 4
