"""Sending to many: who is reached, who is refused and why, and what a batch can be told to do."""

import csv
import http.client
import io
import json
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import apsw
import pytest

from heliograph.core.batch import BatchState
from tests.cli.program import Folder, eventually
from tests.rest.site import Answered, Site

FLEET = 12


@pytest.fixture(scope="module")
def fleet(api: Site) -> list[int]:
    return [
        api.new_device(f"many-{n}", msisdn=f"4915200000{n:02}", imsi=f"9012800000000{n:02}", tags="many")
        for n in range(FLEET)
    ]


def many(api: Site, recipients: dict[str, Any], payload: str = "hello", **more: Any) -> Answered:
    headers = {name: more.pop(name) for name in list(more) if name == "Idempotency_Key"}
    return api.post("/v1/sms", {"payload": payload, "recipients": recipients, **more}, **headers)


def accepted(answer: Answered) -> list[int]:
    assert answer.status == 202, answer.text
    return [one["sms"]["id"] for one in answer.body["recipients"] if "sms" in one]


def codes(answer: Answered) -> list[str | None]:
    return [one.get("refusal", {}).get("code") for one in answer.body["recipients"]]


def text_of(api: Site, device: int, id: int) -> str:
    return str(api.get(f"/v1/endpoint/{device}/sms/{id}").body["payload"])


def test_each_way_to_name_recipients(api: Site, fleet: list[int]) -> None:
    for recipients, count in (
        ({"endpoints": fleet[:3]}, 3),
        ({"msisdns": ["+491520000000", "491520000001", 491520000002]}, 3),
        ({"tag": "many"}, FLEET),
        ({"q": "name:many-3"}, 1),
        ({"each": [{"endpoint": fleet[0]}, {"msisdn": "491520000001"}]}, 2),
        ({"endpoints": fleet[:2], "tag": "many"}, FLEET),
    ):
        answer = many(api, recipients)
        if "msisdns" in recipients or "each" in recipients:
            assert answer.status == 202
            continue
        assert (len(accepted(answer)), answer.body["refused"]) == (count, 0), recipients


def test_numbers_in_any_spelling_find_their_device(api: Site, fleet: list[int]) -> None:
    answer = many(api, {"msisdns": ["+491520000003", "00491520000004", 491520000005]})
    ends = [one["endpoint"]["id"] for one in answer.body["recipients"]]
    assert ends == fleet[3:6]


def test_every_recipient_has_an_answer_in_the_order_of_the_call(api: Site, fleet: list[int]) -> None:
    answer = many(
        api, {"endpoints": [fleet[0], 77, fleet[0], fleet[1]], "msisdns": ["4917612345678", "nobody"]}
    )
    assert answer.status == 202
    assert [one["number"] for one in answer.body["recipients"]] == [1, 2, 3, 4, 5, 6]
    assert codes(answer) == [
        None,
        "unknown_device",
        "duplicate_recipient",
        None,
        "no_external_route",
        "bad_address",
    ]
    assert (answer.body["accepted"], answer.body["refused"]) == (2, 4)


def test_a_number_that_is_none_is_refused_alone(api: Site, fleet: list[int]) -> None:
    answer = many(api, {"endpoints": fleet[:1], "msisdns": ["", "garbage"], "each": [{"msisdn": " "}]})
    assert (answer.status, codes(answer)) == (
        202,
        [None, "bad_address", "bad_address", "duplicate_recipient"],
    )


def test_a_template_has_words_of_the_device_and_of_the_recipient(api: Site, fleet: list[int]) -> None:
    each = [
        {"endpoint": fleet[0], "variables": {"code": "A1"}},
        {"endpoint": fleet[1], "variables": {"code": 7}},
        {"endpoint": fleet[2]},
    ]
    answer = many(api, {"each": each}, "{{ device.name | upcase }} {{ code }}")
    ids = accepted(answer)
    assert [text_of(api, device, id) for device, id in zip(fleet, ids, strict=False)] == [
        "MANY-0 A1",
        "MANY-1 7",
    ]
    assert codes(answer) == [None, None, "bad_template"]


def test_a_text_that_fits_nobody_is_refused_and_nothing_is_written(api: Site, fleet: list[int]) -> None:
    before = api.get("/v1/batch").text
    recipients = {"endpoints": [*fleet[:3], 77], "msisdns": ["4917612345678"]}
    answer = many(api, recipients, "Your code is {{ code }}", Idempotency_Key="nobody-1")
    assert (answer.status, answer.body["refusal"]["code"], answer.body["refusal"]["rule"]) == (
        422,
        "bad_template",
        "payload",
    )
    assert "'code'" in answer.body["errors"][0]["message"]
    assert api.get("/v1/batch").text == before
    corrected = many(api, recipients, "Your name is {{ device.name }}", Idempotency_Key="nobody-1")
    assert len(accepted(corrected)) == 3


