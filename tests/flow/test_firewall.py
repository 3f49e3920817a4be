"""Firewalls in the flows: at acceptance, before each attempt, on both sides of a P2P, exact in a batch."""

from collections.abc import Iterator
from typing import Any

import pytest

from heliograph.core.content import Wish
from heliograph.core.device import Device
from heliograph.core.firewall.rules import NO_RULES, Anomaly, ContentRule, Peer, Rate, Rules, Window
from heliograph.core.firewall.suppression import StopWords
from heliograph.core.firewall.watch import Watch
from heliograph.core.message import State
from heliograph.core.outcome import Temporary
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal
from heliograph.core.story.timeline import spoken
from heliograph.flow.attach import Presence
from heliograph.flow.guarding import MOST_TOLD
from heliograph.flow.manage.devices import DeleteDevices
from heliograph.flow.manage.firewall import ReleaseHold, ReleaseHolds, SetFirewall, SetFirewalls
from heliograph.flow.manage.requests import DeleteDevice
from heliograph.flow.manage.suppression import ManageStopWords, SetStopWords
from heliograph.flow.preview import Preview
from heliograph.flow.requests import Change, Received, Submitted
from heliograph.store.sqlite.engine import Call
from tests.engine import START_MS, Lab, make_lab, msisdn_of, octet_content, text_content

SET, RELEASE = SetFirewalls(), ReleaseHolds()


@pytest.fixture
def lab() -> Iterator[Lab]:
    lab = make_lab(name="meters")
    yield lab
    lab.engine.close()


def of_policy(lab: Lab, policy: int = 1, **rules: Any) -> None:
    assert lab.run(SET, SetFirewall(1, Policy, policy, Rules(**rules))) == [Rules(**rules)]


def of_device(lab: Lab, device: int = 1, **rules: Any) -> None:
    assert lab.run(SET, SetFirewall(1, Device, device, Rules(**rules))) == [Rules(**rules)]


def said(answer: Any) -> tuple[str, str | None]:
    assert isinstance(answer, Refusal), answer
    return answer.code, answer.rule


def watches(lab: Lab) -> dict[int, Watch]:
    rows = [Watch(*row) for row in lab.sql("SELECT * FROM watch")]
    return {row.device: row for row in rows}


def details(lab: Lab) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in lab.sql("SELECT type, detail FROM event ORDER BY id")]


def test_a_source_that_is_blocked_is_refused_with_its_rule_and_told_once(lab: Lab) -> None:
    of_policy(lab, block=(Peer("+49", "prefix"),))
    for _ in range(50):
        assert said(lab.submit(source="+491701")) == ("peer_blocked", 'policy meters: block list "+49"')
    assert lab.count("message") == 0
    assert details(lab) == [("firewall_blocked", 'policy meters: block list "+49"')]
    assert watches(lab)[1].blocked == 50
    lab.advance(3600)
    lab.submit(source="+491701")
    assert details(lab)[1:] == [
        ("firewall_blocked", 'policy meters: block list "+49" (49 more since the last event)')
    ]
    assert isinstance(lab.submit(source="ACME"), Submitted)
    assert isinstance(lab.submit(device=2), Submitted)


def test_a_rule_that_stops_a_fleet_is_told_by_a_few(lab: Lab) -> None:
    for device in range(10, 110):
        lab.device(device)
    of_policy(lab, block=(Peer("1"),))
    lab.run(lab.flows.submit, *[lab.submission(device, source="1") for device in range(10, 110)])
    assert lab.count("event") == MOST_TOLD
    assert sum(watch.blocked for watch in watches(lab).values()) == 100
    lab.submit(109, source="1")
    assert details(lab)[-1][1].endswith("(1 more since the last event)")


def test_rules_of_one_device_are_its_own_and_hold_beside_its_policys(lab: Lab) -> None:
    of_device(lab, allow=(Peer("ACME"), Peer("Evil")))
    of_policy(lab, block=(Peer("Evil"),))
    assert said(lab.submit(source="123")) == ("peer_not_allowed", "device device-1: allow list")
    assert said(lab.submit(source="evil")) == ("peer_blocked", 'policy meters: block list "Evil"')
    assert isinstance(lab.submit(source="acme"), Submitted)
    assert isinstance(lab.submit(device=2, source="123"), Submitted)


def test_a_change_is_in_force_at_once_and_no_rules_leave_nothing_behind(lab: Lab) -> None:
    of_policy(lab, block=(Peer("1"),))
    assert isinstance(lab.submit(source="1"), Refusal)
    of_policy(lab, block=(Peer("2"),))
    assert isinstance(lab.submit(source="1"), Submitted)
    assert isinstance(lab.submit(source="2"), Refusal)
    of_policy(lab)
    assert isinstance(lab.submit(source="2"), Submitted)
    assert lab.count("firewall") == 0
    assert lab.rows(Policy)[0].firewall == 0


