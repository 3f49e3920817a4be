"""`Idempotency-Key`: one effect and one answer, whoever asks how often, also across a kill."""

import http.client
import json
import signal
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.cli.program import Folder
from tests.rest.sending import id_of, later, post
from tests.rest.site import Answered, Site

CALLERS = 50


@pytest.fixture(scope="module")
def device(api: Site) -> int:
    return api.new_device("once-1", msisdn="491510000600", imsi="901280000000600")


def keyed(api: Site, device: int, key: str, payload: str = "once", **fields: Any) -> Answered:
    return post(api, device, payload, {"Idempotency_Key": key}, **fields)


def count(api: Site, device: int) -> int:
    return len(api.get(f"/v1/endpoint/{device}/sms").body)


def test_a_repeat_gets_the_same_location_and_is_marked(api: Site, device: int) -> None:
    before = count(api, device)
    first, again = keyed(api, device, "same"), keyed(api, device, "same")
    assert (first.status, again.status) == (201, 201)
    assert first.headers["location"] == again.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert count(api, device) - before == 1


def test_the_body_counts_as_understood(api: Site, device: int) -> None:
    """Not octet by octet: the order of fields and spaces say nothing."""
    first = keyed(api, device, "order", source_address=12345, dcs=0)
    text = '{ "dcs":0, "source_address" : 12345, "payload":"once" }'
    again = api.post(f"/v1/endpoint/{device}/sms", text, Idempotency_Key="order")
    assert again.headers["location"] == first.headers["location"]


def test_another_body_or_path_under_the_key_is_refused(api: Site, device: int) -> None:
    keyed(api, device, "taken")
    before = count(api, device)
    answer = keyed(api, device, "taken", "something else")
    assert (answer.status, answer.body["error_code"]) == (422, 1502)
    assert answer.body["refusal"]["code"] == "key_reused"
    other = api.new_device("once-other", msisdn="491510000601")
    assert keyed(api, other, "taken").status == 422
    assert (count(api, device), count(api, other)) == (before, 0)


def test_without_a_key_nothing_is_kept(api: Site, device: int) -> None:
    kept = api.ask(api.app.reader.ask(_kept))
    assert post(api, device).headers["location"] != post(api, device).headers["location"]
    assert api.ask(api.app.reader.ask(_kept)) == kept


def _kept(view: Any) -> int:
    return int(view.connection.execute("SELECT count(*) FROM kept_answer").fetchall()[0][0])


def test_of_two_keys_none_is_chosen(api: Site, device: int) -> None:
    before, connection = count(api, device), http.client.HTTPConnection("127.0.0.1", api.port, timeout=30)
    connection.putrequest("POST", f"/api/v1/endpoint/{device}/sms")
    body = b'{"payload": "twice named"}'
    given = ("Idempotency-Key", "one"), ("Idempotency-Key", "two"), ("Authorization", f"Bearer {api.token}")
    for name, value in (*given, ("Content-Length", str(len(body)))):
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    assert (answer.status, b"Idempotency-Key" in answer.read()) == (400, True)
    connection.close()
    assert count(api, device) == before


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "ünï"])
def test_a_key_that_is_none_is_refused(api: Site, device: int, key: str) -> None:
    before = count(api, device)
    answer = keyed(api, device, key)
    assert (answer.status, answer.body["error_code"]) == (422, 1400)
    assert "Idempotency-Key" in answer.body["errors"][0]["message"]
    assert count(api, device) == before
    assert keyed(api, device, "x" * 255).status == 201


def test_keys_belong_to_the_organisation(api: Site, device: int) -> None:
    org = api.new_organisation("once too").id
    token = api.new_token("admin", org=org)
    from heliograph.flow.manage.requests import NewPolicy, PolicyWish

    policy = api.run(api.app.flows.create_policies, NewPolicy(org, "own", PolicyWish()))
    theirs = api.new_device("once-theirs", int(policy.id), org=org, msisdn="491510000602")
    keyed(api, device, "shared")
    headers = {"token": token, "Idempotency_Key": "shared"}
    assert post(api, theirs, "once", headers).status == 201
    mine = api.new_token("sms:send")
    again = post(api, device, "once", {"token": mine, "Idempotency_Key": "shared"})
    assert again.headers["idempotent-replayed"] == "true"


