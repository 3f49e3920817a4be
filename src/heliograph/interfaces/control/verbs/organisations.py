"""The commands about organisations."""

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict

from heliograph.core.organisation import Organisation
from heliograph.core.refusal import Refusal
from heliograph.flow.manage.requests import (
    NewApplication,
    NewOrganisation,
    NewPolicy,
    NewTariff,
    PolicyWish,
    SetOrganisation,
)
from heliograph.flow.ports import Store
from heliograph.interfaces.control.services import Flows
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import Call, Nothing, Verb

APPLICATION = "default"
POLICY = "default"
TARIFF = "default"


class CreateOrganisation(Struct, forbid_unknown_fields=True):
    name: str
    body_days: int | None = None
    country_code: str = ""


class OfOrganisation(Struct, forbid_unknown_fields=True):
    name: str


class OrganisationWish(Struct, forbid_unknown_fields=True):
    body_days: int | UnsetType | None = UNSET  # None: as long as the rest
    country_code: str | UnsetType = UNSET


class WishOrganisation(Struct, forbid_unknown_fields=True):
    name: str
    wish: OrganisationWish


async def create(call: Call[CreateOrganisation]) -> Document | Refusal:
    """An organisation, with what it needs, so that devices can be added at once."""
    wish = call.arguments
    made = await found(call.services.store, call.services.flows, wish.name, wish.body_days, wish.country_code)
    return made if isinstance(made, Refusal) else asdict(made)


async def found(
    store: Store, flows: Flows, name: str, body_days: int | None = None, country_code: str = ""
) -> Organisation | Refusal:
    """Founds an organisation with what it needs to begin."""
    made = (await store.run(flows.create_organisations, [NewOrganisation(name, body_days, country_code)]))[0]
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


async def show(call: Call[OfOrganisation]) -> Document | Refusal:
    organisation = await call.services.browse.organisation(call.arguments.name)
    return organisation if isinstance(organisation, Refusal) else asdict(organisation)


async def change(call: Call[WishOrganisation]) -> Document | Refusal:
    wish, services = call.arguments.wish, call.services
    organisation = await services.browse.organisation(call.arguments.name)
    if isinstance(organisation, Refusal):
        return organisation
    request = SetOrganisation(organisation.id, body_days=wish.body_days, country_code=wish.country_code)
    answer = await call.run(services.flows.set_organisations, request)
    for account in services.smpp.directory.all():
        if account.org == organisation.id:  # whoever is bound dials by it from now on
            services.smpp.directory.put(account)
    return answer if isinstance(answer, Refusal) else asdict(answer)


async def list_all(call: Call[Nothing]) -> Document:
    return await call.items([asdict(row) for row in await call.services.browse.organisations()])


VERBS = {
    "org.create": Verb(CreateOrganisation, create, of_organisation=False),
    "org.show": Verb(OfOrganisation, show, of_organisation=False),
    "org.set": Verb(WishOrganisation, change, of_organisation=False),
    "org.list": Verb(Nothing, list_all, of_organisation=False),
}
