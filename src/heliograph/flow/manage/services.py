"""Services of a policy, switched one by one, and their monthly limits. What was counted before counts.

In: a service by name. `mt` and `mo` are the two that mean something here; others are kept in the extras.
"""

from msgspec import UNSET
from msgspec.structs import replace

from heliograph.core.extras import has, merged
from heliograph.core.labels import bad_range
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.policies import LARGEST_LIMIT
from heliograph.flow.manage.requests import SetLimit, SwitchService
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction

DIRECTIONS = ("mo", "mt")
ServiceRequest = SwitchService | SetLimit


class ManageServices(OneByOne[ServiceRequest, Policy | Refusal]):
    """In the order asked for."""

    async def answer(self, tx: Transaction, request: ServiceRequest) -> Policy | Refusal:
        policy = (await tx.load_policies([request.policy])).get(request.policy)
        if policy is None or policy.org != request.org:
            return refuse("unknown_policy")
        if isinstance(request, SwitchService):
            changed = _switched(policy, request)
        else:
            changed = _limited(policy, request)
        if isinstance(changed, Policy):
            changed.updated_at = tx.now
            await tx.admin.change([changed])
        return changed


def _is_on(policy: Policy, service: str) -> bool:
    if service in DIRECTIONS:
        return bool(policy.mt if service == "mt" else policy.mo)
    return has(policy.extras, service)


def limit_of(policy: Policy, service: str) -> int | None:
    return {"mt": policy.mt_limit, "mo": policy.mo_limit}.get(service)


def _switched(policy: Policy, request: SwitchService) -> Policy | Refusal:
    service, on = request.service, request.on
    if _is_on(policy, service) == on:
        if on:
            return refuse("duplicate", "service", "The policy has the service already.")
        return refuse("unknown_service")
    if not on and limit_of(policy, service) is not None:
        return refuse("in_use", "service", "A traffic limit is attached to the service.")
    if service == "mt":
        return replace(policy, mt=int(on))
    if service == "mo":
        return replace(policy, mo=int(on))
    extras = merged(policy.extras, f'{{"{service}": {"true" if on else "null"}}}')
    return extras if isinstance(extras, Refusal) else replace(policy, extras=extras)


def _limited(policy: Policy, request: SetLimit) -> Policy | Refusal:
    service, volume = request.service, request.volume
    if service not in DIRECTIONS or not _is_on(policy, service):
        return refuse("unknown_service")
    if request.instead_of is not UNSET and limit_of(policy, service) != request.instead_of:
        return refuse("unknown_limit")
    refusal = None if volume is None else bad_range("volume", volume, 0, LARGEST_LIMIT)
    if refusal is not None:
        return refusal
    return replace(policy, mt_limit=volume) if service == "mt" else replace(policy, mo_limit=volume)
