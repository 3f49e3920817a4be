"""Callbacks (§5): created, listed, changed, deleted; tested; their log; what was told is told once more."""

from typing import Any

from heliograph.core.callback import Callback
from heliograph.core.delivery import Kind
from heliograph.core.ids import LARGEST_ID
from heliograph.core.refusal import Refusal
from heliograph.flow.applications.deleted import SLICE as ENDED_AT_ONCE
from heliograph.flow.applications.deleted import EndOfCallback
from heliograph.flow.callbacks.replay import SLICE, Again
from heliograph.flow.manage.callbacks import BY_HAND, CallbackWish, DeleteCallback, NewCallback, SetCallback
from heliograph.flow.ports.callbacks import ReplayFilter
from heliograph.flow.shown import Mark
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.refusals import OF_CALLBACKS, answered, asked
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.callbacks import (
    KIND,
    CallbackChange,
    CallbackShown,
    CallShown,
    DeletionQuery,
    LogQuery,
    NewCallbackBody,
    ReplayBody,
    Replayed,
    TestBody,
    TestShown,
    call_filter,
    new_wish,
    replay_filters,
    shown_call,
    shown_callback,
    shown_test,
    wish,
)
from heliograph.interfaces.rest.translate.times import shown

MOST_REPLAYED = 10_000  # by one call
LOG_PAGE, MOST_LOG_PAGE = 100, 500
SECTION = "Callbacks"
FIELDS = {
    "id": Field("id", "number"),
    "url": Field("url", "text"),
    "purpose": Field("purpose", "text"),
    "created": Field("created_at", "time"),
}


async def list_callbacks(services: Services, call: Call[ListQuery, None]) -> Reply:
    rows = await services.callbacks.reader.callbacks(call.caller.org)
    return short_list(call, rows, FIELDS, shown_callback, bare="url")


async def create_callback(services: Services, call: Call[Nothing, NewCallbackBody]) -> Reply:
    made = await _asked(services, call, NewCallback(call.caller.org, new_wish(call.body)))
    services.callbacks.desk.put(made)
    return created(call, f"/v1/api_callback/{made.id}", shown_callback(made))


async def show_callback(services: Services, call: Call[Nothing, None]) -> Reply:
    return reply(shown_callback(await _one(services, call)))


async def change_callback(services: Services, call: Call[Nothing, CallbackChange]) -> Reply:
    request = SetCallback(call.caller.org, call.path["callback"], wish(call.body))
    changed = await _asked(services, call, request)
    services.callbacks.desk.put(changed)
    return reply(shown_callback(changed))


async def delete_callback(services: Services, call: Call[DeletionQuery, None]) -> Reply:
    request = DeleteCallback(call.caller.org, call.path["callback"])
    (answer,) = await services.store.run(services.callbacks.manage, [request])
    if isinstance(answer, Refusal) and answer.code == "messages_wait" and call.query.waiting == "fail":
        await _end_waiting(services, call)
        answer = await _asked(services, call, request)
    services.callbacks.desk.remove(answered(answer, call, OF_CALLBACKS).id)
    return DONE


async def _end_waiting(services: Services, call: Call[DeletionQuery, None]) -> None:
    """It is switched off, so that nothing more of it leaves; then what waits ends, in slices."""
    org, id = call.caller.org, call.path["callback"]
    off = await _asked(services, call, SetCallback(org, id, CallbackWish(disabled=BY_HAND)))
    services.callbacks.desk.put(off)
    count = ENDED_AT_ONCE
    while count == ENDED_AT_ONCE:
        flow, request = services.callbacks.end_waiting, EndOfCallback(org, id)
        count = await asked(services.store, flow, request, call, OF_CALLBACKS)


async def test_callback(services: Services, call: Call[Nothing, TestBody]) -> Reply:
    """Whatever came of it is the answer, not the status of the answer. Signed as an SMS would be."""
    callback, reader = await _one(services, call), services.callbacks.reader
    wanted = call.body.api_secret.number if call.body.api_secret is not None else callback.api_secret
    policy = None
    if call.body.api_secret is None and wanted is None:
        policy, wanted = await reader.signing_policy(callback) or (None, None)
    if wanted is not None and await reader.secret(call.caller.org, wanted) is None:
        raise not_found("Api Secret", wanted)
    return reply(shown_test(await services.callbacks.desk.test(callback, wanted), wanted, policy))


async def show_log(services: Services, call: Call[LogQuery, None]) -> Reply:
    """Newest first; a header says when there is more before the last."""
    callback = await _one(services, call)
    limit = min(call.query.per_page, MOST_LOG_PAGE) if call.query.per_page > 0 else LOG_PAGE
    before = call.query.before or LARGEST_ID
    rows = await services.callbacks.reader.calls(callback.id, call_filter(call.query), before, limit + 1)
    headers = ((b"x-more", b"true"),) if len(rows) > limit else ()
    return reply([shown_call(row) for row in rows[:limit]], headers=headers)