def test_a_change_that_was_rolled_back_is_not_remembered(lab: Lab) -> None:
    class Fails:
        urgency = SET.urgency

        async def __call__(self, tx: Any, requests: Any) -> Any:
            await SET(tx, [SetFirewall(1, Policy, 1, Rules(block=(Peer("1"),)))])
            await lab.flows.submit(tx, [lab.submission(source="1")])
            raise RuntimeError("after the rules were compiled")

    with pytest.raises(RuntimeError):
        lab.round(Call(Fails(), [None]))
    of_policy(lab, block=(Peer("2"),))
    assert isinstance(lab.submit(source="1"), Submitted)
    assert isinstance(lab.submit(source="2"), Refusal)


def test_another_organisations_policy_and_device_are_unknown(lab: Lab) -> None:
    assert said(lab.run(SET, SetFirewall(2, Policy, 1, NO_RULES))[0])[0] == "unknown_policy"
    assert said(lab.run(SET, SetFirewall(2, Device, 1, NO_RULES))[0])[0] == "unknown_device"
    assert said(lab.run(RELEASE, ReleaseHold(2, 1))[0])[0] == "unknown_device"


def test_bad_rules_change_nothing(lab: Lab) -> None:
    of_policy(lab, block=(Peer("1"),))
    answer = lab.run(SET, SetFirewall(1, Policy, 1, Rules(content=(ContentRule("x", "("),))))[0]
    assert said(answer) == ("bad_value", "content[0].pattern")
    assert isinstance(lab.submit(source="1"), Refusal)


@pytest.mark.parametrize("flow", ["together", "apart"])
def test_callers_who_race_for_a_rate_get_exactly_its_limit(lab: Lab, flow: str) -> None:
    of_policy(lab, rates=(Rate(10, "day"),))
    submissions = [lab.submission() for _ in range(200)]
    if flow == "together":
        answers = lab.run(lab.flows.submit, *submissions)
    else:
        answers = [
            one for part in lab.round(*[Call(lab.flows.submit, [one]) for one in submissions]) for one in part
        ]
    assert sum(isinstance(answer, Submitted) for answer in answers) == 10
    assert {said(answer) for answer in answers if isinstance(answer, Refusal)} == {
        ("rate_reached", "policy meters: rate 10 per day")
    }
    assert lab.count("event") == 1


def test_a_rate_counts_across_batches_and_for_each_device(lab: Lab) -> None:
    of_policy(lab, rates=(Rate(3, "day"),))
    passed = [isinstance(lab.submit(device), Submitted) for device in (1, 2, 1, 1, 1, 2)]
    assert passed == [True, True, True, True, False, True]
    assert isinstance(lab.submit(text="x" * 400, device=3), Submitted)
    assert said(lab.submit(device=3))[0] == "rate_reached"


def test_devices_without_rules_leave_no_counters(lab: Lab) -> None:
    of_device(lab, rates=(Rate(3, "day"),))
    for device in (1, 2, 3):
        lab.accept(device)
    assert list(watches(lab)) == [1]


def test_what_waits_for_a_device_is_limited_exactly(lab: Lab) -> None:
    of_device(lab, pending=5)
    lab.sight(Presence.DETACHED)
    answers = lab.run(lab.flows.submit, *[lab.submission() for _ in range(20)])
    assert sum(isinstance(answer, Submitted) for answer in answers) == 5
    assert said(lab.submit()) == ("pending_limit_reached", "device device-1: pending 5")
    assert isinstance(lab.submit(device=2), Submitted)


def test_a_replacement_takes_no_more_room(lab: Lab) -> None:
    of_device(lab, pending=1)
    lab.sight(Presence.DETACHED)
    assert isinstance(lab.submit(replace_key="k"), Submitted)
    assert isinstance(lab.submit(replace_key="k", text="new"), Submitted)
    assert isinstance(lab.submit(), Refusal)


def test_new_words_of_a_message_are_asked_for_and_count_for_no_rate(lab: Lab) -> None:
    of_policy(lab, content=(ContentRule("links", "http"),), rates=(Rate(1, "day"),))
    id = lab.accept(not_before=START_MS + 60_000)
    (refused,) = lab.run(lab.flows.change, Change(1, id, "token:1", text_content("http://x")))
    assert said(refused) == ("content_blocked", 'policy meters: content "links"')
    (changed,) = lab.run(lab.flows.change, Change(1, id, "token:1", text_content("new")))
    assert isinstance(changed, Submitted)
    assert lab.message(id).body == b"new"


