"""The third-party console: what opens it, what it shows, what it lets one do, and how it ends."""

import threading
from itertools import count
from typing import Any

import pytest

from heliograph.core.console import OF_TAG_AN_HOUR
from heliograph.interfaces.rest.routes import ROUTES
from heliograph.interfaces.rest.translate.times import shown
from tests.rest.people import new_address, new_login, passing
from tests.rest.site import Answered, Site

DAY_MS = 86_400_000
_numbers = count(1)
CONSOLE_ROUTES = [route for route in ROUTES if route.console]


class Pump:
    """A device that a console may be for."""

    def __init__(self, api: Site, tags: str = "", **more: Any) -> None:
        number = next(_numbers)
        self.msisdn, self.name = f"49157{number:08}", f"pump {number}"
        imsi = f"90199{number:010}"
        self.id = api.new_device(self.name, msisdn=self.msisdn, imsi=imsi, tags=tags, **more)


def new_identifier() -> str:
    return f"AB12CD34{next(_numbers):06}"


def later(api: Site, ms: int = DAY_MS) -> str:
    return shown(api.app.clock.now() + ms)


def new_link(api: Site, *devices: int, token: str = "", **more: Any) -> dict[str, Any]:
    body = {"name": "Workshop", "endpoints": list(devices), "free_text": True, "expiry_date": later(api)}
    answer = api.post("/v1/console_link", {**body, **more}, token=token)
    assert answer.status == 201, answer
    assert answer.headers["location"].endswith(f"/api/v1/console_link/{answer.body['id']}")
    return dict(answer.body)


def open_console(api: Site, address: str = "", **body: Any) -> Answered:
    return api.post("/v1/console/open", body, token=None, address=address or new_address())


def token_of(answer: Answered) -> str:
    assert answer.status == 200, answer
    return str(answer.body["console_token"])


def let_in(api: Site, link: dict[str, Any], **more: Any) -> str:
    return token_of(open_console(api, link=link["secret"], **more))


def send(api: Site, token: str, device: int, payload: str = "reboot", **body: Any) -> Answered:
    said = body or {"payload": payload}
    return api.post(f"/v1/console/device/{device}/sms", said, token=token)


def said_at(api: Site, token: str, device: int, query: str = "") -> Any:
    answer = api.get(f"/v1/console/device/{device}/sms{query}", token=token)
    assert answer.status == 200, answer
    return answer.body


def entries(api: Site, **wanted: Any) -> list[dict[str, Any]]:
    rows = api.get("/v1/audit?kind=console&per_page=500").body
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def test_an_identifier_and_its_number_open_the_console_of_that_device_alone(api: Site) -> None:
    identifier = new_identifier()
    pump, other = Pump(api, f"red,sms-{identifier}"), Pump(api)
    opened = open_console(api, identifier=identifier, msisdn=f"+{pump.msisdn}")
    token = token_of(opened)
    session = api.get("/v1/console/session", token=token).body
    assert session == {
        "kind": "identifier",
        "name": pump.name,
        "expiry_date": opened.body["expiry_date"],
        "devices": [{"id": pump.id, "name": pump.name}],
        "more_devices": False,
        "commands": [],
        "free_text": True,
        "rate": OF_TAG_AN_HOUR,
        "rate_left": OF_TAG_AN_HOUR,
    }
    assert api.get(f"/v1/console/device/{other.id}/sms", token=token).status == 404
    assert send(api, token, other.id).status == 404
    prefixed = open_console(api, identifier=f"sms-{identifier}", msisdn=int(pump.msisdn))
    assert prefixed.status == 200


def test_what_a_third_party_sends_is_said_to_come_from_the_console(api: Site) -> None:
    identifier = new_identifier()
    pump = Pump(api, f"sms-{identifier}")
    token = token_of(open_console(api, identifier=identifier, msisdn=pump.msisdn))
    made = send(api, token, pump.id, "status?")
    assert (made.status, made.body["rate_left"]) == (201, OF_TAG_AN_HOUR - 1)
    sms = api.get(f"/v1/endpoint/{pump.id}/sms/{made.body['id']}").body
    assert sms["esme_interface_type"] == {"id": 3, "description": "Console"}
    story = api.get(f"/v1/endpoint/{pump.id}/sms/{made.body['id']}/timeline").body
    assert story[0]["text"].startswith("Accepted from the console of its identifier:")
    link = new_link(api, pump.id)
    by_link = send(api, let_in(api, link), pump.id)
    story = api.get(f"/v1/endpoint/{pump.id}/sms/{by_link.body['id']}/timeline").body
    assert story[0]["text"].startswith(f"Accepted from console link {link['id']}:")


