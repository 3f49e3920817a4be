"""What if: drafts on stored traffic. What would change both ways, with its rule and examples."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest

from heliograph.core.retention import Walk, What
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.interfaces.rest.translate.times import shown
from tests.rest.site import Answered, Site

_numbers = count(1)
ALWAYS = {"from": "2020-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}


class Forget:
    """A flow: what was said in an organisation is forgotten."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[int]) -> Answers[None]:
        found = await tx.admin.walk(Walk(requests[0], What.BODY), 2**62, 1000)
        await tx.admin.drop_bodies([one.id for one in found])
        return Answers([None], [])


class Stage:
    """A service profile with two endpoints and some traffic."""

    def __init__(self, api: Site) -> None:
        self.api = api
        number = next(_numbers)
        self.name = f"trial-{number}"
        self.profile = api.new_policy(self.name)
        self.devices = [
            api.new_device(
                f"trial-{number}-{index}",
                self.profile,
                msisdn=f"49157{number:04}000{index}",
                imsi=f"9012{number:06}0000{index}",
            )
            for index in (1, 2)
        ]

    def send(self, payload: str = "hello", device: int = 0, **fields: Any) -> Answered:
        return self.api.post(f"/v1/endpoint/{self.devices[device]}/sms", {"payload": payload, **fields})

    def try_out(self, **fields: Any) -> Any:
        today = self.api.app.clock.now()
        body = {"from": self.time(today - 3_600_000), "until": self.time(today + 60_000), **fields}
        answer = self.api.post(f"/v1/service_profile/{self.profile}/simulate", body)
        assert answer.status == 200, answer.text
        return answer.body

    @staticmethod
    def time(at: int) -> str:
        return shown(at)


@pytest.fixture
def stage(api: Site) -> Stage:
    return Stage(api)


def changes(tried: Any) -> dict[tuple[str, str], int]:
    return {(one["change"], one["code"]): one["count"] for one in tried["rules"]}


def test_nothing_changes_without_a_draft(stage: Stage) -> None:
    for _ in range(3):
        stage.send()
    tried = stage.try_out()
    assert (tried["judged"], tried["still_pass"], tried["would_block"], tried["would_pass"]) == (3, 3, 0, 0)
    assert (tried["complete"], tried["rules"], tried["examples"]) == (True, [], [])


def test_a_draft_of_rules_names_what_it_would_block(stage: Stage) -> None:
    stage.send("see http://a")
    stage.send("fine", source_address="ACME")
    stage.send("fine", source_address="12345")
    rules = {"content": [{"name": "links", "pattern": "https?://"}], "block": [{"peer": "acme"}]}
    tried = stage.try_out(firewall=rules)
    assert (tried["still_pass"], tried["would_block"]) == (1, 2)
    assert changes(tried) == {("block", "content_blocked"): 1, ("block", "peer_blocked"): 1}
    assert {one["rule"] for one in tried["rules"]} == {
        f'policy {stage.name}: content "links"',
        f'policy {stage.name}: block list "acme"',
    }
    assert [one["source_address"] for one in tried["examples"]] == ["", "ACME"]
    assert tried["examples"][0]["endpoint_id"] == stage.devices[0]
    assert stage.api.get(f"/v1/service_profile/{stage.profile}/firewall").body == {}, "nothing is in force"
    assert stage.send("see http://a").status == 201


def test_switches_and_limits_are_tried_for_both_directions(stage: Stage) -> None:
    for n in range(4):
        stage.send()
        stage.send(f"{n}", dest_address="12345")
    assert changes(stage.try_out(draft={"service": [{"id": 6}]})) == {("block", "mo_off"): 4}
    assert changes(stage.try_out(limits={"mt": 1})) == {("block", "mt_limit_reached"): 3}
    rates = {"rates": [{"limit": 3, "per": "day"}]}
    assert changes(stage.try_out(firewall=rates)) == {("block", "rate_reached"): 2}


def test_fields_that_are_not_tried_are_said(stage: Stage) -> None:
    tried = stage.try_out(draft={"sms_p2p_int": False, "name": "other", "sms_p2p_receive_rate": 5})
    (note,) = [note for note in tried["notes"] if note.startswith("Not tried")]
    assert note.endswith(": name, sms_p2p_receive_rate.")
    assert not any(note.startswith("Not tried") for note in stage.try_out()["notes"])


