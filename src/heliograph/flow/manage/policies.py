"""Policies: created and changed. A change is in force from its commit on: policy is asked before each
attempt.
"""

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace

from heliograph.core.callback import Callback, CallbackSecret
from heliograph.core.changes import INFO, Changes, Happening
from heliograph.core.extras import merged
from heliograph.core.labels import bad_description, bad_range
from heliograph.core.organisation import Application
from heliograph.core.policy import Interface, Policy, application_after
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.manage.organisations import refuses_name, refuses_organisation
from heliograph.flow.manage.requests import NewPolicy, PolicyWish, SetPolicy
from heliograph.flow.manage.wishing import as_wished
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction

LARGEST_LIMIT = 10**9
LARGEST_PRICE = 10**12
_RANGES = {
    "mo": (0, 1),
    "mt": (0, 1),
    "p2p_internal": (0, 1),
    "p2p_external": (0, 1),
    "quota": (0, 1),
    "mo_limit": (0, LARGEST_LIMIT),
    "mt_limit": (0, LARGEST_LIMIT),
    "price_mo": (0, LARGEST_PRICE),
    "price_mt": (0, LARGEST_PRICE),
    "p2p_received_per_minute": (1, 600),
    "p2p_sent_per_day": (0, 1000),
    "interface": (Interface.REST, Interface.CONSOLE),
    "mo_per_part": (0, 1),
}


class CreatePolicies(OneByOne[NewPolicy, Policy | Refusal]):
    async def answer(self, tx: Transaction, request: NewPolicy) -> Policy | Refusal:
        refusal = await refuses_organisation(tx, request.org) or await refuses_name(
            tx, Policy, request.org, request.name
        )
        if refusal is not None:
            return refusal
        wish = replace(request.wish, name=UNSET)
        new = Policy(tx.next_id(0), request.org, request.name, created_at=tx.now)
        policy = await _apply(tx, new, wish)
        if isinstance(policy, Policy):
            await tx.admin.add([policy])
        return policy


class SetPolicies(OneByOne[SetPolicy, Policy | Refusal]):
    async def answer(self, tx: Transaction, request: SetPolicy) -> Policy | Refusal:
        id = (await policy_ids(tx, request.org, [request.policy])).get(request.policy)
        if id is None:
            return refuse("unknown_policy")
        old = (await tx.load_policies([id]))[id]
        policy = await _apply(tx, old, request.wish)
        if isinstance(policy, Policy):
            await tx.admin.change([policy])
            await tell_of_quotas(tx, old, policy)
        return policy


async def tell_of_quotas(tx: Transaction, old: Policy, new: Policy) -> None:
    """That the policy asks for quotas, or no longer does, changes what its devices may send."""
    if old.quota == new.quota:
        return
    type = "quota_enabled" if new.quota else "quota_disabled"
    changes, detail = Changes(), f"policy {new.name}"
    changes.happenings.append(Happening(tx.next_id(0), new.org, tx.now, type, INFO, None, None, detail))
    await tx.write(changes)


async def policy_ids(tx: Transaction, org: int, wanted: Sequence[int | str]) -> dict[int | str, int]:
    """The organisation's policies of these ids and names."""
    ids = sorted({policy for policy in wanted if isinstance(policy, int)})
    names = sorted({policy for policy in wanted if isinstance(policy, str)})
    found: dict[int | str, int] = {}
    if ids:
        policies = await tx.load_policies(ids)
        found.update({id: id for id, policy in policies.items() if policy.org == org})
    if names:
        found.update(await tx.admin.find(Policy, org, names))
    return found


async def _apply(tx: Transaction, policy: Policy, wish: PolicyWish) -> Policy | Refusal:
    refusal = _out_of_range(wish)
    wish = await _with_account(tx, policy.org, wish)
    if refusal is None and wish.description is not UNSET:
        refusal = bad_description(wish.description)
    if refusal is None and wish.name is not UNSET and wish.name != policy.name:
        refusal = await refuses_name(tx, Policy, policy.org, wish.name)
    if refusal is not None:
        return refusal
    changed = as_wished(policy, wish, updated_at=tx.now)
    extras = policy.extras if wish.extras is UNSET else merged(policy.extras, wish.extras)
    if isinstance(extras, Refusal):
        return extras
    changed.extras = extras
    return await _references(tx, policy, changed, wish)


async def _references(tx: Transaction, old: Policy, new: Policy, wish: PolicyWish) -> Policy | Refusal:
    """What the policy points to is there. An application named by hand takes their place."""
    refusal = (
        await _refuses_callback(tx, old, new)
        or await _refuses_secret(tx, old, new)
        or await _refuses_account(tx, old, new)
    )
    if refusal is not None:
        return refusal
    if any(one is not UNSET for one in (wish.interface, wish.api_callback, wish.smpp_account)):
        new.application = application_after(old, new)
    if wish.application is not UNSET:
        application = None if wish.application is None else await _application(tx, old.org, wish.application)
        if application is None and wish.application is not None:
            return refuse("unknown_application")
        new.application = application
        new.api_callback = new.api_callback if application == new.api_callback else None
        new.smpp_account = new.smpp_account if application == new.smpp_account else None
    return new


async def _refuses_callback(tx: Transaction, old: Policy, new: Policy) -> Refusal | None:
    id = new.api_callback
    if id is None or id == old.api_callback:
        return None
    callback = (await tx.admin.load(Callback, [id])).get(id)
    return None if callback is not None and callback.org == old.org else refuse("unknown_callback")


async def _refuses_secret(tx: Transaction, old: Policy, new: Policy) -> Refusal | None:
    id = new.api_secret
    if id is None or id == old.api_secret:
        return None
    secret = (await tx.admin.load(CallbackSecret, [id])).get(id)
    return None if secret is not None and secret.org == old.org else refuse("unknown_api_secret")


async def _with_account(tx: Transaction, org: int, wish: PolicyWish) -> PolicyWish:
    """An account that was named by its system_id, by its id; one that nobody has, by an id of none."""
    if not isinstance(wish.smpp_account, str):
        return wish
    account = await tx.smpp.account_named(wish.smpp_account)
    return replace(wish, smpp_account=account.id if account is not None and account.org == org else 0)


async def _refuses_account(tx: Transaction, old: Policy, new: Policy) -> Refusal | None:
    id = new.smpp_account
    if id is None or id == old.smpp_account:
        return None
    account = (await tx.admin.load(SmppAccount, [id])).get(id)
    return None if account is not None and account.org == old.org else refuse("unknown_smpp_account")


def _out_of_range(wish: PolicyWish) -> Refusal | None:
    for name, (least, most) in _RANGES.items():
        value = getattr(wish, name)
        if value is UNSET or (value is None and name.endswith("_limit")):
            continue
        refusal = bad_range(name, value, least, most)
        if refusal is not None:
            return refusal
    return None


async def _application(tx: Transaction, org: int, wanted: int | str) -> int | None:
    if isinstance(wanted, str):
        return (await tx.admin.find(Application, org, [wanted])).get(wanted)
    application = (await tx.admin.load(Application, [wanted])).get(wanted)
    return application.id if application is not None and application.org == org else None
