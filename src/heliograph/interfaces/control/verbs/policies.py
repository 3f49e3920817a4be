"""The commands about policies."""

from msgspec import UNSET, Struct
from msgspec.structs import replace

from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal
from heliograph.flow.manage.requests import DeletePolicy, NewPolicy, PolicyWish, SetPolicy
from heliograph.interfaces.control.translate import Document, policy_document
from heliograph.interfaces.control.verb import A, Call, Nothing, Verb


class OfPolicy(Struct, forbid_unknown_fields=True):
    policy: str


class WishPolicy(Struct, forbid_unknown_fields=True):
    policy: str
    wish: PolicyWish


async def list_all(call: Call[Nothing]) -> Document:
    applications = await _application_names(call)
    rows = await call.services.browse.policies(call.org)
    return await call.items([policy_document(policy, applications) for policy in rows])


async def show(call: Call[OfPolicy]) -> Document | Refusal:
    policy = await call.services.browse.policy(call.org, call.arguments.policy)
    return policy if isinstance(policy, Refusal) else await _shown(call, policy)


async def create(call: Call[WishPolicy]) -> Document | Refusal:
    """Nothing said of an application: the organisation's first, else what devices send reaches nobody."""
    wish = call.arguments.wish
    if wish.application is UNSET and wish.smpp_account is UNSET:
        application = await call.services.application(call.org, None)
        if not isinstance(application, Refusal):
            wish = replace(wish, application=application.id)
    request = NewPolicy(call.org, call.arguments.policy, wish)
    policy = await call.run(call.services.flows.create_policies, request)
    return policy if isinstance(policy, Refusal) else await _shown(call, policy)


async def change(call: Call[WishPolicy]) -> Document | Refusal:
    policy = await call.services.browse.policy(call.org, call.arguments.policy)
    if isinstance(policy, Refusal):
        return policy
    request = SetPolicy(call.org, policy.id, call.arguments.wish)
    answer = await call.run(call.services.flows.set_policies, request)
    return answer if isinstance(answer, Refusal) else await _shown(call, answer)


async def delete(call: Call[OfPolicy]) -> Document | Refusal:
    policy = await call.services.browse.policy(call.org, call.arguments.policy)
    if isinstance(policy, Refusal):
        return policy
    shown = await _shown(call, policy)
    request = DeletePolicy(call.org, policy.id)
    gone = await call.run(call.services.flows.delete_policies, request)
    return gone if isinstance(gone, Refusal) else shown


async def _shown(call: Call[A], policy: Policy) -> Document:
    return policy_document(policy, await _application_names(call))


async def _application_names(call: Call[A]) -> dict[int, str]:
    return {row.id: row.name for row in await call.services.browse.applications(call.org)}


VERBS = {
    "policy.list": Verb(Nothing, list_all),
    "policy.show": Verb(OfPolicy, show),
    "policy.create": Verb(WishPolicy, create),
    "policy.set": Verb(WishPolicy, change),
    "policy.delete": Verb(OfPolicy, delete),
}
