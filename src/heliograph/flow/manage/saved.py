"""Saved views and SMS templates: made, changed, deleted; a bounded number of each."""

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace

from heliograph.core.labels import bad_name
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.saved import MOST_SAVED, SavedView, SmsTemplate, sees
from heliograph.flow.manage.assigning import taken
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


class ManageViews(OneByOne[ViewRequest, SavedView | Refusal]):
    """A name is taken among what its owner made. What is another's, and not shared, is not there."""

    async def answer(self, tx: Transaction, request: ViewRequest) -> SavedView | Refusal:
        by = request.by
        known = await tx.admin.of_org(SavedView, by.org, MOST_SAVED)
        if isinstance(request, NewView):
            view = SavedView(tx.next_id(0), by.org, by.user, "", "", created_at=tx.now)
            return await self._keep(tx, view, request.wish, known, is_new=True)
        old = next((one for one in known if one.id == request.view and sees(one, by.user)), None)
        if old is None:
            return refuse("unknown_view")
        if old.owner != by.user and not by.may_all:
            return refuse("not_owner")
        if isinstance(request, DeleteView):
            await tx.admin.drop([old])
            return old
        return await self._keep(tx, old, request.wish, known, is_new=False)

    async def _keep(
        self, tx: Transaction, old: SavedView, wish: ViewWish, known: list[SavedView], is_new: bool
    ) -> SavedView | Refusal:
        new = replace(old, **_given(wish), updated_at=tx.now)
        names = {one.name for one in known if one.owner == new.owner and one.id != new.id}
        refusal = bad_name(new.name) or (taken("name", new.name) if new.name in names else None)
        if refusal is None and is_new and len(known) >= MOST_SAVED:
            refusal = refuse("bad_value", "view", f"There are {MOST_SAVED} views already.")
        if refusal is not None:
            return refusal
        await (tx.admin.add([new]) if is_new else tx.admin.change([new]))
        return new


class ManageTemplates(OneByOne[TemplateRequest, SmsTemplate | Refusal]):
    """They are the organisation's: who may send may use and change them."""

    async def answer(self, tx: Transaction, request: TemplateRequest) -> SmsTemplate | Refusal:
        by = request.by
        known = await tx.admin.of_org(SmsTemplate, by.org, MOST_SAVED)
        if isinstance(request, NewTemplate):
            template = SmsTemplate(tx.next_id(0), by.org, by.user, "", "", created_at=tx.now)
            return await self._keep(tx, template, request.wish, known, is_new=True)
        old = next((one for one in known if one.id == request.template), None)
        if old is None:
            return refuse("unknown_template")
        if isinstance(request, DeleteTemplate):
            await tx.admin.drop([old])
            return old
        return await self._keep(tx, old, request.wish, known, is_new=False)

    async def _keep(
        self, tx: Transaction, old: SmsTemplate, wish: TemplateWish, known: list[SmsTemplate], is_new: bool
    ) -> SmsTemplate | Refusal:
        new = replace(old, **_given(wish), updated_at=tx.now)
        names = {one.name for one in known if one.id != new.id}
        refusal = bad_name(new.name) or (taken("name", new.name) if new.name in names else None)
        if refusal is None and is_new and len(known) >= MOST_SAVED:
            refusal = refuse("bad_value", "template", f"There are {MOST_SAVED} templates already.")
        if refusal is not None:
            return refusal
        await (tx.admin.add([new]) if is_new else tx.admin.change([new]))
        return new


def _given(wish: ViewWish | TemplateWish) -> dict[str, object]:
    return {name: value for name, value in asdict(wish).items() if value is not UNSET}
