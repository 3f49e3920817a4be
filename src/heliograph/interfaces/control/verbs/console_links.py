"""The commands about links to the third-party console."""

from msgspec import Struct

from heliograph.core.console import USUAL_AN_HOUR, Command, ConsoleLink, commands_of, devices_of, over
from heliograph.core.refusal import Refusal
from heliograph.flow.manage.console import LinkWish, NewLink, SetLink
from heliograph.interfaces.control.translate import Document, Moment, known_id
from heliograph.interfaces.control.verb import Call, Nothing, Verb


class NewOne(Struct, forbid_unknown_fields=True):
    name: str
    expires_at: Moment
    devices: tuple[str, ...] = ()  # each by name, number or id
    tag: str = ""
    commands: tuple[Command, ...] = ()
    free_text: bool = False
    rate: int = USUAL_AN_HOUR
    password: str = ""  # the hash of its PIN
    source: str = ""


class OfLink(Struct, forbid_unknown_fields=True):
    link: int

    def __post_init__(self) -> None:
        self.link = known_id(self.link)


async def create(call: Call[NewOne]) -> Document | Refusal:
    asked, devices = call.arguments, []
    for which in asked.devices:
        device = await call.services.browse.device(call.org, which)
        if isinstance(device, Refusal):
            return device
        devices.append(device.id)
    wish = LinkWish(
        asked.name,
        asked.password,
        tuple(devices),
        asked.tag,
        asked.commands,
        int(asked.free_text),
        asked.rate,
        asked.source,
        asked.expires_at,
    )
    made = await call.run(call.services.flows.console_links, NewLink(call.org, wish))
    if isinstance(made, Refusal):
        return made
    return {**_document(made.link, call.services.clock.now()), "secret": made.secret}


async def list_all(call: Call[Nothing]) -> Document:
    now = call.services.clock.now()
    return await call.items([_document(row, now) for row in await call.services.console.links(call.org)])


async def revoke(call: Call[OfLink]) -> Document | Refusal:
    request = SetLink(call.org, call.arguments.link, LinkWish(), revoke=True)
    made = await call.run(call.services.flows.console_links, request)
    return made if isinstance(made, Refusal) else _document(made.link, call.services.clock.now())


def _document(link: ConsoleLink, now: int) -> Document:
    """Without what opens it."""
    return {
        "id": link.id,
        "name": link.name,
        "status": "revoked" if link.revoked_at is not None else "expired" if over(link, now) else "active",
        "devices": devices_of(link),
        "tag": link.tag,
        "commands": [command.label for command in commands_of(link)],
        "free_text": bool(link.free_text),
        "rate": link.rate,
        "pin": bool(link.password),
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "revoked_at": link.revoked_at,
    }


VERBS = {
    "console_link.create": Verb(NewOne, create),
    "console_link.list": Verb(Nothing, list_all),
    "console_link.revoke": Verb(OfLink, revoke),
}
