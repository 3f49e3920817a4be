"""Browsing: what people see, over a real file, and nothing of another organisation."""

import pytest

from heliograph.core.device import Quota
from heliograph.core.message import HOUR_MS, State
from heliograph.core.organisation import Application, Organisation
from heliograph.core.outcome import Accepted, Permanent, Temporary
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal
from heliograph.flow.manage.organisations import CreateApplications, CreateOrganisations
from heliograph.flow.manage.requests import NewAccount, NewApplication, NewOrganisation, NewToken, RevokeToken
from heliograph.flow.manage.tokens import CreateTokens, RevokeTokens
from heliograph.flow.manage.users import CreateAccounts
from heliograph.flow.shown import DeviceFilter, EventFilter, LaneShown, MessageFilter, MessagePage
from heliograph.store.reads import questions
from tests.engine import APP, START_MS, msisdn_of, octet_content
from tests.flow.desk import Desk


def refused(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_a_device_is_found_by_name_number_and_id(desk: Desk) -> None:
    for which in ("device-2", msisdn_of(2), f"+{msisdn_of(2)}", "2"):
        found = desk.ask(lambda browse, which=which: browse.device(1, which))
        assert not isinstance(found, Refusal)
        assert found.id == 2
    desk.lab.device(50, name="2")  # a name that looks like an id takes nobody's SMS
    desk.lab.device(51, name="777777")
    for which, id in (("2", 2), ("777777", 51)):
        found = desk.ask(lambda browse, which=which: browse.device(1, which))
        assert not isinstance(found, Refusal)
        assert found.id == id


@pytest.mark.parametrize("which", ["device-9", msisdn_of(9), "9", "", "9" * 30, "²"])
def test_another_organisations_device_is_unknown(desk: Desk, which: str) -> None:
    assert refused(desk.ask(lambda browse: browse.device(1, which))) == "unknown_device"


def test_devices_by_name_in_pages(desk: Desk) -> None:
    for id in range(10, 35):
        desk.lab.device(
            id, name=f"tracker-{id}", tags="north,fleet" if id % 2 else "south", status=id % 3 == 0
        )
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = desk.ask(lambda browse, after=after: browse.devices(1, after=after, limit=10))
        assert len(page.items) <= 10
        seen += [device.name for device in page.items]
        after = page.next
    assert seen == sorted(seen)
    assert len(seen) == 28

    def names(**wanted: object) -> list[str]:
        chosen = DeviceFilter(**wanted)  # type: ignore[arg-type]  # a value of each field's type
        return [device.name for device in desk.ask(lambda browse: browse.devices(1, chosen)).items]

    assert len(names(tag="north")) == 12
    assert names(tag="nor") == []  # a tag is whole
    assert len(names(tag="south", status=1)) == 4
    assert names(text="TRACKER-11") == ["tracker-11"]
    assert names(text=msisdn_of(12)) == ["tracker-12"]
    assert len(names(policy=1)) == 28
    assert names(policy=2) == names(network="none") == []
    assert desk.ask(lambda browse: browse.devices(2)).items[0].id == 9


def test_messages_of_a_device_are_those_to_it_and_from_it(desk: Desk) -> None:
    lab = desk.lab
    to = lab.accept()
    lab.accept(device=2)
    lab.advance(1, poll=False)
    answer = lab.receive()
    assert desk.messages(MessageFilter(device=1)) == [answer.message, to]
    assert desk.messages(MessageFilter(device=9)) == []
    assert desk.messages(MessageFilter(device=1), org=2) == []


def test_messages_by_state_direction_time_and_text(desk: Desk) -> None:
    lab = desk.lab
    delivered = lab.accept(text="Valve OPEN", source="ops")
    lab.settle()
    failed = lab.accept(text="close", source="4444")
    lab.settle(Permanent("barred"))
    lab.advance(60, poll=False)
    pending = lab.accept(text="ümlaut öffnen")
    mo = lab.receive(text="valve is open").message
    found = desk.messages
    assert found(MessageFilter(state=State.DELIVERED)) == [delivered]
    assert found(MessageFilter(state=State.FAILED)) == [failed]
    assert found(MessageFilter(direction=2)) == [mo]
    assert set(found(MessageFilter(since=START_MS + 1))) == {mo, pending}
    assert found(MessageFilter(text="valve open")) == [delivered]
    assert set(found(MessageFilter(text="open"))) == {mo, delivered}
    assert found(MessageFilter(text="öffnen")) == [pending]
    assert found(MessageFilter(text="4444")) == [failed]
    assert found(MessageFilter(device=1, state=State.FAILED)) == [failed]
    assert found(MessageFilter(device=1, text="valve", direction=1)) == [delivered]


def test_pages_of_messages_miss_nothing_and_repeat_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "SCAN", 3)
    ids = []
    for number in range(25):
        ids.append(desk.lab.accept(device=1 + number % 3))
        if number % 5 == 0:
            desk.lab.advance(1, poll=False)
    seen: list[int] = []
    mark: str | None = None
    while True:
        page = desk.ask(lambda browse, mark=mark: browse.messages(1, after=mark, limit=4))
        assert isinstance(page, MessagePage)
        seen += [message.id for message in page.items]
        mark = page.next
        if mark is None:
            break
        desk.lab.accept()  # what comes meanwhile is newer than the page
    assert sorted(seen) == sorted(ids)
    assert refused(desk.ask(lambda browse: browse.messages(1, after="x"))) == "bad_value"


