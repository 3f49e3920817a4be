"""Policies: created and changed. A change is in force from its commit on: policy is asked before each
attempt.
"""

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import asdict, replace

from heliograph.core.labels import bad_range
from heliograph.core.organisation import Application
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage_organisations import refuses_name, refuses_organisation
from heliograph.flow.manage_requests import NewPolicy, PolicyWish, SetPolicy
from heliograph.flow.ports import Answers, Transaction, Urgency

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
}


class CreatePolicies:
    """The flow."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[NewPolicy]) -> Answers[Policy | Refusal]:
        return Answers([await self._create(tx, request) for request in requests], [])

    async def _create(self, tx: Transaction, request: NewPolicy) -> Policy | Refusal:
        refusal = await refuses_organisation(tx, request.org) or await refuses_name(
            tx, Policy, request.org, request.name
        )
        if refusal is not None:
            return refusal
        wish = replace(request.wish, name=UNSET)
        policy = await _apply(tx, Policy(tx.next_id(0), request.org, request.name), wish)
        if isinstance(policy, Policy):
            await tx.admin.add([policy])
        return policy


class SetPolicies:
    """The flow."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[SetPolicy]) -> Answers[Policy | Refusal]:
        return Answers([await self._set(tx, request) for request in requests], [])

    async def _set(self, tx: Transaction, request: SetPolicy) -> Policy | Refusal:
        id = (await policy_ids(tx, request.org, [request.policy])).get(request.policy)
        if id is None:
            return refuse("unknown_policy")
        old = (await tx.load_policies([id]))[id]
        policy = await _apply(tx, old, request.wish)
        if isinstance(policy, Policy):
            await tx.admin.change([policy])
        return policy


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
    if refusal is None and wish.name is not UNSET and wish.name != policy.name:
        refusal = await refuses_name(tx, Policy, policy.org, wish.name)
    if refusal is not None:
        return refusal
    changed = replace(policy, **{name: value for name, value in asdict(wish).items() if value is not UNSET})
    if wish.application is not UNSET and wish.application is not None:
        application = await _application(tx, policy.org, wish.application)
        if application is None:
            return refuse("unknown_application")
        changed.application = application
    return changed


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
