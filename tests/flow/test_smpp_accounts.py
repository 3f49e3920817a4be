"""SMPP accounts: an account is an application that policies point to; what is wrong with one is named."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from heliograph.app.smpp.accounts import SmppAccounts
from heliograph.core.delivery import gate_of_application
from heliograph.core.policy import Interface, Policy
from heliograph.core.refusal import Refusal
from heliograph.core.smpp_account import MOST_ACCOUNTS, SmppAccount, bad_password
from heliograph.flow.applications.deleted import EndOfAccount, EndWaiting
from heliograph.flow.manage.deletion import DeleteApplications
from heliograph.flow.manage.organisations import CreateApplications, CreateOrganisations
from heliograph.flow.manage.policies import CreatePolicies, SetPolicies
from heliograph.flow.manage.requests import (
    DeleteApplication,
    NewApplication,
    NewOrganisation,
    NewPolicy,
    PolicyWish,
    SetPolicy,
)
from heliograph.flow.manage.smpp_accounts import (
    DeleteSmppAccount,
    ManageSmppAccounts,
    NewSmppAccount,
    SetSmppAccount,
    SmppAccountWish,
)
from heliograph.store.reads.reader import Reader
from heliograph.store.reads.smpp import SqliteSmppReader
from tests.engine import Lab, make_lab

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"
MANAGE = ManageSmppAccounts()


@pytest.fixture
def acme(lab: Lab) -> int:
    id: int = lab.run(CreateOrganisations(), NewOrganisation("acme"))[0].id
    return id


def create(lab: Lab, org: int, system_id: str = "crm", **wish: Any) -> Any:
    wished = SmppAccountWish(system_id, **{"password": HASH, **wish})
    return lab.run(MANAGE, NewSmppAccount(org, wished))[0]


def change(lab: Lab, account: SmppAccount, **wish: Any) -> Any:
    return lab.run(MANAGE, SetSmppAccount(account.org, account.id, SmppAccountWish(**wish)))[0]


def refused(answer: object) -> tuple[str, str | None]:
    assert isinstance(answer, Refusal), answer
    return answer.code, answer.rule


def kept(lab: Lab) -> list[SmppAccount]:
    rows = lab.sql("SELECT * FROM smpp_account ORDER BY system_id")
    return [SmppAccount(*row) for row in rows]


def test_an_account_comes_and_goes_with_its_application(lab: Lab, acme: int) -> None:
    made = create(lab, acme, networks=("10.0.0.1", "10.0.0.1/32", "2001:db8::/32"), binds="rx, tx")
    assert kept(lab) == [made]
    assert (made.version, made.networks, made.binds) == (1, "10.0.0.1/32,2001:db8::/32", "tx rx")
    assert lab.sql("SELECT id, org, name FROM application") == [(made.id, acme, "SMPP account crm")]
    assert refused(lab.run(DeleteApplications(), DeleteApplication(acme, made.id))[0])[0] == "in_use"
    assert lab.run(MANAGE, DeleteSmppAccount(acme, made.id)) == [made]
    assert (kept(lab), lab.sql("SELECT * FROM application")) == ([], [])


def test_a_system_id_is_unique_on_the_whole_platform(lab: Lab, acme: int) -> None:
    other = lab.run(CreateOrganisations(), NewOrganisation("other"))[0].id
    first = create(lab, acme)
    assert refused(create(lab, other)) == ("duplicate", "system_id")
    second = create(lab, other, "fleet")
    assert refused(change(lab, second, system_id="crm")) == ("duplicate", "system_id")
    assert change(lab, second, system_id="fleet").version == 1
    assert change(lab, first, system_id="CRM").system_id == "CRM"


def test_its_application_is_called_as_it_is(lab: Lab, acme: int) -> None:
    lab.run(CreateApplications(), NewApplication(acme, "SMPP account fleet"))
    made = create(lab, acme)
    change(lab, made, system_id="fleet")
    assert lab.sql("SELECT name FROM application WHERE id = ?", made.id) == [
        (f"SMPP account fleet, {made.id}",)
    ]


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        ({"system_id": ""}, "system_id"),
        ({"system_id": "x" * 16}, "system_id"),
        ({"system_id": " crm"}, "system_id"),
        ({"system_id": "crm\n"}, "system_id"),
        ({"system_id": "größe"}, "system_id"),
        ({"password": "secret"}, "password"),
        ({"networks": ("10.0.0.0/33",)}, "ip"),
        ({"binds": ""}, "binds"),
        ({"binds": "tx both"}, "binds"),
        ({"most_binds": 0}, "most_binds"),
        ({"window": 0}, "window"),
        ({"their_window": 10_001}, "their_window"),
        ({"rate_per_s": 0}, "rate_per_s"),
        ({"source": "a name too long"}, "source"),
        ({"receipt_coding": "morse"}, "receipt_coding"),
        ({"payload_from": 255}, "payload_from"),
        ({"mo_per_part": "yes"}, "mo_per_part"),
        ({"most_waiting": 0}, "most_waiting"),
        ({"enabled": 2}, "enabled"),
    ],
)
def test_what_is_out_of_range_is_named(lab: Lab, acme: int, wish: dict[str, Any], rule: str) -> None:
    assert refused(create(lab, acme, **{"system_id": "crm", **wish})) == ("bad_value", rule)
    assert kept(lab) == []


def test_another_organisation_has_no_such_account(lab: Lab, acme: int) -> None:
    made = create(lab, acme)
    stranger = acme + 1
    for request in (
        SetSmppAccount(stranger, made.id, SmppAccountWish(enabled=0)),
        DeleteSmppAccount(stranger, made.id),
        DeleteSmppAccount(acme, made.id + 1),
    ):
        assert refused(lab.run(MANAGE, request)[0])[0] == "unknown_smpp_account"
    assert refused(create(lab, stranger, "x"))[0] == "unknown_organisation"
    assert kept(lab) == [made]


def test_the_version_grows_with_what_ends_binds_and_with_nothing_else(lab: Lab, acme: int) -> None:
    made = create(lab, acme)
    same = change(lab, made, window=5, rate_per_s=10, source="CRM", external=0, mo_per_part="udh")
    assert same.version == made.version
    versions = [
        change(lab, made, **wish).version
        for wish in (
            {"password": HASH + "x"},
            {"enabled": 0},
            {"enabled": 1},
            {"networks": ("10.0.0.0/8",)},
            {"binds": "tx"},
            {"system_id": "crm2"},
        )
    ]
    assert versions == [2, 3, 4, 5, 6, 7]


def test_one_organisation_has_so_many_and_no_more(lab: Lab, acme: int) -> None:
    rows = ", ".join(
        f"({number}, {acme}, 'a{number}', '', 1, '', 'tx', 1, 1, 1, NULL, '', '', 'no', 254, 9, 1, 1, 0, 0)"
        for number in range(MOST_ACCOUNTS)
    )
    lab.sql(f"INSERT INTO smpp_account VALUES {rows}")  # noqa: S608  # made of numbers
    assert refused(create(lab, acme)) == ("bad_value", "smpp_account")


def test_the_password_is_hidden_in_the_audit_trail(lab: Lab, acme: int) -> None:
    made = create(lab, acme)
    change(lab, made, password=HASH + "x")
    told = lab.sql("SELECT action, before, after FROM audit WHERE kind = 'smpp_account'")
    assert [row[0] for row in told] == ["create", "change"]
    assert all("argon2" not in text for row in told for text in row)
    assert "(hidden)" in told[1][2]


def policy_of(lab: Lab, id: int) -> Policy:
    found: Policy = lab.rows(Policy, "id = ?", id)[0]
    return found


def test_a_policy_whose_interface_is_smpp_tells_its_account(lab: Lab, acme: int) -> None:
    account = create(lab, acme)
    wish = PolicyWish(interface=Interface.SMPP, smpp_account=account.id)
    policy = lab.run(CreatePolicies(), NewPolicy(acme, "field", wish))[0]
    assert policy_of(lab, policy.id).application == account.id
    assert refused(lab.run(MANAGE, DeleteSmppAccount(acme, account.id))[0])[0] == "in_use"

    lab.run(SetPolicies(), SetPolicy(acme, policy.id, PolicyWish(interface=Interface.REST)))
    rested = policy_of(lab, policy.id)
    assert (rested.application, rested.smpp_account) == (None, account.id)
    lab.run(SetPolicies(), SetPolicy(acme, policy.id, PolicyWish(interface=Interface.SMPP)))
    assert policy_of(lab, policy.id).application == account.id
    lab.run(SetPolicies(), SetPolicy(acme, policy.id, PolicyWish(interface=Interface.CONSOLE)))
    assert policy_of(lab, policy.id).application is None

    lab.run(SetPolicies(), SetPolicy(acme, policy.id, PolicyWish(smpp_account=None)))
    assert policy_of(lab, policy.id).smpp_account is None
    assert isinstance(lab.run(MANAGE, DeleteSmppAccount(acme, account.id))[0], SmppAccount)


def test_a_policy_points_to_no_account_of_another_organisation(lab: Lab, acme: int) -> None:
    account = create(lab, acme)
    other = lab.run(CreateOrganisations(), NewOrganisation("other"))[0].id
    wish = PolicyWish(interface=Interface.SMPP, smpp_account=account.id)
    assert refused(lab.run(CreatePolicies(), NewPolicy(other, "field", wish))[0])[0] == "unknown_smpp_account"


def test_an_application_named_by_hand_takes_the_account_s_place(lab: Lab, acme: int) -> None:
    account = create(lab, acme)
    wish = PolicyWish(interface=Interface.SMPP, smpp_account=account.id)
    policy = lab.run(CreatePolicies(), NewPolicy(acme, "field", wish))[0]
    lab.run(SetPolicies(), SetPolicy(acme, policy.id, PolicyWish(application=None)))
    found = policy_of(lab, policy.id)
    assert (found.application, found.smpp_account) == (None, None)


def test_an_account_that_something_waits_for_is_not_deleted(lab: Lab, acme: int) -> None:
    account = create(lab, acme)
    lab.application(account.id)
    lab.close(gate_of_application(account.id))
    lab.accept(1, receipt_to=account.id)
    lab.settle()
    assert refused(lab.run(MANAGE, DeleteSmppAccount(acme, account.id))[0])[0] == "messages_wait"


def test_what_waits_for_an_account_that_goes_ends_by_wish(lab: Lab, acme: int) -> None:
    account = create(lab, acme)
    lab.application(account.id)
    lab.close(gate_of_application(account.id))
    id = lab.accept(1, receipt_to=account.id)
    lab.settle()
    asked = EndOfAccount(acme, account.id)
    assert refused(lab.run(EndWaiting(), asked)[0])[0] == "unknown_smpp_account"  # it is on
    change(lab, account, enabled=0)
    assert refused(lab.run(EndWaiting(), EndOfAccount(acme + 1, account.id))[0])[0] == "unknown_smpp_account"
    assert lab.run(EndWaiting(), asked) == [1]
    assert lab.step(id, "receipt_lost") == (str(account.id), "account_deleted")
    assert isinstance(lab.run(MANAGE, DeleteSmppAccount(acme, account.id))[0], SmppAccount)


def test_a_password_that_people_choose() -> None:
    assert [bad_password(good) for good in ("12345678", "secret08", "x" * 64, "with space")] == [None] * 4
    for bad in ("", "seven77", "x" * 65, "schlüssel", "secret08\n", "secret08\0"):
        assert refused(bad_password(bad)) == ("bad_value", "password")


class Heard:
    """Somebody who follows."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, int]] = []

    def put(self, account: SmppAccount) -> None:
        self.said.append(("put", account.system_id, account.version))

    def remove(self, account: SmppAccount) -> None:
        self.said.append(("remove", account.system_id, account.version))


