"""Upstreams as resources: made, changed, deleted; a password that never comes out; whose what is; a far end
that is bound to, tried and traced.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from heliograph.core.upstream import EVERYONE, Upstream, configured_id
from tests.rest.site import Answered, Site, site

PATH = "/v1/upstream"
BOUND, REFUSED = 0, 0x0E


@pytest.fixture(scope="module")
def elsewhere(api: Site) -> str:
    """A token of another organisation."""
    return api.new_token("admin", org=api.new_organisation("elsewhere upstream").id)


def make(api: Site, name: str, token: str = "", **body: Any) -> dict[str, Any]:
    wanted = {"name": name, "host": "127.0.0.1", "port": 9, "status": {"id": 1}, **body}
    answer = api.post(PATH, wanted, token=token)
    assert answer.status == 201, answer
    made: dict[str, Any] = answer.body
    return made


def change(api: Site, id: int, **body: Any) -> Answered:
    return api.call("PATCH", f"{PATH}/{id}", body)


def delete(api: Site, id: int, **more: Any) -> Answered:
    return api.call("DELETE", f"{PATH}/{id}{more.pop('query', '')}", **more)


def code(answer: Answered) -> int:
    errors = answer.body.get("errors")
    return int(errors[0]["error_code"] if errors else answer.body["error_code"])


def row(api: Site, id: int) -> Upstream:
    return next(one for one in api.app.upstreams.upstreams() if one.id == id)


def test_an_upstream_as_it_is_made_shown_and_changed(api: Site) -> None:
    made = make(api, "acme", senders=["49* -> +49*", "* -> FLEET"], numbers=["+12345"], tls=True)
    shown = api.get(f"{PATH}/{made['id']}").body
    assert shown == made
    assert (shown["senders"], shown["numbers"], shown["tls"]) == (
        ["49* -> +49*", "* -> FLEET"],
        ["12345"],
        True,
    )
    assert (shown["origin"], shown["platform"], shown["shared"], shown["up"]) == ("api", False, False, False)
    changed = change(api, made["id"], rate_per_s=5, senders=[]).body
    assert (changed["rate_per_s"], changed["senders"]) == (5, [])
    assert change(api, made["id"], rate_per_s=None).body["rate_per_s"] is None
    assert [one["name"] for one in api.get(f"{PATH}?q=name:acme").body] == ["acme"]
    assert delete(api, made["id"]).status == 204
    assert api.get(f"{PATH}/{made['id']}").status == 404


def test_a_password_goes_in_and_never_comes_out(api: Site) -> None:
    made = make(api, "secretive", password="sesame")
    assert made["has_password"] is True
    stored = row(api, made["id"])
    assert stored.password is not None
    assert b"sesame" not in stored.password
    assert api.app.vault.unseal(stored.password, f"upstream password of {api.org}") == b"sesame"
    for answer in (
        api.get(f"{PATH}/{made['id']}"),
        api.get(f"{PATH}?per_page=1000"),
        change(api, made["id"], window=5),
        api.get("/v1/audit?per_page=100"),
    ):
        assert answer.status == 200
        assert "sesame" not in answer.text
    assert change(api, made["id"], password=None).body["has_password"] is False
    assert code(change(api, made["id"], password="größe")) == 1404
    assert change(api, made["id"], password="p" * 64).status == 200
    assert change(api, made["id"], password="p" * 65).status == 422


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"name": "UPPER"}, 1403),
        ({"name": "bad", "host": "a b"}, 1404),
        ({"name": "bad", "port": 0}, 1404),
        ({"name": "bad", "senders": ["no arrow"]}, 1404),
        ({"name": "bad", "senders": ["a -> b\nc -> d"]}, 1404),
        ({"name": "bad", "receipts": "maybe"}, 1403),
        ({"name": "bad", "tls_key": "/etc/passwd"}, 1403),
        ({"name": "bad", "status": {"id": 7}}, 1404),
    ],
)
def test_what_is_wrong_is_named(api: Site, body: dict[str, Any], wanted: int) -> None:
    answer = api.post(PATH, {"host": "127.0.0.1", **body})
    assert (answer.status, code(answer)) == (422, wanted), answer


def test_a_name_is_taken_on_the_whole_platform(api: Site, elsewhere: str) -> None:
    make(api, "one")
    answer = api.post(PATH, {"name": "one", "host": "127.0.0.1"}, token=elsewhere)
    assert (answer.status, answer.body["error_code"]) == (409, 1405)


def test_one_of_another_organisation_is_unknown_unless_it_is_shared(api: Site, elsewhere: str) -> None:
    own = make(api, "own")
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", "?force=true"),
        ("GET", "/health"),
        ("GET", "/trace"),
        ("POST", "/test"),
    ):
        body = {} if method == "PATCH" else None
        assert api.call(method, f"{PATH}/{own['id']}{path}", body, token=elsewhere).status == 404
    shared = change(api, own["id"], shared=True).body
    seen = api.get(f"{PATH}/{own['id']}", token=elsewhere).body
    assert (seen["name"], seen["host"], seen["system_id"], seen["senders"]) == ("own", None, None, None)
    assert shared["host"] == "127.0.0.1"
    for method, path in (
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/health"),
        ("GET", "/trace"),
        ("POST", "/test"),
    ):
        body = {} if method == "PATCH" else None
        assert api.call(method, f"{PATH}/{own['id']}{path}", body, token=elsewhere).status == 403


def test_what_all_share_is_the_installation_s_own_organisation_s(api: Site, elsewhere: str) -> None:
    assert api.post(PATH, {"name": "p", "host": "h", "platform": True}, token=elsewhere).status == 403
    made = make(api, "platform", platform=True)
    assert (made["platform"], row(api, made["id"]).org) == (True, EVERYONE)
    assert api.get(f"{PATH}/{made['id']}", token=elsewhere).body["host"] is None
    assert api.get(f"{PATH}/{made['id']}/health", token=elsewhere).status == 403
    assert change(api, made["id"], window=7).body["window"] == 7
    lead = {"upstream": {"id": made["id"]}, "prefix": "+44", "platform": True}
    assert api.post("/v1/sms_route", lead, token=elsewhere).status == 403
    route = api.post("/v1/sms_route", lead).body
    assert [one["id"] for one in api.get("/v1/sms_route?q=prefix:44", token=elsewhere).body] == [route["id"]]
    assert api.call("PATCH", f"/v1/sms_route/{route['id']}", {}, token=elsewhere).status == 403
    assert delete(api, made["id"]).status == 409
    assert delete(api, made["id"], query="?force=true").status == 204
    assert api.get("/v1/sms_route?q=prefix:44").body == []


def test_routes_are_made_changed_and_deleted(api: Site, elsewhere: str) -> None:
    first, second = make(api, "first"), make(api, "second")
    body = {"upstream": {"id": first["id"]}, "prefix": "+4930", "cost": 0.05, "network": "nbiot"}
    made = api.post("/v1/sms_route", body).body
    assert (made["upstream"], made["prefix"], made["cost"]) == (
        {"id": first["id"], "name": "first"},
        "4930",
        0.05,
    )
    assert api.post("/v1/sms_route", body).status == 409
    path = f"/v1/sms_route/{made['id']}"
    assert api.call("PATCH", path, {}, token=elsewhere).status == 404
    assert api.get(path).body == made
    assert api.get(path, token=elsewhere).status == 404
    changed = api.call("PATCH", path, {"upstream": {"id": second["id"]}, "weight": 3}).body
    assert (changed["upstream"]["name"], changed["weight"]) == ("second", 3)
    wrong = api.call("PATCH", path, {"upstream": {"id": 2**50}})
    assert (wrong.status, code(wrong)) == (422, 1401)
    assert code(api.call("PATCH", path, {"prefix": "0049"})) == 1404
    assert api.call("DELETE", path).status == 204
    assert api.call("DELETE", path).status == 404


def test_a_preview_says_which_way_and_why(api: Site) -> None:
    cheap = make(api, "cheap", status={"id": 0}, ucs2=False)
    dear = make(api, "dear", status={"id": 0})
    for cost, one in ((0.01, cheap), (0.02, dear)):
        api.post("/v1/sms_route", {"upstream": {"id": one["id"]}, "prefix": "4989", "cost": cost})
    found = api.post("/v1/sms_route/preview", {"number": "+4989123456"}).body
    assert [way["upstream"]["name"] for way in found["ways"]] == ["cheap", "dear"]
    assert found["ways"][0]["why"] == [
        "for any network",
        "prefix 4989",
        "the organisation's own",
        "cost 0.01",
        "weight 1",
    ]
    found = api.post("/v1/sms_route/preview", {"number": "+4989123456", "payload": "Привет"}).body
    lacking = [(way["order"], way["upstream"]["name"], way["cannot_carry"]) for way in found["ways"]]
    assert lacking == [(1, "dear", None), (2, "cheap", "ucs2")]
    assert api.post("/v1/sms_route/preview", {"number": "+1555000111"}).body["refusal"] == "no_external_route"
    device = api.new_device("previewed", msisdn="4989555000")
    for body in ({"endpoint": {"id": device}}, {"number": "+4989555000"}):
        found = api.post("/v1/sms_route/preview", body).body
        assert (found["network"], found["ways"], found["refusal"]) == ("simulator", [], None)
    assert api.post("/v1/sms_route/preview", {}).status == 422
    assert code(api.post("/v1/sms_route/preview", {"number": "FLEET"})) == 1404
    assert code(api.post("/v1/sms_route/preview", {"endpoint": {"id": 2**50}})) == 1401


class FarEnd:
    """An operator that answers each bind with one status, and unbind with ESME_ROK."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while len(header := stream.read(16)) == 16:
                length, command, _, sequence = struct.unpack(">IIII", header)
                stream.read(length - 16)
                is_bind = command in (1, 2, 9)
                body = b"smsc\0\x02\x10\x00\x01\x34" if is_bind and not self.status else b""
                status = self.status if is_bind else 0
                answer = struct.pack(">IIII", 16 + len(body), command | 0x80000000, status, sequence)
                connection.sendall(answer + body)


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    made = FarEnd(BOUND)
    yield made
    made.listener.close()


