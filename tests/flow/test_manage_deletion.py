"""Deleting policies and applications, and new passwords: only what nothing needs goes."""

import pytest

from heliograph.core.organisation import Account, Application
from heliograph.core.policy import Policy
from heliograph.core.refusal import CODES, Refusal
from heliograph.flow.manage.deletion import DeleteApplications, DeletePolicies
from heliograph.flow.manage.organisations import CreateApplications, CreateOrganisations
from heliograph.flow.manage.policies import CreatePolicies
from heliograph.flow.manage.requests import (
    DeleteApplication,
    DeletePolicy,
    NewAccount,
    NewApplication,
    NewOrganisation,
    NewPolicy,
    PolicyWish,
    SetPassword,
)
from heliograph.flow.manage.users import CreateAccounts, SetPasswords
from tests.engine import APP, Lab

OLD, NEW = "$argon2id$v=19$old", "$argon2id$v=19$new"


def refused(answer: object) -> tuple[str, str]:
    assert isinstance(answer, Refusal), answer
    assert answer.code in CODES
    return answer.code, answer.reason


def test_a_policy_of_devices_stays_and_says_how_many(lab: Lab) -> None:
    """The lab has three devices with policy 1."""
    delete = DeletePolicy(1, "policy-1")
    assert refused(lab.run(DeletePolicies(), delete)[0]) == (
        "in_use",
        "The policy policy-1 is in use by 3 devices.",
    )
    lab.sql("DELETE FROM device WHERE id > 1")
    assert "by 1 device." in refused(lab.run(DeletePolicies(), delete)[0])[1]
    lab.sql("DELETE FROM device")
    gone, again = lab.run(DeletePolicies(), delete, delete)
    assert isinstance(gone, Policy)
    assert refused(again)[0] == "unknown_policy"
    assert lab.count("policy") == 0


def test_a_policy_is_deleted_by_its_own_organisation(lab: Lab) -> None:
    lab.policy(2, org=2)
    for which in (2, "policy-2"):
        assert refused(lab.run(DeletePolicies(), DeletePolicy(1, which))[0])[0] == "unknown_policy"
    assert isinstance(lab.run(DeletePolicies(), DeletePolicy(2, 2))[0], Policy)
    assert [row.id for row in lab.rows(Policy)] == [1]


def test_an_application_of_policies_stays(lab: Lab) -> None:
    org = lab.run(CreateOrganisations(), NewOrganisation("acme"))[0].id
    made = lab.run(CreateApplications(), NewApplication(org, "crm"))[0]
    policy = lab.run(CreatePolicies(), NewPolicy(org, "p", PolicyWish(application="crm")))[0]
    delete = DeleteApplication(org, made.id)
    assert refused(lab.run(DeleteApplications(), delete)[0]) == (
        "in_use",
        "The application crm is in use by 1 policy.",
    )
    assert isinstance(lab.run(DeletePolicies(), DeletePolicy(org, policy.id))[0], Policy)
    stranger = lab.run(DeleteApplications(), DeleteApplication(1, made.id))[0]
    assert refused(stranger)[0] == "unknown_application"
    gone, again = lab.run(DeleteApplications(), delete, delete)
    assert isinstance(gone, Application)
    assert refused(again)[0] == "unknown_application"
    assert lab.count("application") == 0


def test_an_application_for_which_something_waits_stays(lab: Lab) -> None:
    lab.sql("INSERT INTO application VALUES(?, 1, 'crm', 0)", APP)
    lab.sql("UPDATE policy SET application = ?", APP)
    lab.receive()
    lab.sql("UPDATE policy SET application = NULL")
    delete = DeleteApplication(1, APP)
    assert refused(lab.run(DeleteApplications(), delete)[0]) == (
        "messages_wait",
        "SMS or receipts wait for the application crm.",
    )
    lab.application()
    lab.poll()
    lab.settle()
    assert isinstance(lab.run(DeleteApplications(), delete)[0], Application)


def test_a_new_password_replaces_the_old_one_alone(lab: Lab) -> None:
    org = lab.run(CreateOrganisations(), NewOrganisation("acme"))[0].id
    made, other = lab.run(CreateAccounts(), NewAccount(org, "admin", OLD), NewAccount(org, "eve", OLD))
    changed = lab.run(SetPasswords(), SetPassword(org, made.id, NEW))[0]
    assert changed == Account(made.id, org, "admin", NEW, made.role, made.created_at)
    assert lab.sql("SELECT name, password FROM account ORDER BY name") == [("admin", NEW), ("eve", OLD)]
    assert other.password == OLD


@pytest.mark.parametrize(
    ("org", "account", "password", "code"),
    [(0, 0, "secret", "bad_value"), (1, 0, NEW, "unknown_account"), (0, 5, NEW, "unknown_account")],
    ids=["no hash", "another organisation", "no such account"],
)
def test_a_password_that_cannot_be_set(lab: Lab, org: int, account: int, password: str, code: str) -> None:
    own = lab.run(CreateOrganisations(), NewOrganisation("acme"))[0].id
    made = lab.run(CreateAccounts(), NewAccount(own, "admin", OLD))[0]
    request = SetPassword(own + org, made.id + account, password)
    assert refused(lab.run(SetPasswords(), request)[0])[0] == code
    assert lab.sql("SELECT password FROM account") == [(OLD,)]
