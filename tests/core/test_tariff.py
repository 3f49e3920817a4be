"""Whose price counts, and what is kept with a policy."""

import pytest

from heliograph.core.device import Device, DeviceView, Tally
from heliograph.core.extras import LONGEST_EXTRAS, has, merged
from heliograph.core.policy import Interface, Policy, application_after
from heliograph.core.refusal import Refusal
from heliograph.core.tariff import price_of

DEVICE = Device(1, 1, "d", "", "", 1, "radio")
PRICED = Policy(1, 1, "p", price_mo=2, price_mt=3)


@pytest.mark.parametrize(("tariff", "mo", "mt"), [(None, 2, 3), ((5, 7), 5, 7), ((0, 0), 0, 0)])
def test_a_tariff_goes_before_the_policy_even_when_it_is_free(
    tariff: tuple[int, int] | None, mo: int, mt: int
) -> None:
    view = DeviceView(DEVICE, Tally(1), 0, 0, tariff=tariff)
    assert (price_of(view, PRICED, mt=False), price_of(view, PRICED, mt=True)) == (mo, mt)


@pytest.mark.parametrize(
    ("before", "after", "hears"),
    [
        ({"application": 9}, {}, 9),
        ({"application": 9}, {"api_callback": 4}, 4),
        ({"application": 4, "api_callback": 4}, {"api_callback": None}, None),
        ({"application": 4, "api_callback": 4}, {"api_callback": 5}, 5),
        ({"application": 4, "api_callback": 4}, {"interface": Interface.SMPP}, None),
        ({"application": 9}, {"interface": Interface.SMPP}, 9),
        ({"application": 9}, {"interface": Interface.CONSOLE}, None),
        ({"api_callback": 4, "interface": Interface.CONSOLE}, {"interface": Interface.REST}, 4),
    ],
)
def test_who_hears_after_a_choice(
    before: dict[str, int], after: dict[str, int | None], hears: int | None
) -> None:
    old = Policy(1, 1, "p", **before)  # type: ignore[arg-type]  # fields of a policy
    new = Policy(1, 1, "p", **{**before, **after})  # type: ignore[arg-type]  # the same
    assert application_after(old, new) == hears


def test_extras_are_merged_field_by_field() -> None:
    kept = merged('{"retail":true,"dns":{"id":1}}', '{"dns":null,"nipdp":false}')
    assert kept == '{"retail":true,"nipdp":false}'
    assert (has(kept, "retail"), has(kept, "dns")) == (True, False)
    for more in ("", "7", "{"):
        assert isinstance(merged(kept, more), Refusal)
    too_long = merged(kept, '{"dns":"' + "x" * LONGEST_EXTRAS + '"}')
    assert isinstance(too_long, Refusal)