def test_a_bind_that_is_tried_says_how_far_it_came(api: Site, far_end: FarEnd) -> None:
    made = make(api, "tried", port=far_end.port)
    tried = api.post(f"{PATH}/{made['id']}/test").body
    assert (tried["bound"], tried["stage"], tried["command_status"], tried["system_id"]) == (
        True,
        "bound",
        "ESME_ROK",
        "smsc",
    )
    assert tried["interface_version"] == "3.4"
    far_end.status = REFUSED
    tried = api.post(f"{PATH}/{made['id']}/test").body
    assert (tried["bound"], tried["stage"], tried["command_status"]) == (False, "bind", "ESME_RINVPASWD")
    change(api, made["id"], tls=True)
    tried = api.post(f"{PATH}/{made['id']}/test").body
    assert (tried["bound"], tried["command_status"]) == (False, None)
    assert tried["error"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    change(api, made["id"], tls=False, port=port)
    tried = api.post(f"{PATH}/{made['id']}/test").body
    assert (tried["stage"], tried["bound"]) == ("connect", False)


def until(api: Site, path: str, wanted: Any) -> Any:
    """Asked again and again; a site's own calls are its clock."""
    for _ in range(2_000):
        found = api.get(path).body
        if wanted(found):
            return found
    raise AssertionError(found)


def test_one_that_is_on_is_bound_to_at_once_and_tells_its_health(api: Site, far_end: FarEnd) -> None:
    made = make(api, "working", port=far_end.port, status={"id": 0}, system_id="us", password="sesame")
    health = until(api, f"{PATH}/{made['id']}/health", lambda found: found["up"])
    assert (health["running"], [one["state"] for one in health["binds"]]) == (True, ["bound"])
    assert (health["window"], health["submitted"], health["refused"]) == (10, 0, {})
    assert api.get(f"{PATH}/{made['id']}").body["up"] is True
    trace = api.get(f"{PATH}/{made['id']}/trace")
    assert [line["command"] for line in trace.body][:2] == ["bind_transceiver", "bind_transceiver_resp"]
    assert "sesame" not in trace.text
    observer = api.new_token("upstream:read")
    assert api.get(f"{PATH}/{made['id']}/trace?text=true", token=observer).status == 403
    change(api, made["id"], status={"id": 1})
    health = until(api, f"{PATH}/{made['id']}/health", lambda found: not found["up"])
    assert (health["running"], health["binds"]) == (False, [])


def test_what_the_settings_name_is_looked_at_and_not_changed(tmp_path: Path, far_end: FarEnd) -> None:
    settings = {
        "UPSTREAMS__CARRIER__HOST": "127.0.0.1",
        "UPSTREAMS__CARRIER__PORT": str(far_end.port),
        "UPSTREAMS__CARRIER__PASSWORD": "sesame",
    }
    with site(tmp_path / "data", settings) as api:
        id = configured_id("upstream", "carrier")
        shown = api.get(f"{PATH}/{id}")
        assert (shown.body["origin"], shown.body["platform"], shown.body["has_password"]) == (
            "settings",
            True,
            True,
        )
        assert "sesame" not in shown.text
        assert until(api, f"{PATH}/{id}/health", lambda found: found["up"])["name"] == "carrier"
        told = until(api, "/v1/event?q=type:1030", len)
        assert told[0]["detail"].startswith("upstream carrier")
        for answer in (change(api, id, window=1), delete(api, id, query="?force=true")):
            assert (answer.status, answer.body["refusal"]["code"]) == (409, "configured")
        assert api.post(PATH, {"name": "carrier", "host": "x"}).status == 409
        made = api.post("/v1/sms_route", {"upstream": {"id": id}, "prefix": "49"})
        assert (made.status, made.body["upstream"]["name"]) == (201, "carrier")
