"""A tag that opens the console lets whoever knows it send: only those who may do so themselves give it."""

from collections.abc import Iterator

import pytest

from tests.rest.site import Answered, Site, site

OPENING = "sms-7Hq2mZp9KxWd"
ENOUGH = ("device:write", "console:write", "sms:send", "sms:read")
TOO_FEW = [ENOUGH[:1], ENOUGH[:3], ENOUGH[:2] + ENOUGH[3:], (ENOUGH[0], *ENOUGH[2:])]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site") / "data") as running:
        yield running


def tags(api: Site, device: int) -> str:
    return api.get(f"/v1/endpoint/{device}").body["tags"] or ""


def imported(api: Site, text: str, token: str, query: str = "") -> Answered:
    answer = api.post(f"/v1/endpoint/import{query}", text, token=token, Content_Type="text/csv")
    assert answer.status == 200, answer
    return answer


@pytest.mark.parametrize("scopes", TOO_FEW, ids="+".join)
def test_who_may_not_send_opens_no_console(api: Site, scopes: tuple[str, ...]) -> None:
    token, name = api.new_token(*scopes), f"Shut to {'+'.join(scopes)}"
    device = api.new_device(name, tags="north")
    place = f"/v1/endpoint/{device}"
    profile = api.get(place).body["service_profile"]
    body = {"name": "New", "tags": OPENING, "status": {"id": 0}, "service_profile": profile}
    body |= {"tariff_profile": {"id": 0}}
    for answer in (
        api.call("PATCH", place, {"tags": f"north,{OPENING}"}, token=token),
        api.post("/v1/endpoint", body, token=token),
    ):
        assert (answer.status, answer.body["refusal"]["code"]) == (403, "beyond_scopes"), answer
    many = api.call("PATCH", "/v1/endpoint", {"endpoints": [device], "add_tags": [OPENING]}, token=token)
    assert [one["refusal"]["code"] for one in many.body["failures"]] == ["beyond_scopes"]
    rows = f"name,tags\n{name},{OPENING}\nOther,{OPENING}\n"
    for query in ("?dry_run=true", ""):
        verdicts = imported(api, rows, token, query).body["verdicts"]
        assert [(one["field"], one["code"]) for one in verdicts] == [("tags", "beyond_scopes")] * 2
    assert tags(api, device) == "north"


def test_what_was_there_stays_and_goes_without_more(api: Site) -> None:
    token = api.new_token("device:write")
    device = api.new_device("Open", tags=OPENING)
    place = f"/v1/endpoint/{device}"
    assert api.call("PATCH", place, {"tags": f"{OPENING},south"}, token=token).status == 204
    assert imported(api, f'name,tags\nOpen,"{OPENING},east"\n', token).body["changed"] == 1
    many = {"endpoints": [device], "add_tags": [OPENING, "west"]}
    assert api.call("PATCH", "/v1/endpoint", many, token=token).body["changed"] == 1
    assert tags(api, device) == f"{OPENING},east,west"
    other = {"tags": OPENING.replace("7", "8")}
    assert api.call("PATCH", place, other, token=token).status == 403
    assert api.call("PATCH", place, {"tags": ""}, token=token).status == 204
    assert api.call("PATCH", place, {"tags": OPENING}, token=token).status == 403
    assert api.call("PATCH", place, {"tags": "sms-four,sms"}, token=token).status == 204  # open nothing


def test_one_too_many_waits_for_no_place(api: Site) -> None:
    """Else it would be added first, and another one taken away then."""
    eight = ",".join(f"sms-number{number}" for number in range(8))
    device = api.new_device("Full", tags=eight)
    answer = api.call(
        "PATCH", f"/v1/endpoint/{device}", {"tags": f"{eight},{OPENING}"}, token=api.new_token("device:write")
    )
    assert answer.status == 403


def test_who_may_send_opens_it(api: Site) -> None:
    device = api.new_device("To open")
    token = api.new_token(*ENOUGH)
    assert api.call("PATCH", f"/v1/endpoint/{device}", {"tags": OPENING}, token=token).status == 204
    assert imported(api, f"name,tags\nTo open,sms-another1\nFresh one,{OPENING}\n", token).body["bad"] == 0
    assert tags(api, device) == "sms-another1"
