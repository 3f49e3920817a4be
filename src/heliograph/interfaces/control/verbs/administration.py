"""The commands about organisations, policies, tokens and events."""

from collections.abc import Sequence

from msgspec import UNSET, Struct
from msgspec.structs import asdict, replace

from heliograph.core.organisation import Organisation
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal
from heliograph.flow.manage.requests import (
    DeletePolicy,
    NewApplication,
    NewOrganisation,
    NewPolicy,
    NewTariff,
    NewToken,
    PolicyWish,
    RevokeToken,
    SetOrganisation,
    SetPolicy,
)
from heliograph.flow.ports import Store
from heliograph.flow.shown import EventFilter, show_token
from heliograph.interfaces.control.services import Flows
from heliograph.interfaces.control.translate import Document, Moment, known_id, policy_document
from heliograph.interfaces.control.verb import A, Call, Verb

APPLICATION = "default"
POLICY = "default"
TARIFF = "default"


class Nothing(Struct, forbid_unknown_fields=True):
    pass


class CreateOrganisation(Struct, forbid_unknown_fields=True):
    name: str
    body_days: int | None = None


class OfOrganisation(Struct, forbid_unknown_fields=True):
    name: str


class WishOrganisation(Struct, forbid_unknown_fields=True):
    name: str
    body_days: int | None = None  # as long as the rest


class OfPolicy(Struct, forbid_unknown_fields=True):
    policy: str


class WishPolicy(Struct, forbid_unknown_fields=True):
    policy: str
    wish: PolicyWish


class CreateToken(Struct, forbid_unknown_fields=True):
    name: str
    scopes: tuple[str, ...]
    expires_at: Moment | None = None
    networks: tuple[str, ...] = ()


class OfToken(Struct, forbid_unknown_fields=True):
    token: int

    def __post_init__(self) -> None:
        self.token = known_id(self.token)


class Events(Struct, forbid_unknown_fields=True):
    since: Moment | None = None
    limit: int = 50


async def create_organisation(call: Call[CreateOrganisation]) -> Document | Refusal:
    """An organisation, with what it needs, so that devices can be added at once."""
    wish = call.arguments
    made = await found(call.services.store, call.services.flows, wish.name, wish.body_days)
    return made if isinstance(made, Refusal) else asdict(made)


async def found(
    store: Store, flows: Flows, name: str, body_days: int | None = None
) -> Organisation | Refusal:
    """Founds an organisation with what it needs to begin."""
    made = (await store.run(flows.create_organisations, [NewOrganisation(name, body_days)]))[0]
    if isinstance(made, Refusal):
        return made
    application = (await store.run(flows.create_applications, [NewApplication(made.id, APPLICATION)]))[0]
    wish = PolicyWish(application=APPLICATION)
    policy = (await store.run(flows.create_policies, [NewPolicy(made.id, POLICY, wish)]))[0]
    tariff = (await store.run(flows.tariffs, [NewTariff(made.id, TARIFF)]))[0]
    for part in (application, policy, tariff):
        if isinstance(part, Refusal):
            return part
    return made


async def show_organisation(call: Call[OfOrganisation]) -> Document | Refusal:
    organisation = await call.services.browse.organisation(call.arguments.name)
    return organisation if isinstance(organisation, Refusal) else asdict(organisation)


async def set_organisation(call: Call[WishOrganisation]) -> Document | Refusal:
    wish, services = call.arguments, call.services
    organisation = await services.browse.organisation(wish.name)
    if isinstance(organisation, Refusal):
        return organisation
    request = SetOrganisation(organisation.id, body_days=wish.body_days)
    answer = (await services.store.run(services.flows.set_organisations, [request]))[0]
    return answer if isinstance(answer, Refusal) else asdict(answer)


async def list_organisations(call: Call[Nothing]) -> Document:
    return await _listed(call, [asdict(row) for row in await call.services.browse.organisations()])


async def list_policies(call: Call[Nothing]) -> Document:
    applications = await _application_names(call)
    rows = await call.services.browse.policies(call.org)
    return await _listed(call, [policy_document(policy, applications) for policy in rows])