def test_a_message_is_shown_with_words_for_numbers(desk: Desk) -> None:
    id = desk.lab.accept(text="hi")
    octets = desk.lab.accept(content=octet_content(b"\x00\xff"))
    shown = desk.explained(id).message
    assert (shown.text, shown.octets, shown.state, shown.direction) == ("hi", None, "IN_PROGRESS", "MT")
    shown = desk.explained(octets).message
    assert (shown.text, shown.octets) == (None, "00ff")
    desk.lab.sql("UPDATE message SET body = NULL")
    assert (desk.explained(id).message.text, desk.explained(octets).message.octets) == (None, None)
    assert refused(desk.ask(lambda browse: browse.message(2, id))) == "unknown_message"
    assert refused(desk.ask(lambda browse: browse.explain(2, id))) == "unknown_message"


def test_a_lane_as_it_stands(desk: Desk) -> None:
    lab = desk.lab
    first = lab.accept()
    second = lab.accept()
    lab.accept(not_before=START_MS + HOUR_MS)
    lane = desk.lane()
    assert (lane.waiting, lane.scheduled, lane.awaiting) == (1, 1, 0)
    assert (lane.under_way, lane.head, lane.due_at) == ([first], second, None)
    assert (lane.gate, lane.next_scheduled_at) == ("radio", START_MS + HOUR_MS)
    lab.settle(Temporary("absent"))
    lane = desk.lane()
    assert (lane.waiting, lane.under_way, lane.head) == (2, [], first)
    assert (lane.due_at, lane.attempts, lane.code) == (START_MS + 60_000, 1, "absent")
    assert "did not answer" in lane.meaning
    taken_over = lab.accept(device=2)
    lab.settle(Accepted("A1"))
    lane = desk.lane("device-2")
    assert (lane.awaiting, lane.under_way) == (1, [])
    assert taken_over
    assert desk.lane("device-3") == LaneShown(0, 3, "radio", 0, 0, 0, [], None, None, 0, "", "", None)


def test_the_lane_of_what_an_application_hears(desk: Desk) -> None:
    lab = desk.lab
    mo = lab.receive().message
    lane = desk.lane(application=APP)
    assert (lane.gate, lane.waiting, lane.head) == (f"application:{APP}", 1, mo)
    lab.application()
    lab.poll()
    assert desk.lane(application=APP).under_way == [mo]
    assert refused(desk.ask(lambda browse: browse.lane(1, "device-1", 77))) == "unknown_application"
    assert refused(desk.ask(lambda browse: browse.lane(2, "device-1", APP))) == "unknown_application"
    assert refused(desk.ask(lambda browse: browse.lane(1, "nobody"))) == "unknown_device"


def test_counts_by_state(desk: Desk) -> None:
    lab = desk.lab
    lab.accept()
    lab.settle()
    lab.advance(1, poll=False)
    lab.accept()
    counts = desk.ask(lambda browse: browse.counts(1))
    assert counts.complete
    assert {state: count for state, count in counts.by_state.items() if count} == {
        "DELIVERED": 1,
        "IN_PROGRESS": 1,
    }
    assert sum(desk.ask(lambda browse: browse.counts(1, START_MS + 1)).by_state.values()) == 1
    assert sum(desk.ask(lambda browse: browse.counts(2)).by_state.values()) == 0


def test_counts_that_are_too_many_say_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "SCAN", 1)
    for _ in range(52):
        desk.lab.accept()
    counts = desk.ask(lambda browse: browse.counts(1))
    assert (counts.complete, sum(counts.by_state.values())) == (False, 50)


def test_usage_with_its_history_and_quota(desk: Desk) -> None:
    lab = desk.lab
    lab.sql("UPDATE policy SET quota = 1, price_mt = 3 WHERE id = 1")
    lab.quota(1, 10)
    lab.accept(text="x" * 200)
    lab.settle()
    lab.settle()
    lab.advance(40 * 24 * 3600)
    lab.accept()
    usage = desk.ask(lambda browse: browse.usage(1, "device-1"))
    assert not isinstance(usage, Refusal)
    assert (usage.tally.month, usage.tally.mt, usage.tally.cost_mt) == (202604, 1, 3)
    assert [(month.month, month.mt, month.cost_mt) for month in usage.history] == [(202603, 2, 6)]
    assert isinstance(usage.quota, Quota)
    assert usage.quota.remaining == 7
    unused = desk.ask(lambda browse: browse.usage(1, "device-2"))
    assert not isinstance(unused, Refusal)
    assert (unused.tally.mt, unused.history, unused.quota) == (0, [], None)
    assert refused(desk.ask(lambda browse: browse.usage(2, "device-2"))) == "unknown_device"


