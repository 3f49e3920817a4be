"""A batch once more: who gets the SMS again, with which text, and what a repeat of the call does."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from heliograph.core.batch import MOST_RETRIES, Batch
from heliograph.core.refusal import Refusal
from heliograph.flow.batches.send import BeginBatches, NewBatch
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.interfaces.rest.translate.times import shown
from tests.cli.program import eventually
from tests.rest.site import Answered, Site, site

DEAD = """
description = "A SIM that is dead"
[network]
faults = [{ answer = "illegal_equipment", chance = 1.0 }]
"""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("profiles")
    (folder / "dead.toml").write_text(DEAD)
    settings = {"SIMULATOR__PROFILES": str(folder)}
    with site(tmp_path_factory.mktemp("site") / "data", settings) as running:
        yield running


@pytest.fixture(scope="module")
def fleet(api: Site) -> list[int]:
    """Two that answer, two that never will."""
    tags = ("", "", "sim-profile=dead", "sim-profile=dead")
    return [
        api.new_device(f"unit-{n}", msisdn=f"49153000000{n}", imsi=f"90129000000000{n}", tags=tag)
        for n, tag in enumerate(tags)
    ]


def finished(api: Site, batch: int) -> Any:
    def look() -> Any:
        shown = api.get(f"/v1/batch/{batch}").body
        return shown if shown["state"]["description"] == "FINISHED" else None

    return eventually(look, f"batch {batch}")


def failed_batch(api: Site, fleet: list[int], **more: Any) -> Any:
    body = {"payload": "hello {{ device.name }}", "recipients": {"endpoints": fleet}, "name": "first", **more}
    answer = api.post("/v1/sms", body)
    assert answer.status == 202, answer
    found = finished(api, answer.body["id"])
    assert (found["counts"]["DELIVERED"], found["counts"]["FAILED"]) == (2, 2)
    return found


def retry(api: Site, batch: int, body: Any = None, **headers: str) -> Answered:
    return api.post(f"/v1/batch/{batch}/retry", body, **headers)


def test_those_that_failed_get_their_own_text_again(api: Site, fleet: list[int]) -> None:
    old = failed_batch(api, fleet, tags="north", client_reference="order-1", source_address="4242")
    answer = retry(api, old["id"])
    assert answer.status == 202, answer
    new = answer.body
    assert (new["retry_of"], new["name"], new["total"]) == ({"id": old["id"]}, "first", 2)
    assert [one["endpoint"]["id"] for one in new["recipients"]] == fleet[2:]
    assert answer.headers["location"].endswith(f"/v1/batch/{new['id']}")
    sms = new["recipients"][0]["sms"]["id"]
    shown = api.get(f"/v1/endpoint/{fleet[2]}/sms/{sms}").body
    assert (shown["payload"], shown["source_address"]) == ("hello unit-2", "4242")
    assert str(sms) in api.get("/v1/sms?reference=order-1").text
    assert finished(api, new["id"])["counts"]["FAILED"] == 2
    assert api.get(f"/v1/batch/{old['id']}").body["retry_of"] is None
    again = retry(api, new["id"], {"name": "third"})
    assert (again.body["retry_of"], again.body["name"], again.body["accepted"]) == (
        {"id": new["id"]},
        "third",
        2,
    )


def test_a_repeat_under_the_same_key_sends_nothing_more(api: Site, fleet: list[int]) -> None:
    old = failed_batch(api, fleet)
    first = retry(api, old["id"], {}, Idempotency_Key="once more")
    second = retry(api, old["id"], {}, Idempotency_Key="once more")
    assert (second.status, second.body["id"]) == (202, first.body["id"])
    assert second.headers["idempotent-replayed"] == "true"
    other = retry(api, old["id"], {"name": "x"}, Idempotency_Key="once more")
    assert (other.status, other.body["error_code"]) == (422, 1502)


def test_who_got_it_again_gets_it_no_third_time(api: Site, fleet: list[int]) -> None:
    old = failed_batch(api, fleet)
    assert retry(api, old["id"]).body["accepted"] == 2
    refused = retry(api, old["id"])
    assert (refused.status, refused.body["refusal"]["rule"]) == (409, "retried")
    answer = retry(api, old["id"], {"again": True})
    assert (answer.status, answer.body["accepted"]) == (202, 2)


def test_whom_the_first_retry_did_not_take_the_next_one_takes(api: Site, fleet: list[int]) -> None:
    old = failed_batch(api, fleet)
    off = f"/v1/endpoint/{fleet[2]}"
    assert api.call("PATCH", off, {"status": {"id": 1}}).status == 204
    first = retry(api, old["id"])
    assert api.call("PATCH", off, {"status": {"id": 0}}).status == 204
    assert (first.body["accepted"], first.body["refused"]) == (1, 1)
    second = retry(api, old["id"])
    assert [one["endpoint"]["id"] for one in second.body["recipients"]] == [fleet[2]]


def test_two_at_once_send_once(api: Site, fleet: list[int]) -> None:
    """Both have seen that nobody sent again."""
    old = failed_batch(api, fleet)
    request = NewBatch(api.org, "token:1", "x", "x", 2, retry_of=old["id"], retries=0)

    begin = BeginBatches()

    async def both() -> list[Batch | Refusal]:
        return [
            *await api.app.store.run(begin, [request, request]),
            *await api.app.store.run(begin, [request]),
        ]

    first, *others = api.ask(both())
    assert isinstance(first, Batch)
    assert [one.code for one in others if isinstance(one, Refusal)] == ["batch_state"] * 2
    unsure = retry(api, old["id"])  # the first one is not decided
    assert (unsure.status, str(first.id) in unsure.text) == (409, True)


def test_retries_have_an_end(api: Site, fleet: list[int]) -> None:
    old = failed_batch(api, fleet)
    statuses = [retry(api, old["id"], {"again": True}).status for _ in range(MOST_RETRIES + 1)]
    assert statuses == [202] * MOST_RETRIES + [409]


def test_an_old_text_cancels_no_newer_one(api: Site, fleet: list[int]) -> None:
    old = failed_batch(api, fleet, replace_key="position")
    later = shown(api.app.clock.now() + 3_600_000)
    newer = {"payload": "newer", "replace_key": "position", "not_before": later}
    sent = api.post(f"/v1/endpoint/{fleet[2]}/sms", newer)
    assert sent.status == 201, sent
    assert retry(api, old["id"]).body["accepted"] == 2
    shown_now = api.get(sent.headers["location"].partition("/api")[2]).body
    assert shown_now["status"]["description"] == "DELIVERY ATTEMPT PENDING"


def test_it_keeps_to_its_time_and_pace(api: Site, fleet: list[int]) -> None:
    old = failed_batch(api, fleet)
    now = api.app.clock.now()
    later = shown(now + 3_600_000)
    made = retry(api, old["id"], {"not_before": later, "per_minute": 2, "validity_seconds": 86_400})
    assert made.status == 202, made
    times = [
        api.get(f"/v1/endpoint/{one['endpoint']['id']}/sms/{one['sms']['id']}").body["not_before"]
        for one in made.body["recipients"]
    ]
    assert times == [shown(now + 3_600_000), shown(now + 3_630_000)]
    assert retry(api, made.body["id"]).status == 409
    canceled = api.post(f"/v1/batch/{made.body['id']}/cancel").body
    assert canceled["counts"]["CANCELED"] == 2
    assert retry(api, made.body["id"]).status == 409


def test_a_text_that_is_gone_is_refused_alone(api: Site, fleet: list[int]) -> None:
    old = failed_batch(api, fleet)
    rows = api.get(f"/v1/batch/{old['id']}/recipient").body
    gone = next(one["sms"]["id"] for one in rows if one["endpoint"]["id"] == fleet[2])
    api.run(_Forget(), gone)
    answer = retry(api, old["id"])
    refused, sent = answer.body["recipients"]
    assert (refused["refusal"]["code"], sent["endpoint"]["id"]) == ("bad_text", fleet[3])


class _Forget:
    """As retention does it."""

    urgency = Urgency.BULK

    async def __call__(self, tx: Transaction, requests: Sequence[int]) -> Answers[None]:
        await tx.admin.drop_bodies(list(requests))
        return Answers([None] * len(requests), [])


def test_who_may_and_what_is_wrong(api: Site, fleet: list[int]) -> None:
    old = failed_batch(api, fleet)
    theirs = api.new_token("sms:send", org=api.new_organisation("retriers").id)
    assert retry(api, old["id"], token=theirs).status == 404
    assert retry(api, 77).status == 404
    assert retry(api, old["id"], token=api.new_token("sms:read")).status == 403
    for body in (
        {"per_second": 1, "per_minute": 1},
        {"per_minute": 0},
        {"not_before": "soon"},
        {"payload": "new words"},
    ):
        assert retry(api, old["id"], body).status == 422, body


def test_a_batch_is_paced_by_the_minute(api: Site, fleet: list[int]) -> None:
    body = {"payload": "x", "recipients": {"endpoints": fleet[:2]}, "per_minute": 1}
    answer = api.post("/v1/sms", body)
    assert answer.status == 202
    ids = [(one["endpoint"]["id"], one["sms"]["id"]) for one in answer.body["recipients"]]
    second = api.get(f"/v1/endpoint/{ids[1][0]}/sms/{ids[1][1]}").body
    assert second["not_before"] is not None
    assert api.post("/v1/sms", {**body, "per_second": 1}).status == 422
