"""Services and their monthly limits: the contract's ids and ours.

A limit's id is its volume times 100 plus its service, so that every volume has one and none need be kept.
"""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from heliograph.core.policy import Policy
from heliograph.flow.manage.policies import LARGEST_LIMIT
from heliograph.interfaces.rest.translate.shapes import Id, Looked

USSD, MT, MO, DATA = 0, 6, 32, 38
NAMES = {USSD: "USSD", MT: "SMS MT", MO: "SMS MO", DATA: "Data"}
OURS = {USSD: "service_0", MT: "mt", MO: "mo", DATA: "service_38"}  # what our flows call them
LIMITED = (MT, MO)
CHOICE = (5, 10, 25, 50, 100)
_FACTOR = 100


class TrafficType(Struct, frozen=True):
    id: int
    description: str
    unit: str


class ServiceShown(Struct, frozen=True, omit_defaults=True):
    id: int
    description: str
    traffic_type: TrafficType | None = None


class Period(Struct, frozen=True):
    id: int
    time_units: int
    unit: str


MONTH = Period(1, 1, "Months")
SMS_TRAFFIC = TrafficType(6, "SMS", "SMS")
_TRAFFIC = {MT: SMS_TRAFFIC, MO: SMS_TRAFFIC, DATA: TrafficType(5, "Data", "MB")}


class LimitShown(Struct, frozen=True):
    id: int
    service: Looked
    volume: int
    period: Period = MONTH


class ServiceOfLimit(Struct, frozen=True):
    id: Id


class LimitBody(Struct, frozen=True):
    """A volume of one's own."""

    service: ServiceOfLimit | Annotated[list[ServiceOfLimit], Meta(min_length=1, max_length=1)]
    volume: Annotated[int, Meta(ge=1, le=LARGEST_LIMIT)]

    @property
    def service_id(self) -> int:
        return self.service[0].id if isinstance(self.service, list) else self.service.id


def shown_service(id: int) -> ServiceShown:
    return ServiceShown(id, NAMES[id], _TRAFFIC.get(id))


def shown_limit(service: int, volume: int) -> LimitShown:
    return LimitShown(volume * _FACTOR + service, Looked(service, NAMES[service]), volume)


def limits(service: int, policies: Iterable[Policy]) -> list[LimitShown]:
    """The usual choice, and whatever else is in use."""
    if service not in LIMITED:
        return []
    used = {policy.mt_limit if service == MT else policy.mo_limit for policy in policies}
    volumes = sorted({*CHOICE, *(volume for volume in used if volume is not None)})
    return [shown_limit(service, volume) for volume in volumes]


def volume_of(limit: int, service: int) -> int | None:
    """None: no limit of this service has this id."""
    volume, rest = divmod(limit, _FACTOR)
    return volume if rest == service and 1 <= volume <= LARGEST_LIMIT else None
