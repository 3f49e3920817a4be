"""One of everything that an organisation can have, made through the API, and a good request for every route.

A route that comes later finds its path's ids here by the parameter's name; when it takes a body that cannot
be empty, add it to `samples`; a new kind of id is made below.
"""

from itertools import count
from typing import Any

import msgspec
import pyotp
from msgspec import Struct

from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import ROUTES
from tests.rest.people import PASSWORD, authenticate, new_key, new_login, new_user
from tests.rest.site import Answered, Site

LATER = "2099-01-01T00:00:00.000+0000"
UNKNOWN = 2**52 + 77
FINGERPRINT = "a device that is trusted"
MT = 6
numbers = count(1)


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
        ids["bind"] = 900_000_000 + next(numbers)  # nobody is bound
        ids["tariff"] = self.new_tariff()
        ids["profile"] = self.new_profile()
        self.call("PUT", f"/v1/service_profile/{ids['profile']}/service/{MT}")
        ids["service"] = MT
        ids["limit"] = self.call("GET", f"/v1/service/{MT}/traffic_limit").body[0]["id"]
        ids["bic"] = f"BIC{next(numbers):08}"
        ids["sim"] = self.new_sim(ids["bic"])
        ids["endpoint"] = self.new_endpoint({"id": ids["sim"], "activate": True})
        ids["operator"] = self.call("GET", "/v1/operator").body[0]["id"]
        ids["sms"] = self.new_sms()
        if any(route.path == "/v1/batch/{batch}" for route in ROUTES):
            ids["batch"] = self.make("/v1/sms", self.batch_body())
        self.call("POST", f"/v1/endpoint/{ids['endpoint']}/quota/sms", {"volume": 100})
        ids["suppression"] = self.new_suppression()
        ids["view"] = self.new_view()
        ids["template"] = self.new_template()
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
        return self.make("/v1/smpp_account", {"system_id": f"{self.marker[:8]}{next(numbers)}"})

    def new_upstream(self) -> int:
        """Switched off, so that nothing looks for its host."""
        body = {"name": f"u{next(numbers)}-{self.marker}"[:32], "host": "smsc.invalid"}
        return self.make("/v1/upstream", body | {"status": {"id": 1}})

    def new_route(self) -> int:
        return self.make("/v1/sms_route", self.route_body())

    def route_body(self) -> dict[str, Any]:
        return {"upstream": {"id": self.ids["upstream"]}, "prefix": f"4930{next(numbers):07}"}

    def new_consumer(self) -> int:
        return self.make("/v1/feed/consumer", {"name": self.named("consumer")})

    def new_tariff(self) -> int:
        return self.make("/v1/tariff_profile", {"name": self.named("tariff")})

    def new_profile(self) -> int:
        return self.make("/v1/service_profile", {"name": self.named("profile")})

    def new_sim(self, bic: str = "") -> int:
        number = next(numbers)
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

    def profile_name(self) -> str:
        return str(self.call("GET", f"/v1/service_profile/{self.ids['profile']}").body["name"])

    def new_view(self) -> int:
        return self.make("/v1/view", {"name": self.named("view")})

    def new_template(self) -> int:
        return self.make("/v1/sms_template", {"name": self.named("template"), "payload": "x"})

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
        number = f"+4930{next(numbers):07}"
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
        return f"{kind} {self.marker} {next(numbers)}"

    def sample(self, route: Route) -> Sample:
        """A good request."""
        from tests.rest.samples import SAMPLES  # they are made of estates

        made = SAMPLES.get(f"{route.method} {route.path}")
        if made is not None:
            return made(self)
        needs_body = route.body is not None and not _takes_nothing(route.body)
        assert not needs_body, f"{route.method} {route.path} needs a sample in tests/rest/samples.py"
        return Sample({} if route.body is not None else None)


def new_name(kind: str) -> str:
    return f"{kind} {next(numbers)}"


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
