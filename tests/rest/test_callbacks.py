"""Callbacks and their secrets as resources: made, shown, changed, deleted; bounds; other organisations."""

from typing import Any

import pytest

from heliograph.core.refusal import Refusal
from heliograph.flow.manage.requests import DeleteApplication
from heliograph.runtime.vault import Vault
from tests.rest.site import Site

URL = "https://receiver.example/hook"


@pytest.fixture(scope="module")
def elsewhere(api: Site) -> str:
    """A token of another organisation."""
    return api.new_token("admin", org=api.new_organisation("elsewhere callbacks").id)


def make(api: Site, path: str, **body: Any) -> int:
    answer = api.post(path, body)
    assert answer.status == 201, answer
    assert answer.headers["location"].endswith(f"/api{path}/{answer.body['id']}")
    return int(answer.body["id"])


def use(api: Site, **fields: int) -> int:
    """A profile that uses them."""
    body = {name: {"id": id} for name, id in fields.items()}
    answer = api.post("/v1/service_profile", {"name": f"uses {fields}", **body})
    assert answer.status == 201, answer
    return int(answer.headers["location"].split("/")[-1])


def test_a_callback_as_it_is_made_and_shown(api: Site) -> None:
    id = make(api, "/v1/api_callback", url=URL, purpose="metering")
    shown = api.get(f"/v1/api_callback/{id}").body
    assert (shown["id"], shown["url"], shown["purpose"]) == (id, URL, "metering")
    assert (shown["events"], shown["api_secret"], shown["status"]["id"]) == ([], None, 0)
    listed = api.get("/v1/api_callback?per_page=1000")
    assert shown in listed.body
    assert int(listed.headers["x-total-count"]) == len(listed.body)


def test_a_secret_is_never_shown_and_lies_sealed(api: Site) -> None:
    secret = "the secret of the well"
    made = api.post("/v1/api_secret", {"secret": secret, "purpose": "signs"})
    id = made.body["id"]
    answers = [
        made,
        api.get(f"/v1/api_secret/{id}"),
        api.get("/v1/api_secret"),
        api.call("PATCH", f"/v1/api_secret/{id}", {"purpose": "signs more"}),
        api.get("/v1/audit?per_page=100"),
    ]
    assert all(secret not in answer.text for answer in answers)
    kept = api.ask(api.app.callback_reader.secret(api.org, id))
    assert kept is not None
    assert secret.encode() not in kept.sealed
    assert isinstance(api.app.vault, Vault)
    folder = api.app.folder
    assert all(secret.encode() not in path.read_bytes() for path in folder.iterdir() if path.is_file())
    shown = api.get(f"/v1/api_secret/{id}").body
    assert (shown["id"], shown["purpose"], shown["former_secret_until"]) == (id, "signs more", None)


def test_a_callback_is_changed_part_by_part(api: Site) -> None:
    id = make(api, "/v1/api_callback", url=URL)
    secret = make(api, "/v1/api_secret", secret="x")
    path = f"/v1/api_callback/{id}"
    changed = api.call("PATCH", path, {"url": URL + "/2", "events": ["mo_limit_used_up"], "window": 7})
    assert changed.status == 200
    assert changed.body == api.get(path).body
    assert (changed.body["url"], changed.body["window"]) == (URL + "/2", 7)
    assert api.call("PATCH", path, {"api_secret": {"id": secret}}).body["api_secret"] == {"id": secret}
    assert api.call("PATCH", path, {"events": ["*", "device_enabled"]}).body["events"] == ["*"]
    assert api.call("PATCH", path, {"status": {"id": 1.0}}).body["status"]["id"] == 1
    assert api.call("PATCH", path, {"status": {"id": 0}}).body["disabled_because"] is None
    assert api.call("PATCH", path, {"api_secret": {"id": None}}).body["api_secret"] is None
    assert api.call("PATCH", path, {}).body["url"] == URL + "/2"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "receiver.example/hook",
        "ftp://receiver.example/",
        "file:///etc/passwd",
        "gopher://receiver.example/",
        "http://",
        "http:///hook",
        "https://user:password@receiver.example/hook",
        "https://user@receiver.example/hook",
        "https://receiver.example/hook#part",
        "https://receiver.example:0/",
        "https://receiver.example:65536/",
        "https://receiver.example:port/",
        "https://receiver.example/a b",
        "https://receiver.example/\r\nx-evil: 1",
        "https://recei\nver.example/",
        "https://receiver.example\\@evil.example/",
        "https://[::1/",
        "https://[00]/",
        "https://[c9297c928:a2ba]/",
        "https://example.com/" + "x" * 2_048,
    ],
)
def test_urls_that_cannot_be_called(api: Site, url: str) -> None:
    answer = api.post("/v1/api_callback", {"url": url})
    assert answer.status == 422, answer
    assert "url" in answer.body["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"purpose": "no url"}, "url"),
        ({"url": URL, "purpose": "x" * 501}, "purpose"),
        ({"url": URL, "events": ["No Such Type"]}, "events"),
        ({"url": URL, "events": ["no_such_type"]}, "events"),
        ({"url": URL, "events": ["a"] * 65}, "events"),
        ({"url": URL, "window": 0}, "window"),
        ({"url": URL, "window": 1_001}, "window"),
        ({"url": URL, "window": 2**70}, "window"),
        ({"url": 5}, "url"),
    ],
)
def test_bad_input_names_its_field(api: Site, body: dict[str, Any], field: str) -> None:
    before = len(api.get("/v1/api_callback?per_page=2000").body)
    answer = api.post("/v1/api_callback", body)
    assert answer.status == 422, answer
    assert field in answer.body["errors"][0]["message"]
    assert len(api.get("/v1/api_callback?per_page=2000").body) == before


