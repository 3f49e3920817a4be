"""Managing organisations, applications, accounts, policies, quotas and tokens."""

from typing import Any

import pytest

from heliograph.core.device import Quota
from heliograph.core.message import DAY_MS
from heliograph.core.organisation import Account, Application, Organisation, Token, hash_of, over
from heliograph.core.policy import Policy
from heliograph.core.refusal import CODES, Refusal
from heliograph.flow.manage.organisations import CreateApplications, CreateOrganisations, SetOrganisations
from heliograph.flow.manage.policies import CreatePolicies, SetPolicies
from heliograph.flow.manage.quotas import ManageQuotas
from heliograph.flow.manage.requests import (
    AddQuota,
    DeleteQuota,
    NewAccount,
    NewApplication,
    NewOrganisation,
    NewPolicy,
    NewToken,
    PolicyWish,
    RevokeToken,
    SetOrganisation,
    SetPolicy,
    SetQuota,
)
from heliograph.flow.manage.tokens import CreatedToken, CreateTokens, RevokeTokens
from heliograph.flow.manage.users import CreateAccounts
from tests.engine import START_MS, Lab, make_lab

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"
QUOTAS = ManageQuotas()


@pytest.fixture
def acme(lab: Lab) -> int:
    made = lab.run(CreateOrganisations(), NewOrganisation("acme"))[0]
    assert isinstance(made, Organisation)
    return made.id


def refused(answer: object) -> tuple[str, str | None]:
    assert isinstance(answer, Refusal), answer
    assert answer.code in CODES
    return answer.code, answer.rule


def test_organisations_have_names_of_their_own(lab: Lab) -> None:
    first, second, third = lab.run(
        CreateOrganisations(), NewOrganisation("a"), NewOrganisation("a"), NewOrganisation("b", 30)
    )
    assert refused(second) == ("duplicate", "name")
    assert lab.sql("SELECT * FROM organisation ORDER BY name") == [
        (first.id, "a", START_MS, None, "", "", ""),
        (third.id, "b", START_MS, 30, "", "", ""),
    ]
    assert refused(lab.run(CreateOrganisations(), NewOrganisation(""))[0]) == ("bad_value", "name")
    assert refused(lab.run(CreateOrganisations(), NewOrganisation("c", -1))[0]) == ("bad_value", "body_days")


def test_an_organisation_changes(lab: Lab, acme: int) -> None:
    flow = SetOrganisations()
    changed = lab.run(flow, SetOrganisation(acme, body_days=7), SetOrganisation(acme, name="ACME"))[1]
    assert changed == Organisation(acme, "ACME", START_MS, 7)
    assert lab.run(flow, SetOrganisation(acme, body_days=None))[0].body_days is None
    assert lab.run(flow, SetOrganisation(acme, country_code="49"))[0].country_code == "49"
    for code in ("049", "+49", "4900", "x"):
        assert refused(lab.run(flow, SetOrganisation(acme, country_code=code))[0])[1] == "country_code"
    assert refused(lab.run(CreateOrganisations(), NewOrganisation("d", None, "0"))[0])[1] == "country_code"
    lab.run(CreateOrganisations(), NewOrganisation("b"))
    assert refused(lab.run(flow, SetOrganisation(acme, name="b"))[0]) == ("duplicate", "name")
    assert refused(lab.run(flow, SetOrganisation(5, name="x"))[0]) == ("unknown_organisation", None)


def test_applications_belong_to_an_organisation(lab: Lab, acme: int) -> None:
    other = lab.run(CreateOrganisations(), NewOrganisation("other"))[0].id
    flow = CreateApplications()
    made = lab.run(flow, NewApplication(acme, "crm"))[0]
    assert made == Application(made.id, acme, "crm", START_MS)
    assert refused(lab.run(flow, NewApplication(acme, "crm"))[0]) == ("duplicate", "name")
    assert isinstance(lab.run(flow, NewApplication(other, "crm"))[0], Application)
    assert refused(lab.run(flow, NewApplication(5, "crm"))[0]) == ("unknown_organisation", None)


def test_an_account_holds_a_hash_and_never_a_password(lab: Lab, acme: int) -> None:
    flow = CreateAccounts()
    made = lab.run(flow, NewAccount(acme, "admin", HASH))[0]
    assert made == Account(made.id, acme, "admin", HASH, "administrator", START_MS)
    assert refused(lab.run(flow, NewAccount(acme, "b", "secret"))[0]) == ("bad_value", "password")
    assert refused(lab.run(flow, NewAccount(acme, "b", HASH, "king"))[0]) == ("bad_value", "role")
    assert refused(lab.run(flow, NewAccount(acme, "admin", HASH))[0]) == ("duplicate", "name")
    assert lab.count("account") == 1