def test_content_is_refused(lab: Lab) -> None:
    of_policy(lab, content=(ContentRule("links", "(?i)https?://"),))
    assert said(lab.submit(text="go to HTTP://x")) == ("content_blocked", 'policy meters: content "links"')
    assert isinstance(lab.submit(text="hello", content=octet_content(b"http://x")), Submitted)


def test_a_preview_names_the_rule_and_uses_nothing_up(lab: Lab) -> None:
    of_policy(lab, rates=(Rate(1, "day"),), block=(Peer("1"),))
    preview = Preview(lab.settings, lab.routes)
    first, second = lab.run(preview, lab.submission(), lab.submission(source="1"))
    assert first.refusal is None
    assert said(second.refusal)[0] == "peer_blocked"
    assert isinstance(lab.submit(), Submitted)
    assert (lab.count("event"), watches(lab)[1].blocked) == (0, 0)


def test_what_waits_is_asked_again_before_its_attempt(lab: Lab) -> None:
    lab.sight(Presence.DETACHED)
    first, second = lab.accept(source="ACME"), lab.accept(source="other")
    of_policy(lab, block=(Peer("acme"),))
    lab.sight(Presence.ATTACHED)
    lab.advance(60)
    lab.advance(1)
    assert lab.one().message.id == second
    assert lab.state(first) == (State.FAILED, "peer_blocked")
    assert spoken(*lab.step(first, "forbidden")) == 'policy meters: block list "acme"'
    assert "given_back" in lab.story(first)
    assert lab.tally().mt == 1
    assert lab.sql("SELECT type, message FROM event WHERE type = 'firewall_blocked'") == [
        ("firewall_blocked", first)
    ]


def test_a_window_closes_on_what_waits(lab: Lab) -> None:
    of_policy(
        lab, windows=(Window("noon", "12:00", "13:00"),), zone="Europe/Berlin"
    )  # the lab is at 13:00 there
    id = lab.accept()
    lab.settle(Temporary("absent"))
    of_policy(lab, windows=(Window("noon", "12:00", "13:00"),), zone="UTC")
    lab.sight(Presence.ATTACHED)
    lab.advance(60)
    assert lab.state(id) == (State.FAILED, "time_blocked")
    assert said(lab.submit()) == ("time_blocked", 'policy meters: window "noon"')


def test_a_rate_does_not_hold_up_what_was_accepted(lab: Lab) -> None:
    of_policy(lab, rates=(Rate(1, "day"),))
    lab.accept()
    lab.settle(Temporary("absent"))
    lab.sight(Presence.ATTACHED)
    lab.advance(60)
    lab.settle()
    assert lab.rows(Policy)[0].firewall


def test_what_a_device_sends_is_refused_to_its_network(lab: Lab) -> None:
    of_policy(lab, block=(Peer("666"),), rates=(Rate(2, "day", directions=("MO",)),))
    assert said(lab.receive(destination="666")) == ("peer_blocked", 'policy meters: block list "666"')
    assert [isinstance(lab.receive(text=str(n)), Received) for n in range(4)] == [True, True, False, False]
    assert isinstance(lab.receive(destination=msisdn_of(2)), Received)


def test_both_sides_of_a_p2p_are_asked(lab: Lab) -> None:
    of_device(lab, 1, block=(Peer(msisdn_of(3), directions=("P2P",)),))
    of_device(lab, 2, block=(Peer(msisdn_of(1)),))
    code, rule = said(lab.receive(1, msisdn_of(3)))
    assert (code, rule) == ("peer_blocked", f'device device-1: block list "{msisdn_of(3)}"')
    stored = lab.receive(1, msisdn_of(2))
    assert isinstance(stored, Received)
    assert lab.state(stored.message or 0) == (State.FAILED, "peer_blocked")
    assert spoken(*lab.step(stored.message or 0, "forbidden")).startswith("device device-2:")
    assert isinstance(lab.receive(3, msisdn_of(1)), Received)


def test_a_long_sms_is_read_when_it_is_whole(lab: Lab) -> None:
    of_policy(lab, content=(ContentRule("secret", "one two"),))
    parts = [
        lab.inbound(content=text_content(text), part_reference=7, part_total=2, part_number=number)
        for number, text in ((1, "one "), (2, "two"))
    ]
    first, second = lab.run(lab.flows.receive, *parts)
    assert (first, isinstance(second, Received)) == (Received(None), True)
    assert lab.state(second.message) == (State.FAILED, "content_blocked")
    assert lab.count("delivery") == 0