@pytest.mark.parametrize("body", [{}, {"secret": ""}, {"secret": "x" * 1_025}, {"secret": 1}])
def test_bad_secrets(api: Site, body: dict[str, Any]) -> None:
    assert api.post("/v1/api_secret", body).status == 422


def test_an_unknown_secret_is_refused(api: Site, elsewhere: str) -> None:
    theirs = api.post("/v1/api_secret", {"secret": "theirs"}, token=elsewhere).body["id"]
    for id in (theirs, 1, -1):
        answer = api.post("/v1/api_callback", {"url": URL, "api_secret": {"id": id}})
        assert (answer.status, answer.body["error_code"]) == (404, 1401)


def test_what_a_profile_uses_cannot_be_deleted(api: Site) -> None:
    callback = make(api, "/v1/api_callback", url=URL)
    secret = make(api, "/v1/api_secret", secret="x")
    profile = use(api, api_callback=callback, api_secret=secret)
    for path in (f"/v1/api_callback/{callback}", f"/v1/api_secret/{secret}"):
        answer = api.call("DELETE", path)
        assert (answer.status, answer.body["error_code"]) == (409, 1407)
        assert api.get(path).status == 200
    cleared = {"api_callback": {"id": None}, "api_secret": {"id": None}}
    assert api.call("PATCH", f"/v1/service_profile/{profile}", cleared).status in (201, 204)
    for path in (f"/v1/api_callback/{callback}", f"/v1/api_secret/{secret}"):
        assert api.call("DELETE", path).status == 204
        assert api.get(path).status == 404
        assert api.call("DELETE", path).status == 404


def test_a_secret_that_a_callback_uses_cannot_be_deleted(api: Site) -> None:
    secret = make(api, "/v1/api_secret", secret="x")
    make(api, "/v1/api_callback", url=URL, api_secret={"id": secret})
    assert api.call("DELETE", f"/v1/api_secret/{secret}").status == 409


def test_another_organisations_are_not_there(api: Site, elsewhere: str) -> None:
    callback = make(api, "/v1/api_callback", url=URL)
    secret = make(api, "/v1/api_secret", secret="x")
    calls = [
        ("GET", f"/v1/api_callback/{callback}", None),
        ("PATCH", f"/v1/api_callback/{callback}", {"purpose": "mine"}),
        ("DELETE", f"/v1/api_callback/{callback}", None),
        ("POST", f"/v1/api_callback/{callback}/test", None),
        ("GET", f"/v1/api_callback/{callback}/log", None),
        ("POST", f"/v1/api_callback/{callback}/replay", {"since": "2026-01-01"}),
        ("GET", f"/v1/api_secret/{secret}", None),
        ("PATCH", f"/v1/api_secret/{secret}", {"purpose": "mine"}),
        ("DELETE", f"/v1/api_secret/{secret}", None),
    ]
    for method, path, body in calls:
        answer = api.call(method, path, body, token=elsewhere)
        unknown = api.call(method, path.replace(str(callback), "99").replace(str(secret), "99"), body)
        assert (answer.status, answer.body["error_code"]) == (404, 1201), (method, path)
        assert unknown.status == 404
    assert api.get("/v1/api_callback", token=elsewhere).body == []
    mine = api.get("/v1/api_secret", token=elsewhere).body
    assert secret not in [row["id"] for row in mine]
    assert api.get(f"/v1/api_callback/{callback}").body["purpose"] == ""


def test_scopes(api: Site) -> None:
    callback = make(api, "/v1/api_callback", url=URL)
    reader, other = api.new_token("callback:read"), api.new_token("sms:send")
    path = f"/v1/api_callback/{callback}"
    assert api.get(path, token=reader).status == 200
    assert api.call("PATCH", path, {}, token=reader).status == 403
    assert api.post(f"{path}/replay", {"since": "2026-01-01"}, token=reader).status == 403
    assert api.post(f"{path}/test", token=reader).status == 403
    assert api.get(path, token=other).status == 403


def test_a_callback_is_told_apart_by_its_etag(api: Site) -> None:
    callback = make(api, "/v1/api_callback", url=URL)
    first = api.get(f"/v1/api_callback/{callback}")
    again = api.get(f"/v1/api_callback/{callback}", if_none_match=first.headers["etag"])
    assert (again.status, again.text) == (304, "")


def test_an_application_that_is_a_callback_goes_with_its_callback_alone(api: Site) -> None:
    callback = make(api, "/v1/api_callback", url=URL)
    request = DeleteApplication(api.org, callback)

    async def delete() -> Any:
        return (await api.app.store.run(api.app.flows.delete_applications, [request]))[0]

    refusal = api.ask(delete())
    assert isinstance(refusal, Refusal)
    assert refusal.code == "in_use"
    assert api.call("DELETE", f"/v1/api_callback/{callback}").status == 204
    gone = api.ask(delete())
    assert isinstance(gone, Refusal)
    assert gone.code == "unknown_application"