def test_fifty_callers_at_once_make_one_message(api: Site, device: int) -> None:
    before = count(api, device)
    barrier, answers = threading.Barrier(CALLERS), []

    def ask() -> None:
        barrier.wait()
        answers.append(keyed(api, device, "crowd", "one of fifty"))

    callers = [threading.Thread(target=ask) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert [answer.status for answer in answers] == [201] * CALLERS
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == CALLERS - 1
    assert count(api, device) - before == 1


def test_a_refusal_is_repeated_as_it_was(api: Site) -> None:
    limited = api.new_device("once-limited", api.new_policy("once", mt_limit=0), msisdn="491510000603")
    first, again = keyed(api, limited, "refused"), keyed(api, limited, "refused")
    assert (first.status, first.text) == (again.status, again.text) == (422, first.text)
    assert again.headers["idempotent-replayed"] == "true"


def test_input_that_cannot_be_read_uses_no_key(api: Site, device: int) -> None:
    assert keyed(api, device, "typo", dcs=3).status == 422
    assert keyed(api, device, "typo").status == 201


def test_a_simulated_sms_is_received_once(api: Site, device: int) -> None:
    before = count(api, device)
    first = keyed(api, device, "mo", dest_address="2020")
    again = keyed(api, device, "mo", dest_address="2020")
    assert first.headers["location"] == again.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    assert count(api, device) - before == 1


def test_a_repeat_says_the_same_after_the_time_it_names(api: Site, device: int) -> None:
    """A day later the same body names a past time, and still has the first answer."""
    ends = later(api, 1_500)
    first = keyed(api, device, "short", expiry_date=ends)
    assert first.status == 201

    from heliograph.interfaces.rest.translate.times import read
    from tests.cli.program import eventually

    eventually(lambda: api.app.clock.now() > (read(ends) or 0), "the end of its validity")
    again = keyed(api, device, "short", expiry_date=ends)
    assert (again.status, again.headers.get("location")) == (201, first.headers["location"])
    assert post(api, device, "once", expiry_date=ends).status == 422


def ask_server(api: str, token: str, path: str, key: str) -> tuple[int, dict[str, str]]:
    target = urlsplit(api)
    connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    try:
        connection.request("POST", f"{target.path}{path}", json.dumps({"payload": "survivor"}), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def test_a_killed_server_knows_the_key_when_it_is_back(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    with folder.serving() as server:
        token = server.started["secrets"]["token"]
        device = folder.document("device", "add", "kept", "--msisdn", "491510000699")["id"]
        path = f"/v1/endpoint/{device}/sms"
        status, first = ask_server(server.started["api"], token, path, "across")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    with folder.serving() as server:
        again_status, again = ask_server(server.started["api"], token, path, "across")
        assert (status, again_status) == (201, 201)
        assert again["idempotent-replayed"] == "true"
        assert urlsplit(again["location"]).path == urlsplit(first["location"]).path
        texts = [row["text"] for row in folder.rows("messages", "--device", "kept")]
        assert texts == ["survivor"]
        assert server.stop()[0] == 0


def test_callers_at_a_kill_who_ask_again_made_one_message_each(tmp_path: Path) -> None:
    """Whether the first answer came or not."""
    folder = Folder(tmp_path / "data")
    heard: dict[str, str] = {}
    asked = [f"key {number}" for number in range(20)]
    with folder.serving() as server:
        api, token = server.started["api"], server.started["secrets"]["token"]
        device = folder.document("device", "add", "kept", "--msisdn", "491510000699")["id"]
        path = f"/v1/endpoint/{device}/sms"

        def ask(key: str) -> None:
            try:
                status, headers = ask_server(api, token, path, key)
            except (OSError, http.client.HTTPException):
                return  # killed before it could answer
            assert status == 201
            heard[key] = urlsplit(headers["location"]).path

        ask(asked[0])
        callers = [threading.Thread(target=ask, args=(key,)) for key in asked[1:]]
        for caller in callers:
            caller.start()
        server.process.send_signal(signal.SIGKILL)
        for caller in callers:
            caller.join()
    with folder.serving() as server:
        again = {key: ask_server(server.started["api"], token, path, key) for key in asked}
        locations = {key: urlsplit(headers["location"]).path for key, (_, headers) in again.items()}
        assert {key: locations[key] for key in heard} == heard
        assert asked[0] in heard
        assert len(set(locations.values())) == len(asked)
        assert len(folder.rows("messages", "--device", "kept")) == len(asked)


def test_the_answer_names_the_message_that_was_made(api: Site, device: int) -> None:
    sms = id_of(keyed(api, device, "named", "by name"))
    assert api.get(f"/v1/endpoint/{device}/sms/{sms}").body["payload"] == "by name"


def test_the_description_names_the_header(api: Site) -> None:
    paths = api.get("/openapi.json", token=None).body["paths"]
    parameters = paths["/v1/endpoint/{endpoint}/sms"]["post"]["parameters"]
    (header,) = [one for one in parameters if one["in"] == "header"]
    assert (header["name"], header["schema"]["maxLength"]) == ("Idempotency-Key", 255)
