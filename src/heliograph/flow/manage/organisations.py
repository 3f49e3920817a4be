"""Organisations and their applications: created and changed, one request after the other."""

import re
from collections.abc import Collection

from msgspec import UNSET
from msgspec.structs import replace

from heliograph.core.labels import bad_name, bad_range
from heliograph.core.organisation import Application, Organisation
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.zones import is_zone
from heliograph.flow.manage.requests import NewApplication, NewOrganisation, SetOrganisation
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Managed, Transaction

LONGEST_BODY_DAYS = 36_500
_COUNTRY = re.compile(r"[1-9][0-9]{0,2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")  # RFC 5646 §2.1, as far as there are such texts


class CreateOrganisations(OneByOne[NewOrganisation, Organisation | Refusal]):
    async def answer(self, tx: Transaction, request: NewOrganisation) -> Organisation | Refusal:
        refusal = bad_body_days(request.body_days) or bad_country(request.country_code)
        refusal = refusal or await refuses_name(tx, Organisation, 0, request.name)
        if refusal is not None:
            return refusal
        organisation = Organisation(
            tx.next_id(0), request.name, tx.now, request.body_days, request.country_code
        )
        await tx.admin.add([organisation])
        if request.country_code:
            tx.set_country(organisation.id, request.country_code)
        return organisation


class SetOrganisations(OneByOne[SetOrganisation, Organisation | Refusal]):
    """`named`: names that the settings give something to. Who has one keeps it, and nobody takes one."""

    def __init__(self, named: Collection[str] = ()) -> None:
        self._named = frozenset(named)

    async def answer(self, tx: Transaction, request: SetOrganisation) -> Organisation | Refusal:
        organisation = (await tx.admin.load(Organisation, [request.org])).get(request.org)
        if organisation is None:
            return refuse("unknown_organisation")
        if request.name is not UNSET and request.name != organisation.name:
            if self._named & {request.name, organisation.name}:
                return refuse("configured", "name", "The settings give something to this name.")
            refusal = await refuses_name(tx, Organisation, 0, request.name)
            if refusal is not None:
                return refusal
        refusal = _bad_wish(request)
        if refusal is not None:
            return refusal
        changed = _changed(organisation, request)
        if changed.country_code != organisation.country_code:
            tx.set_country(changed.id, changed.country_code)
        if changed != organisation:
            await tx.admin.change([changed])
        return changed


def _bad_wish(request: SetOrganisation) -> Refusal | None:
    refusal = None if request.body_days is UNSET else bad_body_days(request.body_days)
    if refusal is None and request.country_code is not UNSET:
        refusal = bad_country(request.country_code)
    if refusal is None and request.time_zone is not UNSET:
        refusal = bad_zone(request.time_zone)
    if refusal is None and request.language is not UNSET:
        refusal = bad_language(request.language)
    return refusal


def _changed(organisation: Organisation, request: SetOrganisation) -> Organisation:
    if request.name is not UNSET:
        organisation = replace(organisation, name=request.name)
    if request.body_days is not UNSET:
        organisation = replace(organisation, body_days=request.body_days)
    if request.country_code is not UNSET:
        organisation = replace(organisation, country_code=request.country_code)
    if request.time_zone is not UNSET:
        organisation = replace(organisation, time_zone=request.time_zone)
    if request.language is not UNSET:
        organisation = replace(organisation, language=request.language)
    return organisation


class CreateApplications(OneByOne[NewApplication, Application | Refusal]):
    async def answer(self, tx: Transaction, request: NewApplication) -> Application | Refusal:
        refusal = await refuses_organisation(tx, request.org) or await refuses_name(
            tx, Application, request.org, request.name
        )
        if refusal is not None:
            return refusal
        application = Application(tx.next_id(0), request.org, request.name, tx.now)
        await tx.admin.add([application])
        return application


def bad_country(code: str) -> Refusal | None:
    """Empty: the general setting holds."""
    if not code or _COUNTRY.fullmatch(code):
        return None
    return refuse("bad_value", "country_code", "A country code has one to three digits, as 49.")


def bad_zone(name: str) -> Refusal | None:
    if not name or is_zone(name):
        return None
    return refuse("bad_value", "time_zone", "A time zone is one such as Europe/Berlin.")


def bad_language(code: str) -> Refusal | None:
    if not code or _LANGUAGE.fullmatch(code):
        return None
    return refuse("bad_value", "language", "A language is one such as de, or de-CH.")


def bad_body_days(body_days: int | None) -> Refusal | None:
    return None if body_days is None else bad_range("body_days", body_days, 0, LONGEST_BODY_DAYS)


async def refuses_organisation(tx: Transaction, org: int) -> Refusal | None:
    """Is there such an organisation?"""
    return None if await tx.admin.load(Organisation, [org]) else refuse("unknown_organisation")


async def refuses_name(tx: Transaction, kind: type[Managed], org: int, name: str) -> Refusal | None:
    """Is the name well formed, and free?"""
    refusal = bad_name(name)
    if refusal is None and await tx.admin.find(kind, org, [name]):
        return refuse("duplicate", "name", f"The name {name} is taken.")
    return refusal
