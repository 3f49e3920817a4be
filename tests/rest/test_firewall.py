"""Firewalls over the API: rules, refusals that name them, endpoints that are held, the suppression list."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from heliograph.flow.requests import Inbound
from tests.engine import text_content
from tests.rest.site import Answered, Site

_numbers = count(1)


@pytest.fixture
def place(api: Site) -> tuple[int, int]:
    """A service profile and an endpoint of its own."""
    number = next(_numbers)
    profile = api.new_policy(f"meters-{number}")
    device = api.new_device(
        f"meter-{number}", profile, msisdn=f"4915770{number:05}", imsi=f"90128077{number:07}"
    )
    return profile, device


def put(api: Site, path: str, rules: object, **more: Any) -> Answered:
    return api.call("PUT", path, rules, **more)


def send(api: Site, device: int, payload: str = "hello", **fields: Any) -> Answered:
    return api.post(f"/v1/endpoint/{device}/sms", {"payload": payload, **fields})


def refusal(answer: Answered) -> dict[str, str]:
    found: dict[str, str] = answer.body["refusal"]
    return found


EVERYTHING = {
    "allow": [{"peer": "ACME"}, {"peer": "+49", "match": "prefix"}],
    "block": [{"peer": "+4917", "match": "prefix", "directions": ["MT", "P2P"]}],
    "content": [{"name": "links", "pattern": "(?i)https?://"}],
    "windows": [{"name": "noon", "start": "12:00", "end": "12:01", "days": ["sun"]}],
    "rates": [{"limit": 1000, "per": "day", "burst": 500}],
    "pending": 100,
    "anomaly": {"times": 5, "hold_seconds": None},
    "zone": "Europe/Berlin",
}


@pytest.mark.parametrize("kind", ["service_profile", "endpoint"])
def test_rules_come_back_as_they_were_set(api: Site, place: tuple[int, int], kind: str) -> None:
    path = f"/v1/{kind}/{place[kind == 'endpoint']}/firewall"
    assert api.get(path).body == {}
    assert put(api, path, EVERYTHING).body == EVERYTHING
    found = api.get(path)
    assert found.body == EVERYTHING
    assert api.get(path, If_None_Match=found.headers["etag"]).status == 304
    assert put(api, path, {}).body == {}
    assert api.get(path).body == {}


def test_a_refusal_names_the_rule(api: Site, place: tuple[int, int]) -> None:
    profile, device = place
    name = api.get(f"/v1/service_profile/{profile}").body["name"]
    put(api, f"/v1/service_profile/{profile}/firewall", {"block": [{"peer": "+49", "match": "prefix"}]})
    answer = send(api, device, source_address="+491701234567")
    assert (answer.status, answer.body["error_code"]) == (422, 1400)
    assert refusal(answer) == {
        "code": "peer_blocked",
        "reason": "The number or name of the other side is blocked.",
        "rule": f'policy {name}: block list "+49"',
    }
    assert send(api, device, source_address="ACME").status == 201


def test_rules_of_an_endpoint_hold_for_it_alone(api: Site, place: tuple[int, int]) -> None:
    profile, device = place
    number = next(_numbers)
    other = api.new_device(f"other-{number}", profile, msisdn=f"4915771{number:05}")
    put(api, f"/v1/endpoint/{device}/firewall", {"content": [{"name": "off", "pattern": "^off$"}]})
    assert refusal(send(api, device, "off"))["code"] == "content_blocked"
    assert send(api, other, "off").status == 201
    assert send(api, device, "off we go").status == 201


def test_callers_who_race_for_a_rate_get_exactly_its_limit(api: Site, place: tuple[int, int]) -> None:
    profile, device = place
    put(api, f"/v1/service_profile/{profile}/firewall", {"rates": [{"limit": 10, "per": "day"}]})
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: send(api, device).status, range(200)))
    assert (answers.count(201), answers.count(422)) == (10, 190)
    events = api.get(f"/v1/endpoint/{device}/event").body
    assert len([one for one in events if one["event_type"]["id"] == 1011]) == 1
    assert api.get(f"/v1/endpoint/{device}/firewall/hold").body["blocked"] == 190


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"blocks": []}, "blocks"),
        ({"block": [{"peer": 49}]}, "block[0].peer"),
        ({"block": [{"peer": ""}]}, "block[0].peer"),
        ({"content": [{"name": "x", "pattern": "("}]}, "content[0].pattern"),
        ({"content": [{"name": "x", "pattern": "(?=a)"}]}, "content[0].pattern"),
        ({"content": [{"name": "x", "pattern": "(((a{99}){99}){9})"}]}, "content[0].pattern"),
        ({"rates": [{"limit": 0, "per": "day"}]}, "rates[0].limit"),
        ({"rates": [{"limit": 1, "per": "week"}]}, "rates[0].per"),
        ({"windows": [{"name": "x", "start": "25:00", "end": "01:00"}]}, "windows[0].start"),
        ({"zone": "../../../etc/passwd"}, "zone"),
        ({"pending": 10**30}, "pending"),
        ({"block": [{"peer": "1"}] * 501}, "block"),
        ([], "body"),
    ],
)
def test_bad_rules_name_their_field_and_change_nothing(
    api: Site, place: tuple[int, int], rules: object, said: str
) -> None:
    path = f"/v1/service_profile/{place[0]}/firewall"
    put(api, path, {"pending": 5})
    answer = put(api, path, rules)
    assert answer.status in (400, 422)
    assert said in answer.text
    assert api.get(path).body == {"pending": 5}


def test_only_the_own_organisation_and_the_right_scopes(api: Site, place: tuple[int, int]) -> None:
    profile, device = place
    stranger = api.new_token("admin", org=api.new_organisation(f"others-{next(_numbers)}").id)
    for path in (f"/v1/service_profile/{profile}/firewall", f"/v1/endpoint/{device}/firewall"):
        assert api.get(path, token=stranger).status == 404
        assert put(api, path, {}, token=stranger).status == 404
        assert put(api, path, {}, token=api.new_token("policy:read")).status == 403
        assert api.get(path, token=api.new_token("sms:send")).status == 403
    hold = f"/v1/endpoint/{device}/firewall/hold"
    assert api.get(hold, token=stranger).status == 404
    assert api.call("DELETE", hold, token=stranger).status == 404


def test_an_endpoint_that_sends_far_too_much_is_held_and_released(api: Site, place: tuple[int, int]) -> None:
    profile, device = place
    anomaly = {"times": 3, "least": 5, "learning_hours": 0, "hold_seconds": 86400}
    put(api, f"/v1/service_profile/{profile}/firewall", {"anomaly": anomaly})
    path = f"/v1/endpoint/{device}/firewall/hold"
    assert api.get(path).body["held"] is False
    assert api.call("DELETE", path).body["refusal"]["code"] == "not_held"
    answers = [
        api.post(f"/v1/endpoint/{device}/sms", {"payload": f"{n}", "dest_address": "12345"}) for n in range(8)
    ]
    assert [answer.status for answer in answers] == [201] * 5 + [422] * 3
    rule = refusal(answers[-1])["rule"]
    assert "anomaly, more than 5 an hour" in rule
    held = api.get(path).body
    assert (held["held"], held["rule"], held["sent_this_hour"]) == (True, rule, 5)
    assert held["until"] > held["since"]
    assert refusal(send(api, device))["code"] == "device_held"
    types = [event["event_type"]["id"] for event in api.get(f"/v1/endpoint/{device}/event").body]
    assert 1015 in types
    assert api.call("DELETE", path).status == 204
    assert api.get(path).body["held"] is False
    assert send(api, device).status == 201


def test_a_blocked_sms_that_was_accepted_tells_its_rule_in_the_timeline(
    api: Site, place: tuple[int, int]
) -> None:
    profile, device = place
    number = next(_numbers)
    other = api.new_device(
        f"peer-{number}", profile, msisdn=f"4915772{number:05}", imsi=f"90128078{number:07}"
    )
    put(api, f"/v1/endpoint/{other}/firewall", {"block": [{"peer": "+49", "match": "prefix"}]})
    body = {"payload": "hi", "dest_address": f"+4915772{number:05}"}
    sms = api.post(f"/v1/endpoint/{device}/sms", body).headers["location"].split("/")[8]
    told = api.get(f"/v1/endpoint/{device}/sms/{sms}/timeline").text
    assert f"The rules of device peer-{number} do not let it go on, by block list" in told


def test_the_suppression_list(api: Site) -> None:
    made = api.post("/v1/suppression", {"number": "+4915112345678"})
    assert (made.status, made.body["number"], made.body["word"]) == (201, "4915112345678", None)
    assert api.post("/v1/suppression", {"number": "4915112345678"}).status == 409
    assert api.post("/v1/suppression", {"number": "12"}).status == 422
    listed = api.get("/v1/suppression?per_page=1")
    assert [one["number"] for one in listed.body] == ["4915112345678"]
    assert listed.headers["x-total-count"] == "1"
    stranger = api.new_token("admin", org=api.new_organisation(f"others-{next(_numbers)}").id)
    path = f"/v1/suppression/{made.body['id']}"
    assert api.get("/v1/suppression", token=stranger).body == []
    assert api.call("DELETE", path, token=stranger).status == 404
    assert api.call("DELETE", path).status == 204
    assert api.call("DELETE", path).status == 404
    assert api.get("/v1/suppression").body == []


def test_a_call_to_many_leaves_out_who_wants_nothing(api: Site) -> None:
    made = api.post("/v1/suppression", {"number": "+4915188888888"})
    recipients = {"msisdns": ["4915188888888", "4915188888889"]}
    answer = api.post("/v1/sms", {"recipients": recipients, "payload": "hello"})
    codes = [one["refusal"]["code"] for one in answer.body["recipients"]]
    assert codes == ["suppressed", "no_external_route"]
    assert api.call("DELETE", f"/v1/suppression/{made.body['id']}").status == 204


SPELLINGS = (
    "4915166666666",
    "+4915166666666",
    "004915166666666",
    "+49 151 6666 6666",
    "0049 (0)151/666-66666",
)


@pytest.mark.parametrize("listed", SPELLINGS)
def test_a_number_means_the_same_everywhere_however_it_is_written(
    api: Site, place: tuple[int, int], listed: str
) -> None:
    made = api.post("/v1/suppression", {"number": listed})
    assert (made.status, made.body["number"]) == (201, SPELLINGS[0])
    answer = api.post("/v1/sms", {"recipients": {"msisdns": SPELLINGS}, "payload": "hello"})
    codes = [one["refusal"]["code"] for one in answer.body["recipients"]]
    assert codes == ["suppressed"] + ["duplicate_recipient"] * 4
    assert api.call("DELETE", f"/v1/suppression/{made.body['id']}").status == 204
    put(api, f"/v1/endpoint/{place[1]}/firewall", {"block": [{"peer": listed}]})
    for source in (SPELLINGS[0], SPELLINGS[1], SPELLINGS[2]):
        answer = send(api, place[1], source_address=source)
        assert refusal(answer)["rule"].endswith(f': block list "{listed}"')


def test_stop_words_of_an_organisation(api: Site, place: tuple[int, int]) -> None:
    usual = api.get("/v1/stop_word").body
    both = api.call("PUT", "/v1/stop_word", {"stop": ["Ende", "Halt"], "start": ["Los", " HALT. "]})
    assert (both.status, refusal(both)["rule"]) == (422, "start")
    assert "HALT" in both.body["message"]
    assert api.get("/v1/stop_word").body == usual
    assert ("STOP" in usual["stop"], "START" in usual["start"]) == (True, True)
    assert api.call("PUT", "/v1/stop_word", {"stop": [""], "start": []}).status == 422
    words = {"stop": ["Ende", "Schluss jetzt"], "start": ["Los"]}
    assert api.call("PUT", "/v1/stop_word", words).body == words
    number = api.get(f"/v1/endpoint/{place[1]}").body["name"].removeprefix("meter-")

    def write(text: str) -> None:
        inbound = Inbound("upstream", "", "4915199999999", f"4915770{int(number):05}", text_content(text))
        api.ask(api.app.receive([inbound]))

    write("schluss  JETZT")
    assert [one["word"] for one in api.get("/v1/suppression").body] == ["schluss  JETZT"]
    write("los")
    assert api.get("/v1/suppression").body == []
    assert api.call("PUT", "/v1/stop_word", usual).body == usual