def test_what_was_blocked_and_would_pass(stage: Stage) -> None:
    second = stage.api.get(f"/v1/endpoint/{stage.devices[1]}").body["name"]
    stage.api.call(
        "PUT",
        f"/v1/service_profile/{stage.profile}/firewall",
        {"content": [{"name": "x", "pattern": "secret"}]},
    )
    number = stage.api.ask(stage.api.app.browse.device(stage.api.org, second)).msisdn
    blocked = [stage.send("a secret " + "x" * 200, dest_address=number) for _ in range(2)]
    assert {answer.status for answer in blocked} == {422}, "refused in one piece, so not stored"
    assert stage.try_out()["judged"] == 0
    stage.api.call("PUT", f"/v1/service_profile/{stage.profile}/firewall", {})
    stage.api.call(
        "PUT", f"/v1/endpoint/{stage.devices[1]}/firewall", {"block": [{"peer": "+49", "match": "prefix"}]}
    )
    assert stage.send("hi", dest_address=number).status == 201
    tried = stage.try_out()
    assert (tried["still_blocked"], tried["would_pass"]) == (1, 0), "the endpoint's own rules are still there"
    stage.api.call("PUT", f"/v1/endpoint/{stage.devices[1]}/firewall", {})
    tried = stage.try_out()
    assert (tried["still_blocked"], tried["would_pass"]) == (0, 1)
    assert changes(tried) == {("pass", "peer_blocked"): 1}
    assert tried["examples"][0]["change"] == "pass"
    assert tried["rules"][0]["rule"] == f'device {second}: block list "+49"'


def test_text_that_retention_removed_is_said(stage: Stage) -> None:
    stage.send("http://gone")

    stage.api.run(Forget(), stage.api.org)
    tried = stage.try_out(firewall={"content": [{"name": "links", "pattern": "http"}]})
    assert (tried["without_text"], tried["would_block"]) == (1, 0)
    assert any("retention has removed the text" in note for note in tried["notes"])


def test_examples_are_as_many_as_asked_for(stage: Stage) -> None:
    for _ in range(5):
        stage.send()
    draft = {"service": []}
    assert len(stage.try_out(draft=draft, examples=2)["examples"]) == 2
    assert stage.try_out(draft=draft, examples=0)["would_block"] == 5


def test_other_service_profiles_traffic_is_not_judged(stage: Stage, api: Site) -> None:
    other = Stage(api)
    other.send()
    tried = stage.try_out(draft={"service": []})
    assert (tried["judged"], tried["would_block"]) == (0, 0)
    assert tried["looked_at"] >= 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "from"),
        ({"from": "yesterday", "until": "2026-01-01"}, "from"),
        ({"from": "2026-01-02", "until": "2026-01-01"}, "until"),
        ({"from": "2020-01-02", "until": "2026-01-01"}, "400 days"),
        ({"from": "2026-01-01", "until": "2026-01-02", "examples": 10**6}, "examples"),
        ({"from": "2026-01-01", "until": "2026-01-02", "limits": {"mt": -1}}, "limits.mt"),
        (
            {
                "from": "2026-01-01",
                "until": "2026-01-02",
                "firewall": {"content": [{"name": "x", "pattern": "("}]},
            },
            "firewall.content[0].pattern",
        ),
    ],
)
def test_bad_drafts_name_their_field(stage: Stage, body: object, said: str) -> None:
    answer = stage.api.post(f"/v1/service_profile/{stage.profile}/simulate", body)
    assert answer.status == 422
    assert said in answer.text


def test_an_unknown_profile_and_a_wrong_scope(stage: Stage, api: Site) -> None:
    assert api.post("/v1/service_profile/999/simulate", ALWAYS).status == 404
    stranger = api.new_token("admin", org=api.new_organisation(f"trials-{next(_numbers)}").id)
    path = f"/v1/service_profile/{stage.profile}/simulate"
    assert api.post(path, ALWAYS, token=stranger).status == 404
    assert api.post(path, ALWAYS, token=api.new_token("sms:send")).status == 403
