"""Links to the third-party console, and identifiers: what their owner makes, changes, and is told."""

from itertools import count
from typing import Any

import pytest

from heliograph.core.console import LONGEST_LINK_MS, MOST_DEVICES
from tests.rest.people import new_login
from tests.rest.site import Site
from tests.rest.test_console import Pump, later, let_in, new_identifier, new_link, open_console, send

_numbers = count(1)


def test_the_secret_is_shown_once_and_kept_hashed(api: Site) -> None:
    link = new_link(api, Pump(api).id, pin="271828")
    assert link["secret"].startswith("hgl_")
    for path in ("/v1/console_link?per_page=2000", f"/v1/console_link/{link['id']}"):
        text = api.get(path).text
        assert link["secret"] not in text
        assert '"secret"' not in text
    rows = api.ask(
        api.app.reader.ask(lambda view: view.connection.execute("SELECT * FROM console_link").fetchall())
    )
    trail = api.get("/v1/audit?kind=console_link&per_page=500").text
    for text in (str(rows), trail):
        assert link["secret"][4:] not in text
        assert "271828" not in text
    assert "$argon2id$" in str(rows)
    assert "$argon2id$" not in trail


@pytest.mark.parametrize(
    "change",
    [
        {"endpoints": []},
        {"endpoints": None, "tag": None},
        {"tag": "both"},
        {"endpoints": [1] * (MOST_DEVICES + 1)},
        {"endpoints": [2**40]},
        {"free_text": False},
        {"commands": [{"label": "a", "text": "x"}, {"label": "a", "text": "y"}]},
        {"commands": [{"label": "", "text": "x"}]},
        {"commands": [{"label": str(n), "text": "x"} for n in range(51)]},
        {"commands": [{"label": "a", "text": "x" * 1_601}]},
        {"rate": 0},
        {"rate": 1_001},
        {"pin": "123"},
        {"pin": "12a4"},
        {"pin": "1234567890123"},
        {"name": ""},
        {"expiry_date": "soon"},
        {"expiry_date": "2001-01-01T00:00:00Z"},
        {"expiry_date": "2099-01-01T00:00:00Z"},
        {"unknown": 1},
        {"source_address": "not a sender!"},
    ],
)
def test_what_no_link_can_be_is_refused(api: Site, change: dict[str, Any]) -> None:
    body = {"name": "x", "endpoints": [Pump(api).id], "free_text": True, "expiry_date": later(api)}
    answer = api.post("/v1/console_link", body | change)
    assert answer.status == 422, answer


def test_a_link_needs_an_end_within_a_year(api: Site) -> None:
    pump = Pump(api)
    body = {"name": "x", "endpoints": [pump.id], "free_text": True}
    assert api.post("/v1/console_link", body).status == 422
    assert new_link(api, pump.id, expiry_date=later(api, LONGEST_LINK_MS - 60_000))


def test_a_link_is_changed(api: Site) -> None:
    pump, other = Pump(api), Pump(api, "shed")
    link = new_link(api, pump.id)
    path = f"/v1/console_link/{link['id']}"
    changed = api.call(
        "PATCH", path, {"name": "Shed", "tag": "shed", "rate": 7, "source_address": "4711"}
    ).body
    assert (changed["name"], changed["tag"], changed["endpoints"]) == ("Shed", "shed", [])
    token = let_in(api, link)
    made = send(api, token, other.id)
    assert api.get(f"/v1/endpoint/{other.id}/sms/{made.body['id']}").body["source_address"] == "4711"
    back = api.call("PATCH", path, {"endpoints": [pump.id]}).body
    assert (back["tag"], back["endpoints"]) == (None, [{"id": pump.id, "name": pump.name}])
    assert send(api, token, other.id).status == 404
    listed = api.get("/v1/console_link?q=name:Shed&sort=-id").body
    assert [row["id"] for row in listed] == [link["id"]]


def test_links_belong_to_their_organisation(api: Site) -> None:
    theirs = api.new_organisation(f"theirs {next(_numbers)}")
    foreign = api.new_token("admin", org=theirs.id)
    pump = Pump(api, f"sms-{new_identifier()}")
    link = new_link(api, pump.id)
    path = f"/v1/console_link/{link['id']}"
    for method, more, body in (
        ("GET", "", None),
        ("PATCH", "", {"rate": 1}),
        ("DELETE", "", None),
        ("POST", "/secret", None),
    ):
        assert api.call(method, path + more, body, token=foreign).status == 404
    body = {"name": "x", "endpoints": [pump.id], "free_text": True, "expiry_date": later(api)}
    assert api.post("/v1/console_link", body, token=foreign).status == 422
    assert api.get("/v1/console_link", token=foreign).body == []
    assert api.get("/v1/console/identifier", token=foreign).body == []


def test_who_gives_a_link_may_do_what_it_does(api: Site) -> None:
    pump = Pump(api)
    link = new_link(api, pump.id)
    body = {"name": "x", "endpoints": [pump.id], "free_text": True, "expiry_date": later(api)}
    for scopes in (("console:write",), ("console:write", "sms:send"), ("console:write", "sms:read")):
        assert api.post("/v1/console_link", body, token=api.new_token(*scopes)).status == 403
    writer = api.new_token("console:write")
    change = api.call("PATCH", f"/v1/console_link/{link['id']}", {"revoked": True}, token=writer)
    assert change.status == 200, "whoever may write them may take them back"
    assert new_link(api, pump.id, token=new_login(api, "user")[1])
    observer = new_login(api, "observer")[1]
    assert api.get("/v1/console_link", token=observer).status == 200
    assert api.post("/v1/console_link", body, token=observer).status == 403


def test_the_owner_is_told_of_weak_identifiers(api: Site) -> None:
    weak, strong = Pump(api, "sms-SHORT1"), Pump(api, f"sms-{new_identifier()}")
    none = Pump(api, "sms-abc,red")
    rows = {row["endpoint"]["id"]: row for row in api.get("/v1/console/identifier?per_page=2000").body}
    assert rows[weak.id]["weak"] is True
    assert rows[weak.id]["identifiers"] == [{"identifier": "SHORT1", "weak": True}]
    assert rows[strong.id]["weak"] is False
    assert rows[none.id]["identifiers"] == [], "shorter than five characters opens nothing"
    assert api.get(f"/v1/endpoint/{weak.id}").body["console"] == {"identifiers": 1, "weak": True}
    assert api.get(f"/v1/endpoint/{strong.id}").body["console"] == {"identifiers": 1, "weak": False}
    assert "console" not in api.get(f"/v1/endpoint/{Pump(api).id}").body
    assert open_console(api, identifier="abc", msisdn=none.msisdn).status == 401


def test_a_device_that_is_deleted_is_no_longer_there(api: Site) -> None:
    pump, other = Pump(api), Pump(api)
    link = new_link(api, pump.id, other.id)
    token = let_in(api, link)
    assert api.call("PATCH", f"/v1/endpoint/{pump.id}", {"sim": None}).status == 204
    assert api.call("DELETE", f"/v1/endpoint/{pump.id}").status == 204
    assert [one["id"] for one in api.get("/v1/console/session", token=token).body["devices"]] == [other.id]
    assert send(api, token, pump.id).status == 404
    named = api.get(f"/v1/console_link/{link['id']}").body["endpoints"]
    assert named == [{"id": other.id, "name": other.name}]
