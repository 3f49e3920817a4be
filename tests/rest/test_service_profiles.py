"""Service profiles: every field of the contract, services, who may, and what is refused."""

from typing import Any

import pytest

from heliograph.flow.manage.callbacks import (
    CallbackWish,
    ManageCallbacks,
    ManageSecrets,
    NewCallback,
    NewSecret,
)
from tests.rest.site import Answered, Site

PATH = "/v1/service_profile"
DEFAULTS: dict[str, Any] = {
    "description": "",
    "used_count": 0,
    "allowed_3g": True,
    "allowed_4g": True,
    "allowed_nb_iot": True,
    "apply_data_quota": False,
    "apply_sms_quota": False,
    "retail": False,
    "prepaid": False,
    "nipdp": False,
    "sms_p2p_int": True,
    "sms_p2p_ext": True,
    "api_callback": None,
    "api_secret": None,
    "feed_consumer": None,
    "smpp_account": None,
    "moc_callback": None,
    "esme_interface_type": {"id": 1, "description": "RestAPI"},
    "breakout_region": None,
    "dns": None,
    "service": [],
    "sms_p2p_receive_rate": 6,
    "sms_p2p_send_cap": 5,
    "sms_mo_per_part": False,
}


def made(api: Site, name: str, **fields: Any) -> int:
    answer = api.post(PATH, {"name": name, **fields})
    assert answer.status == 201, answer.text
    assert answer.headers["location"] == f"http://127.0.0.1:{api.port}/api{PATH}/{answer.body['id']}"
    return int(answer.body["id"])


def profile(api: Site, id: int) -> dict[str, Any]:
    answer = api.get(f"{PATH}/{id}")
    assert answer.status == 200, answer.text
    return dict(answer.body)


def patched(api: Site, id: int, body: object) -> Answered:
    return api.call("PATCH", f"{PATH}/{id}", body)


def nested(answer: Answered) -> list[str]:
    assert (answer.status, answer.body["error_code"]) == (422, 1400), answer.text
    return [error["message"] for error in answer.body["errors"]]


def test_a_new_profile_has_the_defaults_of_the_contract_and_no_service(api: Site) -> None:
    found = profile(api, made(api, "plain"))
    assert {name: found[name] for name in DEFAULTS} == DEFAULTS
    assert found["created"] == found["last_updated"]
    assert found["created"].endswith("+0000")
    assert found.keys() == {*DEFAULTS, "id", "name", "created", "last_updated"}


def test_every_field_can_be_set_and_is_returned(api: Site) -> None:
    wanted: dict[str, Any] = {
        "description": "for meters",
        "allowed_3g": False,
        "allowed_4g": False,
        "allowed_nb_iot": False,
        "apply_data_quota": True,
        "apply_sms_quota": True,
        "retail": True,
        "prepaid": True,
        "nipdp": True,
        "sms_p2p_int": False,
        "sms_p2p_ext": False,
        "moc_callback": {"id": 4},
        "breakout_region": {"id": 2},
        "dns": {"id": 9},
        "sms_p2p_receive_rate": 12,
        "sms_p2p_send_cap": 0,
        "sms_mo_per_part": True,
    }
    id = made(api, "full", **wanted)
    found = profile(api, id)
    assert {name: found[name] for name in wanted} == wanted
    assert patched(api, id, {name: DEFAULTS[name] for name in wanted}).status == 204
    again = profile(api, id)
    assert {name: again[name] for name in wanted} == {name: DEFAULTS[name] for name in wanted}
    assert again["name"] == "full"


def test_a_change_touches_what_it_names_and_nothing_else(api: Site) -> None:
    id = made(api, "careful", retail=True, dns={"id": 1}, sms_p2p_int=False)
    answer = patched(api, id, {"name": "renamed", "nipdp": True, "colour": "red"})
    assert (answer.status, answer.text) == (204, "")
    found = profile(api, id)
    assert [found[name] for name in ("name", "retail", "nipdp", "sms_p2p_int")] == [
        "renamed",
        True,
        True,
        False,
    ]
    assert found["dns"] == {"id": 1}


