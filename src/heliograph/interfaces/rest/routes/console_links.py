"""Links to the third-party console, and the identifiers that open one: their owner's side."""

from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from heliograph.core.console import ConsoleLink, devices_of
from heliograph.core.ids import LARGEST_ID
from heliograph.flow.manage.console import DeleteLink, LinkMade, NewLink, RenewLink, SetLink
from heliograph.flow.reads.listing import Value
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, PageQuery, listed, page_of, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found, problem
from heliograph.interfaces.rest.refusals import OF_CONSOLE_LINKS, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.console_links import (
    KIND,
    ConsoleLinkBody,
    ConsoleLinkChange,
    ConsoleLinkShown,
    IdentifiedShown,
    identified,
    is_revoked,
    link_object,
    new_wish,
    pin_of,
    url_of,
    wish,
)

SECTION = "Third-party console"
RESOURCE = "Console Link"
_GIVEN = ("sms:send", "sms:read")  # what whoever has a link may do
FIELDS = {
    "id": Field("id", "number"),
    "name": Field("name", "text"),
    "created": Field("created_at", "time"),
    "expiry_date": Field("expires_at", "time"),
}


async def list_links(services: Services, call: Call[ListQuery, None]) -> Reply:
    rows = await services.console.reader.links(call.caller.org)
    names, now = await _names(services, call, rows), services.clock.now()
    return short_list(call, rows, FIELDS, lambda link: link_object(link, names, now), read=_column)


def _column(link: ConsoleLink, name: str) -> Value:
    value: Value = getattr(link, name)
    return value


async def _names(services: Services, call: Call[Any, Any], links: list[ConsoleLink]) -> dict[int, str]:
    ids = sorted({id for link in links for id in devices_of(link)})
    return {device.id: device.name for device in await services.console.reader.devices(call.caller.org, ids)}


async def _shown(services: Services, call: Call[Any, Any], made: LinkMade) -> ConsoleLinkShown:
    link = made.link
    found = link_object(link, await _names(services, call, [link]), services.clock.now())
    return replace(found, secret=made.secret, url=url_of(call.site, made)) if made.secret else found


async def show_link(services: Services, call: Call[Nothing, None]) -> Reply:
    id = call.path["link"]
    link = await services.console.reader.link(id) if 0 < id <= LARGEST_ID else None
    if link is None or link.org != call.caller.org:
        raise not_found(RESOURCE, id)
    return reply(await _shown(services, call, LinkMade(link)))


def _may_give(call: Call[Any, Any]) -> None:
    """Nobody lets others do what they may not do themselves."""
    for scope in _GIVEN:
        if not call.caller.may(scope):
            raise problem(403, 1104, f"A link lets others send and read: this needs the scope {scope}, too")


async def create_link(services: Services, call: Call[Nothing, ConsoleLinkBody]) -> Reply:
    """The secret is in this answer and nowhere else."""
    _may_give(call)
    pin = call.body.pin
    password = "" if pin is None else await services.console.door.hash(pin_of(pin))
    request = NewLink(call.caller.org, new_wish(call.body, password))
    made = await asked(services.store, services.console.links, request, call, OF_CONSOLE_LINKS)
    return created(call, f"/v1/console_link/{made.link.id}", await _shown(services, call, made))


async def change_link(services: Services, call: Call[Nothing, ConsoleLinkChange]) -> Reply:
    body = call.body
    password: str | UnsetType = UNSET if body.pin is UNSET else ""
    if isinstance(body.pin, str):
        password = await services.console.door.hash(pin_of(body.pin))
    revoke, wanted = is_revoked(body), wish(body, password)
    if not revoke:
        _may_give(call)
    request = SetLink(call.caller.org, call.path["link"], wanted, revoke)
    made = await asked(services.store, services.console.links, request, call, OF_CONSOLE_LINKS)
    return reply(await _shown(services, call, made))


async def renew_link(services: Services, call: Call[Nothing, None]) -> Reply:
    _may_give(call)
    request = RenewLink(call.caller.org, call.path["link"])
    made = await asked(services.store, services.console.links, request, call, OF_CONSOLE_LINKS)
    return reply(await _shown(services, call, made))


async def delete_link(services: Services, call: Call[Nothing, None]) -> Reply:
    request = DeleteLink(call.caller.org, call.path["link"])
    await asked(services.store, services.console.links, request, call, OF_CONSOLE_LINKS)
    return DONE


async def list_identified(services: Services, call: Call[PageQuery, None]) -> Reply:
    org, reader = call.caller.org, services.console.reader
    page = page_of(call.query, await reader.identified_count(org))
    rows = await reader.identified(org, page.offset, page.per_page)
    return listed(call, [identified(device) for device in rows], page)


_NONE = Answer("There is no such link.", ErrorBody)
_BAD = Answer("A field is missing, malformed or out of range.", ErrorBody)
_REVOKED = Answer("It was revoked, for good.", ErrorBody)
_ONE = "/v1/console_link/{link}"
ROUTES = (
    Route(
        "GET",
        "/v1/console_link",
        list_links,
        "Links to the third-party console",
        {
            200: Answer("Without their secrets.", list[ConsoleLinkShown]),
            422: Answer("A bad criterion.", ErrorBody),
        },
        scope="console:read",
        query=ListQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/console_link",
        create_link,
        "Make a link: for devices or a tag, for commands or free text, with an end",
        {201: Answer("With its secret, which nobody can show again.", ConsoleLinkShown), 422: _BAD},
        scope="console:write",
        body=ConsoleLinkBody,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        _ONE,
        show_link,
        "One link",
        {200: Answer("The link.", ConsoleLinkShown), 404: _NONE},
        scope="console:read",
        section=SECTION,
        ours=True,
        etag=True,
    ),
    Route(
        "PATCH",
        _ONE,
        change_link,
        "Change a link, or revoke it",
        {200: Answer("As it is now.", ConsoleLinkShown), 404: _NONE, 409: _REVOKED, 422: _BAD},
        scope="console:write",
        body=ConsoleLinkChange,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        f"{_ONE}/secret",
        renew_link,
        "Give a link a new secret: the one before opens nothing any more",
        {200: Answer("With the new secret.", ConsoleLinkShown), 404: _NONE, 409: _REVOKED},
        scope="console:write",
        section=SECTION,
        ours=True,
    ),
    Route(
        "DELETE",
        _ONE,
        delete_link,
        "Delete a link: it is over at once",
        {204: Answer("Gone."), 404: _NONE},
        scope="console:write",
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/console/identifier",
        list_identified,
        "Devices with a tag sms-UNIQUE, and whether it is too short to be safe",
        {200: Answer("A page of them, by name.", list[IdentifiedShown])},
        scope="console:read",
        query=PageQuery,
        section=SECTION,
        ours=True,
    ),
)