EVERY_FIELD: dict[str, Any] = {
    "mo": 0,
    "mt": 0,
    "p2p_internal": 0,
    "p2p_external": 0,
    "mo_limit": 10,
    "mt_limit": 0,
    "quota": 1,
    "price_mo": 5,
    "price_mt": 7,
    "p2p_received_per_minute": 1,
    "p2p_sent_per_day": 0,
    "description": "for meters",
    "interface": 2,
    "api_secret": None,
    "mo_per_part": 1,
    "extras": '{"retail":true}',
}
KEPT = {"id", "org", "name", "application", "created_at", "updated_at", "firewall"}
KEPT |= {"api_callback", "smpp_account"}  # which are there, or are refused


def create(lab: Lab, acme: int, name: str = "standard", **wish: Any) -> Policy | Refusal:
    answer: Policy | Refusal = lab.run(CreatePolicies(), NewPolicy(acme, name, PolicyWish(**wish)))[0]
    return answer


def change(lab: Lab, acme: int, which: int | str, **wish: Any) -> Policy | Refusal:
    answer: Policy | Refusal = lab.run(SetPolicies(), SetPolicy(acme, which, PolicyWish(**wish)))[0]
    return answer


def test_every_field_of_a_policy_can_be_set(lab: Lab, acme: int) -> None:
    plain = create(lab, acme)
    assert isinstance(plain, Policy)
    now = lab.clock.now()
    assert plain == Policy(plain.id, acme, "standard", created_at=now, updated_at=now)
    application = lab.run(CreateApplications(), NewApplication(acme, "crm"))[0].id
    changed = change(lab, acme, "standard", application="crm", name="special", **EVERY_FIELD)
    wanted = Policy(
        plain.id, acme, "special", application=application, created_at=now, updated_at=now, **EVERY_FIELD
    )
    assert changed == wanted
    assert lab.rows(Policy, "org = ?", acme) == [wanted]
    assert set(Policy.__struct_fields__) == {*EVERY_FIELD, *KEPT}


def test_a_policy_is_made_with_its_wish_and_loses_a_limit(lab: Lab, acme: int) -> None:
    made = create(lab, acme, mt_limit=5)
    assert isinstance(made, Policy)
    assert made.mt_limit == 5
    lifted = change(lab, acme, made.id, mt_limit=None)
    assert isinstance(lifted, Policy)
    assert (lifted.mt_limit, lifted.mt) == (None, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mo", 2),
        ("mt", -1),
        ("p2p_internal", 7),
        ("p2p_external", 7),
        ("quota", 3),
        ("mo_limit", -1),
        ("mt_limit", 10**9 + 1),
        ("price_mo", -1),
        ("price_mt", 10**12 + 1),
        ("p2p_received_per_minute", 0),
        ("p2p_received_per_minute", 601),
        ("p2p_sent_per_day", -1),
        ("p2p_sent_per_day", 1001),
    ],
)
def test_a_value_out_of_range_is_refused_and_changes_nothing(
    lab: Lab, acme: int, field: str, value: int
) -> None:
    made = create(lab, acme)
    assert refused(change(lab, acme, "standard", **{field: value})) == ("bad_value", field)
    assert refused(create(lab, acme, "another", **{field: value})) == ("bad_value", field)
    assert lab.rows(Policy, "org = ?", acme) == [made]


def test_a_policy_knows_its_own_organisation_alone(lab: Lab, acme: int) -> None:
    other = lab.run(CreateOrganisations(), NewOrganisation("other"))[0].id
    foreign = lab.run(CreateApplications(), NewApplication(other, "crm"))[0].id
    policy = create(lab, acme)
    assert isinstance(policy, Policy)
    assert isinstance(create(lab, other), Policy)
    assert refused(change(lab, other, policy.id, mt=0)) == ("unknown_policy", None)
    assert refused(change(lab, acme, "none", mt=0)) == ("unknown_policy", None)
    assert refused(create(lab, acme)) == ("duplicate", "name")
    assert refused(change(lab, acme, "standard", application=foreign)) == ("unknown_application", None)
    assert refused(change(lab, acme, "standard", application="crm")) == ("unknown_application", None)
    assert refused(create(lab, 5)) == ("unknown_organisation", None)


def test_a_policy_may_be_renamed_to_a_free_name_alone(lab: Lab, acme: int) -> None:
    create(lab, acme)
    create(lab, acme, "b")
    assert refused(change(lab, acme, "standard", name="b")) == ("duplicate", "name")
    assert isinstance(change(lab, acme, "standard", name="standard", mt=0), Policy)


def test_a_quota_is_set_used_filled_up_and_deleted(lab: Lab) -> None:
    lab.sql("UPDATE policy SET quota = 1")
    assert refused(lab.submit()) == ("quota_missing", "quota")
    made = lab.run(QUOTAS, SetQuota(1, 1, 2, threshold_percent=50))[0]
    assert isinstance(made, Quota)
    lab.accept()
    lab.accept()
    assert refused(lab.submit()) == ("quota_exhausted", "quota")
    more = lab.run(QUOTAS, AddQuota(1, 1, 3))[0]
    assert (more.volume, more.remaining, more.last_added) == (5, 3, 3)
    lab.accept()
    gone = lab.run(QUOTAS, DeleteQuota(1, 1))[0]
    assert gone.remaining == 2
    assert refused(lab.submit()) == ("quota_missing", "quota")
    told = [event for event in lab.events() if event in ("quota_assigned", "quota_deleted")]
    assert told == ["quota_assigned", "quota_assigned", "quota_deleted"]


