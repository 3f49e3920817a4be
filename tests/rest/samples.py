"""Good requests of all routes that take something, for whoever tries every route: see `estate`."""

from collections.abc import Callable
from itertools import cycle
from typing import Any

import msgspec

from heliograph.flow.sign_in import SignIn, SignInAccounts
from tests.rest.estate import MT, Estate, Sample, new_name, numbers
from tests.rest.people import PASSWORD, code_of, new_key, new_login, new_user

_FAULTS = cycle(("busy", "congestion"))  # another one each time, so that something changes


def _period(_: Estate) -> Sample:
    return Sample({"from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"})


def _freed(estate: Estate) -> Sample:
    """The service is off: it can be put."""
    profile = estate.new_profile()
    estate.call("DELETE", f"/v1/service_profile/{profile}/service/{MT}")
    return Sample(ids={"profile": profile})


def _served(estate: Estate) -> Sample:
    profile = estate.new_profile()
    estate.call("PUT", f"/v1/service_profile/{profile}/service/{MT}")
    return Sample(ids={"profile": profile})


def _limited(estate: Estate) -> Sample:
    made = _served(estate)
    limit = estate.ids["limit"]
    estate.call("PUT", f"/v1/service_profile/{made.ids['profile']}/service/{MT}/traffic_limit/{limit}")
    return made


def _avoided(estate: Estate) -> Sample:
    endpoint = estate.new_endpoint()
    estate.call("PUT", f"/v1/endpoint/{endpoint}/operator_blacklist/{estate.ids['operator']}")
    return Sample(ids={"endpoint": endpoint})


def _spare_user(estate: Estate, role: str = "observer") -> Sample:
    return Sample(ids={"user": new_user(estate.api, role, estate.org)[0]})


def _linked_user(estate: Estate) -> Sample:
    """Who came by a provider of logins."""
    sample = _spare_user(estate)
    name = estate.call("GET", f"/v1/user/{sample.ids['user']}").body["username"]
    subject = f"subject {next(numbers)}"
    came = SignIn(estate.org, name, name, "", "https://id.example", subject, "observer")
    estate.api.run(SignInAccounts(), came)
    return sample


def _batch(estate: Estate) -> Sample:
    bic = f"BIC{next(numbers):08}"
    estate.new_sim(bic)
    return Sample({"id": 1}, {"bic": bic})