def test_a_text_for_nobody_who_can_be_reached_is_a_result_for_each(api: Site) -> None:
    answer = many(api, {"endpoints": [77], "msisdns": ["4917612345678"]}, "{{ code }}")
    assert (answer.status, codes(answer)) == (202, ["unknown_device", "bad_template"])


def test_a_default_stands_where_a_variable_is_missing(api: Site, fleet: list[int]) -> None:
    each = [{"endpoint": fleet[0], "variables": {"code": "A1"}}, {"endpoint": fleet[1]}]
    ids = accepted(many(api, {"each": each}, "{{ code | default: 'none' }}"))
    assert [text_of(api, device, id) for device, id in zip(fleet, ids, strict=False)] == ["A1", "none"]


def test_a_template_has_words_of_the_sim(api: Site) -> None:
    body = {
        "iccid": "8988303000001234567",
        "imsi": "901280000077001",
        "msisdn": "491520077001",
        "bic": "BIC-7",
    }
    sim = api.post("/v1/sim", body).headers["location"].split("/")[-1]
    names = {"status": {"id": 0}, "service_profile": {"id": api.new_policy("of-sims")}}
    tariff = {"tariff_profile": {"id": api.get("/v1/tariff_profile").body[0]["id"]}}
    made = api.post("/v1/endpoint", {"name": "with-sim", "imei": "3595800812345678", **names, **tariff})
    device = int(made.headers["location"].split("/")[-1])
    bare = api.new_device("without-sim", msisdn="")
    assert (
        api.call("PATCH", f"/v1/endpoint/{device}", {"sim": {"id": int(sim), "activate": True}}).status == 204
    )
    text = "{{ device.iccid }} {{ device.sim.iccid_with_luhn }} {{ device.sim.bic }} {{ device.imei }}"
    found = api.post("/v1/sms/preview", {"payload": text, "recipients": {"endpoints": [device, bare]}}).body[
        "examples"
    ]
    iccid = body["iccid"]
    luhn = api.get(f"/v1/endpoint/{device}").body["sim"]["iccid_with_luhn"]
    assert found[0]["payload"] == f"{iccid} {luhn} BIC-7 3595800812345678"
    assert found[1]["payload"] == "   "


def test_every_variable_that_is_documented_is_there(api: Site, fleet: list[int]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "api" / "bulk.md").read_text()
    documented = re.findall(r"`(device\.[a-z_.]+)`", page)
    assert len(documented) >= 15
    text = " ".join("{{ " + name + " }}" for name in documented)
    answer = api.post("/v1/sms/preview", {"payload": text, "recipients": {"endpoints": fleet[:1]}})
    assert answer.status == 200, answer.text


@pytest.mark.parametrize(
    "payload",
    [
        "{% for i in (1..100000000) %}x{% endfor %}",
        '{{ "aaaaaaaaaa" | replace: "a", "aaaaaaaaaa" | replace: "a", "aaaaaaaaaa" }}',
        '{% assign a = "aa" %}{{ a | append: a }}',
        '{{ "now" | date: "%999999999Y" }}',
        "{{ 9 | times: 9 }}",
        "{% tablerow i in (1..900) %}x{% endtablerow %}",
        "{% if " + "(" * 2_000 + " %}x{% endif %}",
        "{{ device.__class__.__mro__ }}",
        "{% include 'passwd' %}",
    ],
)
def test_a_hostile_template_is_refused(api: Site, fleet: list[int], payload: str) -> None:
    answer = many(api, {"endpoints": fleet[:2]}, payload)
    assert (answer.status, answer.body["refusal"]["code"]) == (422, "bad_template")


@pytest.mark.parametrize(
    "recipients",
    [
        {},
        {"endpoints": []},
        {"q": "nonsense:1"},
        {"each": [{"endpoint": 1, "msisdn": "491520000000"}]},
        {"endpoints": list(range(10_001))},
        {"tag": "nobody has this"},
        {"ids": [1]},
    ],
)
def test_a_call_that_cannot_be_meant_changes_nothing(api: Site, recipients: dict[str, Any]) -> None:
    before = len(api.get("/v1/batch").body)
    assert many(api, recipients).status == 422
    assert len(api.get("/v1/batch").body) == before


def test_the_same_key_gives_the_same_answer(api: Site, fleet: list[int]) -> None:
    first = many(api, {"endpoints": fleet}, Idempotency_Key="batch-1")
    again = many(api, {"endpoints": fleet}, Idempotency_Key="batch-1")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert again.body["recipients"] == first.body["recipients"]
    assert many(api, {"endpoints": fleet[1:]}, Idempotency_Key="batch-1").status == 422


