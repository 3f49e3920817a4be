"""SMPP accounts as resources: made with a password that is shown once, changed, deleted; who is bound; the
trace.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.reads.smpp_port import BindView, TraceLine
from heliograph.flow.requests import Inbound, Received
from heliograph.runtime.passwords import is_password
from tests.engine import text_content
from tests.rest.site import Answered, Site

PATH = "/v1/smpp_account"


@pytest.fixture(scope="module")
def elsewhere(api: Site) -> str:
    """A token of another organisation."""
    return api.new_token("admin", org=api.new_organisation("elsewhere smpp").id)


def make(api: Site, system_id: str, **body: Any) -> dict[str, Any]:
    answer = api.post(PATH, {"system_id": system_id, **body})
    assert answer.status == 201, answer
    assert answer.headers["location"].endswith(f"/api{PATH}/{answer.body['id']}")
    made: dict[str, Any] = answer.body
    return made


def change(api: Site, id: int, **body: Any) -> Answered:
    return api.call("PATCH", f"{PATH}/{id}", body)


def row(api: Site, id: int) -> SmppAccount:
    found = api.ask(api.app.smpp_reader.account(api.org, id))
    assert found is not None
    return found


def test_an_account_as_it_is_made_and_shown(api: Site) -> None:
    made = make(api, "crm")
    password = made.pop("password")
    shown = api.get(f"{PATH}/{made['id']}").body
    assert shown == made
    assert (shown["system_id"], shown["status"]["id"], shown["ip"]) == ("crm", 0, [])
    assert shown["bind_types"] == ["transceiver", "transmitter", "receiver"]
    assert (shown["max_binds"], shown["window"], shown["submit_window"]) == (8, 100, 1000)
    assert shown["throughput"] is None
    assert api.get(f"{PATH}?per_page=1000&q=system_id:crm").body == [{**shown, "binds": 0}]
    assert len(password) == 8
    assert is_password(row(api, made["id"]).password, password)


def test_a_password_is_shown_once_and_nowhere_else(api: Site) -> None:
    made = make(api, "once", password="the-pass")
    assert made["password"] == "the-pass"
    again = api.post(f"{PATH}/{made['id']}/password", {"password": "the-next"})
    assert again.body == {"system_id": "once", "password": "the-next"}
    answers = [
        api.get(f"{PATH}/{made['id']}"),
        api.get(f"{PATH}?per_page=1000"),
        change(api, made["id"], window=5),
        api.get("/v1/audit?per_page=100"),
    ]
    for answer in answers:
        assert answer.status == 200
        assert not [word for word in ("the-pass", "the-next", "argon2") if word in answer.text]


def test_a_reset_makes_a_password_and_ends_binds(api: Site) -> None:
    made = make(api, "reset")
    before = row(api, made["id"])
    answer = api.post(f"{PATH}/{made['id']}/password", None)
    after = row(api, made["id"])
    assert (answer.status, answer.body["system_id"]) == (200, "reset")
    assert answer.body["password"] != made["password"]
    assert after.version == before.version + 1
    assert is_password(after.password, answer.body["password"])
    assert api.app.smpp_accounts.of_system_id("reset") == after


def test_everything_that_may_be_said_of_an_account(api: Site) -> None:
    wanted = {
        "ip": ["10.0.0.0/8", "2001:db8::/32"],
        "bind_types": ["receiver"],
        "max_binds": 2,
        "window": 10,
        "submit_window": 20,
        "throughput": 30,
        "source_address": "Fleet",
        "receipt_coding": "ucs2",
        "mo_per_part": "sar",
        "payload_from": 160,
        "max_waiting": 40,
        "external": False,
        "status": {"id": 1},
    }
    made = make(api, "all of it", **wanted)
    shown = change(api, made["id"], throughput=None, bind_types=["receiver", "transmitter"]).body
    assert shown["status"] == {"id": 1, "description": "Disabled"}
    for name in wanted.keys() - {"status", "throughput", "bind_types"}:
        assert made[name] == shown[name] == wanted[name]
    assert (shown["throughput"], shown["bind_types"]) == (None, ["transmitter", "receiver"])
    assert not row(api, made["id"]).enabled


def test_the_directory_hears_of_every_change_at_once(api: Site) -> None:
    made, directory = make(api, "heard"), api.app.smpp_accounts
    assert directory.of_system_id("heard") == row(api, made["id"])
    change(api, made["id"], system_id="renamed")
    assert directory.of_system_id("heard") is None
    assert directory.of_system_id("renamed") == row(api, made["id"])
    assert api.call("DELETE", f"{PATH}/{made['id']}").status == 204
    assert (directory.of_system_id("renamed"), made["id"] in directory) == (None, False)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"system_id": ""},
        {"system_id": "x" * 16},
        {"system_id": "ümlaut"},
        {"system_id": "ok", "password": "x" * 65},
        {"system_id": "ok", "password": "größe"},
        {"system_id": "ok", "password": ""},
        {"system_id": "ok", "ip": ["10.0.0.0/99"]},
        {"system_id": "ok", "bind_types": []},
        {"system_id": "ok", "bind_types": ["both"]},
        {"system_id": "ok", "max_binds": 0},
        {"system_id": "ok", "window": 1_000_000},
        {"system_id": "ok", "throughput": 0},
        {"system_id": "ok", "source_address": "a name too long"},
        {"system_id": "ok", "receipt_coding": "morse"},
        {"system_id": "ok", "payload_from": 255},
        {"system_id": "ok", "max_waiting": 0},
        {"system_id": "ok", "mo_per_part": "yes"},
        {"system_id": "ok", "status": {"id": 7}},
    ],
)
def test_what_is_not_well_formed_is_refused(api: Site, body: dict[str, Any]) -> None:
    assert api.post(PATH, body).status == 422
    assert api.app.smpp_accounts.of_system_id("ok") is None


def test_a_system_id_is_taken_for_everybody(api: Site, elsewhere: str) -> None:
    make(api, "taken")
    assert api.post(PATH, {"system_id": "taken"}).body["error_code"] == 1405
    assert api.post(PATH, {"system_id": "taken"}, token=elsewhere).status == 409


def test_another_organisation_sees_nothing_of_it(api: Site, elsewhere: str) -> None:
    id = make(api, "ours")["id"]
    paths = [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/password"), ("GET", "/bind")]
    paths += [("DELETE", "/bind/1"), ("GET", "/trace")]
    for method, rest in paths:
        body = {} if method in ("PATCH", "POST") else None
        assert api.call(method, f"{PATH}/{id}{rest}", body, elsewhere).status == 404, (method, rest)
    assert api.get(PATH, token=elsewhere).body == []


def test_reading_is_not_writing(api: Site) -> None:
    id = make(api, "scoped")["id"]
    reads, writes = api.new_token("smpp:read"), api.new_token("smpp:write")
    assert api.get(f"{PATH}/{id}", token=reads).status == 200
    assert api.get(f"{PATH}/{id}", token=writes).status == 403
    assert api.call("PATCH", f"{PATH}/{id}", {"window": 5}, reads).status == 403
    assert api.call("PATCH", f"{PATH}/{id}", {"window": 5}, writes).status == 200


def test_a_profile_points_to_an_account(api: Site) -> None:
    id = make(api, "pointed")["id"]
    body = {"name": "by smpp", "esme_interface_type": {"id": 2}, "smpp_account": {"id": id}}
    made = api.post("/v1/service_profile", body)
    assert made.status == 201, made
    path = f"/v1/service_profile/{made.headers['location'].rpartition('/')[2]}"
    shown = api.get(path).body
    assert (shown["esme_interface_type"]["description"], shown["smpp_account"]) == ("SMPP", {"id": id})
    still_used = api.call("DELETE", f"{PATH}/{id}")
    assert (still_used.status, still_used.body["error_code"]) == (409, 1407)
    assert api.call("PATCH", path, {"smpp_account": {"id": 12345}}).status == 422
    assert api.call("PATCH", path, {"smpp_account": None}).status in (201, 204)
    assert api.get(path).body["smpp_account"] is None
    assert api.call("DELETE", f"{PATH}/{id}").status == 204


def test_an_account_with_all_that_waits_for_it_ends_by_wish(api: Site) -> None:
    id = make(api, "waited for")["id"]
    policy = api.new_policy("waits", interface=2, smpp_account=id)
    api.new_device("waits", policy, imsi="001010000077777")
    sms = Inbound("simulator", "001010000077777", "", "2020", text_content("hello"))
    received = api.run(api.app.traffic.receive, sms)
    assert isinstance(received, Received)
    gone = api.call("DELETE", f"{PATH}/{id}?waiting=fail")
    assert (gone.status, gone.body["message"]) == (409, "SMPP Account still referenced by Service Profile.")
    api.call("PATCH", f"/v1/service_profile/{policy}", {"smpp_account": None})
    refused = api.call("DELETE", f"{PATH}/{id}")
    assert (refused.status, refused.body["error_code"]) == (409, 1407)
    assert "waiting=fail" in refused.body["message"]
    assert api.call("DELETE", f"{PATH}/{id}?waiting=all").status == 400
    assert api.call("DELETE", f"{PATH}/{id}?waiting=fail").status == 204
    assert api.app.smpp_accounts.of_system_id("waited for") is None
    ended = api.ask(api.app.reader.message(api.org, received.message or 0))
    assert ended is not None
    assert ended.reason == "account_deleted"


class Bound:
    """A server on which one session is bound."""

    def __init__(self, id: int) -> None:
        self.id = id
        self.is_bound = True
        self.asked: list[tuple[bool, int]] = []

    def binds(self, account: SmppAccount) -> list[BindView]:
        if account.id != self.id or not self.is_bound:
            return []
        view = BindView(7, "trx", "192.0.2.1", 40_000, True, 0x34, 1_700_000_000_000, 3, 100, 1, 1000)
        return [view]

    def unbind(self, account: SmppAccount, number: int) -> bool:
        found = account.id == self.id and number == 7 and self.is_bound
        self.is_bound = self.is_bound and not found
        return found

    def trace(self, account: SmppAccount, with_text: bool, limit: int) -> list[TraceLine]:
        self.asked.append((with_text, limit))
        fields: dict[str, str | int | list[str]] = {
            "short_message": "68656c6c6f" if with_text else "5 octets"
        }
        return [
            TraceLine(1_700_000_000_000, 7, False, "submit_sm", "ESME_ROK", 5, 60, fields),
            TraceLine(1_700_000_000_005, 7, True, "submit_sm_resp", "ESME_ROK", 5, 20, {"message_id": "1"}),
        ]


@pytest.fixture
def bound(api: Site) -> Iterator[Bound]:
    found = api.app.smpp_accounts.of_system_id("bound")
    server = Bound(found.id if found is not None else make(api, "bound")["id"])
    live: Any = api.app.smpp_desk
    live.views = server
    yield server
    live.views = None


def test_who_is_bound(api: Site, bound: Bound) -> None:
    (shown,) = api.get(f"{PATH}/{bound.id}/bind").body
    assert (shown["id"], shown["bind_type"], shown["ip"], shown["tls"]) == (
        7,
        "transceiver",
        "192.0.2.1",
        True,
    )
    assert (shown["interface_version"], shown["unanswered"], shown["window"]) == ("3.4", 3, 100)
    assert (shown["last_received"], shown["last_error"]) == (None, None)
    (listed,) = api.get(f"{PATH}?q=system_id:bound").body
    assert listed["binds"] == 1


def test_a_bind_is_no_change_of_the_account(api: Site, bound: Bound) -> None:
    path = f"{PATH}/{bound.id}"
    tag = api.get(path).headers["etag"]
    bound.is_bound = False
    assert api.call("PATCH", path, {"window": 9}, If_Match=tag).status == 200
    assert api.call("PATCH", path, {"window": 8}, If_Match=tag).status == 412


def test_one_session_is_unbound_and_that_is_in_the_trail(api: Site, bound: Bound) -> None:
    assert api.call("DELETE", f"{PATH}/{bound.id}/bind/8").status == 404
    assert api.call("DELETE", f"{PATH}/{bound.id}/bind/7").status == 204
    assert api.call("DELETE", f"{PATH}/{bound.id}/bind/7").status == 404
    assert api.get(f"{PATH}/{bound.id}/bind").body == []
    entries = api.get("/v1/audit?per_page=100").body
    (told,) = [entry for entry in entries if entry["action"] == "unbind"]
    assert "argon2" not in str(told)


def test_the_trace_hides_texts_unless_somebody_may_read_them(api: Site, bound: Bound) -> None:
    path = f"{PATH}/{bound.id}/trace"
    first, second = api.get(path).body
    assert (first["direction"], first["command"], first["fields"]) == (
        "received",
        "submit_sm",
        {"short_message": "5 octets"},
    )
    assert (second["direction"], second["status"], second["bind"]) == ("sent", "ESME_ROK", 7)
    assert api.get(f"{path}?text=true&limit=5").body[0]["fields"] == {"short_message": "68656c6c6f"}
    assert bound.asked == [(False, 100), (True, 5)]
    reads = api.new_token("smpp:read")
    assert (api.get(path, token=reads).status, api.get(f"{path}?text=true", token=reads).status) == (200, 403)
    assert api.get(f"{path}?limit=0").status == 400
