"""Saved views and SMS templates, in and out."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.saved import SavedView, SmsTemplate
from heliograph.flow.manage.saved import By, TemplateWish, ViewWish
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.translate.shapes import Name
from heliograph.interfaces.rest.translate.sms import OCTETS, hexadecimal
from heliograph.interfaces.rest.translate.times import shown

VIEW = "View"
TEMPLATE = "SmsTemplate"
MOST_COLUMNS = 40
LONGEST_TEMPLATE = 10_000
Word = Annotated[str, Meta(pattern="^[a-z][a-z0-9_.]{0,39}$")]
Query = Annotated[str, Meta(max_length=2_048)]
Sort = Annotated[str, Meta(max_length=200)]
Columns = Annotated[list[Word], Meta(max_length=MOST_COLUMNS)]
Payload = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEMPLATE)]
Source = Annotated[str, Meta(max_length=20)]
Dcs = Literal[0, 4, 8]


class ViewBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`page` is what it is a view of: `endpoint`, `sms`, …; `q` and `sort` are as that list takes them."""

    name: Name
    page: Word = "endpoint"
    q: Query = ""
    sort: Sort = ""
    columns: Columns = []
    shared: bool = False


class ViewChange(Struct, frozen=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    page: Word | UnsetType = UNSET
    q: Query | UnsetType = UNSET
    sort: Sort | UnsetType = UNSET
    columns: Columns | UnsetType = UNSET
    shared: bool | UnsetType = UNSET


class UserRef(Struct, frozen=True):
    id: int


class ViewShown(Struct, frozen=True):
    """`own`: who asks made it. `user` is null when a token made it that is nobody's."""

    id: int
    name: str
    page: str
    q: str
    sort: str
    columns: list[str]
    shared: bool
    own: bool
    user: UserRef | None
    created: str
    last_updated: str


class TemplateBody(Struct, frozen=True, forbid_unknown_fields=True):
    """As an SMS has them. With `dcs` 4 the payload is hexadecimal."""

    name: Name
    payload: Payload
    source_address: Source | None = None
    dcs: Dcs | None = None


class TemplateChange(Struct, frozen=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    payload: Payload | UnsetType = UNSET
    source_address: Source | UnsetType | None = UNSET
    dcs: Dcs | UnsetType | None = UNSET


class TemplateShown(Struct, frozen=True):
    id: int
    name: str
    payload: str
    source_address: str | None
    dcs: int | None
    user: UserRef | None
    created: str
    last_updated: str


def by(caller: Caller) -> By:
    return By(caller.org, caller.creator, caller.may("admin"))


def view_wish(body: ViewBody | ViewChange) -> ViewWish:
    return ViewWish(
        body.name if body.name is UNSET else body.name.strip(),
        body.page,
        body.q,
        body.sort,
        UNSET if body.columns is UNSET else ",".join(body.columns),
        UNSET if body.shared is UNSET else int(body.shared),
    )


def template_wish(body: TemplateBody | TemplateChange) -> TemplateWish:
    source = body.source_address
    return TemplateWish(
        body.name if body.name is UNSET else body.name.strip(),
        body.payload,
        UNSET if source is UNSET else source or "",
        body.dcs,
    )


def may_be_sent(template: SmsTemplate | TemplateBody) -> None:
    """A payload of octets is hexadecimal. Whether a text fits, the SMS tells: it may have variables."""
    if template.dcs == OCTETS:
        hexadecimal("payload", template.payload)


def view_shown(view: SavedView, user: int | None) -> ViewShown:
    return ViewShown(
        view.id,
        view.name,
        view.page,
        view.q,
        view.sort,
        view.columns.split(",") if view.columns else [],
        bool(view.shared),
        view.owner == user,
        None if view.owner is None else UserRef(view.owner),
        shown(view.created_at),
        shown(view.updated_at),
    )


def template_shown(template: SmsTemplate) -> TemplateShown:
    return TemplateShown(
        template.id,
        template.name,
        template.payload,
        template.source or None,
        template.dcs,
        None if template.owner is None else UserRef(template.owner),
        shown(template.created_at),
        shown(template.updated_at),
    )
