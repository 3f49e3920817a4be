"""The commands about applications: who receives A2P traffic."""

from msgspec import Struct
from msgspec.structs import asdict

from heliograph.core.refusal import Refusal
from heliograph.flow.manage.requests import DeleteApplication, NewApplication
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import Call, Nothing, Verb


class OfApplication(Struct, forbid_unknown_fields=True):
    application: str


async def create(call: Call[OfApplication]) -> Document | Refusal:
    request = NewApplication(call.org, call.arguments.application)
    made = await call.run(call.services.flows.create_applications, request)
    return made if isinstance(made, Refusal) else asdict(made)


async def list_all(call: Call[Nothing]) -> Document:
    return await call.items([asdict(row) for row in await call.services.browse.applications(call.org)])


async def delete(call: Call[OfApplication]) -> Document | Refusal:
    application = await call.services.browse.application(call.org, call.arguments.application)
    if isinstance(application, Refusal):
        return application
    request = DeleteApplication(call.org, application.id)
    gone = await call.run(call.services.flows.delete_applications, request)
    return gone if isinstance(gone, Refusal) else asdict(gone)


VERBS = {
    "application.create": Verb(OfApplication, create),
    "application.list": Verb(Nothing, list_all),
    "application.delete": Verb(OfApplication, delete),
}
