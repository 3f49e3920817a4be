"""The caller's organisation: its settings; and what roles there are."""

from pathlib import Path
from typing import Any

import pytest

from heliograph.core.organisation import SCOPES
from tests.rest.people import new_login
from tests.rest.site import Answered, Site, site

MY = "/v1/organisation/my"


def change(api: Site, token: str = "", **body: Any) -> Answered:
    return api.call("PATCH", MY, body, token=token)


def test_its_settings_are_changed_and_shown(api: Site) -> None:
    body = {"name": "Acme", "country_code": "49", "body_days": 30, "time_zone": "Europe/Berlin"}
    changed = change(api, **body, language="de")
    assert changed.status == 200
    assert body.items() <= changed.body.items()
    assert changed.body["language"] == "de"
    assert api.get(MY).body == changed.body
    nothing = change(api, country_code=None, body_days=None, time_zone=None, language=None).body
    assert nothing["name"] == "Acme"
    assert (nothing["country_code"], nothing["body_days"]) == ("", None)
    assert (nothing["time_zone"], nothing["language"]) == ("", "")


def test_what_is_not_named_stays(api: Site) -> None:
    change(api, time_zone="Asia/Tokyo", body_days=7)
    assert change(api, name="Acme Ltd").body["time_zone"] == "Asia/Tokyo"
    assert change(api).body["body_days"] == 7


def test_national_numbers_are_read_by_its_country_at_once(api: Site) -> None:
    device = api.new_device("dials", msisdn="491510000888")
    change(api, country_code="49")
    sent = {"payload": "x", "dest_address": "0151 0000888"}
    assert api.post("/v1/sms_route/preview", {"endpoint": {"id": device}}).status == 200
    assert api.post(f"/v1/endpoint/{device}/sms", sent).status in (201, 422)
    assert api.get(MY).body["country_code"] == "49"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 501),
        ("country_code", "049"),
        ("country_code", "4949"),
        ("body_days", -1),
        ("body_days", 36_501),
        ("body_days", "7"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
        ("language", "German"),
        ("language", "d"),
        ("colour", "red"),
    ],
)
def test_what_makes_no_sense_is_refused_whole(api: Site, field: str, value: object) -> None:
    before = api.get(MY).body
    answer = change(api, **{"time_zone": "Europe/Paris", field: value})
    assert answer.status == 422, answer
    assert api.get(MY).body == before


def test_a_name_is_taken_once(api: Site) -> None:
    api.new_organisation("taken")
    answer = change(api, name="taken")
    assert (answer.status, answer.body["error_code"]) == (409, 1405)


def test_names_that_the_settings_mention_stay_where_they_are(tmp_path: Path) -> None:
    """A sign-in or an upstream of the settings is found by the name: whoever takes it takes that as well."""
    settings = {
        "OIDC__ORGANISATION": "people",
        "UPSTREAMS__CARRIER__HOST": "192.0.2.1",
        "UPSTREAMS__CARRIER__SYSTEM_ID": "us",
        "UPSTREAMS__CARRIER__PASSWORD": "secret",
        "UPSTREAMS__CARRIER__ORGANISATION": "lines",
    }
    with site(tmp_path / "data", settings, engine=False) as api:
        tenant = api.new_token("organisation:write", org=api.new_organisation("tenant").id)
        for name in ("people", "lines"):
            refused = change(api, tenant, name=name)
            assert (refused.status, refused.body["refusal"]["code"]) == (409, "configured"), refused
        people = api.new_token("organisation:write", org=api.new_organisation("people").id)
        assert change(api, people, name="others").status == 409
        assert change(api, people, name="people", language="de").status == 200
        assert change(api, tenant, name="tenants").status == 200


def test_only_an_administrator_changes_it_and_only_ones_own(api: Site) -> None:
    for role in ("user", "observer"):
        _, token = new_login(api, role)
        assert change(api, token, name="mine").status == 403
        assert api.get(MY, token=token).status == 200
    theirs = api.new_organisation("of others")
    stranger = api.new_token("organisation:write", "organisation:read", org=theirs.id)
    assert change(api, stranger, language="fr").body["id"] == theirs.id
    assert api.get(MY).body["language"] != "fr"


def test_a_change_is_made_only_to_what_was_seen_and_is_in_the_trail(api: Site) -> None:
    tag = api.get(MY).headers["etag"]
    changed = api.call("PATCH", MY, {"language": "es"}, If_Match=tag)
    assert changed.status == 200
    assert changed.headers["etag"] == api.get(MY).headers["etag"]
    assert api.call("PATCH", MY, {"language": "it"}, If_Match=tag).status == 412
    entry = api.get("/v1/audit?kind=organisation&action=change&per_page=1").body[0]
    assert entry["after"] == {"language": "es"}


def test_roles_tell_what_each_may(api: Site) -> None:
    _, observer = new_login(api, "observer")
    roles = {role["id"]: role for role in api.get("/v1/role", token=observer).body}
    assert [roles[id]["description"] for id in (1, 2, 3)] == ["Administrator", "User", "Observer"]
    assert roles[1]["scopes"] == list(SCOPES)
    assert "organisation:write" not in roles[2]["scopes"]
    assert "sms:send" in roles[2]["scopes"]
    assert all(scope.endswith(":read") for scope in roles[3]["scopes"])


@pytest.mark.parametrize(("role", "id"), [("administrator", 1), ("user", 2), ("observer", 3)])
def test_a_user_hears_what_it_may(api: Site, role: str, id: int) -> None:
    _, token = new_login(api, role)
    me = api.get("/v1/user/my", token=token).body
    roles = {one["id"]: one["scopes"] for one in api.get("/v1/role", token=token).body}
    assert [one["id"] for one in me["roles"]] == [id]
    assert me["scopes"] == roles[id]
