"""Tariff profiles: the contract's words for our tariffs. Rates are in units of the currency on the wire, and
in millionths inside.
"""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from heliograph.core.tariff import Tariff
from heliograph.flow.manage.requests import TariffWish
from heliograph.interfaces.rest.translate.shapes import Description, Id, Name
from heliograph.interfaces.rest.translate.times import shown

KIND = "TariffProfile"
MILLION = 1_000_000
BY_PROFILE = 0  # what endpoints without a tariff show: clients of the contract need one in every endpoint
NO_TARIFF = "by service profile"
Rate = Annotated[float, Meta(ge=0, le=MILLION)]


class TariffRates(Struct, frozen=True):
    """The contract's place for rates. Its id means nothing here."""

    id: Id | None = None
    default_sms_mt_rate: Rate | None = None
    default_sms_mo_rate: Rate | None = None


class TariffChange(Struct, frozen=True, kw_only=True):
    name: Name | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    tariff: TariffRates | None = None
    sms_mt_rate: Rate | None = None
    sms_mo_rate: Rate | None = None


class NewTariffProfile(TariffChange, frozen=True, kw_only=True):
    name: Name


class RatesShown(Struct, frozen=True):
    id: int
    name: str
    default_sms_mt_rate: float
    default_sms_mo_rate: float


class TariffShown(Struct, frozen=True):
    id: int
    name: str
    description: str
    used_count: int
    sms_mt_rate: float
    sms_mo_rate: float
    tariff: RatesShown
    created: str
    last_updated: str


def shown_tariff(tariff: Tariff, used: int) -> TariffShown:
    mt, mo = tariff.price_mt / MILLION, tariff.price_mo / MILLION
    rates = RatesShown(tariff.id, tariff.name, mt, mo)
    created, updated = shown(tariff.created_at), shown(tariff.updated_at)
    return TariffShown(tariff.id, tariff.name, tariff.description, used, mt, mo, rates, created, updated)


PROFILE_PAYS = shown_tariff(
    Tariff(BY_PROFILE, 0, NO_TARIFF, "No tariff: the prices of the endpoint's service profile count."), 0
)


def tariff_wish(body: TariffChange) -> TariffWish:
    rates = body.tariff or TariffRates()
    return TariffWish(
        name=body.name,
        description=body.description or "" if body.description is not UNSET else UNSET,
        price_mo=_price(body.sms_mo_rate, rates.default_sms_mo_rate),
        price_mt=_price(body.sms_mt_rate, rates.default_sms_mt_rate),
    )


def _price(ours: float | None, theirs: float | None) -> int | UnsetType:
    rate = theirs if ours is None else ours
    return UNSET if rate is None else round(rate * MILLION)
