"""Many endpoints at once over the API: search, import, export, one change to many."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from heliograph.interfaces.rest.translate.times import shown
from tests.rest.site import Answered, Site, site

HEAD = "name,msisdn,imsi,service_profile,tags,status\n"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Site]:
    """Of each test its own: they look at all devices there are."""
    with site(tmp_path / "data") as running:
        yield running


@pytest.fixture
def fleet(api: Site) -> dict[str, int]:
    return {
        name: api.new_device(name, msisdn=number, imsi=imsi, tags=tags)
        for name, number, imsi, tags in (
            ("Pump one", "491700000001", "262017000000001", "pumps,north"),
            ("Pump two", "491700000002", "262017000000002", "pumps"),
            ("Gate", "491700000003", "262017000000003", "north"),
        )
    }


def names(api: Site, query: str) -> list[str]:
    answer = api.get(f"/v1/endpoint?{query}")
    assert answer.status == 200, answer
    return sorted(row["name"] for row in answer.body)


def imported(api: Site, text: str, query: str = "", **more: Any) -> Answered:
    return api.post(f"/v1/endpoint/import{query}", text, Content_Type="text/csv", **more)


def verdicts(answer: Answered) -> list[tuple[int, str]]:
    assert answer.status == 200, answer
    return [(row["line"], row["verdict"]) for row in answer.body["verdicts"]]


SEARCHES = (
    ("pump", ["Pump one", "Pump two"]),
    ("PUMP%20n", ["Pump one"]),
    ("search:north", ["Gate", "Pump one"]),
    ("one%20north", ["Pump one"]),
    ("%2B4917000000", ["Gate", "Pump one", "Pump two"]),
    ("000003", ["Gate"]),
    ("26201700000000", ["Gate", "Pump one", "Pump two"]),
    ("8999262017000000002", ["Pump two"]),
    ("89992620170000000029", ["Pump two"]),
    ("nothing%20here", []),
    ("search:pump,tags:north", ["Pump one"]),
    ("attached:true,tags:pumps", ["Pump one", "Pump two"]),
    ("attached:false", []),
    ("waiting:true", []),
    ("iccid:null", []),
    ("iccid:0002", ["Pump two"]),
    ("sim_status:1,search:gate", ["Gate"]),
)


def test_a_list_is_searched_as_one_types(api: Site, fleet: dict[str, int]) -> None:
    assert [(q, names(api, f"q={q}")) for q, _ in SEARCHES] == list(SEARCHES)


def test_a_list_tells_who_is_attached_and_what_waits(api: Site, fleet: dict[str, int]) -> None:
    later = shown(api.app.clock.now() + 3_600_000)
    for _ in range(2):
        path = f"/v1/endpoint/{fleet['Gate']}/sms"
        assert api.post(path, {"payload": "x", "not_before": later}).status == 201
    rows = {row["name"]: row for row in api.get("/v1/endpoint").body}
    assert rows["Gate"]["attached"] is True
    assert (rows["Gate"]["sms_waiting"], rows["Pump one"]["sms_waiting"]) == (2, 0)
    assert names(api, "q=waiting:true") == ["Gate"]
    assert names(api, "q=waiting:false") == ["Pump one", "Pump two"]
    assert "sms_waiting" not in api.get(f"/v1/endpoint/{fleet['Gate']}").body


@pytest.mark.parametrize("many", [10_000, 5])
def test_any_page_is_the_same_by_every_way(api: Site, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """Also by the ways that long lists go."""
    monkeypatch.setattr("heliograph.store.reads.narrow.MANY", many)
    monkeypatch.setattr("heliograph.store.sql.narrow.DEEP", many)
    for number in range(40):
        api.new_device(f"many-{number:02}", msisdn=f"4917100000{99 - number:02}", status=number % 2)
    for q in ("", "q=status:0&", "q=many&", "q=%2B491710&"):
        for sort in ("name", "-name", "msisdn", "-msisdn", "status", "-last_updated", "tags", "iccid"):
            whole = [row["id"] for row in api.get(f"/v1/endpoint?{q}sort={sort}&per_page=2000").body]
            paged = []
            for page in range(1, 30):
                answer = api.get(f"/v1/endpoint?{q}sort={sort}&per_page=7&page={page}")
                if int(answer.headers["x-current-page"]) < page:
                    break
                paged += [row["id"] for row in answer.body]
            assert paged == whole
            assert len(set(whole)) == len(whole) >= 20


def test_a_dry_run_says_all_and_changes_nothing(api: Site, fleet: dict[str, int]) -> None:
    text = (
        HEAD + "Pump one,,,,pumps,\n"  # fewer tags
        "Gate,491700000003,262017000000003,default,north,enabled\n"
        "New,+49 not a number,,,,\n"
        "New,491700000009,262017000000009,default,,\n"
        "New,491700000010,,,,\n"
        "Other,491700000001,,,,\n"
        "Third,,,nowhere,,\n"
        "Fourth,,,,,sleeping\n"
        '"open,,,,,\n'
    )
    before = api.get("/v1/endpoint").body
    answer = imported(api, text, "?dry_run=true")
    assert answer.body["dry_run"] is True
    rows = {row["line"]: row for row in answer.body["verdicts"]}
    assert (rows[2]["verdict"], rows[2]["fields"]) == ("changed", ["tags"])
    assert rows[3]["verdict"] == "unchanged"
    assert (rows[4]["verdict"], rows[4]["field"]) == ("bad", "msisdn")
    assert (rows[5]["field"], rows[5]["reason"]) == ("name", "The name New is on line 4 already.")
    assert (rows[7]["verdict"], rows[7]["field"], rows[7]["code"]) == ("bad", "msisdn", "duplicate")
    assert (rows[8]["field"], rows[8]["code"]) == ("service_profile", "unknown_policy")
    assert rows[9]["field"] == "status"
    assert "quote" in rows[10]["reason"]
    counts = {name: answer.body[name] for name in ("rows", "new", "changed", "unchanged", "bad")}
    assert counts == {"rows": 9, "new": 0, "changed": 1, "unchanged": 1, "bad": 7}
    assert api.get("/v1/endpoint").body == before
    bad = imported(api, text, "?dry_run=true&show=bad")
    assert [line for line, _ in verdicts(bad)] == [4, 5, 6, 7, 8, 9, 10]


def test_an_import_keeps_good_rows_and_can_be_repeated(api: Site, fleet: dict[str, int]) -> None:
    text = HEAD + "Pump one,,,,pumps,disabled\nFresh,491700000020,262017000000020,,new,\nBad,x,,,,\n"
    assert verdicts(imported(api, text)) == [(2, "changed"), (3, "new"), (4, "bad")]
    one = api.get(f"/v1/endpoint/{fleet['Pump one']}").body
    assert (one["status"]["id"], one["tags"], one["sim"]["msisdn"]) == (1, "pumps", "491700000001")
    assert names(api, "q=tags:new") == ["Fresh"]
    assert verdicts(imported(api, text)) == [(2, "unchanged"), (3, "unchanged"), (4, "bad")]


def test_an_export_can_be_imported_again(api: Site, fleet: dict[str, int]) -> None:
    api.new_device("=formula", tags="-x")
    answer = api.get("/v1/endpoint.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = {row["name"]: row for row in csv.DictReader(StringIO(answer.text))}
    assert rows["Pump one"]["msisdn"] == "491700000001"
    assert rows["Pump one"]["attached"] == "true"
    assert "'=formula" in rows
    again = imported(api, answer.text)
    assert {verdict for _, verdict in verdicts(again)} == {"unchanged"}
    assert "iccid" in again.body["ignored_columns"]
    some = list(csv.DictReader(StringIO(api.get("/v1/endpoint.csv?q=pump&sort=-name").text)))
    assert [row["name"] for row in some] == ["Pump two", "Pump one"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("colour\nred\n", "no column 'colour'"),
        ("msisdn\n49\n", "names no column name"),
        ("name,policy,service_profile\na,b,c\n", "the same column"),
        ("name\n" + "x\n" * 100_002, "more than 100000 rows"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(api: Site, text: str, said: str) -> None:
    answer = imported(api, text)
    assert answer.status == 422
    assert said in answer.text


def test_an_import_takes_csv_alone(api: Site) -> None:
    answer = api.post("/v1/endpoint/import", "--x", Content_Type="multipart/form-data; boundary=x")
    assert answer.status == 415
    assert imported(api, "name\n" + "x" * (17 << 20)).status == 413


def test_an_import_never_touches_another_organisation(api: Site, fleet: dict[str, int]) -> None:
    theirs = api.new_organisation("importers")
    token = api.new_token("device:write", "device:read", org=theirs.id)
    answer = imported(api, "name,msisdn\nPump one,491700000001\nPump two,\n", token=token)
    rows = answer.body["verdicts"]
    assert (rows[0]["verdict"], rows[0]["code"]) == ("bad", "duplicate")
    assert api.get(f"/v1/endpoint/{fleet['Pump one']}").body["tags"] == "pumps,north"
    assert "Pump one" not in api.get("/v1/endpoint.csv", token=token).text


def change(api: Site, **body: Any) -> Answered:
    return api.call("PATCH", "/v1/endpoint", body)


def test_many_are_changed_by_their_ids(api: Site, fleet: dict[str, int]) -> None:
    profile = api.new_policy("for many")
    answer = change(
        api,
        endpoints=[*fleet.values(), 77, fleet["Gate"]],
        service_profile={"id": profile},
        status={"id": 1},
        add_tags=["moved"],
        remove_tags=["north"],
    )
    assert answer.status == 200, answer
    counts = {name: answer.body[name] for name in ("matched", "changed", "unchanged", "failed")}
    assert counts == {"matched": 4, "changed": 3, "unchanged": 0, "failed": 1}
    (failed,) = answer.body["failures"]
    assert (failed["endpoint"]["id"], failed["refusal"]["code"]) == (77, "unknown_device")
    one = api.get(f"/v1/endpoint/{fleet['Pump one']}").body
    assert (one["tags"], one["service_profile"]["id"], one["status"]["id"]) == ("pumps,moved", profile, 1)
    events = api.get(f"/v1/endpoint/{fleet['Gate']}/event").text
    assert "disabled" in events.lower()
    trail = [row for row in api.get("/v1/audit?per_page=500").body if row["kind"] == "endpoint"]
    assert sum(row["action"] == "change" for row in trail) >= 3
    again = change(api, endpoints=[*fleet.values()], add_tags=["moved"])
    assert (again.body["changed"], again.body["unchanged"]) == (0, 3)


def test_many_are_changed_by_a_query_that_finds_what_was_seen(api: Site, fleet: dict[str, int]) -> None:
    surprised = change(api, q="pump", expect=3, add_tags=["seen"])
    assert surprised.status == 409
    assert "2 endpoints meet q now, not 3" in surprised.text
    assert names(api, "q=tags:seen") == []
    assert change(api, q="pump", expect=2, add_tags=["seen"]).body["changed"] == 2
    assert names(api, "q=tags:seen") == ["Pump one", "Pump two"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"endpoints": [1]},
        {"q": "x", "add_tags": ["y"]},
        {"endpoints": [1], "q": "x", "expect": 1, "add_tags": ["y"]},
        {"endpoints": [], "add_tags": ["y"]},
        {"endpoints": [1], "status": {"id": 7}},
        {"endpoints": [1], "add_tags": ["a,b"]},
        {"endpoints": [1], "service_profile": {"id": None}},
        {"endpoints": [1], "colour": "red"},
    ],
)
def test_a_change_to_many_says_what_it_means(api: Site, body: dict[str, Any]) -> None:
    assert change(api, **body).status == 422


def test_an_unknown_profile_changes_nobody(api: Site, fleet: dict[str, int]) -> None:
    answer = change(api, endpoints=[*fleet.values()], service_profile={"id": 77}, add_tags=["t"])
    assert answer.status == 422
    assert names(api, "q=tags:t") == []


def test_tags_that_grow_too_long_fail_alone(api: Site, fleet: dict[str, int]) -> None:
    tags = [f"{number:03}" + "x" * 90 for number in range(11)]
    answer = change(api, endpoints=[fleet["Gate"]], add_tags=tags)
    assert (answer.body["changed"], answer.body["failures"][0]["refusal"]["code"]) == (0, "bad_value")
