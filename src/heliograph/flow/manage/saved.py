"""Saved views and SMS templates: made, changed, deleted; a bounded number of each."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from heliograph.core.labels import LONGEST_NAME, bad_name
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.saved import MOST_OWN_VIEWS, MOST_TEMPLATES, MOST_VIEWS, SavedView, SmsTemplate, sees
from heliograph.flow.manage.assigning import taken
from heliograph.flow.manage.wishing import as_wished
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class ViewWish(Struct, frozen=True):
    """Fields of `core.saved.SavedView`."""

    name: str | UnsetType = UNSET
    page: str | UnsetType = UNSET
    q: str | UnsetType = UNSET
    sort: str | UnsetType = UNSET
    columns: str | UnsetType = UNSET
    shared: int | UnsetType = UNSET


class TemplateWish(Struct, frozen=True):
    """Fields of `core.saved.SmsTemplate`."""

    name: str | UnsetType = UNSET
    payload: str | UnsetType = UNSET
    source: str | UnsetType = UNSET
    dcs: int | UnsetType | None = UNSET


class By(Struct, frozen=True):
    """Who asks. `may_all`: an administrator, who may change what others made and everybody sees."""

    org: int
    user: int | None
    may_all: bool = False


class NewView(Struct, frozen=True):
    by: By
    wish: ViewWish


class SetView(Struct, frozen=True):
    by: By
    view: int
    wish: ViewWish


class DeleteView(Struct, frozen=True):
    by: By
    view: int


class NewTemplate(Struct, frozen=True):
    by: By
    wish: TemplateWish


class SetTemplate(Struct, frozen=True):
    by: By
    template: int
    wish: TemplateWish


class DeleteTemplate(Struct, frozen=True):
    by: By
    template: int


ViewRequest = NewView | SetView | DeleteView
TemplateRequest = NewTemplate | SetTemplate | DeleteTemplate
Saved = TypeVar("Saved", SavedView, SmsTemplate)


class ManageViews(OneByOne[ViewRequest, SavedView | Refusal]):
    """A name is taken among what its owner made. What is another's, and not shared, is not there."""

    async def answer(self, tx: Transaction, request: ViewRequest) -> SavedView | Refusal:
        by = request.by
        known = await tx.admin.of_org(SavedView, by.org, MOST_VIEWS)
        if isinstance(request, NewView):
            view = SavedView(tx.next_id(0), by.org, by.user, "", "", created_at=tx.now)
            own = [one for one in known if one.owner == by.user]
            if len(known) >= MOST_VIEWS:
                return refuse("bad_value", "view", f"There are {MOST_VIEWS} views already.")
            if len(own) >= MOST_OWN_VIEWS:
                return refuse("bad_value", "view", f"You have {MOST_OWN_VIEWS} views already.")
            return await _keep(tx, as_wished(view, request.wish), own)
        old = next((one for one in known if one.id == request.view and sees(one, by.user)), None)
        if old is None:
            return refuse("unknown_view")
        if old.owner != by.user and not by.may_all:
            return refuse("not_owner")
        if isinstance(request, DeleteView):
            await tx.admin.drop([old])
            return old
        own = [one for one in known if one.owner == old.owner]
        return await _keep(tx, as_wished(old, request.wish), own)


async def leave_views(tx: Transaction, org: int, owner: int, heir: int | None) -> None:
    """Whoever owned them is deleted: what others see is the heir's then, and the rest goes."""
    known = await tx.admin.of_org(SavedView, org, MOST_VIEWS)
    names = {one.name for one in known if one.owner == heir}
    left = [one for one in known if one.owner == owner]
    await tx.admin.drop([one for one in left if not one.shared])
    for view in left:
        if view.shared:
            name = view.name if view.name not in names else _other_name(view)
            await tx.admin.change([replace(view, owner=heir, name=name, updated_at=tx.now)])


def _other_name(view: SavedView) -> str:
    mark = f" ({view.id})"
    return view.name[: LONGEST_NAME - len(mark)] + mark


class ManageTemplates(OneByOne[TemplateRequest, SmsTemplate | Refusal]):
    """They are the organisation's: who may send may use and change them."""

    async def answer(self, tx: Transaction, request: TemplateRequest) -> SmsTemplate | Refusal:
        by = request.by
        known = await tx.admin.of_org(SmsTemplate, by.org, MOST_TEMPLATES)
        if isinstance(request, NewTemplate):
            template = SmsTemplate(tx.next_id(0), by.org, by.user, "", "", created_at=tx.now)
            if len(known) >= MOST_TEMPLATES:
                return refuse("bad_value", "template", f"There are {MOST_TEMPLATES} templates already.")
            return await _keep(tx, as_wished(template, request.wish), known)
        old = next((one for one in known if one.id == request.template), None)
        if old is None:
            return refuse("unknown_template")
        if isinstance(request, DeleteTemplate):
            await tx.admin.drop([old])
            return old
        return await _keep(tx, as_wished(old, request.wish), known)


async def _keep(tx: Transaction, wished: Saved, known: Sequence[Saved]) -> Saved | Refusal:
    """`known`: those among which its name is its own, and where it is itself when it is none that is new."""
    new = replace(wished, updated_at=tx.now)
    refusal = bad_name(new.name)
    if refusal is None and any(one.name == new.name and one.id != new.id for one in known):
        refusal = taken("name", new.name)
    if refusal is not None:
        return refusal
    is_new = all(one.id != new.id for one in known)
    await (tx.admin.add([new]) if is_new else tx.admin.change([new]))
    return new
