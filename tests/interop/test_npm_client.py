"""npm `smpp` as a client: MT with receipts, MO, long texts, query, cancel, replace, multi; also over TLS."""

from collections.abc import Iterator

import pytest

from tests.cli.program import Folder
from tests.interop.centre import PASSWORD, SHORT_CODE, Centre, centre
from tests.interop.npm import FINAL, RECEIPT, Npm, Session, text_of, to
from tests.interop.texts import FORMS, LONG, pdus
from tests.runtime.wire_server import make_certificate

ROK, RINVDSTADR, RINVMSGID = 0x00, 0x0B, 0x0C
RCANCELFAIL, RREPLACEFAIL = 0x11, 0x13
ENROUTE, DELIVERED, DELETED = 1, 2, 4


@pytest.fixture
def account(here: Centre) -> str:
    return here.new_account()


@pytest.fixture
def device(here: Centre, account: str) -> str:
    return here.new_device(account)


@pytest.fixture
def session(here: Centre, peers: Npm, account: str) -> Iterator[Session]:
    made = peers.connect(here.port)
    assert made.bind(account, PASSWORD)["command_status"] == ROK
    yield made
    assert made.ask("unbind")["command"] == "unbind_resp"
    made.close()


@pytest.mark.parametrize("over", ["plain", "tls"])
def test_texts_receipts_and_answers(here: Centre, peers: Npm, over: str) -> None:
    account = here.new_account()
    device = here.new_device(account)
    session = peers.connect(here.tls_port, here.certificate) if over == "tls" else peers.connect(here.port)
    bound = session.bind(account, PASSWORD)
    assert (bound["command_status"], bound["sc_interface_version"]) == (ROK, 0x34)
    # The package chooses the encoding of a text: GSM, Latin-1, UCS-2.
    for count, text in enumerate(("short [€]", "garçon þ", "Привет 日本"), 1):
        answer = session.ask("submit_sm", **to(device, short_message=text))
        assert here.read(device, count)[-1] == text
        receipt = session.receipt()
        assert receipt["receipted_message_id"] == answer["message_id"]
        assert (receipt["message_state"], receipt["esm_class"]) == (DELIVERED, RECEIPT)
        assert text_of(receipt).startswith(f"id:{answer['message_id']} sub:001 dlvrd:001 submit date:")
    for text in ("from the device", "с устройства"):
        here.send_from(device, text)
        heard = session.delivered()
        assert (text_of(heard), heard["source_addr"], heard["destination_addr"]) == (text, device, SHORT_CODE)
    assert session.ask("unbind")["command_status"] == ROK
    session.close()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", LONG)
def test_a_long_text(here: Centre, session: Session, device: str, encoding: str, form: str) -> None:
    cut = list(pdus(LONG[encoding], form, reference=300))
    numbers = [session.say("submit_sm", **to(device, **fields)) for fields in cut]
    ids = {
        session.hear(
            lambda pdu, number=number: (
                pdu["command"] == "submit_sm_resp" and pdu["sequence_number"] == number
            ),
            "submit_sm_resp",
        )["message_id"]
        for number in numbers
    }
    assert here.read(device) == [LONG[encoding].seen]
    assert ids == {session.receipt()["receipted_message_id"]}


def test_a_text_that_the_package_cuts_by_its_udh(here: Centre, session: Session, device: str) -> None:
    parts = ["Heliograph sees ", "as far as ", "the horizon."]
    for number, part in enumerate(parts, 1):
        udh = bytes((5, 0, 3, 9, len(parts), number))
        session.say("submit_sm", **to(device, short_message={"udh": udh, "message": part}))
    assert here.read(device) == ["".join(parts)]
    assert "sub:001 dlvrd:001" in text_of(session.receipt())  # in one SMS, as it fits


def test_a_long_sms_from_a_device(here: Centre, session: Session, device: str) -> None:
    here.send_from(device, "ф" * 300)
    assert session.delivered()["message_payload"]["message"] == "ф" * 300


def test_data_sm(here: Centre, session: Session, device: str) -> None:
    answer = session.ask("data_sm", **to(device, message_payload="by data_sm"))
    assert here.read(device) == ["by data_sm"]
    assert session.receipt()["receipted_message_id"] == answer["message_id"]


def test_query_and_cancel(here: Centre, session: Session, device: str) -> None:
    here.put_into(device, "detached")
    ids = [session.ask("submit_sm", **to(device, short_message=str(n)))["message_id"] for n in range(3)]
    home = {"source_addr_ton": 3, "source_addr": SHORT_CODE}
    asked = session.ask("query_sm", message_id=ids[0], **home)
    assert (asked["message_id"], asked["message_state"], asked["final_date"]) == (ids[0], ENROUTE, "")
    assert session.ask("cancel_sm", **to(device, message_id=ids[0]))["command_status"] == ROK
    assert session.ask("query_sm", message_id=ids[0], **home)["message_state"] == DELETED
    assert session.ask("cancel_sm", **to(device, message_id=ids[0]))["command_status"] == RCANCELFAIL
    # Without an id: all that wait for this destination from this source.
    assert session.ask("cancel_sm", **to(device, message_id=""))["command_status"] == ROK
    for id in ids[1:]:
        assert session.ask("query_sm", message_id=id, **home)["message_state"] == DELETED
    assert session.ask("query_sm", message_id="1", **home)["command_status"] == RINVMSGID
    here.put_into(device, "attached")
    session.ask("submit_sm", **to(device, short_message="the next"))
    assert here.read(device) == ["the next"]


