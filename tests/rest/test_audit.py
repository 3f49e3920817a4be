"""The audit trail as the API shows it: of one organisation, newest first, page by page."""

from heliograph.core.security.audit import CONSOLE, KINDS, LOGIN
from heliograph.store.sql.admin import TABLES
from tests.rest.site import Site


def test_entries_are_shown_newest_first_and_page_by_page(api: Site) -> None:
    devices = [api.new_device(f"audited-{number}") for number in range(5)]
    page = api.get("/v1/audit?kind=endpoint&per_page=2")
    assert page.status == 200
    seen = [entry["id"] for entry in page.body]
    assert [entry["after"]["name"] for entry in page.body] == ["audited-4", "audited-3"]
    while "link" in page.headers:
        path = page.headers["link"].partition("<")[2].partition(">")[0].partition("/api")[2]
        page = api.get(path)
        seen += [entry["id"] for entry in page.body]
    assert seen == devices[::-1]
    (one,) = api.get(f"/v1/audit?kind=endpoint&id={devices[0]}").body
    assert (one["action"], one["before"], one["actor"]) == ("create", None, "heliograph")


def test_nothing_of_another_organisation_is_shown(api: Site) -> None:
    other = api.new_organisation("audit-elsewhere")
    policy = api.new_policy("mine-to-see")
    token = api.new_token("admin", org=other.id)
    kinds = {(entry["kind"], entry["id"]) for entry in api.get("/v1/audit?per_page=500", token=token).body}
    assert ("organisation", other.id) in kinds
    assert ("service_profile", policy) not in kinds


def test_whoever_manages_what_all_share_sees_who_changed_it(api: Site) -> None:
    """Between the entries of their own organisation, page by page."""
    new = {"name": "audited-shared", "host": "127.0.0.1", "port": 9, "platform": True, "status": {"id": 1}}
    shared = api.post("/v1/upstream", new).body["id"]
    own = api.new_policy("audited-beside")
    for rate in (1, 2):
        assert api.call("PATCH", f"/v1/upstream/{shared}", {"rate_per_s": rate}).status == 200
        api.call("PATCH", f"/v1/service_profile/{own}", {"description": str(rate)})
    path, seen = "/v1/audit?per_page=2", []
    while len(seen) < 6:
        page = api.get(path)
        seen += [(entry["kind"], entry["id"], entry["action"]) for entry in page.body]
        path = page.headers["link"].partition("<")[2].partition(">")[0].partition("/api")[2]
    ours, theirs = ("service_profile", own), ("upstream", shared)
    assert seen == [*((*ours, "change"), (*theirs, "change")) * 2, (*ours, "create"), (*theirs, "create")]
    other = api.new_token("admin", org=api.new_organisation("audit-stranger").id)
    assert api.get(f"/v1/audit?kind=upstream&id={shared}", token=other).body == []
    assert api.call("DELETE", f"/v1/upstream/{shared}").status == 204


def test_every_kind_may_be_asked_for() -> None:
    assert {*TABLES.values(), "quota", "watch", "key", LOGIN, CONSOLE} == set(KINDS)


def test_it_is_for_administrators(api: Site) -> None:
    assert api.get("/v1/audit", token=api.new_token("device:read", "event:read")).status == 403


def test_bounds(api: Site) -> None:
    assert api.get("/v1/audit?before=0").status == 400
    assert api.get("/v1/audit?before=99999999999999999999").status == 400
    assert api.get(f"/v1/audit?kind={'x' * 200}").status == 400


def test_kinds_have_the_words_of_the_api(api: Site) -> None:
    """What is asked for is what is shown, and a wrong one is told of those that there are."""
    profile = api.new_policy("audited-kind")
    (entry,) = api.get(f"/v1/audit?kind=service_profile&id={profile}").body
    assert (entry["kind"], entry["after"]["name"]) == ("service_profile", "audited-kind")
    for wrong in ("policy", "secret"):
        answer = api.get(f"/v1/audit?kind={wrong}")
        assert answer.status == 400
        said = answer.body["message"].partition("one of ")[2].split(", ")
        assert {"endpoint", "service_profile", "api_secret", "login"} < set(said)
        assert all(api.get(f"/v1/audit?kind={kind}").status == 200 for kind in said)
    assert "login_failed" in api.get("/v1/audit?action=bogus").body["message"]
    assert "user:ID" in api.get("/v1/audit?actor=bogus").body["message"]


def test_a_page_is_bounded(api: Site) -> None:
    assert len(api.get("/v1/audit?per_page=100000").body) <= 500