def _pending_key(estate: Estate) -> Sample:
    """Of a new user, with the code that activates it."""
    _, token = new_login(estate.api, "administrator", estate.org)
    made = estate.api.post("/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}, token=token).body
    body = {"status": {"id": 1}, "code": code_of(estate.api, made["secret_key"])}
    return Sample(body, {"key": made["id"]}, token)


def _active_key(estate: Estate) -> Sample:
    _, token = new_login(estate.api, "administrator", estate.org)
    return Sample({"password": PASSWORD}, {"key": new_key(estate.api, token)[0]}, token)


def _logged_in(estate: Estate) -> Sample:
    """A user with a login, for an administrator to end."""
    user, _ = new_login(estate.api, "user", estate.org)
    return Sample(ids={"user": user, "session": estate.new_session(user)})


def _someone(estate: Estate, body: Any = None) -> Sample:
    return Sample(body, token=new_login(estate.api, "administrator", estate.org)[1])


Samples = dict[str, Callable[[Estate], Sample]]
SAMPLES: Samples = {
    "POST /v1/endpoint/{endpoint}/sms": lambda _: Sample({"payload": "hello"}),
    "PATCH /v1/endpoint/{endpoint}/sms/{sms}": lambda estate: Sample(
        {"priority": 2}, {"sms": estate.new_sms()}
    ),
    "DELETE /v1/endpoint/{endpoint}/sms/{sms}": lambda estate: Sample(ids={"sms": estate.new_sms()}),
    "DELETE /v1/sms/{sms}": lambda estate: Sample(ids={"sms": estate.new_sms()}),
    "POST /v1/sms": lambda estate: Sample(estate.batch_body()),
    "POST /v1/sms/preview": lambda estate: Sample(
        {"payload": "x", "endpoint": {"id": estate.ids["endpoint"]}}
    ),
    "POST /v1/endpoint": lambda estate: Sample(estate.endpoint_body({"id": estate.new_sim()})),
    "PATCH /v1/endpoint/{endpoint}": lambda estate: Sample(
        {
            "name": new_name("endpoint"),
            "service_profile": {"id": estate.new_profile()},
            "tariff_profile": {"id": estate.new_tariff()},
        }
    ),
    "DELETE /v1/endpoint/{endpoint}": lambda estate: Sample(ids={"endpoint": estate.new_endpoint()}),
    "PATCH /v1/endpoint": lambda estate: Sample({"endpoints": [estate.new_endpoint()], "add_tags": ["many"]}),
    "POST /v1/endpoint/import": lambda estate: Sample(
        f"name,service_profile\n{estate.named('row')},{estate.profile_name()}\n"
    ),
    "POST /v1/view": lambda _: Sample({"name": new_name("view"), "q": "tags:x", "shared": True}),
    "PATCH /v1/view/{view}": lambda _: Sample({"q": new_name("pump")}),
    "DELETE /v1/view/{view}": lambda estate: Sample(ids={"view": estate.new_view()}),
    "POST /v1/sms_template": lambda _: Sample({"name": new_name("template"), "payload": "x"}),
    "PATCH /v1/sms_template/{template}": lambda _: Sample({"payload": new_name("text")}),
    "DELETE /v1/sms_template/{template}": lambda estate: Sample(ids={"template": estate.new_template()}),
    "POST /v1/sim": lambda _: Sample({"iccid": f"8988304{next(numbers):012}"}),
    "PATCH /v1/sim/{sim}": lambda estate: Sample({"status": {"id": 1}}, {"sim": estate.new_sim()}),
    "PATCH /v1/sim_batch/bic/{bic}": _batch,
    "PATCH /v1/endpoint/{endpoint}/connectivity": lambda _: Sample({"location": None}),
    "PUT /v1/endpoint/{endpoint}/operator_blacklist/{operator}": lambda estate: Sample(
        ids={"endpoint": estate.new_endpoint()}
    ),
    "DELETE /v1/endpoint/{endpoint}/operator_blacklist/{operator}": _avoided,
    "POST /v1/service_profile": lambda estate: Sample(
        {
            "name": new_name("profile"),
            "api_callback": {"id": estate.ids["callback"]},
            "api_secret": {"id": estate.ids["secret"]},
            "smpp_account": {"id": estate.ids["account"]},
        }
    ),
    "PATCH /v1/service_profile/{profile}": lambda estate: Sample(
        {
            "name": new_name("profile"),
            "api_callback": {"id": estate.ids["callback"]},
            "api_secret": {"id": estate.ids["secret"]},
            "smpp_account": {"id": estate.ids["account"]},
        },
        {"profile": estate.new_profile()},
    ),
    "DELETE /v1/service_profile/{profile}": lambda estate: Sample(ids={"profile": estate.new_profile()}),
    "POST /v1/traffic_limit": lambda _: Sample({"service": {"id": MT}, "volume": 77}),
    "PUT /v1/service_profile/{profile}/service/{service}": _freed,
    "DELETE /v1/service_profile/{profile}/service/{service}": _served,
    "PUT /v1/service_profile/{profile}/service/{service}/traffic_limit/{limit}": _served,
    "DELETE /v1/service_profile/{profile}/service/{service}/traffic_limit/{limit}": _limited,
    "POST /v1/tariff_profile": lambda _: Sample({"name": new_name("tariff")}),
    "PATCH /v1/tariff_profile/{tariff}": lambda _: Sample({"name": new_name("tariff")}),
    "DELETE /v1/tariff_profile/{tariff}": lambda estate: Sample(ids={"tariff": estate.new_tariff()}),
    "POST /v1/endpoint/{endpoint}/quota/sms": lambda _: Sample({"volume": 50}),
    "PUT /v1/service_profile/{profile}/firewall": lambda _: Sample({"pending": 7}),
    "PUT /v1/endpoint/{endpoint}/firewall": lambda _: Sample({"pending": 7}),
    "POST /v1/service_profile/{profile}/simulate": _period,
    "POST /v1/suppression": lambda _: Sample({"number": f"+4930{next(numbers):07}"}),
    "DELETE /v1/suppression/{suppression}": lambda estate: Sample(
        ids={"suppression": estate.new_suppression()}
    ),
    "POST /v1/console_link": lambda estate: Sample(estate.link_body()),
    "PATCH /v1/console_link/{link}": lambda _: Sample({"rate": next(numbers)}),
    "DELETE /v1/console_link/{link}": lambda estate: Sample(ids={"link": estate.new_link()}),
    "PUT /v1/stop_word": lambda _: Sample({"stop": ["HALT"], "start": ["LOS"]}),
    "POST /v1/api_callback": lambda estate: Sample(
        {"url": "https://receiver.example/other", "api_secret": {"id": estate.ids["secret"]}}
    ),
    "PATCH /v1/api_callback/{callback}": lambda estate: Sample(
        {"purpose": new_name("purpose"), "api_secret": {"id": estate.ids["secret"]}},
        {"callback": estate.new_callback()},
    ),
    "DELETE /v1/api_callback/{callback}": lambda estate: Sample(ids={"callback": estate.new_callback()}),
    "POST /v1/api_callback/{callback}/replay": lambda estate: Sample(
        {"endpoint": {"id": estate.ids["endpoint"]}, "since": "2026-01-01T00:00:00Z"}
    ),
    "POST /v1/api_secret": lambda _: Sample({"secret": "another secret"}),
    "PATCH /v1/api_secret/{secret}": lambda _: Sample({"purpose": new_name("purpose")}),
    "DELETE /v1/api_secret/{secret}": lambda estate: Sample(
        ids={"secret": estate.make("/v1/api_secret", {"secret": "soon gone"})}
    ),
    "POST /v1/smpp_account": lambda _: Sample({"system_id": f"new{next(numbers)}"}),
    "PATCH /v1/smpp_account/{account}": lambda _: Sample({"window": next(numbers)}),
    "DELETE /v1/smpp_account/{account}": lambda estate: Sample(ids={"account": estate.new_account()}),
    "POST /v1/upstream": lambda _: Sample({"name": f"new-{next(numbers)}", "host": "smsc.invalid"}),
    "PATCH /v1/upstream/{upstream}": lambda _: Sample({"window": next(numbers)}),
    "DELETE /v1/upstream/{upstream}": lambda estate: Sample(ids={"upstream": estate.new_upstream()}),
    "POST /v1/sms_route": lambda estate: Sample(estate.route_body()),
    "PATCH /v1/sms_route/{route}": lambda estate: Sample(estate.route_body()),
    "DELETE /v1/sms_route/{route}": lambda estate: Sample(ids={"route": estate.new_route()}),
    "POST /v1/sms_route/preview": lambda estate: Sample({"endpoint": {"id": estate.ids["endpoint"]}}),
    "POST /v1/application_token": lambda _: Sample({"description": new_name("token")}),
    "PATCH /v1/application_token/{token}": lambda estate: Sample(
        {"description": new_name("token")}, {"token": estate.new_token()}
    ),
    "POST /v1/user": lambda _: Sample({"username": f"u{next(numbers)}@example.net", "roles": [{"id": 3}]}),
    "PATCH /v1/user/{user}": lambda estate: msgspec.structs.replace(
        _spare_user(estate), body={"name": new_name("name")}
    ),
    "DELETE /v1/user/{user}": _spare_user,
    "DELETE /v1/user/{user}/provider": _linked_user,
    "PUT /v1/user/{user}/role/{role}": lambda estate: _spare_user(estate, "user"),
    "DELETE /v1/user/{user}/role/{role}": _spare_user,
    "POST /v1/user/mfa": lambda estate: _someone(estate, {"type": {"id": 0}, "password": PASSWORD}),
    "PATCH /v1/user/mfa/{key}": _pending_key,
    "DELETE /v1/user/{user}/mfa/{key}": lambda estate: Sample(
        ids={"user": estate.person, "key": estate.ids["key"]}
    ),
    "DELETE /v1/user/{user}/mfa/trusted_device/{device}": lambda estate: Sample(
        ids={"user": estate.person, "device": estate.ids["device"]}
    ),
    "DELETE /v1/authenticate": _someone,
    "POST /v1/user/mfa/{key}/recovery_code": _active_key,
    "DELETE /v1/user/{user}/session": _logged_in,
    "DELETE /v1/user/{user}/session/{session}": _logged_in,
    "POST /v1/user/{user}/invitation": _spare_user,
    "PATCH /v1/organisation/my": lambda estate: Sample({"name": estate.named("organisation")}),
    "POST /v1/authenticate/invitation": lambda _: Sample({"token": "hgi_none"}),
    "POST /v1/feed/consumer": lambda estate: Sample({"name": estate.named("consumer")}),
    "DELETE /v1/feed/consumer/{consumer}": lambda estate: Sample(ids={"consumer": estate.new_consumer()}),
    "PATCH /v1/simulator/device/{endpoint}": lambda _: Sample({"readings": {}, "fault": next(_FAULTS)}),
    "POST /v1/simulator/device/{endpoint}/sms": lambda _: Sample({"dest_address": "4444", "payload": "x"}),
    "POST /v1/feed/ack": lambda _: Sample({"up_to": 0}),
}
