"""npm `smpp` as an operator's message centre for our client: receipts early, ids in hex, throttling, cuts."""

import pytest

from tests.interop.centre import SHORT_CODE, Centre
from tests.interop.npm import Npm, text_of
from tests.interop.operator import bound, operator, receipt_of, tell

RINVDSTADR, RTHROTTLED, RMSGQFUL = 0x0B, 0x58, 0x14
DELIVERED, UNDELIVERABLE = 2, 5


def test_an_sms_and_its_receipt(here: Centre, peers: Npm) -> None:
    with operator(here, peers) as far:
        device = here.new_device(network=far.name)
        id = here.send_to(device, "to the operator [€]")
        submit = far.session.expect("submit_sm")
        assert (submit["source_addr"], submit["destination_addr"]) == (SHORT_CODE, device)
        assert (submit["dest_addr_ton"], submit["dest_addr_npi"]) == (1, 1)
        assert (text_of(submit), submit["registered_delivery"]) == ("to the operator [€]", 1)
        far.session.answer(submit, message_id="abc-1")
        tell(far.session, submit, "abc-1", message_state=DELIVERED, receipted_message_id="abc-1")
        assert here.end_of(id)["state"] == "DELIVERED"


def test_receipts_before_responses(here: Centre, peers: Npm) -> None:
    with operator(here, peers) as far:
        device = here.new_device(network=far.name)
        for number in range(3):
            id = here.send_to(device, f"early {number}")
            submit = far.session.expect("submit_sm")
            if number:  # by itself, and heard before there is a response at all
                asked = far.session.say("deliver_sm", **receipt_of(submit, f"early-{number}"))
                here.until(
                    lambda number=number: sum(here.health(far.row)["receipts"].values()) > number,
                    "a receipt that is held",
                )
                far.session.answer(submit, message_id=f"early-{number}")
            else:  # in one write
                asked = 1_000
                early = {"sequence_number": asked, **receipt_of(submit, "early-0")}
                response = {"sequence_number": submit["sequence_number"], "message_id": "early-0"}
                far.session.say_all(("deliver_sm", early), ("submit_sm_resp", response))
            answer = far.session.hear(
                lambda pdu, asked=asked: (
                    pdu["command"] == "deliver_sm_resp" and pdu["sequence_number"] == asked
                ),
                "the receipt's answer",
            )
            assert answer["command_status"] == 0
            assert here.end_of(id)["state"] == "DELIVERED"
        assert here.health(far.row)["unknown_references"] == 0


@pytest.mark.parametrize(
    ("id_format", "response", "told"),
    [
        ("hex_to_decimal", "439041101", "1A2B3C4D"),
        ("decimal_to_hex", "1a2b3c4d", "0439041101"),
        ("tolerant", "1A2B3C4D", "439041101"),
        ("tolerant", "0439041101", "1a2b3c4d"),
    ],
)
def test_ids_in_hex(here: Centre, peers: Npm, id_format: str, response: str, told: str) -> None:
    with operator(here, peers, id_format=id_format) as far:
        id = here.send_to(here.new_device(network=far.name), "which id?")
        submit = far.session.expect("submit_sm")
        far.session.answer(submit, message_id=response)
        tell(far.session, submit, told)
        assert here.end_of(id)["state"] == "DELIVERED"


def test_receipts_in_other_spellings(here: Centre, peers: Npm) -> None:
    """Without parameters, with other words, or by parameters alone."""
    spelled = [
        {"short_message": "id:{id} sub:1 dlvrd:1 stat:Delivered err:0 Text:x"},
        {"short_message": "ID:{id} STAT:DELIVERED"},
        {"short_message": "", "message_state": DELIVERED, "receipted_message_id": "{id}"},
    ]
    with operator(here, peers) as far:
        device = here.new_device(network=far.name)
        for number, fields in enumerate(spelled):
            id = here.send_to(device, f"spelled {number}")
            submit = far.session.expect("submit_sm")
            far.session.answer(submit, message_id=f"s{number}")
            said = {
                name: value.format(id=f"s{number}") if isinstance(value, str) else value
                for name, value in fields.items()
            }
            tell(far.session, submit, f"s{number}", **said)
            assert here.end_of(id)["state"] == "DELIVERED", fields


@pytest.mark.parametrize("text", ["plain", "Привет", "{€}"])
def test_a_receipt_in_the_coding_of_its_words(here: Centre, peers: Npm, text: str) -> None:
    """The package codes a receipt as the text that it quotes: in GSM 7-bit, or in UCS-2."""
    with operator(here, peers) as far:
        id = here.send_to(here.new_device(network=far.name), text)
        submit = far.session.expect("submit_sm")
        far.session.answer(submit, message_id="id_1-x")
        tell(far.session, submit, "id_1-x")
        assert here.end_of(id)["state"] == "DELIVERED"