async def replay(services: Services, call: Call[Nothing, ReplayBody]) -> Reply:
    """In slices, so that traffic goes on; each is behind what waits on its lane."""
    callback, body = await _one(services, call), call.body
    if body.sms is not None or body.event is not None:
        return await _replay_one(services, call, callback)
    filters = replay_filters(body, services.clock.now() + 1)
    count = 0
    for wanted in filters:
        done, mark = await _replay_kind(services, call, callback, wanted, MOST_REPLAYED - count)
        count += done
        if mark is not None:
            return reply(Replayed(count, shown(mark.at)))
    device = None if body.endpoint is None else body.endpoint.number
    if not count and device is not None:
        await _must_know(services, call, device)
    return reply(Replayed(count, None))


async def _must_know(services: Services, call: Call[Any, Any], device: int) -> None:
    """Of one that was deleted, what is there is told all the same."""
    if await services.fleet.reader.device(call.caller.org, device) is None:
        raise not_found("Endpoint", device)


async def _replay_one(services: Services, call: Call[Nothing, ReplayBody], callback: Callback) -> Reply:
    body = call.body
    named = body.sms if body.sms is not None else body.event
    id = (named.number if named is not None else None) or 0
    count = await _again(services, call, callback, [id], body.sms is None)
    if not count:
        raise not_found("Sms" if body.sms is not None else "Event", id)
    return reply(Replayed(count, None))


async def _replay_kind(
    services: Services, call: Call[Nothing, ReplayBody], callback: Callback, wanted: ReplayFilter, most: int
) -> tuple[int, Mark | None]:
    """How many, and where it stopped because they were too many."""
    count, mark = 0, Mark(wanted.since, -1)
    while count < most:
        limit = min(SLICE, most - count)
        found = await services.callbacks.reader.replayable(callback, wanted, mark, limit)
        if found.ids:
            count += await _again(services, call, callback, found.ids, wanted.kind == Kind.EVENT)
        if found.end is None:
            return count, None
        mark = found.end
    return count, mark


async def _again(
    services: Services, call: Call[Any, Any], callback: Callback, ids: list[int], events: bool
) -> int:
    request = Again(call.caller.org, callback.id, tuple(ids), call.caller.name, events)
    return await asked(services.store, services.callbacks.replay, request, call)


async def _one(services: Services, call: Call[Any, Any]) -> Callback:
    found = await services.callbacks.reader.callback(call.caller.org, call.path["callback"])
    if found is None:
        raise not_found(KIND, call.path["callback"])
    return found


async def _asked(
    services: Services, call: Call[Any, Any], request: NewCallback | SetCallback | DeleteCallback
) -> Callback:
    return await asked(services.store, services.callbacks.manage, request, call, OF_CALLBACKS)


UNKNOWN = Answer("There is no such callback.", ErrorBody)
BAD = Answer("Not well formed, or out of range.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/api_callback",
        list_callbacks,
        "List the callbacks",
        {200: Answer("The callbacks.", list[CallbackShown]), 422: BAD},
        scope="callback:read",
        query=ListQuery,
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/api_callback",
        create_callback,
        "Create a callback",
        {201: Answer("Created. Location names it.", CallbackShown), 422: BAD},
        scope="callback:write",
        body=NewCallbackBody,
        kind=KIND,
        section=SECTION,
    ),
    Route(
        "GET",
        "/v1/api_callback/{callback}",
        show_callback,
        "Show a callback",
        {200: Answer("The callback.", CallbackShown), 404: UNKNOWN},
        scope="callback:read",
        section=SECTION,
        etag=True,
    ),
    Route(
        "PATCH",
        "/v1/api_callback/{callback}",
        change_callback,
        "Change a callback, or switch it on again",
        {200: Answer("The callback as it now stands.", CallbackShown), 404: UNKNOWN, 422: BAD},
        scope="callback:write",
        body=CallbackChange,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "DELETE",
        "/v1/api_callback/{callback}",
        delete_callback,
        "Delete a callback",
        {
            204: Answer("Deleted."),
            404: UNKNOWN,
            409: Answer("A profile uses it; or something waits, and shall not fail.", ErrorBody),
            422: BAD,
        },
        scope="callback:write",
        query=DeletionQuery,
        section=SECTION,
    ),
    Route(
        "POST",
        "/v1/api_callback/{callback}/test",
        test_callback,
        "Make one call now and show what came of it",
        {200: Answer("What came of it, and what signed it.", TestShown), 404: UNKNOWN},
        scope="callback:write",
        body=TestBody,
        no_body=b"{}",
        kind="Test",
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/api_callback/{callback}/log",
        show_log,
        "List the calls that were made",
        {200: Answer("The calls, newest first.", list[CallShown]), 404: UNKNOWN, 422: BAD},
        scope="callback:read",
        query=LogQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/api_callback/{callback}/replay",
        replay,
        "Tell SMS, receipts and events once more",
        {200: Answer("How many were put on their lanes.", Replayed), 404: UNKNOWN, 422: BAD},
        scope="callback:write",
        body=ReplayBody,
        kind="Replay",
        section=SECTION,
        ours=True,
    ),
)