def test_the_policy_holds_as_for_any_sender(api: Site) -> None:
    identifier, policy = new_identifier(), api.new_policy(f"closed {next(_numbers)}", mt=0)
    pump = Pump(api, f"sms-{identifier}", policy=policy)
    token = token_of(open_console(api, identifier=identifier, msisdn=pump.msisdn))
    answer = send(api, token, pump.id)
    assert (answer.status, answer.body["refusal"]["code"]) == (422, "mt_off")
    limited = api.new_policy(f"limited {next(_numbers)}", mt_limit=1)
    pump = Pump(api, policy=limited)
    token = let_in(api, new_link(api, pump.id))
    assert send(api, token, pump.id).status == 201
    assert send(api, token, pump.id).body["refusal"]["code"] == "mt_limit_reached"


def test_only_what_went_through_it_and_what_the_device_sent_since_is_shown(api: Site) -> None:
    pump = Pump(api)
    own = {"payload": "from the device, before", "dest_address": "2020"}
    assert api.post(f"/v1/endpoint/{pump.id}/sms", own).status == 201
    link = new_link(api, pump.id)
    second = new_link(api, pump.id)
    token = let_in(api, link)
    assert api.post(f"/v1/endpoint/{pump.id}/sms", {"payload": "the owner's own"}).status == 201
    assert send(api, let_in(api, second), pump.id, "by another link").status == 201
    assert send(api, token, pump.id, "hello").status == 201
    assert api.post(f"/v1/endpoint/{pump.id}/sms", own | {"payload": "an answer"}).status == 201
    shown = said_at(api, token, pump.id)["sms"]
    assert [(sms["direction"], sms["payload"]) for sms in shown] == [("MO", "an answer"), ("MT", "hello")]
    assert set(shown[0]) == {
        *("id", "date", "direction", "command", "payload", "binary", "segments", "status"),
        *("final", "final_date", "reason"),
    }
    assert len(said_at(api, token, pump.id, "?per_page=1")["sms"]) == 1


def test_a_link_with_commands_sends_nothing_else(api: Site) -> None:
    pump = Pump(api)
    commands = [{"label": "Restart", "text": "123456,RESET#"}, {"label": "Status", "text": "123456,STAT#"}]
    link = new_link(api, pump.id, commands=commands, free_text=False)
    assert link["commands"] == commands
    token = let_in(api, link)
    session = api.get("/v1/console/session", token=token).body
    assert session["commands"] == [{"label": "Restart"}, {"label": "Status"}]
    assert session["free_text"] is False
    assert send(api, token, pump.id, "rm -rf").status == 403
    assert send(api, token, pump.id, command="Explode").status == 403
    made = send(api, token, pump.id, command="Restart")
    assert made.status == 201
    assert api.get(f"/v1/endpoint/{pump.id}/sms/{made.body['id']}").body["payload"] == "123456,RESET#"
    heard = api.get(f"/v1/console/device/{pump.id}/sms", token=token)
    assert "123456" not in heard.text, "the text of a command stays with its owner"
    assert heard.body["sms"][0]["command"] == "Restart"
    for body in ({}, {"payload": "x", "command": "Restart"}):
        assert api.post(f"/v1/console/device/{pump.id}/sms", body, token=token).status == 422


def test_a_link_has_a_rate_for_all_its_devices(api: Site) -> None:
    pumps = [Pump(api), Pump(api)]
    token = let_in(api, new_link(api, *(pump.id for pump in pumps), rate=2))
    left = [send(api, token, pump.id).body["rate_left"] for pump in pumps]
    assert left == [1, 0]
    answer = send(api, token, pumps[0].id)
    assert (answer.status, answer.body["refusal"]["code"]) == (429, "console_rate_reached")
    assert int(answer.headers["retry-after"]) > 0
    assert api.get("/v1/console/session", token=token).body["rate_left"] == 0


