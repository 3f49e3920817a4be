"""What is called: bodies and headers exactly as the contract has them, signed so that others can tell."""

from hashlib import sha256
from typing import Any

import jwt
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from heliograph.core.content import Content, Wish, content_of_octets
from tests.rest.site import Site
from tests.webhook.desk import SECRET, Desk
from tests.webhook.receiver import Heard, Receiver

OTHER_SECRET = "another secret that is long enough for HS256, as RFC 7518 asks"
HOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw3p1q5Yh7xYc="


def claims(heard: Heard, secret: str) -> dict[str, Any]:
    token = heard.headers["authorization"].removeprefix("Bearer ")
    read: dict[str, Any] = jwt.decode(token, secret, algorithms=["HS256"], issuer="heliograph")
    return read


def is_signed_with(heard: Heard, secret: str) -> bool:
    """By the reference implementation of Standard Webhooks, which wants the key as base64 or as octets."""
    key: Any = secret if secret.startswith("whsec_") else secret.encode()
    try:
        Webhook(key).verify(heard.octets, heard.headers)
    except WebhookVerificationError:
        return False
    return True


def test_an_mo_is_posted_as_the_contract_says(desk: Desk, receiver: Receiver) -> None:
    (id,) = desk.send(0, "hello ä")
    (heard,) = receiver.wait()
    body = heard.body
    assert (heard.method, heard.path) == ("POST", "/hook")
    assert heard.headers["content-type"] == "application/json"
    assert len(body.pop("submit_date")) == len("2026-11-21 15:00:00")
    assert body == {
        "id": id,
        "pid": 0,
        "dcs": 0,
        "source_address": desk.msisdn(0),
        "dest_address": "12345",
        "endpoint": {"id": desk.devices[0], "name": desk.name_of(0)},
        "organisation": {"id": desk.site.org, "name": "default"},
        "multi_part_info": {"partno": 1, "total": 1, "identifier": id},
        "payload": "hello ä",
    }


def test_others_can_tell_that_a_call_is_ours(desk: Desk, receiver: Receiver) -> None:
    (id,) = desk.send(0, "signed")
    (heard,) = receiver.wait()
    read = claims(heard, SECRET)
    assert read["jti"] == heard.headers["webhook-id"] == f"mo_{id}"
    assert read["iat"] == int(heard.headers["webhook-timestamp"])
    assert read["exp"] > read["iat"]
    assert read["body_sha256"] == sha256(heard.octets).hexdigest()
    assert is_signed_with(heard, SECRET)
    assert not is_signed_with(heard, OTHER_SECRET)
    with pytest.raises(jwt.InvalidSignatureError):
        claims(heard, OTHER_SECRET)


def test_a_secret_of_standard_webhooks_is_taken_as_it_is_written(api: Site, receiver: Receiver) -> None:
    Desk(api, receiver.url, HOOK_SECRET).send(0, "hook")
    (heard,) = receiver.wait()
    assert is_signed_with(heard, HOOK_SECRET)
    assert claims(heard, HOOK_SECRET)["body_sha256"] == sha256(heard.octets).hexdigest()


def test_while_two_secrets_live_a_call_has_both_signatures(api: Site, desk: Desk, receiver: Receiver) -> None:
    answer = api.call("PATCH", f"/v1/api_secret/{desk.secret}", {"secret": OTHER_SECRET})
    assert answer.status == 200
    assert answer.body["former_secret_until"] is not None
    desk.send(0, "rotated")
    (heard,) = receiver.wait()
    assert is_signed_with(heard, SECRET)
    assert is_signed_with(heard, OTHER_SECRET)
    assert len(heard.headers["webhook-signature"].split(" ")) == 2
    assert claims(heard, OTHER_SECRET)["jti"]


def test_a_secret_replaced_without_overlap_signs_no_more(api: Site, desk: Desk, receiver: Receiver) -> None:
    """At once, though it signed a call a moment ago."""
    desk.send(0, "before")
    receiver.wait()
    change = {"secret": OTHER_SECRET, "overlap_hours": 0}
    assert api.call("PATCH", f"/v1/api_secret/{desk.secret}", change).body["former_secret_until"] is None
    desk.send(0, "rotated")
    heard = receiver.wait(2)[1]
    assert (is_signed_with(heard, SECRET), is_signed_with(heard, OTHER_SECRET)) == (False, True)


def test_without_a_secret_there_is_an_id_and_no_proof(api: Site, receiver: Receiver) -> None:
    Desk(api, receiver.url, None).send(0, "plain")
    (heard,) = receiver.wait()
    assert heard.headers["webhook-id"]
    assert "authorization" not in heard.headers
    assert "webhook-signature" not in heard.headers


def test_a_callbacks_own_secret_signs_where_the_policy_has_none(
    api: Site, desk: Desk, receiver: Receiver
) -> None:
    own = desk.make("/v1/api_secret", {"secret": OTHER_SECRET})
    assert api.call("PATCH", desk.path, {"api_secret": {"id": own}}).status == 200
    desk.set_policy(api_secret=None)
    desk.send(0, "own")
    assert is_signed_with(receiver.wait()[0], OTHER_SECRET)