def test_one_key_called_at_once_sends_once(api: Site, fleet: list[int]) -> None:
    with ThreadPoolExecutor(8) as threads:
        calls = [
            threads.submit(many, api, {"endpoints": fleet}, "once", Idempotency_Key="batch-2")
            for _ in range(8)
        ]
        answers = [call.result() for call in calls]
    assert {tuple(accepted(answer)) for answer in answers} == {tuple(accepted(answers[0]))}
    assert len(accepted(answers[0])) == FLEET


def test_a_batch_waits_while_it_is_paused_and_goes_on(api: Site, fleet: list[int]) -> None:
    later = "2027-03-01T00:00:00Z"
    answer = many(api, {"endpoints": fleet[:3]}, "paused", not_before=later)
    batch = answer.body["id"]
    paused = api.post(f"/v1/batch/{batch}/pause")
    assert (paused.status, paused.body["state"]["description"]) == (200, "PAUSED")
    id = accepted(answer)[0]
    story = api.get(f"/v1/endpoint/{fleet[0]}/sms/{id}/timeline").text
    assert "Its batch was paused" in story
    assert "it waits until the batch is resumed" in story
    assert places(api, accepted(answer)) == {4}
    resumed = api.post(f"/v1/batch/{batch}/resume")
    assert resumed.body["state"]["description"] == "RUNNING"
    assert places(api, accepted(answer)) == {2}
    canceled = api.post(f"/v1/batch/{batch}/cancel")
    assert canceled.body["counts"]["CANCELED"] == 3
    assert api.post(f"/v1/batch/{batch}/resume").status == 409


def places(api: Site, messages: list[int]) -> set[int]:
    connection = apsw.Connection(str(api.app.folder / "heliograph.db"), flags=apsw.SQLITE_OPEN_READONLY)
    rows = connection.execute(
        "SELECT DISTINCT place FROM delivery WHERE message IN (SELECT value FROM json_each(?))",
        (json.dumps(messages),),
    ).fetchall()
    connection.close()
    return {row[0] for row in rows}


def test_a_pace_spreads_the_sends(api: Site, fleet: list[int]) -> None:
    answer = many(api, {"endpoints": fleet[:3]}, "slowly", not_before="2027-01-01T00:00:00Z", per_second=0.5)
    stories = [
        api.get(f"/v1/endpoint/{device}/sms/{id}/timeline").text
        for device, id in zip(fleet, accepted(answer), strict=False)
    ]
    for story, second in zip(stories, ("00", "02", "04"), strict=True):
        assert f"2027-01-01 00:00:{second}" in story.replace("T", " ")
    api.post(f"/v1/batch/{answer.body['id']}/cancel")


def test_the_table_has_every_recipient_and_no_formula(api: Site, fleet: list[int]) -> None:
    answer = many(api, {"endpoints": [fleet[0], 99], "msisdns": ["=cmd"]})
    table = api.get(f"/v1/batch/{answer.body['id']}/recipient.csv")
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert sorted((row["number"], row["recipient"], row["endpoint"]) for row in rows) == [
        ("1", "491520000000", str(fleet[0])),
        ("2", "99", ""),
        ("3", "'=cmd", ""),
    ]
    assert Counter(row["refusal"] for row in rows) == {"": 1, "unknown_device": 1, "bad_address": 1}


def test_every_recipient_keeps_its_number_and_its_endpoint(api: Site, fleet: list[int]) -> None:
    sent = many(
        api,
        {"msisdns": ["4917612345678", "+49 1520 000001"], "endpoints": [fleet[0], fleet[0], 99]},
        "{{ device.name }}",
    )
    batch = sent.body["id"]
    read = api.get(f"/v1/batch/{batch}/recipient").body
    assert sorted((one["number"], one.get("endpoint", {}).get("id")) for one in read) == [
        (1, fleet[0]),
        (2, fleet[0]),  # the same once more
        (3, None),
        (4, None),
        (5, fleet[1]),
    ]
    for one in sent.body["recipients"]:
        (again,) = [other for other in read if other["number"] == one["number"]]
        assert {name: again[name] for name in one} == one
    table = csv.DictReader(io.StringIO(api.get(f"/v1/batch/{batch}/recipient.csv").text))
    assert {(row["number"], row["endpoint"]) for row in table} == {
        (str(one["number"]), str(one.get("endpoint", {}).get("id", ""))) for one in read
    }


