"""npm `smpp` as an operator's message centre for our client: receipts early, ids in hex, throttling, cuts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from tests.interop.centre import PASSWORD, SHORT_CODE, Centre
from tests.interop.npm import RECEIPT, Npm, Pdu, Session, npm, text_of, to
from tests.interop.texts import LONG

RINVDSTADR, RTHROTTLED, RMSGQFUL = 0x0B, 0x58, 0x14
DELIVERED, UNDELIVERABLE = 2, 5


@pytest.fixture(scope="module")
def peers() -> Iterator[Npm]:
    with npm() as made:
        yield made


class Operator(NamedTuple):
    npm: Npm
    port: int
    row: dict[str, Any]
    session: Session  # the first bind

    @property
    def name(self) -> str:
        return str(self.row["name"])


@contextmanager
def operator(
    here: Centre, peers: Npm, listen: dict[str, Any] | None = None, **fields: Any
) -> Iterator[Operator]:
    port = peers.listen(**(listen or {}))
    row = here.new_upstream(port, **fields)
    yield Operator(peers, port, row, bound(peers))
    here.switch_off(row)


def bound(peers: Npm) -> Session:
    """The next of ours that binds, answered."""
    session = peers.session()
    request = session.hear(lambda pdu: pdu["command"].startswith("bind_"), "a bind")
    assert (request["system_id"], request["password"]) == ("heliograph", PASSWORD)
    session.answer(request, system_id="operator", sc_interface_version=0x34)
    return session


def receipt_of(submit: Pdu, id: str, stat: str = "DELIVRD", **fields: Any) -> dict[str, Any]:
    text = (
        f"id:{id} sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:{stat} "
        f"err:000 text:{str(submit['short_message'].get('message', ''))[:20]}"
    )
    return {
        "source_addr_ton": 1,
        "source_addr_npi": 1,
        "source_addr": submit["destination_addr"],
        "destination_addr": submit["source_addr"],
        "esm_class": RECEIPT,
        "short_message": text,
        **fields,
    }


def tell(session: Session, submit: Pdu, id: str, stat: str = "DELIVRD", **fields: Any) -> None:
    """A receipt, and its answer."""
    answer = session.ask("deliver_sm", **receipt_of(submit, id, stat, **fields))
    assert answer["command_status"] == 0


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


@pytest.mark.parametrize("long_form", ["udh", "sar", "payload"])
@pytest.mark.parametrize("encoding", ["gsm", "latin1", "ucs2"])
def test_a_long_text(here: Centre, peers: Npm, encoding: str, long_form: str) -> None:
    text = LONG[encoding].seen
    with operator(here, peers, long_form=long_form) as far:
        id = here.send_to(here.new_device(network=far.name), text)
        seen = ""
        while seen != text:
            submit = far.session.expect("submit_sm")
            number = len(seen)
            far.session.answer(submit, message_id=f"l{number}")
            tell(far.session, submit, f"l{number}")
            if long_form == "payload":
                seen += submit["message_payload"]["message"]
            else:
                seen += text_of(submit)
                udh = submit["short_message"].get("udh")
                assert bool(udh) is (long_form == "udh")
                assert ("sar_segment_seqnum" in submit) is (long_form == "sar")
            assert text.startswith(seen)
        assert here.end_of(id)["state"] == "DELIVERED"


def test_octets(here: Centre, peers: Npm) -> None:
    octets = LONG["octets"].octets
    with operator(here, peers) as far:
        device = here.new_device(network=far.name)
        said = {"device": device, "binary": octets.hex(), "source": SHORT_CODE}
        id = int(here.ask("message.send", **said)["id"])
        seen = b""
        while seen != octets:
            submit = far.session.expect("submit_sm")
            far.session.answer(submit, message_id=f"o{len(seen)}")
            tell(far.session, submit, f"o{len(seen)}")
            assert submit["data_coding"] == 4
            seen += text_of(submit)
        assert here.end_of(id)["state"] == "DELIVERED"


@contextmanager
def listening(here: Centre, peers: Npm, account: str) -> Iterator[Session]:
    """An application, by the same package."""
    session = peers.connect(here.port)
    assert session.bind(account, PASSWORD)["command_status"] == 0
    yield session
    session.close()


def test_sms_from_its_devices(here: Centre, peers: Npm) -> None:
    """One, one in segments with a UDH, one in segments with sar_*, one as message_payload."""
    account = here.new_account()
    with operator(here, peers) as far, listening(here, peers, account) as application:
        device = here.new_device(account, network=far.name)
        address = {
            "source_addr_ton": 1,
            "source_addr_npi": 1,
            "source_addr": device,
            "destination_addr": SHORT_CODE,
        }
        text = "The level of the lake is 3.2 m. " * 8
        short = "level_1 [€] @lake"
        half = len(text) // 2
        halves = (text[:half], text[half:])
        udh = [bytes((5, 0, 3, 42, 2, number)) for number in (1, 2)]
        brought: list[list[dict[str, Any]]] = [
            [{"short_message": short}],
            [{"short_message": {"udh": udh[at], "message": halves[at]}} for at in (1, 0)],
            [
                {
                    "short_message": halves[at],
                    "sar_msg_ref_num": 700,
                    "sar_total_segments": 2,
                    "sar_segment_seqnum": at + 1,
                }
                for at in (0, 1)
            ],
            [{"message_payload": text}],
        ]
        for parts in brought:
            for fields in parts:
                answer = far.session.ask("deliver_sm", **address, **fields)
                assert answer["command_status"] == 0
            heard = application.delivered()
            assert heard["source_addr"] == device
            whole = heard.get("message_payload") or heard["short_message"]
            assert whole["message"] == (short if len(parts) == 1 and "short_message" in parts[0] else text)


def test_from_an_application_to_a_phone_outside_and_back(here: Centre, peers: Npm) -> None:
    """Both sides of us at once; the id of the application's answer is the one of its receipt."""
    account = here.new_account()
    phone = "447700900456"
    with operator(here, peers) as far, listening(here, peers, account) as application:
        here.new_route(far.row, prefix="4477")
        answer = application.ask("submit_sm", **to(phone, short_message="to a phone"))
        assert answer["command_status"] == 0
        submit = far.session.expect("submit_sm")
        assert submit["destination_addr"] == phone
        far.session.answer(submit, message_id="p1")
        tell(far.session, submit, "p1")
        receipt = application.receipt()
        assert receipt["receipted_message_id"] == answer["message_id"]
        assert "stat:DELIVRD" in text_of(receipt)


