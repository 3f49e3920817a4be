"""Saved views and SMS templates: made, changed, shared, deleted; bounded; each organisation's own."""

from typing import Any

import pytest

from heliograph.core.saved import MOST_OWN_VIEWS, MOST_TEMPLATES, SavedView
from heliograph.store.reads.saved import SavedReads
from tests.rest.people import new_login
from tests.rest.site import Answered, Site

VIEW = {
    "name": "Pumps",
    "q": "tags:pumps,status:0",
    "sort": "-last_updated",
    "columns": ["name", "status"],
    "shared": False,
}


def made(answer: Answered) -> Any:
    assert answer.status == 201, answer
    assert answer.headers["location"].endswith(f"/{answer.body['id']}")
    return answer.body


def listed(api: Site, path: str, **more: Any) -> list[str]:
    return [row["name"] for row in api.get(path, **more).body]


@pytest.fixture
def org(api: Site) -> int:
    """Of each test its own."""
    _count.append(1)
    return int(api.new_organisation(f"savers-{len(_count)}").id)


_count: list[int] = []


def test_a_view_is_its_makers_until_it_is_shared(api: Site, org: int) -> None:
    ann, anns = new_login(api, "user", org)
    _, bobs = new_login(api, "user", org)
    _, boss = new_login(api, "administrator", org)
    view = made(api.post("/v1/view", VIEW, token=anns))
    assert (view["own"], view["user"], view["columns"], view["page"]) == (
        True,
        {"id": ann},
        ["name", "status"],
        "endpoint",
    )
    path = f"/v1/view/{view['id']}"
    assert listed(api, "/v1/view", token=bobs) == []
    assert [api.get(path, token=who).status for who in (anns, bobs, boss)] == [200, 404, 404]
    assert api.call("PATCH", path, {"shared": True}, token=bobs).status == 404
    shared = api.call("PATCH", path, {"shared": True, "columns": []}, token=anns)
    assert (shared.status, shared.body["shared"], shared.body["columns"]) == (200, True, [])
    assert api.get(path, token=bobs).body["own"] is False
    refused = api.call("PATCH", path, {"name": "Mine"}, token=bobs)
    assert (refused.status, refused.body["refusal"]["code"]) == (403, "not_owner")
    assert api.call("DELETE", path, token=bobs).status == 403
    assert api.call("PATCH", path, {"name": "All pumps"}, token=boss).status == 200
    assert listed(api, "/v1/view", token=anns) == ["All pumps"]
    assert api.call("DELETE", path, token=anns).status == 204
    assert listed(api, "/v1/view", token=bobs) == []


def test_a_name_is_taken_among_ones_own(api: Site, org: int) -> None:
    _, anns = new_login(api, "user", org)
    _, bobs = new_login(api, "user", org)
    made(api.post("/v1/view", VIEW, token=anns))
    made(api.post("/v1/view", VIEW, token=bobs))
    assert api.post("/v1/view", VIEW, token=anns).status == 409
    other = made(api.post("/v1/view", {**VIEW, "name": "Other"}, token=anns))
    assert api.call("PATCH", f"/v1/view/{other['id']}", {"name": "Pumps"}, token=anns).status == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x", "page": "A Page"},
        {"name": "x", "columns": ["a,b"]},
        {"name": "x", "q": "x" * 3_000},
        {"name": "x", "colour": "red"},
    ],
)
def test_a_view_that_is_not_well_formed(api: Site, body: Any) -> None:
    assert api.post("/v1/view", body).status == 422


def test_there_may_be_so_many(api: Site, org: int) -> None:
    token = api.new_token("admin", org=org)
    kinds = (("/v1/view", {}, MOST_OWN_VIEWS), ("/v1/sms_template", {"payload": "x"}, MOST_TEMPLATES))
    for path, more, most in kinds:
        for number in range(most):
            made(api.post(path, {"name": f"n{number:03}", **more}, token=token))
        answer = api.post(path, {"name": "one more", **more}, token=token)
        assert (answer.status, str(most) in answer.text) == (422, True)
        assert len(listed(api, path, token=token)) == most
    _, anns = new_login(api, "user", org)
    made(api.post("/v1/view", VIEW, token=anns))  # one owner's views leave room for those of others