def test_a_batch_tells_whether_it_changed(api: Site, fleet: list[int]) -> None:
    batch = many(api, {"endpoints": fleet[:1]}, not_before="2027-03-01T00:00:00Z").body["id"]
    tag = api.get(f"/v1/batch/{batch}").headers["etag"]
    assert api.get(f"/v1/batch/{batch}", If_None_Match=tag).status == 304
    api.post(f"/v1/batch/{batch}/cancel")
    assert api.get(f"/v1/batch/{batch}", If_None_Match=tag).status == 200


def test_a_batch_is_finished_when_nothing_of_it_waits(api: Site, fleet: list[int]) -> None:
    nobody = many(api, {"msisdns": ["4917612345678"]})
    assert nobody.body["state"]["description"] == "FINISHED"
    later = many(api, {"endpoints": fleet[:1]}, not_before="2027-03-01T00:00:00Z")
    assert later.body["state"]["description"] == "RUNNING"
    canceled = api.post(f"/v1/batch/{later.body['id']}/cancel")
    assert canceled.body["state"]["description"] == "CANCELED"


def test_recipients_come_in_pages_of_the_size_asked_for(api: Site, fleet: list[int]) -> None:
    numbers = [f"49176{n:08}" for n in range(5)]
    batch = many(api, {"endpoints": fleet[:4], "msisdns": numbers}).body["id"]
    seen: list[str] = []
    query = "per_page=2"
    while query:
        page = api.get(f"/v1/batch/{batch}/recipient?{query}")
        assert len(page.body) <= 2
        seen += [one["recipient"] for one in page.body]
        more = page.headers.get("x-more")
        query = f"per_page=2&after={more}" if more else ""
    assert seen == [*numbers, *(f"4915200000{n:02}" for n in range(4))]
    assert api.get(f"/v1/batch/{batch}/recipient?after=elsewhere").status == 400


def test_batches_of_another_organisation_are_unknown(api: Site, fleet: list[int]) -> None:
    batch = many(api, {"endpoints": fleet[:1]}).body["id"]
    token = api.new_token("admin", org=api.new_organisation("batches-elsewhere").id)
    for method, path in (("GET", ""), ("GET", "/recipient"), ("GET", "/recipient.csv"), ("POST", "/cancel")):
        assert api.call(method, f"/v1/batch/{batch}{path}", token=token).status == 404
    assert api.get("/v1/batch", token=token).body == []
    other = api.post("/v1/sms", {"payload": "x", "recipients": {"endpoints": fleet}}, token=token)
    assert set(codes(other)) == {"unknown_device"}


def test_a_kill_while_it_is_accepted_loses_nobody_and_doubles_nobody(tmp_path: Path) -> None:
    """The caller hears nothing, asks again with the same key, and everybody has exactly one SMS."""
    folder, count = Folder(tmp_path / "data"), 6_000
    rows = "".join(f"d{n},4916{n:09},90129{n:010}\n" for n in range(count))
    (tmp_path / "fleet.csv").write_text(f"name,msisdn,imsi\n{rows}")
    with folder.serving() as server:
        folder.ok("device", "import", str(tmp_path / "fleet.csv"))
        token = folder.ok("token", "create", "--scope", "sms:send").out.strip()
        database = tmp_path / "data" / "heliograph.db"
        call = threading.Thread(target=_ignore_lost, args=(server.started["api"], token, database))
        call.start()
        eventually(lambda: 0 < _count(database, "SELECT decided FROM batch") < count, "half of it")
        server.process.kill()
        call.join()
    with folder.serving() as server:
        assert _count(database, "SELECT state FROM batch") == BatchState.INTERRUPTED
        body = _send_to_all(server.started["api"], token, database)
    assert (body["accepted"], body["state"]["description"]) == (count, "RUNNING")
    query = "SELECT max(sent) FROM (SELECT count(*) AS sent FROM message GROUP BY device)"
    assert (_count(database, "SELECT count(*) FROM message"), _count(database, query)) == (count, 1)


def _count(database: Path, query: str) -> int:
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(5_000)
    found = connection.execute(query).fetchall()
    connection.close()
    return int(found[0][0]) if found else 0


def _send_to_all(api: str, token: str, database: Path) -> dict[str, Any]:
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    ids = [row[0] for row in connection.execute("SELECT id FROM device ORDER BY id")]
    connection.close()
    site = http.client.HTTPConnection(api.removeprefix("http://").removesuffix("/api"), timeout=60)
    order = json.dumps({"payload": "to all", "recipients": {"endpoints": ids}})
    site.request(
        "POST", "/api/v1/sms", order, {"Authorization": f"Bearer {token}", "Idempotency-Key": "to-all"}
    )
    body: dict[str, Any] = json.loads(site.getresponse().read())
    site.close()
    return body


def _ignore_lost(api: str, token: str, database: Path) -> None:
    try:
        _send_to_all(api, token, database)
    except (OSError, http.client.HTTPException):
        return  # the server was killed under it