def test_another_operator_carries_what_one_could_not(here: Centre, peers: Npm) -> None:
    """At the submit, and after an undelivered receipt. The sender sees one end."""
    with operator(here, peers) as first, operator(here, peers) as second:
        here.new_route(first.row, network="two-ways", cost=1)
        here.new_route(second.row, network="two-ways", cost=2)
        refused = here.send_to(here.new_device(network="two-ways"), "refused at once")
        first.session.answer(first.session.expect("submit_sm"), command_status=0x49)  # ESME_RINVDSTTON
        other = second.session.expect("submit_sm")
        second.session.answer(other, message_id="f1")
        tell(second.session, other, "f1")
        assert here.end_of(refused)["state"] == "DELIVERED"
        undelivered = here.send_to(here.new_device(network="two-ways"), "rejected later")
        submit = first.session.expect("submit_sm")
        first.session.answer(submit, message_id="f2")
        tell(first.session, submit, "f2", "REJECTD")
        other = second.session.expect("submit_sm")
        second.session.answer(other, message_id="f3")
        tell(second.session, other, "f3")
        assert here.end_of(undelivered)["state"] == "DELIVERED"


def test_over_tls(here: Centre, peers: Npm) -> None:
    files = {"certificate": here.certificate, "key": here.certificate.with_name("key.pem")}
    with operator(here, peers, files, tls=True, tls_verify=False) as far:
        id = here.send_to(here.new_device(network=far.name), "through the tunnel")
        submit = far.session.expect("submit_sm")
        far.session.answer(submit, message_id="s1")
        tell(far.session, submit, "s1")
        assert here.end_of(id)["state"] == "DELIVERED"
