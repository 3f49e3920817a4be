"""One of everything that an organisation can have, made through the API, and a good request for every route.

A route that comes later finds its path's ids here by the parameter's name; when it takes a body that cannot
be empty, or a new kind of id, add it below.
"""

from collections.abc import Callable
from itertools import count, cycle
from typing import Any

import msgspec
import pyotp
from msgspec import Struct

from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import ROUTES
from tests.rest.people import PASSWORD, authenticate, code_of, new_key, new_login, new_user
from tests.rest.site import Answered, Site

LATER = "2099-01-01T00:00:00.000+0000"
UNKNOWN = 2**52 + 77
FINGERPRINT = "a device that is trusted"
MT = 6
_numbers = count(1)
_FAULTS = cycle(("busy", "congestion"))  # another one each time, so that something changes


class Sample(Struct):
    """A request that does something when it is made: its body, and ids of its own."""

    body: Any = None
    ids: dict[str, Any] = {}
    token: str = ""  # of somebody else than the estate's administrator


class Estate:
    """`ids` by the names of path parameters."""

    def __init__(self, api: Site, org: int) -> None:
        self.api = api
        self.org = org
        self.marker = f"of-{org}-"  # in all that it is given a name or a text
        self.user, self.token = new_login(api, "administrator", org)
        self.ids: dict[str, Any] = {}
        self._fill()

    def call(self, method: str, path: str, body: Any = None) -> Answered:
        return self.api.call(method, path, body, token=self.token)

    def make(self, path: str, body: Any) -> int:
        """Its id, from the Location or the body."""
        answer = self.call("POST", path, body)
        assert answer.status in (200, 201, 202), (path, answer)
        location = answer.headers.get("location")
        return int(location.rpartition("/")[2] if location else answer.body["id"])

    def _fill(self) -> None:
        ids = self.ids
        ids["secret"] = self.make("/v1/api_secret", {"secret": "signs", "purpose": self.named("secret")})
        ids["callback"] = self.new_callback()
        ids["account"] = self.new_account()
        ids["upstream"] = self.new_upstream()
        ids["route"] = self.new_route()
        ids["consumer"] = self.new_consumer()
        ids["bind"] = 900_000_000 + next(_numbers)  # nobody is bound
        ids["tariff"] = self.new_tariff()
        ids["profile"] = self.new_profile()
        self.call("PUT", f"/v1/service_profile/{ids['profile']}/service/{MT}")
        ids["service"] = MT
        ids["limit"] = self.call("GET", f"/v1/service/{MT}/traffic_limit").body[0]["id"]
        ids["bic"] = f"BIC{next(_numbers):08}"
        ids["sim"] = self.new_sim(ids["bic"])
        ids["endpoint"] = self.new_endpoint({"id": ids["sim"], "activate": True})
        ids["operator"] = self.call("GET", "/v1/operator").body[0]["id"]
        ids["sms"] = self.new_sms()
        if any(route.path == "/v1/batch/{batch}" for route in ROUTES):
            ids["batch"] = self.make("/v1/sms", self.batch_body())
        self.call("POST", f"/v1/endpoint/{ids['endpoint']}/quota/sms", {"volume": 100})
        ids["suppression"] = self.new_suppression()
        ids["link"] = self.new_link()
        ids["user"] = new_user(self.api, "user", self.org)[0]
        ids["role"] = 3
        ids["key"], seed = self._new_login_with_key()
        ids["device"] = self._new_trusted(seed)
        ids["session"] = self.new_session(self.person)
        ids["token"] = self.new_token()

    def _new_login_with_key(self) -> tuple[int, str]:
        """Second factors are their owner's own affair: they belong to a user of their own."""
        self.person, self.person_name = new_user(self.api, "administrator", self.org)
        login = authenticate(self.api, username=self.person_name, password=PASSWORD)
        self.person_token = login.body["auth_token"]
        return new_key(self.api, self.person_token)

    def _new_trusted(self, seed: str) -> int:
        names = {"fingerprint": FINGERPRINT, "operating_system": "x", "browser": "y"}
        half = authenticate(self.api, username=self.person_name, password=PASSWORD).body["mfa_token"]
        code = pyotp.TOTP(seed).generate_otp(self.api.app.clock.now() // 30_000)
        whole = authenticate(self.api, mfa_token=half, code=code, trusted_device=names)
        assert whole.status == 200, whole
        self.person_token = whole.body["auth_token"]
        found = self.api.get(f"/v1/user/{self.person}/mfa/trusted_device", token=self.person_token)
        return int(found.body[0]["id"])

    def new_session(self, user: int) -> int:
        """A login of a user."""
        rows = self.api.ask(self.api.app.access_reader.sessions(user))
        return int(rows[0].id)

    def new_callback(self) -> int:
        return self.make(
            "/v1/api_callback", {"url": "https://receiver.example/sms", "purpose": self.named("callback")}
        )

    def new_account(self) -> int:
        return self.make("/v1/smpp_account", {"system_id": f"{self.marker[:8]}{next(_numbers)}"})

    def new_upstream(self) -> int:
        """Switched off, so that nothing looks for its host."""
        body = {"name": f"u{next(_numbers)}-{self.marker}"[:32], "host": "smsc.invalid"}
        return self.make("/v1/upstream", body | {"status": {"id": 1}})

    def new_route(self) -> int:
        return self.make("/v1/sms_route", self.route_body())

    def route_body(self) -> dict[str, Any]:
        return {"upstream": {"id": self.ids["upstream"]}, "prefix": f"4930{next(_numbers):07}"}

    def new_consumer(self) -> int:
        return self.make("/v1/feed/consumer", {"name": self.named("consumer")})

    def new_tariff(self) -> int:
        return self.make("/v1/tariff_profile", {"name": self.named("tariff")})

    def new_profile(self) -> int:
        return self.make("/v1/service_profile", {"name": self.named("profile")})

    def new_sim(self, bic: str = "") -> int:
        number = next(_numbers)
        body = {"iccid": f"8988303{number:012}", "imsi": f"90128{number:010}", "msisdn": f"42366{number:09}"}
        return self.make("/v1/sim", body | ({"bic": bic} if bic else {}))

    def endpoint_body(self, sim: Any = None) -> dict[str, Any]:
        body = {
            "name": self.named("endpoint"),
            "status": {"id": 0},
            "service_profile": {"id": self.ids["profile"]},
            "tariff_profile": {"id": self.ids["tariff"]},
        }
        return body | ({"sim": sim} if sim else {})

    def new_endpoint(self, sim: Any = None) -> int:
        return self.make("/v1/endpoint", self.endpoint_body(sim))

    def new_sms(self) -> int:
        path = f"/v1/endpoint/{self.ids['endpoint']}/sms"
        return self.make(
            path, {"payload": self.named("sms"), "not_before": self.later(), "validity_seconds": 86_400}
        )

    def batch_body(self) -> dict[str, Any]:
        return {
            "payload": "many",
            "recipients": {"endpoints": [self.ids["endpoint"]]},
            "not_before": self.later(),
        }

    def later(self) -> str:
        from heliograph.interfaces.rest.translate.times import shown

        return shown(self.api.app.clock.now() + 3_600_000)

    def new_suppression(self) -> int:
        number = f"+4930{next(_numbers):07}"
        answer = self.call("POST", "/v1/suppression", {"number": number})
        assert answer.status in (200, 201), answer
        found = self.call("GET", "/v1/suppression?per_page=2000").body
        return int(next(row["id"] for row in found if number.removeprefix("+") in str(row)))

    def link_body(self) -> dict[str, Any]:
        return {
            "name": self.named("link"),
            "endpoints": [self.ids["endpoint"]],
            "free_text": True,
            "expiry_date": self.later(),
        }

    def new_link(self) -> int:
        return self.make("/v1/console_link", self.link_body())

    def new_token(self) -> int:
        description = self.named("token")
        self.call("POST", "/v1/application_token", {"description": description})
        rows = self.call("GET", "/v1/application_token?per_page=2000").body
        return int(next(row["id"] for row in rows if row["description"] == description))

    def named(self, kind: str) -> str:
        return f"{kind} {self.marker} {next(_numbers)}"

    def sample(self, route: Route) -> Sample:
        """A good request."""
        made = SAMPLES.get(f"{route.method} {route.path}")
        if made is not None:
            return made(self)
        needs_body = route.body is not None and not _takes_nothing(route.body)
        assert not needs_body, f"{route.method} {route.path} needs a sample in {__name__}"
        return Sample({} if route.body is not None else None)


def new_name(kind: str) -> str:
    return f"{kind} {next(_numbers)}"


def _takes_nothing(kind: Any) -> bool:
    try:
        msgspec.convert({}, kind)
    except msgspec.ValidationError:
        return False
    return True


def path_of(route: Route, ids: dict[str, Any]) -> str:
    return route.path.format(**{name: ids.get(name, UNKNOWN) for name in parameters(route)})


def parameters(route: Route) -> list[str]:
    return [piece[1:-1] for piece in route.path.split("/") if piece.startswith("{")]


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


def _batch(estate: Estate) -> Sample:
    bic = f"BIC{next(_numbers):08}"
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
    "POST /v1/sim": lambda _: Sample({"iccid": f"8988304{next(_numbers):012}"}),
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
    "POST /v1/suppression": lambda _: Sample({"number": f"+4930{next(_numbers):07}"}),
    "DELETE /v1/suppression/{suppression}": lambda estate: Sample(
        ids={"suppression": estate.new_suppression()}
    ),
    "POST /v1/console_link": lambda estate: Sample(estate.link_body()),
    "PATCH /v1/console_link/{link}": lambda _: Sample({"rate": next(_numbers)}),
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
    "POST /v1/smpp_account": lambda _: Sample({"system_id": f"new{next(_numbers)}"}),
    "PATCH /v1/smpp_account/{account}": lambda _: Sample({"window": next(_numbers)}),
    "DELETE /v1/smpp_account/{account}": lambda estate: Sample(ids={"account": estate.new_account()}),
    "POST /v1/upstream": lambda _: Sample({"name": f"new-{next(_numbers)}", "host": "smsc.invalid"}),
    "PATCH /v1/upstream/{upstream}": lambda _: Sample({"window": next(_numbers)}),
    "DELETE /v1/upstream/{upstream}": lambda estate: Sample(ids={"upstream": estate.new_upstream()}),
    "POST /v1/sms_route": lambda estate: Sample(estate.route_body()),
    "PATCH /v1/sms_route/{route}": lambda estate: Sample(estate.route_body()),
    "DELETE /v1/sms_route/{route}": lambda estate: Sample(ids={"route": estate.new_route()}),
    "POST /v1/sms_route/preview": lambda estate: Sample({"endpoint": {"id": estate.ids["endpoint"]}}),
    "POST /v1/application_token": lambda _: Sample({"description": new_name("token")}),
    "PATCH /v1/application_token/{token}": lambda estate: Sample(
        {"description": new_name("token")}, {"token": estate.new_token()}
    ),
    "POST /v1/user": lambda _: Sample({"username": f"u{next(_numbers)}@example.net", "roles": [{"id": 3}]}),
    "PATCH /v1/user/{user}": lambda estate: msgspec.structs.replace(
        _spare_user(estate), body={"name": new_name("name")}
    ),
    "DELETE /v1/user/{user}": _spare_user,
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
