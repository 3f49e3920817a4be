"""npm `smpp` as an operator: long texts, SMS from devices, phones outside, fail-over, certificates."""

from typing import Any

import pytest

from tests.interop.centre import PASSWORD, SHORT_CODE, Centre, centre
from tests.interop.npm import Npm, text_of, to
from tests.interop.operator import bound, listening, operator, tell
from tests.interop.texts import LONG
from tests.runtime.wire_server import make_certificate


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


SETTINGS = """
[upstreams.known]
host = "127.0.0.1"
port = {port}
tls = true
tls_ca = "{ca}"
tls_server_name = "localhost"
tls_certificate = "{certificate}"
tls_key = "{key}"
system_id = "heliograph"
password = "{password}"

[upstreams.stranger]
host = "127.0.0.1"
port = {port}
tls = true
tls_ca = "{certificate}"
tls_server_name = "localhost"
system_id = "heliograph"
password = "{password}"
"""


def test_both_sides_show_certificates(peers: Npm, tmp_path_factory: pytest.TempPathFactory) -> None:
    """And whose we do not trust is not bound to."""
    folders = [tmp_path_factory.mktemp(name) for name in ("theirs", "ours", "known")]
    (theirs, their_key), (ours, our_key) = (make_certificate(folder) for folder in folders[:2])
    port = peers.listen(certificate=theirs, key=their_key, ca=ours)
    file = folders[2] / "heliograph.toml"
    file.write_text(SETTINGS.format(port=port, ca=theirs, certificate=ours, key=our_key, password=PASSWORD))
    with centre(folders[2], CONFIG=str(file)) as here:
        session = bound(peers)
        id = here.send_to(here.new_device(network="known"), "we know each other")
        submit = session.expect("submit_sm")
        session.answer(submit, message_id="k1")
        tell(session, submit, "k1")
        assert here.end_of(id)["state"] == "DELIVERED"
        rows = {row["name"]: row for row in here.call("GET", "/upstream")}
        assert (rows["known"]["up"], rows["stranger"]["up"]) == (True, False)
        (link,) = here.until(
            lambda: [one for one in here.health(rows["stranger"])["binds"] if one["last_error"]], "an error"
        )
        assert "certificate" in link["last_error"].lower()
