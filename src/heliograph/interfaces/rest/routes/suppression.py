"""The suppression list: numbers outside the fleet that get nothing, and the words that put them there."""

from heliograph.core.firewall.suppression import number_of
from heliograph.flow.manage.suppression import SetStopWords, Suppress, Unsuppress
from heliograph.interfaces.rest.paging import Page, PageQuery, listed, page_of, per_page
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.refusals import OF_SUPPRESSION, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.firewall import (
    SUPPRESSION,
    NewSuppression,
    SuppressionShown,
    WordsBody,
    shown_suppression,
    shown_words,
)

SECTION = "Suppression"


async def list_suppressions(services: Services, call: Call[PageQuery, None]) -> Reply:
    reader, org = services.firewall.reader, call.caller.org
    total, _ = await reader.suppressions(org, 0, 0)
    page: Page = page_of(call.query, total)
    _, rows = await reader.suppressions(org, page.offset, per_page(call.query))
    return listed(call, [shown_suppression(row) for row in rows], page)


async def suppress(services: Services, call: Call[Nothing, NewSuppression]) -> Reply:
    request = Suppress(call.caller.org, number_of(call.body.number))
    row = await asked(services.store, services.firewall.suppression, request, call, OF_SUPPRESSION)
    return created(call, f"/v1/suppression/{row.id}", shown_suppression(row))


async def show(services: Services, call: Call[Nothing, None]) -> Reply:
    id = call.path["suppression"]
    row = await services.firewall.reader.suppression(call.caller.org, id)
    if row is None:
        raise not_found(SUPPRESSION, id)
    return reply(shown_suppression(row))


async def unsuppress(services: Services, call: Call[Nothing, None]) -> Reply:
    request = Unsuppress(call.caller.org, call.path["suppression"])
    await asked(services.store, services.firewall.suppression, request, call, OF_SUPPRESSION)
    return DONE


async def show_words(services: Services, call: Call[Nothing, None]) -> Reply:
    return reply(shown_words(await services.firewall.reader.stop_words(call.caller.org)))


async def set_words(services: Services, call: Call[Nothing, WordsBody]) -> Reply:
    request = SetStopWords(call.caller.org, call.body.stop, call.body.start)
    return reply(shown_words(await asked(services.store, services.firewall.words, request, call)))


BAD = Answer("Not well formed.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/suppression",
        list_suppressions,
        "Numbers that are sent nothing",
        {200: Answer("A page of them, by number.", list[SuppressionShown])},
        scope="policy:read",
        query=PageQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/suppression",
        suppress,
        "Put a number on the list",
        {
            201: Answer("Location names it.", SuppressionShown),
            409: Answer("It is on the list.", ErrorBody),
            422: BAD,
        },
        scope="policy:write",
        body=NewSuppression,
        kind=SUPPRESSION,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/suppression/{suppression}",
        show,
        "One number of the list",
        {200: Answer("The number.", SuppressionShown), 404: Answer("It is not on the list.", ErrorBody)},
        scope="policy:read",
        section=SECTION,
        etag=True,
        ours=True,
    ),
    Route(
        "DELETE",
        "/v1/suppression/{suppression}",
        unsuppress,
        "Take a number off the list",
        {204: Answer("Gone."), 404: Answer("It is not on the list.", ErrorBody)},
        scope="policy:write",
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/stop_word",
        show_words,
        "The words by which people stop and start",
        {200: Answer("Both lists.", WordsBody)},
        scope="policy:read",
        section=SECTION,
        ours=True,
        etag=True,
    ),
    Route(
        "PUT",
        "/v1/stop_word",
        set_words,
        "Set the words by which people stop and start",
        {200: Answer("As they are now.", WordsBody), 422: BAD},
        scope="policy:write",
        body=WordsBody,
        kind="StopWord",
        section=SECTION,
        ours=True,
    ),
)
