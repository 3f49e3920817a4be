"""The SMPP rows of `bench codec`: PDUs, and what one message costs a session, microseconds of CPU each.

The session figure is a submit_sm taken, its answer, a receipt sent and its answer taken, as a message centre
does it, in batches of a hundred.
"""

import time
import timeit

from heliograph.wire.smpp.codec import decode, encode
from heliograph.wire.smpp.events import Limits, Requested
from heliograph.wire.smpp.matrix import Side
from heliograph.wire.smpp.numbers import MessageState, MessageType
from heliograph.wire.smpp.pdus import (
    BindTransceiver,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    Pdu,
    SubmitSm,
    SubmitSmResp,
)
from heliograph.wire.smpp.receipt import Receipt, build_receipt, parse_receipt
from heliograph.wire.smpp.session import SmppSession
from heliograph.wire.smpp.tlv import MESSAGE_STATE, RECEIPTED_MESSAGE_ID

ROUNDS = 20_000
BATCH = 100
BATCHES = 100
REPEATS = 5
TEXT = b"The quick brown fox jumps over the lazy dog, 0123456789. " * 2
RECEIPT = Receipt("1234567890", 1, 1, 1_800_000_000_000, 1_800_000_060_000, MessageState.DELIVERED)


def submit_sm() -> SubmitSm:
    return SubmitSm(
        source_addr_ton=5,
        source_addr="Heliograph",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="4915112345678",
        registered_delivery=1,
        short_message=TEXT,
    )


def deliver_sm() -> DeliverSm:
    return DeliverSm(
        source_addr_ton=1,
        source_addr_npi=1,
        source_addr="4915112345678",
        dest_addr_ton=5,
        destination_addr="Heliograph",
        esm_class=MessageType.DELIVERY_RECEIPT,
        short_message=build_receipt(RECEIPT),
        tlvs=(RECEIPTED_MESSAGE_ID("1234567890"), MESSAGE_STATE(MessageState.DELIVERED)),
    )


def measure() -> dict[str, float]:
    rows: dict[str, Pdu] = {
        "submit_sm": submit_sm(),
        "deliver_sm": deliver_sm(),
        "submit_sm_resp": SubmitSmResp(message_id="1234567890"),
        "enquire_link": EnquireLink(),
    }
    figures: dict[str, float] = {}
    for name, pdu in rows.items():
        figures[f"{name}_decode_us"] = _us("decode(octets)", decode=decode, octets=encode(pdu, 1))
        figures[f"{name}_encode_us"] = _us("encode(pdu, 1)", encode=encode, pdu=pdu)
    figures["receipt_build_us"] = _us("build(receipt)", build=build_receipt, receipt=RECEIPT)
    figures["receipt_parse_us"] = _us("parse(text)", parse=parse_receipt, text=build_receipt(RECEIPT))
    figures["smpp_session_us"] = round(min(_session_us() for _ in range(REPEATS)), 2)
    return figures


def _us(statement: str, **names: object) -> float:
    """A statement costs no call of a lambda, which is a tenth of some of these figures."""
    taken = min(
        timeit.repeat(statement, timer=time.process_time, globals=names, number=ROUNDS, repeat=REPEATS)
    )
    return round(taken / ROUNDS * 1e6, 2)


def _session_us() -> float:
    server = SmppSession(Side.SMSC, 0.0)
    server.receive_data(encode(BindTransceiver("bench"), 1), 0.0)
    server.accept_bind("heliograph", 0.0, Limits(our_window=BATCH, their_window=BATCH))
    server.data_to_send()
    request = submit_sm()
    submits = [
        b"".join(encode(request, first + number) for number in range(BATCH))
        for first in range(1, BATCH * BATCHES, BATCH)
    ]
    answers = [
        b"".join(encode(DeliverSmResp(), first + number) for number in range(BATCH))
        for first in range(1, BATCH * BATCHES, BATCH)
    ]
    receipt = deliver_sm()
    started = time.process_time()
    for submitted, answered in zip(submits, answers, strict=True):
        for event in server.receive_data(submitted, 1.0):
            if isinstance(event, Requested):
                server.answer(event.sequence, SubmitSmResp(message_id="1234567890"))
        server.data_to_send()
        for _ in range(BATCH):
            server.send(receipt, 1.0)
        server.data_to_send()
        server.receive_data(answered, 1.0)
    return (time.process_time() - started) / (BATCH * BATCHES) * 1e6