def test_a_link_for_a_tag_reaches_whatever_has_it_now(api: Site) -> None:
    pump = Pump(api, "depot")
    other = Pump(api, "depots")
    link = new_link(api, tag="depot")
    token = let_in(api, link)
    session = api.get("/v1/console/session", token=token).body
    assert session["devices"] == [{"id": pump.id, "name": pump.name}]
    assert send(api, token, other.id).status == 404
    assert api.call("PATCH", f"/v1/endpoint/{pump.id}", {"tags": "gone"}).status == 204
    assert send(api, token, pump.id).status == 404
    assert api.get(f"/v1/console/device/{pump.id}/sms", token=token).status == 404


def test_revoking_ends_tokens_that_were_given(api: Site) -> None:
    pump = Pump(api)
    link = new_link(api, pump.id)
    token = let_in(api, link)
    answer = api.call("PATCH", f"/v1/console_link/{link['id']}", {"revoked": True})
    assert (answer.status, answer.body["status"]) == (200, "revoked")
    for over in (
        api.get("/v1/console/session", token=token),
        api.get(f"/v1/console/device/{pump.id}/sms", token=token),
        send(api, token, pump.id),
    ):
        assert (over.status, over.body["error_token"]) == (401, "InvalidToken")
    assert open_console(api, link=link["secret"]).status == 401
    again = api.call("PATCH", f"/v1/console_link/{link['id']}", {"revoked": True})
    assert again.status == 200, "revoking twice changes nothing"
    for change in ({"revoked": False}, {"rate": 5}):
        assert api.call("PATCH", f"/v1/console_link/{link['id']}", change).status in (409, 422)
    assert api.post(f"/v1/console_link/{link['id']}/secret").status == 409


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("DELETE", "", None), ("POST", "/secret", None), ("PATCH", "", {"pin": "4711"})],
)
def test_what_changes_how_it_is_opened_ends_its_tokens(api: Site, method: str, path: str, body: Any) -> None:
    pump = Pump(api)
    link = new_link(api, pump.id)
    token = let_in(api, link)
    assert api.call(method, f"/v1/console_link/{link['id']}{path}", body).status in (200, 204)
    assert api.get("/v1/console/session", token=token).status == 401
    assert send(api, token, pump.id).status == 401
    assert open_console(api, link=link["secret"]).status == 401


def test_a_new_secret_opens_what_the_old_one_did(api: Site) -> None:
    pump = Pump(api)
    link = new_link(api, pump.id)
    renewed = api.post(f"/v1/console_link/{link['id']}/secret").body
    assert renewed["secret"] != link["secret"]
    assert send(api, let_in(api, renewed), pump.id).status == 201


def test_an_end_is_an_end(api: Site) -> None:
    pump = Pump(api)
    link = new_link(api, pump.id, expiry_date=later(api, 10 * 60_000))
    token = let_in(api, link)
    with passing(api, 11):
        assert api.get("/v1/console/session", token=token).status == 401
        assert send(api, token, pump.id).status == 401
        assert open_console(api, link=link["secret"]).status == 401
        assert api.get(f"/v1/console_link/{link['id']}").body["status"] == "expired"
    long = let_in(api, new_link(api, pump.id))
    with passing(api, 61):
        assert api.get("/v1/console/session", token=long).body["error_token"] == "TokenExpired"


def test_a_tag_that_is_taken_away_ends_its_console(api: Site) -> None:
    identifier = new_identifier()
    pump = Pump(api, f"sms-{identifier}")
    token = token_of(open_console(api, identifier=identifier, msisdn=pump.msisdn))
    assert api.call("PATCH", f"/v1/endpoint/{pump.id}", {"tags": ""}).status == 204
    assert api.get("/v1/console/session", token=token).status == 401
    assert send(api, token, pump.id).status == 401
    assert open_console(api, identifier=identifier, msisdn=pump.msisdn).status == 401