def test_a_device_far_above_its_habit_is_held_and_only_that_one(lab: Lab) -> None:
    of_policy(lab, anomaly=Anomaly(times=3, least=10, learning_hours=0, hold_seconds=3600))
    waiting = lab.accept()
    lab.settle(Temporary("absent"))
    answers = lab.run(lab.flows.receive, *[lab.inbound(text=str(n)) for n in range(200)])
    assert sum(isinstance(answer, Received) for answer in answers) == 10
    assert {said(answer)[0] for answer in answers if isinstance(answer, Refusal)} == {"device_held"}
    rule = "policy meters: anomaly, more than 10 an hour where 0 are usual"
    assert details(lab) == [("device_held", rule), ("firewall_blocked", rule)]
    assert watches(lab)[1].blocked == 190
    assert said(lab.submit()) == ("device_held", rule)
    assert isinstance(lab.submit(device=2), Submitted)
    assert isinstance(lab.receive(2), Received)
    lab.take()
    lab.sight(Presence.ATTACHED)
    lab.advance(60)
    assert lab.state(waiting) == (State.FAILED, "device_held")


def test_a_hold_is_released_by_hand_once(lab: Lab) -> None:
    of_device(lab, anomaly=Anomaly(times=3, least=5, learning_hours=0, hold_seconds=None))
    lab.run(lab.flows.receive, *[lab.inbound(text=str(n)) for n in range(20)])
    lab.advance(30 * 24 * 3600)
    assert said(lab.submit())[0] == "device_held"
    assert isinstance(lab.run(RELEASE, ReleaseHold(1, 1))[0], Watch)
    assert isinstance(lab.submit(), Submitted)
    assert said(lab.run(RELEASE, ReleaseHold(1, 1))[0])[0] == "not_held"
    assert lab.events()[-1] == "device_released"
    kinds = lab.sql("SELECT action, kind FROM audit ORDER BY number DESC LIMIT 1")
    assert kinds == [("release", "watch")]


def test_a_hold_ends_by_itself(lab: Lab) -> None:
    of_device(lab, anomaly=Anomaly(times=3, least=5, learning_hours=0, hold_seconds=600))
    lab.run(lab.flows.receive, *[lab.inbound(text=str(n)) for n in range(20)])
    assert isinstance(lab.submit(), Refusal)
    lab.advance(600)
    assert isinstance(lab.submit(), Submitted)
    assert isinstance(lab.receive(text="more"), Received)


def test_a_person_outside_the_fleet_says_stop_and_start(lab: Lab) -> None:
    def write(text: str, number: str = "+4915112345678", to: int = 1) -> Any:
        return lab.receive(destination=msisdn_of(to), text=text, imsi="", msisdn=number)

    assert said(write("hello"))[0] == "unknown_device"
    assert write(" stop ") == Received(None)
    assert write("STOP") == Received(None)
    assert lab.sql("SELECT org, number, word FROM suppression") == [(1, "4915112345678", "stop")]
    assert said(write("stop", number="12345"))[0] == "unknown_device"
    assert said(write("stop", to=99))[0] == "unknown_device"
    assert write("start") == Received(None)
    assert lab.count("suppression") == 0
    words = lab.run(ManageStopWords(), SetStopWords(1, ("Ende",), ()))[0]
    assert words == StopWords(1, 1, "Ende", "")
    assert said(write("stop"))[0] == "unknown_device"
    assert write("ENDE") == Received(None)
    assert lab.count("message") == 0


def test_a_device_may_not_send_to_who_said_stop(lab: Lab) -> None:
    outside = "+4915112345678"
    assert said(lab.receive(destination=outside)) == ("no_external_route", "number 4915112345678")
    lab.receive(2, msisdn_of(1), "stop", imsi="", msisdn=outside)
    assert said(lab.receive(destination=outside)) == ("suppressed", "suppression list 4915112345678")
    lab.receive(2, msisdn_of(1), "start", imsi="", msisdn=outside)
    assert said(lab.receive(destination=outside)) == ("no_external_route", "number 4915112345678")


def test_a_device_that_says_stop_means_something_else(lab: Lab) -> None:
    answer = lab.receive(destination=msisdn_of(2), text="stop")
    assert isinstance(answer, Received)
    assert answer.message is not None
    assert lab.count("suppression") == 0


def test_what_is_deleted_takes_its_rules_with_it(lab: Lab) -> None:
    of_device(lab, rates=(Rate(5, "day"),))
    lab.accept()
    lab.settle()
    lab.run(DeleteDevices(), DeleteDevice(1, 1))
    assert (lab.count("firewall"), lab.count("watch")) == (0, 0)


def test_octets_and_flash_pass_like_any_other(lab: Lab) -> None:
    of_policy(lab, content=(ContentRule("word", "hello"),))
    flash = text_content("hello", Wish(message_class=0))
    assert said(lab.submit(content=flash))[0] == "content_blocked"