def test_null_clears_a_reference(api: Site) -> None:
    id = made(api, "cleared", dns={"id": 1}, breakout_region={"id": 2.0}, esme_interface_type={"id": 3})
    assert patched(api, id, {"dns": {"id": None}, "breakout_region": None}).status == 204
    found = profile(api, id)
    assert (found["dns"], found["breakout_region"]) == (None, None)
    assert found["esme_interface_type"] == {"id": 3, "description": "Console"}
    assert patched(api, id, {"esme_interface_type": {"id": None}}).status == 204
    assert profile(api, id)["esme_interface_type"]["id"] == 1


def test_a_callback_must_be_there_and_becomes_who_hears(api: Site) -> None:
    id = made(api, "called")
    answer = patched(api, id, {"api_callback": {"id": 12345}})
    assert (answer.status, answer.body["error_code"]) == (422, 1401)
    assert answer.body["message"] == "ApiCallback with Id '12345' not found."
    callback = new_callback(api)
    assert patched(api, id, {"api_callback": {"id": callback}}).status == 204
    assert profile(api, id)["api_callback"] == {"id": callback}
    assert heard_by(api, id) == callback
    for interface, hears in ((3, None), (1, callback), (2, None), (1, callback)):
        assert patched(api, id, {"esme_interface_type": {"id": interface}}).status == 204
        assert heard_by(api, id) == hears
    assert patched(api, id, {"api_callback": {"id": None}}).status == 204
    assert (profile(api, id)["api_callback"], heard_by(api, id)) == (None, None)


def new_callback(api: Site) -> int:
    request = NewCallback(api.org, CallbackWish(url="https://example.com/sms"))
    return int(api.run(ManageCallbacks(), request).id)


def test_a_secret_must_be_there(api: Site) -> None:
    id = made(api, "signed")
    answer = patched(api, id, {"api_secret": {"id": 12345}})
    assert (answer.status, answer.body["message"]) == (422, "ApiSecret with Id '12345' not found.")
    secret = int(api.run(ManageSecrets(), NewSecret(api.org, "signs", b"sealed")).id)
    assert patched(api, id, {"api_secret": {"id": secret}}).status == 204
    assert profile(api, id)["api_secret"] == {"id": secret}
    token = api.new_token("admin", org=api.new_organisation("others of secrets").id)
    theirs = api.post(PATH, {"name": "x", "api_secret": {"id": secret}}, token=token)
    assert (theirs.status, theirs.body["error_code"]) == (422, 1401)
    assert patched(api, id, {"api_secret": {"id": None}}).status == 204
    assert profile(api, id)["api_secret"] is None


def heard_by(api: Site, id: int) -> int | None:
    policy = api.ask(api.app.reader.policy(api.org, str(id)))
    assert policy is not None
    return policy.application


def test_an_application_of_the_command_line_stays_while_nobody_chooses_another(api: Site) -> None:
    application = api.ask(api.app.browse.applications(api.org))[0].id
    id = api.new_policy("by hand", application=application)
    assert patched(api, id, {"description": "still by hand"}).status == 204
    assert heard_by(api, id) == application
    assert patched(api, id, {"esme_interface_type": {"id": 3}}).status == 204
    assert heard_by(api, id) is None


def test_services_are_put_in_and_taken_out(api: Site) -> None:
    id = made(api, "services")
    for service in (0, 6, 32, 38):
        assert api.call("PUT", f"{PATH}/{id}/service/{service}").status == 204
        again = api.call("PUT", f"{PATH}/{id}/service/{service}")
        assert (again.status, again.body["error_code"]) == (409, 1405)
    assert [row["id"] for row in profile(api, id)["service"]] == [0, 6, 32, 38]
    mt = profile(api, id)["service"][1]
    assert mt == {
        "id": 6,
        "description": "SMS MT",
        "traffic_type": {"id": 6, "description": "SMS", "unit": "SMS"},
    }
    for service in (0, 6, 32, 38):
        gone = api.call("DELETE", f"{PATH}/{id}/service/{service}")
        assert (gone.status, gone.text) == (204, "")
        again = api.call("DELETE", f"{PATH}/{id}/service/{service}")
        assert (again.status, again.body["message"]) == (404, f"Service with id {service} not found")
    assert profile(api, id)["service"] == []


