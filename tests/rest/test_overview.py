"""The overview, networks and lanes over the API: numbers, words for what waits, and the lists behind."""

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from heliograph.flow.ports import Answers, Urgency
from heliograph.flow.reads import overview as overviews
from heliograph.store.reads import network as network_reader
from tests.rest.site import Answered, Site
from tests.rest.test_simulator import until

MINUTE_MS = 60_000
_FIRST = count(10_000_000, 1_000_000)  # of the numbers of messages


class Rows:
    """A flow of this test: statements as they are."""

    urgency = Urgency.BULK

    async def __call__(self, tx: Any, requests: Sequence[tuple[str, tuple[Any, ...]]]) -> Answers[None]:
        for text, values in requests:
            tx._connection.execute(text, values).fetchall()
        return Answers([None for _ in requests], [])


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("watched", msisdn="8834000000991", imsi="901880000000991")


@pytest.fixture(scope="module")
def org(api: Site) -> int:
    """With traffic of its own."""
    return api.new_organisation("traffic").id


@pytest.fixture(scope="module")
def token(api: Site, org: int) -> str:
    return api.new_token("admin", org=org)


_INSERT = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    INSERT INTO message SELECT (? + i) * 256, ?, ?, NULL, NULL, NULL, 'token:1', '2020', '8834', x'61', 0, 0,
    x'', 0, 1, 0, 0, 0, NULL, 0, ?, NULL, ? + i, NULL, ? + 86400000, ?, 1, '', '' FROM n"""


def passed(api: Site, org: int, many: int, at: int, state: int, took_ms: int, direction: int = 1) -> None:
    """Messages that were accepted then, one a millisecond."""
    final_at = at + took_ms if state > 3 else None
    api.run(Rows(), (_INSERT, (many, next(_FIRST), org, direction, state, at, at, final_at)))


def overview(api: Site, token: str, period: str = "hour") -> Any:
    answer = api.get(f"/v1/overview?period={period}", token=token)
    assert answer.status == 200, answer
    return answer.body


def test_outcomes_and_times_by_direction(api: Site, org: int, token: str) -> None:
    begun = api.app.clock.now() - 10 * MINUTE_MS
    passed(api, org, 8, begun, 4, 2_000)
    passed(api, org, 2, begun, 5, 100)
    passed(api, org, 3, begun, 4, 50_000, direction=2)
    passed(api, org, 1, begun - 20 * MINUTE_MS, 2, 0, direction=3)
    found = overview(api, token)
    assert (found["sampled"], found["estimated"], found["step_seconds"], len(found["series"])) == (
        *(False, False, 60),
        60,
    )
    total = found["total"]
    assert total["messages"] == sum(point["messages"] for point in found["series"]) == 14
    assert total["mt"] == {"delivered": 8, "failed": 2, "expired": 0, "canceled": 0, "waiting": 0}
    assert (total["mo"]["delivered"], total["p2p"]["waiting"]) == (3, 1)
    assert total["delivery_rate"] == round(11 / 13, 4)
    assert 1.9 < total["p50_seconds"] <= total["p95_seconds"] <= 2.0
    for period, steps in (("day", 144), ("week", 168)):
        wider = overview(api, token, period)
        assert (wider["total"]["messages"], len(wider["series"])) == (14, steps)
    failed = api.get(total["lists"]["failed"], token=token)
    assert len(failed.body) == 2


def test_a_part_stands_for_many_and_says_so(api: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    org = api.new_organisation("sampled").id
    token = api.new_token("admin", org=org)
    begun = api.app.clock.now() - 40 * MINUTE_MS
    passed(api, org, 3_000, begun, 4, 1_000)
    passed(api, org, 1_000, begun - 10 * MINUTE_MS, 5, 1_000)
    exact = overview(api, token)
    monkeypatch.setattr(overviews, "MOST_LOOKED_AT", 400)
    found = overview(api, token)
    assert (found["sampled"], found["estimated"]) == (True, False)
    assert found["total"]["messages"] == exact["total"]["messages"] == 4_000
    assert abs(found["total"]["mt"]["delivered"] - exact["total"]["mt"]["delivered"]) <= 1


def test_what_there_is_no_time_to_count_is_estimated(api: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    org = api.new_organisation("estimated").id
    token = api.new_token("admin", org=org)
    begun = (api.app.clock.now() // MINUTE_MS - 5) * MINUTE_MS
    passed(api, org, 30_000, begun, 4, 1_000)
    monkeypatch.setattr(network_reader, "COUNTING_SECONDS", 0.0)
    monkeypatch.setattr(overviews, "MOST_LOOKED_AT", 600)
    found = overview(api, token)
    assert found["estimated"]
    assert 25_000 < found["total"]["messages"] < 35_000
    monkeypatch.undo()
    assert overview(api, token)["total"]["messages"] == 30_000


def test_of_nothing_there_are_no_rates(api: Site) -> None:
    token = api.new_token("admin", org=api.new_organisation("quiet").id)
    found = overview(api, token)
    assert (found["total"]["messages"], found["total"]["delivery_rate"], found["total"]["p50_seconds"]) == (
        *(0, None),
        None,
    )
    assert (found["trouble"], found["waiting"]["lanes"], found["blocked"]) == ([], 0, [])


def waits(api: Site, device: int) -> None:
    """Behind a device that sleeps."""
    assert api.call("PATCH", f"/v1/simulator/device/{device}", {"coverage": "asleep"}).status == 200
    for text in ("one", "two"):
        assert api.post(f"/v1/endpoint/{device}/sms", {"payload": text}).status == 201
    until(lambda: [lane["state"] for lane in lanes(api, device, "state=trouble")], ["trouble"])


def lanes(api: Site, device: int, query: str = "") -> list[Any]:
    answer = api.get(f"/v1/lane?{query}")
    assert answer.status == 200, answer
    return [lane for lane in answer.body if (lane["endpoint"] or {}).get("id") == device]


def test_a_lane_in_trouble_is_told_in_words_and_its_list_opens(api: Site, device: int) -> None:
    waits(api, device)
    found = overview(api, api.token)
    trouble = {one["code"]: one for one in found["trouble"]}["sleeping"]
    assert trouble["text"].startswith("The device sleeps")
    behind = api.get(trouble["list"]).body
    (lane,) = [one for one in behind if one["endpoint"]["id"] == device]
    assert (lane["waiting"], lane["attempts"] > 0, lane["endpoint"]["name"]) == (2, True, "watched")
    assert (lane["receiver"], lane["gate"], lane["reason"]["code"]) == ("endpoint", "simulator", "sleeping")
    assert lane["head"]["id"] == min(sms["id"] for sms in api.get(f"/v1/endpoint/{device}/sms").body)
    assert found["waiting"]["endpoints"] >= 1
    assert lanes(api, device, "gate=simulator&receiver=endpoint")
    assert not lanes(api, device, "gate=elsewhere")
    assert not lanes(api, device, "receiver=application")
    assert not lanes(api, device, "state=scheduled,held")


def test_what_no_application_takes_waits_for_its_gate(api: Site, device: int) -> None:
    found = api.get("/v1/lane?receiver=application").body
    api.post(f"/v1/endpoint/{device}/sms", {"payload": "reading", "dest_address": "4444"})
    (lane,) = [one for one in api.get("/v1/lane?receiver=application").body if one not in found]
    assert (lane["state"], lane["endpoint"]["id"], lane["application"]["name"]) == (
        "ready",
        device,
        "default",
    )
    assert lane["reason"] == {"code": "gate_closed", "text": "Application default is not connected."}


def test_lanes_come_in_pages(api: Site, device: int) -> None:
    other = api.new_device("watched too", msisdn="8834000000992", imsi="901880000000992")
    later = {"payload": "x", "not_before": "2099-01-01T00:00:00Z"}
    soon = {**later, "not_before": _in_an_hour(api)}
    assert api.post(f"/v1/endpoint/{other}/sms", soon).status == 201
    whole = api.get("/v1/lane").body
    assert len(whole) >= 2
    paged, answer = [], api.get("/v1/lane?per_page=1")
    while True:
        paged += answer.body
        if "link" not in answer.headers:
            break
        answer = api.get(answer.headers["link"].split(">")[0].split("/api")[1])
    assert paged == whole
    (lane,) = [one for one in whole if one["endpoint"]["id"] == other]
    assert (lane["state"], lane["scheduled"], lane["head"]) == ("scheduled", 1, None)


def test_looks_are_bounded_and_miss_nothing(api: Site, device: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, sums = api.get("/v1/lane").body, overview(api, api.token)["waiting"]
    assert not sums["more"]
    monkeypatch.setattr(network_reader, "SCAN", 3)
    monkeypatch.setattr(network_reader, "SCAN_GROUPED", 1)
    assert api.get("/v1/lane").body == whole
    found = overview(api, api.token)["waiting"]
    assert found["more"]
    assert found["lanes"] < sums["lanes"]


def _in_an_hour(api: Site) -> str:
    from heliograph.interfaces.rest.translate.times import shown

    return shown(api.app.clock.now() + 3_600_000)


@pytest.mark.parametrize("query", ["state=odd", "receiver=cloud", "cursor=%21", "cursor=YQ"])
def test_bad_criteria_of_lanes(api: Site, query: str) -> None:
    assert api.get(f"/v1/lane?{query}").status == 422


def test_an_unknown_period(api: Site) -> None:
    assert api.get("/v1/overview?period=year").status == 400


def gates(api: Site, query: str = "", token: str = "") -> dict[str, Any]:
    answer: Answered = api.get(f"/v1/network{query}", token=token)
    assert answer.status == 200, answer
    return {gate["gate"]: gate for gate in answer.body}


def test_gates_of_all_kinds(api: Site, device: int) -> None:
    callback = api.post("/v1/api_callback", {"url": "https://receiver.example/x", "purpose": "gates"}).body[
        "id"
    ]
    account = api.post("/v1/smpp_account", {"system_id": "gates"}).body["id"]
    upstream = {"name": "gates", "host": "smsc.invalid", "status": {"id": 1}}
    assert api.post("/v1/upstream", upstream).status == 201
    found = gates(api)
    assert found["simulator"]["state"] == "open"
    assert found["simulator"]["waiting"]["messages"] >= 2
    assert found["simulator"]["window"] > 0
    assert (found[f"application:{callback}"]["kind"], found[f"application:{callback}"]["state"]) == (
        "callback",
        "open",
    )
    shown = found[f"application:{account}"]
    assert (shown["kind"], shown["name"], shown["state"]) == ("smpp_account", "gates", "closed")
    assert shown["reason"] == {"code": "not_bound", "text": "Nobody is bound who receives."}
    assert found["upstream:gates"]["reason"]["code"] == "switched_off"
    assert set(gates(api, "?q=kind:upstream")) >= {"upstream:gates"}
    assert all(gate["kind"] == "upstream" for gate in gates(api, "?q=kind:upstream").values())


def test_a_circuit_that_opened(api: Site) -> None:
    id = api.post("/v1/api_callback", {"url": "https://receiver.example/y"}).body["id"]
    far = api.app.gates.by_name[f"application:{id}"].far
    for _ in range(5):
        far.failed(api.app.clock.now())
    gate = gates(api)[f"application:{id}"]
    assert (gate["state"], gate["reason"]["code"], gate["failures"]) == ("resting", "circuit_open", 5)
    assert gate["since"] < gate["until"]
    told = overview(api, api.token)["callbacks"]
    assert told["failing"] >= 1
    assert f"application:{id}" in {one["gate"] for one in api.get(told["list"]).body}
    far.worked()


def test_parts_are_for_those_who_may_see_them(api: Site) -> None:
    token = api.new_token("sms:read")
    assert gates(api, token=token) == {}
    found = overview(api, token)
    assert [found[part] for part in ("callbacks", "upstreams", "blocked")] == [None, None, None]
    assert api.get("/v1/lane", token=api.new_token("device:read")).status == 403


def test_what_rules_blocked(api: Site, org: int, token: str) -> None:
    now = api.app.clock.now()
    for number, (type, detail) in enumerate(
        [
            ("firewall_blocked", "policy meters: rate 5 per minute"),
            ("firewall_blocked", "policy meters: rate 5 per minute (7 more since the last event)"),
            ("firewall_blocked", "device pump: block 4711, 4712"),
            ("mt_limit_used_up", "policy meters"),
            ("device_attached", ""),
        ]
    ):
        values = (number + 77 * 2**30, org, now, type, detail)
        api.run(Rows(), ("INSERT INTO event VALUES(?, ?, ?, ?, 1, NULL, NULL, ?, NULL)", values))
    blocked = overview(api, token)["blocked"]
    assert [(one["event_type"]["id"], one["rule"], one["count"]) for one in blocked][:1] == [
        (1011, "policy meters: rate 5 per minute", 9)
    ]
    assert len(blocked) == 3
    assert len(api.get(blocked[0]["list"], token=token).body) == 2
    assert all(api.get(one["list"], token=token).status == 200 for one in blocked)


def test_other_organisations_see_nothing_of_it(api: Site, device: int) -> None:
    token = api.new_token("admin", org=api.new_organisation("network strangers").id)
    assert api.get("/v1/lane", token=token).body == []
    found = gates(api, token=token)
    assert found["simulator"]["waiting"] == {"lanes": 0, "messages": 0, "more": False}
    assert (found["simulator"]["window"], found["simulator"]["in_flight"]) == (None, None)
    assert "application" not in "".join(found)
    assert overview(api, token)["total"]["messages"] == 0


@pytest.mark.parametrize("few", [5_000, 0], ids=["few devices", "many devices"])
def test_a_busy_neighbour_hides_nothing(api: Site, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """More waits for the devices of others than one look sees, before ours and after them."""
    monkeypatch.setattr(network_reader, "FEW_DEVICES", few)
    busy, calm = (int(api.new_organisation(f"{name} {few}").id) for name in ("busy", "calm"))
    tokens = {org: api.new_token("admin", org=org) for org in (busy, calm)}
    later = {"payload": "x", "not_before": _in_an_hour(api)}
    made = []
    for number, org in enumerate((busy, busy, busy, calm, busy, busy, calm, busy)):
        made.append(api.new_device(f"neighbour {number}", org=org, msisdn=f"88341{few:04}00{number}"))
        for _ in range(2 if org == busy else 1):
            assert api.post(f"/v1/endpoint/{made[-1]}/sms", later, token=tokens[org]).status == 201
    application = {"payload": "reading", "dest_address": "4444"}
    own = [made[3], made[6]]
    assert api.post(f"/v1/endpoint/{own[0]}/sms", application, token=tokens[calm]).status == 201
    monkeypatch.setattr(network_reader, "SCAN", 2)
    monkeypatch.setattr(network_reader, "SCAN_GROUPED", 2)
    monkeypatch.setattr("heliograph.flow.reads.overview.SLICES", 1)
    found, path, keys = [], "/v1/lane?receiver=endpoint", []
    while path:
        answer = api.get(path, token=tokens[calm])
        found += [lane["endpoint"]["id"] for lane in answer.body]
        path = answer.headers.get("link", "").split(">")[0].partition("/api")[2]
        if path:
            mark = parse_qs(urlsplit(path).query)["cursor"][0]
            keys.append(int(urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).split(b",")[1]))
    assert sorted(found) == sorted(own)
    assert not {*keys} & ({*made} - {*own})
    waiting = overview(api, tokens[calm])["waiting"]
    assert (waiting["lanes"] - waiting["endpoints"], waiting["endpoints"]) == (1, 2 if few else 0)