def test_a_link_asks_for_its_pin(api: Site) -> None:
    link = new_link(api, Pump(api).id, pin="4711")
    assert link["has_pin"]
    assert link["url"].endswith(f"/console?pin#{link['secret']}")
    wrong = [open_console(api, link=link["secret"], **more) for more in ({}, {"pin": "4712"})]
    assert {answer.status for answer in wrong} == {401}
    assert let_in(api, link, pin="4711")
    open_again = api.call("PATCH", f"/v1/console_link/{link['id']}", {"pin": None})
    assert open_again.body["has_pin"] is False
    assert let_in(api, link)


def test_a_console_token_opens_nothing_else_and_no_other_opens_it(api: Site) -> None:
    pump = Pump(api)
    token = let_in(api, new_link(api, pump.id))
    for path in (f"/v1/endpoint/{pump.id}/sms", "/v1/endpoint", "/v1/sms", "/v1/console_link", "/v1/stream"):
        assert api.get(path, token=token).status == 401, path
    assert api.call("DELETE", "/v1/authenticate", token=token).status == 401
    assert len(CONSOLE_ROUTES) >= 3
    for route in CONSOLE_ROUTES:
        path = route.path.format(device=pump.id)
        body = {"payload": "x"} if route.body is not None else None
        for other in (None, api.token, new_login(api, "administrator")[1], "garbage", "a.b.c", "x" * 9_000):
            answer = api.call(route.method, path, body, token=other)
            assert (answer.status, answer.body["error_token"]) == (401, "InvalidToken"), (path, other)


def test_opening_and_sending_are_in_the_audit_trail(api: Site) -> None:
    pump = Pump(api)
    link = new_link(api, pump.id)
    address = new_address()
    token = token_of(open_console(api, address, link=link["secret"]))
    made = api.post(f"/v1/console/device/{pump.id}/sms", {"payload": "x"}, token=token, address=address)
    (opened,) = entries(api, action="console_open", id=link["id"])
    (sent,) = entries(api, action="console_send", id=link["id"])
    for entry in (opened, sent):
        assert (entry["actor"], entry["address"]) == (f"console:{link['id']}", address)
    assert (sent["after"]["device"], sent["after"]["message"]) == (pump.id, made.body["id"])
    open_console(api, link=link["secret"] + "x")
    assert not entries(api, action="console_failed", id=link["id"]), "another secret is another link"


def test_who_waits_hears_at_once(api: Site) -> None:
    pump = Pump(api)
    token = let_in(api, new_link(api, pump.id))
    known = said_at(api, token, pump.id)["version"]
    assert said_at(api, token, pump.id, "?known=another&wait=25")["version"] == known
    heard: list[Any] = []
    waiter = threading.Thread(
        target=lambda: heard.append(said_at(api, token, pump.id, f"?known={known}&wait=25"))
    )
    waiter.start()
    own = {"payload": "an answer", "dest_address": "2020"}
    assert api.post(f"/v1/endpoint/{pump.id}/sms", own).status == 201
    waiter.join(20)
    assert not waiter.is_alive()
    assert heard[0]["version"] != known
    assert heard[0]["sms"][0]["payload"] == "an answer"


def test_who_waits_when_it_is_over_hears_that(api: Site) -> None:
    pump = Pump(api)
    link = new_link(api, pump.id)
    token = let_in(api, link)
    known = said_at(api, token, pump.id)["version"]
    heard: list[Answered] = []
    path = f"/v1/console/device/{pump.id}/sms?known={known}&wait=25"
    waiter = threading.Thread(target=lambda: heard.append(api.get(path, token=token)))
    waiter.start()
    assert api.call("PATCH", f"/v1/console_link/{link['id']}", {"revoked": True}).status == 200
    waiter.join(20)
    assert heard[0].status == 401


def test_waiting_has_an_end(api: Site) -> None:
    pump = Pump(api)
    token = let_in(api, new_link(api, pump.id))
    known = said_at(api, token, pump.id)["version"]
    assert said_at(api, token, pump.id, f"?known={known}&wait=1")["version"] == known
    for query in ("?wait=26", "?per_page=201", "?unknown=1"):
        assert api.get(f"/v1/console/device/{pump.id}/sms{query}", token=token).status == 400