def test_replace(here: Centre, session: Session, device: str) -> None:
    here.put_into(device, "detached")
    first = session.ask("submit_sm", **to(device, short_message="before"))["message_id"]
    home = {"source_addr_ton": 3, "source_addr": SHORT_CODE}
    done = session.ask("replace_sm", message_id=first, **home, **FINAL, short_message="after")
    assert done["command_status"] == ROK
    second = session.ask("submit_sm", **to(device, short_message="old news"))["message_id"]
    assert second != first
    third = session.ask("submit_sm", **to(device, short_message="news", replace_if_present_flag=1))
    assert third["command_status"] == ROK
    here.put_into(device, "attached")
    assert here.read(device, 2) == ["after", "news"]
    late = session.ask("replace_sm", message_id=first, **home, short_message="too late")
    assert late["command_status"] == RREPLACEFAIL


def test_multi(here: Centre, session: Session, account: str) -> None:
    devices = [here.new_device(account) for _ in range(3)]
    nobody = "447700900123"
    destinations = [
        {"dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": number} for number in (*devices, nobody)
    ]
    answer = session.ask(
        "submit_multi",
        source_addr_ton=3,
        source_addr=SHORT_CODE,
        dest_address=destinations,
        short_message="to all",
        **FINAL,
    )
    assert answer["command_status"] == ROK
    (refused,) = answer["unsuccess_sme"]
    assert (refused["destination_addr"], refused["error_status_code"]) == (nobody, RINVDSTADR)
    receipts = [session.receipt() for _ in devices]
    assert {receipt["source_addr"] for receipt in receipts} == set(devices)
    assert answer["message_id"] in {receipt["receipted_message_id"] for receipt in receipts}
    for device in devices:
        assert here.read(device) == ["to all"]


def test_an_intermediate_notification(here: Centre, session: Session, device: str) -> None:
    here.put_into(device, "congestion")
    id = session.ask("submit_sm", **to(device, short_message="wait", registered_delivery=0x11))["message_id"]
    deferred = session.receipt()
    assert (deferred["esm_class"], deferred["message_state"]) == (0x20, ENROUTE)
    assert deferred["receipted_message_id"] == id
    here.put_into(device, "healthy")
    assert session.receipt()["message_state"] == DELIVERED


@pytest.mark.parametrize("version", [0x33, 0x50])
def test_other_versions(here: Centre, peers: Npm, account: str, device: str, version: int) -> None:
    """An old one hears no parameters that it cannot know; a new one is spoken to as 3.4 is."""
    session = peers.connect(here.port)
    bound = session.ask("bind_transceiver", system_id=account, password=PASSWORD, interface_version=version)
    assert bound["command_status"] == ROK
    is_old = version < 0x34
    assert ("sc_interface_version" in bound) is not is_old
    id = session.ask("submit_sm", **to(device, short_message="which version?"))["message_id"]
    receipt = session.receipt()
    assert text_of(receipt).startswith(f"id:{id} ")
    assert ("receipted_message_id" in receipt) is not is_old
    session.close()


def test_a_sender_hears_when_a_device_is_there_again(here: Centre, session: Session, device: str) -> None:
    here.put_into(device, "detached")
    assert session.ask("data_sm", **to(device, message_payload="wait", set_dpf=1))["dpf_result"] == 1
    here.put_into(device, "attached")
    alert = session.expect("alert_notification")
    assert (alert["source_addr"], alert["ms_availability_status"]) == (device, 0)


def test_we_call_an_application_that_is_away(peers: Npm, tmp_path_factory: pytest.TempPathFactory) -> None:
    """outbind: it listens, we connect, it binds on this connection."""
    folder, account = tmp_path_factory.mktemp("outbind"), "called"
    port = peers.listen()
    made = Folder(folder / "data").run("account", "create", account, "--stdin", stdin=PASSWORD)
    assert made.code == 0, made
    with centre(folder, SMPP__OUTBIND=f"{account}@127.0.0.1:{port}") as here:
        device = here.new_device(account)
        here.send_from(device, "call me")
        session = peers.session()
        assert session.expect("outbind")["system_id"] == "heliograph"
        assert session.bind(account, PASSWORD, "receiver")["command_status"] == ROK
        assert text_of(session.delivered()) == "call me"


def test_what_it_does_not_answer_comes_again(here: Centre, peers: Npm, account: str, device: str) -> None:
    first = peers.connect(here.port)
    first.bind(account, PASSWORD)
    here.send_from(device, "hear me")
    unanswered = first.expect("deliver_sm")
    first.drop()
    second = peers.connect(here.port)
    second.bind(account, PASSWORD)
    assert text_of(second.delivered()) == text_of(unanswered) == "hear me"
    second.close()


def test_a_certificate_that_it_does_not_know_ends_the_connection(
    here: Centre, peers: Npm, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stranger, _ = make_certificate(tmp_path_factory.mktemp("stranger"))
    before = len(peers.errors)
    peers.tell(act="connect", port=here.tls_port, ca=str(stranger))
    peers.until(lambda: len(peers.errors) > before, "an error")
    assert "certificate" in peers.errors[-1] or "SSL" in peers.errors[-1], peers.errors[-1]
