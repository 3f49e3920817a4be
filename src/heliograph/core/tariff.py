"""Tariffs: what a segment costs, each way. A device that has one is charged by it, whatever its policy says;
one that has none is charged by its policy.
"""

from msgspec import Struct

from heliograph.core.device import DeviceView
from heliograph.core.policy import Policy


class Tariff(Struct, gc=False):
    """One row of the tariff table, in its column order. Prices are in millionths of the currency."""

    id: int
    org: int
    name: str
    description: str = ""
    price_mo: int = 0
    price_mt: int = 0
    created_at: int = 0
    updated_at: int = 0


def price_of(view: DeviceView, policy: Policy, mt: bool) -> int:
    """Of one segment."""
    if view.tariff is not None:
        return view.tariff[mt]
    return policy.price_mt if mt else policy.price_mo