async def show_policy(call: Call[OfPolicy]) -> Document | Refusal:
    policy = await call.services.browse.policy(call.org, call.arguments.policy)
    return policy if isinstance(policy, Refusal) else await _shown(call, policy)


async def create_policy(call: Call[WishPolicy]) -> Document | Refusal:
    """Nothing said of an application: the organisation's first, else what devices send reaches nobody."""
    wish = call.arguments.wish
    if wish.application is UNSET:
        application = await call.services.application(call.org, None)
        if not isinstance(application, Refusal):
            wish = replace(wish, application=application.id)
    request = NewPolicy(call.org, call.arguments.policy, wish)
    policy = (await call.services.store.run(call.services.flows.create_policies, [request]))[0]
    return policy if isinstance(policy, Refusal) else await _shown(call, policy)


async def set_policy(call: Call[WishPolicy]) -> Document | Refusal:
    policy = await call.services.browse.policy(call.org, call.arguments.policy)
    if isinstance(policy, Refusal):
        return policy
    request = SetPolicy(call.org, policy.id, call.arguments.wish)
    answer = (await call.services.store.run(call.services.flows.set_policies, [request]))[0]
    return answer if isinstance(answer, Refusal) else await _shown(call, answer)


async def delete_policy(call: Call[OfPolicy]) -> Document | Refusal:
    policy = await call.services.browse.policy(call.org, call.arguments.policy)
    if isinstance(policy, Refusal):
        return policy
    shown = await _shown(call, policy)
    request = DeletePolicy(call.org, policy.id)
    gone = (await call.services.store.run(call.services.flows.delete_policies, [request]))[0]
    return gone if isinstance(gone, Refusal) else shown


async def _shown(call: Call[A], policy: Policy) -> Document:
    return policy_document(policy, await _application_names(call))


async def _application_names(call: Call[A]) -> dict[int, str]:
    return {row.id: row.name for row in await call.services.browse.applications(call.org)}


async def create_token(call: Call[CreateToken]) -> Document | Refusal:
    wish = call.arguments
    request = NewToken(call.org, wish.name, wish.scopes, wish.expires_at, wish.networks)
    made = (await call.services.store.run(call.services.flows.create_tokens, [request]))[0]
    return made if isinstance(made, Refusal) else asdict(made)


async def list_tokens(call: Call[Nothing]) -> Document:
    return await _listed(call, [asdict(row) for row in await call.services.browse.tokens(call.org)])


async def revoke_token(call: Call[OfToken]) -> Document | Refusal:
    request = RevokeToken(call.org, call.arguments.token)
    token = (await call.services.store.run(call.services.flows.revoke_tokens, [request]))[0]
    call.services.forget_access()
    return token if isinstance(token, Refusal) else asdict(show_token(token))


async def list_events(call: Call[Events]) -> Document | Refusal:
    wish = call.arguments
    page = await call.services.browse.events(call.org, EventFilter(since=wish.since), limit=wish.limit)
    if isinstance(page, Refusal):
        return page
    devices = sorted({row.device for row in page.items if row.device is not None})
    names = await call.services.device_names(call.org, devices)
    return await _listed(
        call, [{**asdict(row), "device_name": names.get(row.device or 0)} for row in page.items]
    )


async def _listed(call: Call[A], documents: Sequence[Document]) -> Document:
    for document in documents:
        await call.item(document)
    return {"count": len(documents)}


VERBS = {
    "org.create": Verb(CreateOrganisation, create_organisation, of_organisation=False),
    "org.show": Verb(OfOrganisation, show_organisation, of_organisation=False),
    "org.set": Verb(WishOrganisation, set_organisation, of_organisation=False),
    "org.list": Verb(Nothing, list_organisations, of_organisation=False),
    "policy.list": Verb(Nothing, list_policies),
    "policy.show": Verb(OfPolicy, show_policy),
    "policy.create": Verb(WishPolicy, create_policy),
    "policy.set": Verb(WishPolicy, set_policy),
    "policy.delete": Verb(OfPolicy, delete_policy),
    "token.create": Verb(CreateToken, create_token),
    "token.list": Verb(Nothing, list_tokens),
    "token.revoke": Verb(OfToken, revoke_token),
    "event.list": Verb(Events, list_events),
}