def test_services_switch_the_directions(api: Site) -> None:
    id = made(api, "switches")
    device = api.new_device("switched", id, msisdn="491511000001", imsi="901281000000001")
    answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": "x"})
    assert answer.body["refusal"]["code"] == "mt_off"
    assert answer.body["refusal"]["rule"] == "policy switches: mt"
    assert api.call("PUT", f"{PATH}/{id}/service/6").status == 204
    assert api.post(f"/v1/endpoint/{device}/sms", {"payload": "x"}).status == 201
    assert patched(api, id, {"service": [{"id": 32}]}).status == 204
    assert [row["id"] for row in profile(api, id)["service"]] == [32]
    assert api.post(f"/v1/endpoint/{device}/sms", {"payload": "x"}).status == 422


def test_the_services_that_there_are(api: Site) -> None:
    answer = api.get("/v1/service")
    assert [(row["id"], row["description"]) for row in answer.body] == [
        (0, "USSD"),
        (6, "SMS MT"),
        (32, "SMS MO"),
        (38, "Data"),
    ]
    for path in (f"{PATH}/1/service/7", "/v1/service/7/traffic_limit"):
        method = "PUT" if path.startswith(PATH) else "GET"
        unknown = api.call(method, path)
        assert (unknown.status, unknown.body["message"]) == (404, "Service with id 7 not found")


def test_a_profile_in_use_is_not_deleted(api: Site) -> None:
    id = made(api, "used")
    device = api.new_device("user of it", id)
    assert profile(api, id)["used_count"] == 1
    answer = api.call("DELETE", f"{PATH}/{id}")
    assert (answer.status, answer.body["error_code"]) == (409, 1407)
    assert answer.body["message"] == "Service Profile still referenced by Endpoint."
    other = made(api, "free")
    assert api.call("DELETE", f"{PATH}/{other}").status == 204
    gone = api.get(f"{PATH}/{other}")
    assert (gone.status, gone.body["message"]) == (404, f"Service Profile with id {other} not found")
    assert device


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "ServiceProfile - name is required"),
        ({"name": ""}, "ServiceProfile - name: Expected `str` of length >= 1"),
        (
            {"name": " x"},
            "ServiceProfile - name: A name has 1 to 100 printable characters, with no space around it.",
        ),
        ({"name": "x", "retail": "yes"}, "ServiceProfile - retail: Expected `bool`, got `str`"),
        (
            {"name": "x", "esme_interface_type": {"id": 4}},
            "ServiceProfile - esme_interface_type: must be one of 1, 2, 3",
        ),
        ({"name": "x", "service": [{"id": 7}]}, "ServiceProfile - service: must be among 0, 6, 32, 38"),
        (
            {"name": "x", "sms_p2p_receive_rate": 0},
            "ServiceProfile - sms_p2p_receive_rate: Expected `int` >= 1",
        ),
        (
            {"name": "x", "description": "d" * 1001},
            "ServiceProfile - description: Expected `str` of length <= 1000",
        ),
        ({"name": "x", "dns": {"id": 2**60}}, "ServiceProfile - dns.id: Expected `int` <= 9007199254740991"),
        ({"name": "x", "dns": 7}, "ServiceProfile - dns: Expected `object | null`, got `int`"),
    ],
)
def test_bad_input_says_what_is_wrong(api: Site, body: object, said: str) -> None:
    assert nested(api.post(PATH, body)) == [said]