def test_events_newest_first(desk: Desk) -> None:
    lab = desk.lab
    lab.sql("UPDATE policy SET mt_limit = 1 WHERE id = 1")
    for device in (1, 2, 3):
        lab.accept(device=device)
        lab.advance(1, poll=False)
    page = desk.ask(lambda browse: browse.events(1, limit=4))
    assert not isinstance(page, Refusal)
    assert [event.device for event in page.items] == [3, 3, 2, 2]
    rest = desk.ask(lambda browse: browse.events(1, after=page.next))
    assert not isinstance(rest, Refusal)
    assert ([event.device for event in rest.items], rest.next) == ([1, 1], None)
    since = desk.ask(lambda browse: browse.events(1, EventFilter(since=START_MS + 1000)))
    one = desk.ask(lambda browse: browse.events(1, EventFilter(device=2, type="mt_limit_used_up")))
    none = desk.ask(lambda browse: browse.events(1, EventFilter(type="other")))
    foreign = desk.ask(lambda browse: browse.events(2))
    found = [
        [e.device for e in page.items]
        for page in (since, one, none, foreign)
        if not isinstance(page, Refusal)
    ]
    assert found == [[3, 3, 2, 2], [2], [], []]
    assert refused(desk.ask(lambda browse: browse.events(1, after="1"))) == "bad_value"


def test_organisations_applications_and_policies_by_name_and_id(desk: Desk) -> None:
    lab = desk.lab
    acme = lab.run(CreateOrganisations(), NewOrganisation("acme"))[0]
    crm = lab.run(CreateApplications(), NewApplication(acme.id, "crm"))[0]
    assert desk.ask(lambda browse: browse.organisations()) == [acme]
    for which in ("acme", str(acme.id)):
        found = desk.ask(lambda browse, which=which: browse.organisation(which))
        assert isinstance(found, Organisation)
        assert found == acme
    for which in ("crm", str(crm.id)):
        application = desk.ask(lambda browse, which=which: browse.application(acme.id, which))
        assert isinstance(application, Application)
        assert application == crm
    for which in ("policy-1", "1"):
        policy = desk.ask(lambda browse, which=which: browse.policy(1, which))
        assert isinstance(policy, Policy)
        assert policy.id == 1
    assert desk.ask(lambda browse: browse.applications(acme.id)) == [crm]
    assert [policy.id for policy in desk.ask(lambda browse: browse.policies(2))] == [2]
    assert refused(desk.ask(lambda browse: browse.organisation("none"))) == "unknown_organisation"
    assert refused(desk.ask(lambda browse: browse.application(1, str(crm.id)))) == "unknown_application"
    assert refused(desk.ask(lambda browse: browse.policy(1, "2"))) == "unknown_policy"


def test_tokens_are_checked_and_listed_without_their_hash(desk: Desk) -> None:
    lab = desk.lab
    acme = lab.run(CreateOrganisations(), NewOrganisation("acme"))[0].id
    made = lab.run(CreateTokens(bytes), NewToken(acme, "ci", ("sms:send",), START_MS + 5000))[0]
    now = lab.clock.now()
    token = desk.ask(lambda browse: browse.check_token(made.secret, now))
    assert not isinstance(token, Refusal)
    assert (token.id, token.org, token.scopes) == (made.id, acme, "sms:send")
    assert refused(desk.ask(lambda browse: browse.check_token(made.secret + "x", now))) == "bad_token"
    assert refused(desk.ask(lambda browse: browse.check_token(made.secret, now + 5000))) == "bad_token"
    lab.run(RevokeTokens(), RevokeToken(acme, made.id))
    assert refused(desk.ask(lambda browse: browse.check_token(made.secret, now))) == "bad_token"
    (shown,) = desk.ask(lambda browse: browse.tokens(acme))
    assert "hash" not in shown.__struct_fields__
    assert shown.revoked_at == now
    assert desk.ask(lambda browse: browse.tokens(1)) == []


def test_an_account_is_found_for_a_login(desk: Desk) -> None:
    acme = desk.lab.run(CreateOrganisations(), NewOrganisation("acme"))[0].id
    made = desk.lab.run(CreateAccounts(), NewAccount(acme, "admin", "$argon2id$x"))[0]
    assert desk.ask(lambda browse: browse.account("admin")) == made
    assert desk.ask(lambda browse: browse.account("nobody")) is None
    assert desk.ask(lambda browse: browse.accounts(acme)) == [made]


def test_facts(desk: Desk) -> None:
    assert desk.ask(lambda browse: browse.facts()).integrity == "ok"