def test_a_receipt_is_patched_to_the_same_url(api: Site, desk: Desk, receiver: Receiver) -> None:
    sent = api.post(f"/v1/endpoint/{desk.devices[0]}/sms", {"payload": "to the device"})
    id = int(sent.headers["location"].split("/")[8])
    (heard,) = receiver.wait(1, "PATCH")
    body = heard.body
    assert heard.path == "/hook"
    assert len(body.pop("submit_date")) == len(body.pop("final_date")) == len("2026-11-21 15:00:00")
    assert body == {
        "status": {"status": "DELIVERED", "id": 4},
        "endpoint": {"id": desk.devices[0], "name": desk.name_of(0)},
        "id": id,
        "organisation": {"id": api.org},
    }
    assert heard.headers["webhook-id"] == f"receipt_{id}"
    assert is_signed_with(heard, SECRET)


def test_octets_are_posted_as_hex(desk: Desk, receiver: Receiver) -> None:
    content = content_of_octets(b"\x00\xff\x10", Wish())
    assert isinstance(content, Content)
    desk.send(0, "", content=content)
    body = receiver.wait()[0].body
    assert (body["dcs"], body["payload"]) == (4, "00ff10")


def test_a_long_sms_is_posted_once_when_it_is_whole(desk: Desk, receiver: Receiver) -> None:
    desk.send(0, "first, ", part_reference=7, part_total=2, part_number=1)
    desk.send(0, "second", part_reference=7, part_total=2, part_number=2)
    (heard,) = receiver.wait()
    assert heard.text == "first, second"
    assert heard.body["multi_part_info"] == {"partno": 1, "total": 1, "identifier": heard.body["id"]}


def test_simulated_segments_are_joined_as_a_networks_are(desk: Desk, receiver: Receiver) -> None:
    """3GPP TS 23.040 §9.2.3.24.1: reference 187, two segments."""
    path = f"/v1/endpoint/{desk.devices[0]}/sms"
    answers = [
        desk.site.post(path, {"payload": text, "dest_address": "2020", "udh": udh})
        for text, udh in (("sec\u20acnd", "050003BB0202"), ("first, ", "050003BB0201"))
    ]
    assert [(answer.status, "location" in answer.headers) for answer in answers] == [
        (202, False),
        (201, True),
    ]
    (heard,) = receiver.wait()
    assert heard.text == "first, sec\u20acnd"
    assert heard.body["multi_part_info"] == {"partno": 1, "total": 1, "identifier": heard.body["id"]}
    assert answers[1].headers["location"].endswith(f"/{heard.body['id']}")
    shown = desk.site.get(f"{path}/{heard.body['id']}").body
    assert (shown["segments"], shown["udh"]) == (2, "")


def test_simulated_segments_by_themselves_keep_their_place(desk: Desk, receiver: Receiver) -> None:
    desk.set_policy(mo_per_part=1)
    path = f"/v1/endpoint/{desk.devices[0]}/sms"
    for text, udh in (("second", "060804012C0202"), ("first", "060804012C0201")):
        assert desk.site.post(path, {"payload": text, "dest_address": "2020", "udh": udh}).status == 201
    assert [call.body["multi_part_info"] for call in receiver.wait(2)] == [
        {"partno": 2, "total": 2, "identifier": 300},
        {"partno": 1, "total": 2, "identifier": 300},
    ]


def test_a_policy_may_want_each_part_by_itself(desk: Desk, receiver: Receiver) -> None:
    desk.set_policy(mo_per_part=1)
    desk.send(0, "second", part_reference=300, part_total=2, part_number=2)
    desk.send(0, "first, ", part_reference=300, part_total=2, part_number=1)
    heard = receiver.wait(2)
    assert [call.text for call in heard] == ["second", "first, "]
    assert [call.body["multi_part_info"] for call in heard] == [
        {"partno": 2, "total": 2, "identifier": 300},
        {"partno": 1, "total": 2, "identifier": 300},
    ]
    assert len({call.headers["webhook-id"] for call in heard}) == 2


def test_a_callback_hears_of_the_events_that_it_wants(api: Site, receiver: Receiver) -> None:
    desk = Desk(api, receiver.url, events=["mo_limit_used_up"])
    desk.set_policy(mo_limit=1)
    (id,) = desk.send(0, "the only one")
    heard = receiver.wait(2)
    (event,) = [call for call in heard if "type" in call.body]
    assert [call.text for call in heard if call is not event] == ["the only one"]
    body = event.body
    assert event.method == "POST"
    assert event.headers["webhook-id"] == f"event_{body['id']}"
    assert (body["type"], body["event_type"]["id"]) == ("mo_limit_used_up", 1014)
    assert body["endpoint"] == {"id": desk.devices[0], "name": desk.name_of(0)}
    assert body["organisation"] == {"id": api.org, "name": "default"}
    assert is_signed_with(event, SECRET)
    assert desk.state(id) == ("DELIVERED", None)


def test_one_that_subscribed_to_nothing_hears_of_no_event(desk: Desk, receiver: Receiver) -> None:
    desk.set_policy(mo_limit=1)
    desk.send(0, "the only one")
    desk.send(1, "of another device")
    receiver.wait(2)
    assert sorted(receiver.texts) == ["of another device", "the only one"]