def test_it_throttles(here: Centre, peers: Npm) -> None:
    """All arrive in the end; each was tried until it was taken, and slower than before."""
    with operator(here, peers, window=4) as far:
        devices = [here.new_device(network=far.name) for _ in range(6)]
        ids = [here.send_to(device, f"for {device}") for device in devices]
        for status in (RTHROTTLED, RMSGQFUL, RTHROTTLED):
            far.session.answer(far.session.expect("submit_sm"), command_status=status)
        for number in range(len(devices)):
            submit = far.session.expect("submit_sm")
            far.session.answer(submit, message_id=f"t{number}")
            tell(far.session, submit, f"t{number}")
        assert [here.end_of(id)["state"] for id in ids] == ["DELIVERED"] * len(ids)
        health = here.health(far.row)
        assert health["throttled_at"]
        assert health["refused"] == {"ESME_RTHROTTLED": 2, "ESME_RMSGQFUL": 1}


def test_it_says_no(here: Centre, peers: Npm) -> None:
    with operator(here, peers) as far:
        id = here.send_to(here.new_device(network=far.name), "to nobody")
        far.session.answer(far.session.expect("submit_sm"), command_status=RINVDSTADR)
        end = here.end_of(id)
        assert (end["state"], end["reason"]) == ("FAILED", "bad_destination")


def test_it_could_not_deliver(here: Centre, peers: Npm) -> None:
    with operator(here, peers) as far:
        id = here.send_to(here.new_device(network=far.name), "to nobody")
        submit = far.session.expect("submit_sm")
        far.session.answer(submit, message_id="u1")
        tell(far.session, submit, "u1", "UNDELIV", message_state=UNDELIVERABLE)
        assert here.end_of(id)["state"] == "FAILED"


def test_it_cuts_the_connection(here: Centre, peers: Npm) -> None:
    """What it answered is not sent again; what it did not is, to it, and is known by its reference."""
    with operator(here, peers) as far:
        one, two = here.new_device(network=far.name), here.new_device(network=far.name)
        first = here.send_to(one, "answered")
        submit = far.session.expect("submit_sm")
        far.session.answer(submit, message_id="c1")
        here.until(lambda: here.health(far.row)["accepted"] == 1, "the answer's way")
        second = here.send_to(two, "not answered")
        before = far.session.expect("submit_sm")
        far.session.drop()
        session = bound(peers)
        again = session.expect("submit_sm")
        assert text_of(again) == text_of(before) == "not answered"
        assert again["user_message_reference"] == before["user_message_reference"]
        session.answer(again, message_id="c2")
        tell(session, again, "c2")
        tell(session, submit, "c1")
        for id in (first, second):
            assert here.end_of(id)["state"] == "DELIVERED"
        assert not [pdu for pdu in session.heard if pdu["command"] == "submit_sm"]


def test_it_unbinds_and_we_come_back(here: Centre, peers: Npm) -> None:
    with operator(here, peers) as far:
        assert far.session.ask("unbind")["command"] == "unbind_resp"
        session = bound(peers)
        device = here.new_device(network=far.name)
        id = here.send_to(device, "after the pause")
        submit = session.expect("submit_sm")
        session.answer(submit, message_id="b1")
        tell(session, submit, "b1")
        assert here.end_of(id)["state"] == "DELIVERED"


def test_it_never_answers(here: Centre, peers: Npm) -> None:
    """Its bind is made anew, and it is asked again."""
    with operator(here, peers, response_seconds=1) as far:
        id = here.send_to(here.new_device(network=far.name), "hello?")
        before = far.session.expect("submit_sm")
        session = bound(peers)
        again = session.expect("submit_sm")
        assert again["user_message_reference"] == before["user_message_reference"]
        session.answer(again, message_id="n1")
        tell(session, again, "n1")
        assert here.end_of(id)["state"] == "DELIVERED"


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("submit_sm_resp", 0x08),  # ESME_RSYSERR
        ("submit_sm_resp", 0x45),  # ESME_RSUBMITFAIL
        ("submit_sm_resp", 0x0404),  # of its own making
        ("generic_nack", 0x08),
    ],
)
def test_it_says_later(here: Centre, peers: Npm, command: str, status: int) -> None:
    with operator(here, peers) as far:
        id = here.send_to(here.new_device(network=far.name), "now?")
        number = far.session.expect("submit_sm")["sequence_number"]
        far.session.say(command, sequence_number=number, command_status=status)
        again = far.session.expect("submit_sm")
        far.session.answer(again, message_id="w1")
        tell(far.session, again, "w1")
        assert here.end_of(id)["state"] == "DELIVERED"


def test_two_binds(here: Centre, peers: Npm) -> None:
    """One submits, the other hears the receipts."""
    port = peers.listen()
    row = here.new_upstream(port, bind_mode="tx+rx")
    sessions = {}
    for _ in range(2):
        session = peers.session()
        request = session.hear(lambda pdu: pdu["command"].startswith("bind_"), "a bind")
        session.answer(request, system_id="operator")
        sessions[request["command"]] = session
    id = here.send_to(here.new_device(network=row["name"]), "by two")
    submit = sessions["bind_transmitter"].expect("submit_sm")
    sessions["bind_transmitter"].answer(submit, message_id="two-1")
    tell(sessions["bind_receiver"], submit, "two-1")
    assert here.end_of(id)["state"] == "DELIVERED"
    here.switch_off(row)