def test_a_quota_that_refills_does_so_from_the_next_day_on(lab: Lab) -> None:
    lab.sql("UPDATE policy SET quota = 1")
    lab.run(QUOTAS, SetQuota(1, 1, 1, auto_refill=1))
    lab.accept()
    assert refused(lab.submit()) == ("quota_exhausted", "quota")
    lab.advance(DAY_MS / 1000, poll=False)
    lab.accept()


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"volume": 0}, "volume"),
        ({"volume": 10**9 + 1}, "volume"),
        ({"volume": 1, "threshold_percent": 0}, "threshold_percent"),
        ({"volume": 1, "threshold_percent": 101}, "threshold_percent"),
        ({"volume": 1, "auto_refill": 2}, "auto_refill"),
        ({"volume": 1, "expires_at": START_MS}, "expires_at"),
    ],
)
def test_a_quota_out_of_range_is_refused(lab: Lab, fields: dict[str, Any], rule: str) -> None:
    assert refused(lab.run(QUOTAS, SetQuota(1, 1, **fields))[0]) == ("bad_value", rule)
    assert lab.count("quota") == lab.count("event") == 0


def test_a_quota_needs_a_device_of_the_organisation(lab: Lab) -> None:
    answers = lab.run(QUOTAS, SetQuota(2, 1, 5), AddQuota(1, 1, 5), DeleteQuota(1, 1), AddQuota(1, 77, 5))
    assert [refused(answer)[0] for answer in answers] == [
        "unknown_device",
        "unknown_quota",
        "unknown_quota",
        "unknown_device",
    ]


def test_an_addition_moves_the_end_when_asked_to(lab: Lab) -> None:
    lab.run(QUOTAS, SetQuota(1, 1, 5, expires_at=START_MS + 1000))
    assert lab.run(QUOTAS, AddQuota(1, 1, 1))[0].expires_at == START_MS + 1000
    assert lab.run(QUOTAS, AddQuota(1, 1, 1, expires_at=None))[0].expires_at is None
    assert refused(lab.run(QUOTAS, AddQuota(1, 1, 1, expires_at=1))[0]) == ("bad_value", "expires_at")
    assert lab.rows(Quota)[0].volume == 7


def test_a_secret_is_shown_once_and_kept_as_a_hash(lab: Lab, acme: int) -> None:
    asked: list[int] = []

    def draw(count: int) -> bytes:
        asked.append(count)
        return bytes(range(count))

    made = lab.run(CreateTokens(draw), NewToken(acme, "ci", ("sms:send", "sms:read", "sms:send")))[0]
    assert isinstance(made, CreatedToken)
    assert asked == [32]
    assert made.scopes == "sms:send sms:read"
    row = Token(
        *lab.sql("SELECT id, org, name, hash, scopes, created_at, expires_at, revoked_at FROM token")[0]
    )
    assert row == Token(made.id, acme, "ci", hash_of(made.secret), "sms:send sms:read", START_MS)
    assert made.secret.encode() not in row.hash
    assert len(row.hash) == 32
    assert over(row, START_MS) is None


def test_a_token_is_revoked_by_its_own_organisation(lab: Lab, acme: int) -> None:
    made = lab.run(CreateTokens(bytes), NewToken(acme, "ci", ("admin",), START_MS + 1000))[0]
    assert refused(lab.run(RevokeTokens(), RevokeToken(1, made.id))[0]) == ("unknown_token", None)
    lab.advance(0.5)
    token = lab.run(RevokeTokens(), RevokeToken(acme, made.id))[0]
    lab.advance(0.1)
    assert lab.run(RevokeTokens(), RevokeToken(acme, made.id))[0] == token
    assert token.revoked_at == START_MS + 500
    assert refused(over(token, START_MS)) == ("bad_token", "token: revoked")


def test_a_token_ends(lab: Lab, acme: int) -> None:
    made = lab.run(CreateTokens(bytes), NewToken(acme, "ci", ("admin",), START_MS + 1000))[0]
    token = Token(made.id, acme, "ci", b"", made.scopes, START_MS, START_MS + 1000)
    assert over(token, START_MS + 999) is None
    assert refused(over(token, START_MS + 1000)) == ("bad_token", "token: expired")


@pytest.mark.parametrize(
    ("request_", "rule"),
    [
        (NewToken(0, "a", ()), "scopes"),
        (NewToken(0, "a", ("sms:sand",)), "scopes"),
        (NewToken(0, "a", ("admin",), START_MS), "expires_at"),
        (NewToken(0, "", ("admin",)), "name"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(request_: NewToken, rule: str) -> None:
    lab = make_lab()
    assert refused(lab.run(CreateTokens(bytes), request_)[0]) == ("bad_value", rule)
    assert refused(lab.run(CreateTokens(bytes), NewToken(0, "a", ("admin",)))[0])[0] == "unknown_organisation"
    assert lab.count("token") == 0