def test_who_is_deleted_leaves_what_others_see(api: Site, org: int) -> None:
    ann, anns = new_login(api, "user", org)
    boss, bosses = new_login(api, "administrator", org)
    made(api.post("/v1/view", {**VIEW, "shared": True}, token=bosses))
    kept = made(api.post("/v1/view", {**VIEW, "name": "All", "shared": True}, token=anns))
    twin = made(api.post("/v1/view", {**VIEW, "shared": True}, token=anns))
    made(api.post("/v1/view", {**VIEW, "name": "Mine"}, token=anns))
    assert api.call("DELETE", f"/v1/user/{ann}", token=bosses).status == 204
    rows = {row["id"]: row for row in api.get("/v1/view", token=bosses).body}
    assert [row["user"] for row in rows.values()] == [{"id": boss}] * 3
    assert (rows[kept["id"]]["name"], rows[twin["id"]]["name"]) == ("All", f"Pumps ({twin['id']})")
    assert len(api.ask(_all_views(api, org))) == 3


def test_who_deletes_themselves_leaves_views_to_nobody(api: Site, org: int) -> None:
    boss, bosses = new_login(api, "administrator", org)
    new_login(api, "administrator", org)
    made(api.post("/v1/view", {**VIEW, "shared": True}, token=bosses))
    made(api.post("/v1/view", {**VIEW, "name": "Mine"}, token=bosses))
    assert api.call("DELETE", f"/v1/user/{boss}", token=bosses).status == 204
    assert [(one.name, one.owner) for one in api.ask(_all_views(api, org))] == [("Pumps", None)]


async def _all_views(api: Site, org: int) -> list[SavedView]:
    return await SavedReads(api.app.reader).views(org)


def test_templates_are_the_organisations(api: Site, org: int) -> None:
    ann, anns = new_login(api, "user", org)
    _, bobs = new_login(api, "user", org)
    _, observer = new_login(api, "observer", org)
    body = {"name": "Reboot", "payload": "REBOOT {{ device.name }}", "source_address": "4242"}
    template = made(api.post("/v1/sms_template", body, token=anns))
    assert (template["payload"], template["source_address"], template["dcs"], template["user"]) == (
        body["payload"],
        "4242",
        None,
        {"id": ann},
    )
    path = f"/v1/sms_template/{template['id']}"
    assert listed(api, "/v1/sms_template", token=observer) == ["Reboot"]
    assert api.post("/v1/sms_template", body, token=observer).status == 403
    assert api.post("/v1/sms_template", body, token=bobs).status == 409
    changed = api.call("PATCH", path, {"payload": "c0ff", "dcs": 4, "source_address": None}, token=bobs)
    assert (changed.status, changed.body["dcs"], changed.body["source_address"]) == (200, 4, None)
    assert api.call("PATCH", path, {"payload": "no octets"}, token=bobs).status == 422
    assert api.get(path, token=api.token).status == 404
    assert api.call("DELETE", path, token=bobs).status == 204
    trail = api.get("/v1/audit?per_page=500", token=api.new_token("admin", org=org)).body
    assert [row["action"] for row in trail if row["id"] == template["id"]] == ["delete", "change", "create"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"name": "x", "payload": ""},
        {"name": "x", "payload": "zz", "dcs": 4},
        {"name": "x", "payload": "x", "dcs": 3},
        {"name": "x", "payload": "x" * 10_001},
    ],
)
def test_a_template_that_is_not_well_formed(api: Site, body: Any) -> None:
    assert api.post("/v1/sms_template", body).status == 422