def account(id: int, system_id: str, version: int = 1, **fields: Any) -> SmppAccount:
    return SmppAccount(id, 1, system_id, HASH, version, **fields)


def test_the_directory_knows_all_and_tells_who_follows(tmp_path: Path) -> None:
    asyncio.run(check_following(tmp_path))


async def check_following(tmp_path: Path) -> None:
    lab = make_lab(path=tmp_path / "heliograph.sqlite")
    acme = lab.run(CreateOrganisations(), NewOrganisation("acme"))[0].id
    off, on = create(lab, acme, "off", enabled=0), create(lab, acme, "on")
    reader = Reader(lab.path)
    reads = SqliteSmppReader(reader)
    directory, heard = SmppAccounts(reads), Heard()
    await directory.start()
    directory.follow(heard)
    assert sorted(heard.said) == [("put", "off", 1), ("put", "on", 1)]
    assert (directory.of_system_id("on"), directory.of_id(off.id), on.id in directory) == (on, off, True)
    assert [await reads.accounts(acme), await reads.accounts(acme + 1)] == [[off, on], []]
    assert [await reads.account(acme, on.id), await reads.account(acme + 1, on.id)] == [on, None]
    assert [await reads.account_named("on"), await reads.account_named("On")] == [on, None]
    reader.close()
    lab.engine.close()


def test_a_name_that_changed_hands_leads_to_who_bears_it_now(tmp_path: Path) -> None:
    lab = make_lab(path=tmp_path / "heliograph.sqlite")
    reader = Reader(lab.path)
    directory, heard = SmppAccounts(SqliteSmppReader(reader)), Heard()
    reader.close()
    lab.engine.close()
    directory.follow(heard)
    directory.put(account(1, "crm"))
    directory.put(account(2, "fleet"))
    directory.put(account(2, "crm", 2))  # told before the one that gave the name up
    directory.put(account(1, "old", 2))
    assert directory.of_system_id("crm") == account(2, "crm", 2)
    assert directory.of_system_id("fleet") is None
    directory.put(account(1, "stale"))
    directory.remove(account(1, "old", 2))
    directory.remove(account(1, "old", 2))
    assert [one.id for one in directory.all()] == [2]
    assert heard.said[-1] == ("remove", "old", 2)
