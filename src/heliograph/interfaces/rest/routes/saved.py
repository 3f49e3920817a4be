"""Saved views of lists, and templates of SMS. Additions to the contract."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from heliograph.core.saved import SavedView, SmsTemplate, sees
from heliograph.flow.manage.saved import (
    DeleteTemplate,
    DeleteView,
    NewTemplate,
    NewView,
    SetTemplate,
    SetView,
)
from heliograph.interfaces.rest.problem import ErrorBody, not_found
from heliograph.interfaces.rest.refusals import OF_SAVED, asked
from heliograph.interfaces.rest.route import (
    DONE,
    Answer,
    Call,
    Handler,
    Nothing,
    Reply,
    Route,
    created,
    reply,
)
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.saved import (
    TEMPLATE,
    VIEW,
    TemplateBody,
    TemplateChange,
    TemplateShown,
    ViewBody,
    ViewChange,
    ViewShown,
    by,
    may_be_sent,
    template_shown,
    template_wish,
    view_shown,
    view_wish,
)


async def list_views(services: Services, call: Call[Nothing, None]) -> Reply:
    """Shared ones and the caller's own: there are not so many that they would need pages."""
    user = call.caller.creator
    views = [view for view in await services.saved.reader.views(call.caller.org) if sees(view, user)]
    return reply([view_shown(view, user) for view in sorted(views, key=lambda one: one.name.lower())])


async def create_view(services: Services, call: Call[Nothing, ViewBody]) -> Reply:
    request = NewView(by(call.caller), view_wish(call.body))
    view = await asked(services.store, services.saved.views, request, call, OF_SAVED)
    return created(call, f"/v1/view/{view.id}", view_shown(view, call.caller.creator))


async def show_view(services: Services, call: Call[Nothing, None]) -> Reply:
    view = await _view(services, call)
    return reply(view_shown(view, call.caller.creator))


async def change_view(services: Services, call: Call[Nothing, ViewChange]) -> Reply:
    request = SetView(by(call.caller), call.path["view"], view_wish(call.body))
    view = await asked(services.store, services.saved.views, request, call, OF_SAVED)
    return reply(view_shown(view, call.caller.creator))


async def delete_view(services: Services, call: Call[Nothing, None]) -> Reply:
    request = DeleteView(by(call.caller), call.path["view"])
    await asked(services.store, services.saved.views, request, call, OF_SAVED)
    return DONE


async def _view(services: Services, call: Call[Any, Any]) -> SavedView:
    id = call.path["view"]
    for view in await services.saved.reader.views(call.caller.org):
        if view.id == id and sees(view, call.caller.creator):
            return view
    raise not_found(VIEW, id)


async def list_templates(services: Services, call: Call[Nothing, None]) -> Reply:
    templates = await services.saved.reader.templates(call.caller.org)
    return reply([template_shown(one) for one in sorted(templates, key=lambda one: one.name.lower())])


async def create_template(services: Services, call: Call[Nothing, TemplateBody]) -> Reply:
    may_be_sent(call.body)
    request = NewTemplate(by(call.caller), template_wish(call.body))
    template = await asked(services.store, services.saved.templates, request, call, OF_SAVED)
    return created(call, f"/v1/sms_template/{template.id}", template_shown(template))


async def show_template(services: Services, call: Call[Nothing, None]) -> Reply:
    return reply(template_shown(await _template(services, call)))


async def change_template(services: Services, call: Call[Nothing, TemplateChange]) -> Reply:
    """Payload and coding go together, so what it would come to is looked at before."""
    old, body = await _template(services, call), call.body
    payload = old.payload if body.payload is UNSET else body.payload
    may_be_sent(replace(old, payload=payload, dcs=old.dcs if body.dcs is UNSET else body.dcs))
    request = SetTemplate(by(call.caller), old.id, template_wish(body))
    return reply(
        template_shown(await asked(services.store, services.saved.templates, request, call, OF_SAVED))
    )


async def delete_template(services: Services, call: Call[Nothing, None]) -> Reply:
    request = DeleteTemplate(by(call.caller), call.path["template"])
    await asked(services.store, services.saved.templates, request, call, OF_SAVED)
    return DONE


async def _template(services: Services, call: Call[Any, Any]) -> SmsTemplate:
    id = call.path["template"]
    for template in await services.saved.reader.templates(call.caller.org):
        if template.id == id:
            return template
    raise not_found(TEMPLATE, id)


_TAKEN = Answer("There is one of this name.", ErrorBody)
_NOT_OWNER = Answer("Somebody else made it.", ErrorBody)


def _route(
    method: str,
    path: str,
    handler: Handler,
    summary: str,
    answers: dict[int, Answer],
    scope: str,
    body: Any = None,
    kind: str = VIEW,
) -> Route:
    return Route(
        method,
        path,
        handler,
        summary,
        answers,
        scope=scope,
        body=body,
        kind=kind,
        section="Saved",
        etag=method == "GET" and path.endswith("}"),
        ours=True,
    )


_VIEW, _ONE_VIEW = "/v1/view", "/v1/view/{view}"
_TEMPLATE, _ONE_TEMPLATE = "/v1/sms_template", "/v1/sms_template/{template}"
_VIEW_NOW = Answer("As it now is.", ViewShown)
_TEMPLATE_NOW = Answer("As it now is.", TemplateShown)
_GONE = Answer("Gone.")
_SEES, _KEEPS, _READS, _SENDS = "device:read", "device:write", "sms:read", "sms:send"
ROUTES = (
    _route(
        *("GET", _VIEW, list_views, "Saved views of lists: shared ones and one's own"),
        {200: Answer("By name.", list[ViewShown])},
        _SEES,
    ),
    _route(
        *("POST", _VIEW, create_view, "Save a view"),
        {201: Answer("Location names it.", ViewShown), 409: _TAKEN},
        *(_KEEPS, ViewBody),
    ),
    _route("GET", _ONE_VIEW, show_view, "One view", {200: _VIEW_NOW}, _SEES),
    _route(
        *("PATCH", _ONE_VIEW, change_view, "Change a view that one made; an administrator, also shared ones"),
        {200: _VIEW_NOW, 403: _NOT_OWNER, 409: _TAKEN},
        *(_KEEPS, ViewChange),
    ),
    _route(*("DELETE", _ONE_VIEW, delete_view, "Delete a view"), {204: _GONE, 403: _NOT_OWNER}, _KEEPS),
    _route(
        *("GET", _TEMPLATE, list_templates, "SMS templates of the organisation"),
        {200: Answer("By name.", list[TemplateShown])},
        _READS,
        kind=TEMPLATE,
    ),
    _route(
        *("POST", _TEMPLATE, create_template, "Save an SMS template"),
        {201: Answer("Location names it.", TemplateShown), 409: _TAKEN},
        *(_SENDS, TemplateBody, TEMPLATE),
    ),
    _route(
        *("GET", _ONE_TEMPLATE, show_template, "One SMS template"),
        {200: _TEMPLATE_NOW},
        _READS,
        kind=TEMPLATE,
    ),
    _route(
        *("PATCH", _ONE_TEMPLATE, change_template, "Change an SMS template"),
        {200: _TEMPLATE_NOW, 409: _TAKEN},
        *(_SENDS, TemplateChange, TEMPLATE),
    ),
    _route(
        *("DELETE", _ONE_TEMPLATE, delete_template, "Delete an SMS template"),
        {204: _GONE},
        _SENDS,
        kind=TEMPLATE,
    ),
)
