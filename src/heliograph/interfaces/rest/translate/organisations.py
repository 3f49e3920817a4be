"""The caller's organisation and its settings."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.organisation import Organisation
from heliograph.core.zones import LONGEST_ZONE
from heliograph.flow.manage.organisations import LONGEST_BODY_DAYS
from heliograph.flow.manage.requests import SetOrganisation
from heliograph.interfaces.rest.translate.times import shown

KIND = "Organisation"
Name = Annotated[str, Meta(min_length=1, max_length=500)]
Days = Annotated[int, Meta(ge=0, le=LONGEST_BODY_DAYS)]


class OrganisationObject(Struct, frozen=True):
    id: int
    name: str
    created: str
    country_code: str  # empty: the general setting
    body_days: int | None  # null: the general setting
    time_zone: str  # empty: that of who looks
    language: str  # likewise


class OrganisationChange(Struct, frozen=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    country_code: Annotated[str, Meta(max_length=3)] | UnsetType | None = UNSET
    body_days: Days | UnsetType | None = UNSET
    time_zone: Annotated[str, Meta(max_length=LONGEST_ZONE)] | UnsetType | None = UNSET
    language: Annotated[str, Meta(max_length=6)] | UnsetType | None = UNSET


def organisation_object(organisation: Organisation) -> OrganisationObject:
    return OrganisationObject(
        organisation.id,
        organisation.name,
        shown(organisation.created_at),
        organisation.country_code,
        organisation.body_days,
        organisation.time_zone,
        organisation.language,
    )


def organisation_change(body: OrganisationChange, org: int) -> SetOrganisation:
    """Null is the general setting, as is an empty text."""
    return SetOrganisation(
        org,
        body.name,
        body.body_days,
        UNSET if body.country_code is UNSET else body.country_code or "",
        UNSET if body.time_zone is UNSET else body.time_zone or "",
        UNSET if body.language is UNSET else body.language or "",
    )