def test_any_text_can_be_kept_and_a_broken_one_is_refused(api: Site) -> None:
    words = "zwei\u0000 \U0001f600 \u202e"
    assert profile(api, made(api, "any text", description=words))["description"] == words
    assert api.post(PATH, '{"name": "broken", "description": "\\ud800"}').status == 400
    assert api.post(PATH, '{"name": "broken", "description": NaN}').status == 400


def test_a_name_is_taken_once(api: Site) -> None:
    made(api, "only one")
    answer = api.post(PATH, {"name": "only one"})
    assert (answer.status, answer.body["error_code"]) == (409, 1405)


def test_the_list_is_filtered_sorted_and_paged(api: Site) -> None:
    for name in ("list b", "list a", "list c"):
        made(api, name)
    answer = api.get(f"{PATH}?q=name:list&sort=-name&per_page=2")
    assert [row["name"] for row in answer.body] == ["list c", "list b"]
    assert (answer.headers["x-total-count"], answer.headers["x-total-pages"]) == ("3", "2")
    assert api.get(f"{PATH}?q=colour:red").body["error_code"] == 1301


def test_one_profile_has_an_etag(api: Site) -> None:
    id = made(api, "tagged")
    tag = api.get(f"{PATH}/{id}").headers["etag"]
    assert api.get(f"{PATH}/{id}", If_None_Match=tag).status == 304
    patched(api, id, {"retail": True})
    assert api.get(f"{PATH}/{id}", If_None_Match=tag).status == 200


def test_another_organisation_sees_nothing(api: Site) -> None:
    id = made(api, "ours alone")
    device = api.new_device("ours too", id)
    other = api.new_organisation("others of profiles").id
    token = api.new_token("admin", org=other)
    assert "ours alone" not in [row["name"] for row in api.get(PATH, token=token).body]
    calls = [
        ("GET", f"{PATH}/{id}", None),
        ("PATCH", f"{PATH}/{id}", {"name": "theirs"}),
        ("DELETE", f"{PATH}/{id}", None),
        ("PUT", f"{PATH}/{id}/service/6", None),
        ("DELETE", f"{PATH}/{id}/service/6", None),
        ("PUT", f"{PATH}/{id}/service/6/traffic_limit/506", None),
        ("DELETE", f"{PATH}/{id}/service/6/traffic_limit/506", None),
    ]
    for method, path, body in calls:
        theirs = api.call(method, path, body, token=token)
        unknown = api.call(method, path.replace(str(id), "12345"), body, token=token)
        assert theirs.status == unknown.status == 404
        assert theirs.text == unknown.text.replace("12345", str(id))
    answer = api.post(PATH, {"name": "x", "api_callback": {"id": new_callback(api)}}, token=token)
    assert (answer.status, answer.body["error_code"]) == (422, 1401)
    assert device


def test_changes_are_in_the_audit_trail_under_the_caller_s_name(api: Site) -> None:
    id = made(api, "audited")
    patched(api, id, {"sms_p2p_int": False})
    api.call("PUT", f"{PATH}/{id}/service/6")
    trail = api.get(f"/v1/audit?kind=service_profile&id={id}").body
    assert [entry["action"] for entry in trail] == ["change", "change", "create"]
    assert {entry["actor"].partition(":")[0] for entry in trail} == {"token"}
    assert (trail[0]["before"]["mt"], trail[0]["after"]["mt"]) == (0, 1)


def test_reading_and_changing_are_two_scopes(api: Site) -> None:
    id = made(api, "scoped")
    reader, writer = api.new_token("policy:read"), api.new_token("policy:write")
    assert api.get(f"{PATH}/{id}", token=reader).status == 200
    assert api.get(f"{PATH}/{id}", token=writer).status == 403
    assert api.call("PATCH", f"{PATH}/{id}", {}, token=reader).status == 403
    assert api.call("PATCH", f"{PATH}/{id}", {}, token=writer).status == 204
