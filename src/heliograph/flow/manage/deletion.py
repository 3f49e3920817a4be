"""Deleting policies and applications: only what nothing points to. What is final keeps the ids of what it
knew.
"""

from heliograph.core.callback import Callback
from heliograph.core.organisation import Application
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.manage.policies import policy_ids
from heliograph.flow.manage.requests import DeleteApplication, DeletePolicy
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class DeletePolicies(OneByOne[DeletePolicy, Policy | Refusal]):
    async def answer(self, tx: Transaction, request: DeletePolicy) -> Policy | Refusal:
        id = (await policy_ids(tx, request.org, [request.policy])).get(request.policy)
        if id is None:
            return refuse("unknown_policy")
        policy = (await tx.load_policies([id]))[id]
        users = await tx.admin.count_users(policy)
        if users:
            return _in_use("policy", policy.name, users, "device", "devices")
        await tx.admin.drop([policy])
        return policy


class DeleteApplications(OneByOne[DeleteApplication, Application | Refusal]):
    async def answer(self, tx: Transaction, request: DeleteApplication) -> Application | Refusal:
        application = (await tx.admin.load(Application, [request.application])).get(request.application)
        if application is None or application.org != request.org:
            return refuse("unknown_application")
        users = await tx.admin.count_users(application)
        if users:
            return _in_use("application", application.name, users, "policy", "policies")
        if await tx.admin.load(Callback, [application.id]):
            return _in_use("application", application.name, 1, "callback", "callbacks")
        if await tx.admin.load(SmppAccount, [application.id]):
            return _in_use("application", application.name, 1, "SMPP account", "SMPP accounts")
        if await tx.admin.is_awaited(application.id):
            reason = f"SMS or receipts wait for the application {application.name}."
            return refuse("messages_wait", "application", reason)
        await tx.admin.drop([application])
        return application


def _in_use(what: str, name: str, users: int, one: str, many: str) -> Refusal:
    by = f"{users} {one if users == 1 else many}"
    return refuse("in_use", what, f"The {what} {name} is in use by {by}.")
