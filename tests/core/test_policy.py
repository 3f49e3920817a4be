"""Policies: each switch refuses with its code, a reason and the rule that decided; nothing else does."""

import pytest

from heliograph.core.device import Device, DeviceStatus
from heliograph.core.policy import Policy, forbids_mo, forbids_mt, forbids_p2p
from heliograph.core.refusal import CODES, Refusal

DEVICE = Device(1, 1, "pump", "", "", 1, "")
DISABLED = Device(1, 1, "pump", "", "", 1, "", status=DeviceStatus.DISABLED)
OPEN = Policy(1, 1, "field")


def check_refusal(refusal: Refusal | None, code: str, rule: str) -> None:
    assert refusal == Refusal(code, CODES[code], rule)


def test_an_open_policy_forbids_nothing() -> None:
    found = [
        forbids_mt(OPEN, DEVICE),
        forbids_mo(OPEN, DEVICE),
        forbids_p2p(OPEN, True),
        forbids_p2p(OPEN, False),
    ]
    assert found == [None] * 4


def test_the_switches() -> None:
    check_refusal(forbids_mt(Policy(1, 1, "field", mt=0), DEVICE), "mt_off", "policy field: mt")
    check_refusal(forbids_mo(Policy(1, 1, "field", mo=0), DEVICE), "mo_off", "policy field: mo")
    internal, external = Policy(1, 1, "field", p2p_internal=0), Policy(1, 1, "field", p2p_external=0)
    check_refusal(forbids_p2p(internal, True), "p2p_internal_off", "policy field: p2p_internal")
    check_refusal(forbids_p2p(external, False), "p2p_external_off", "policy field: p2p_external")
    assert forbids_p2p(internal, False) is None
    assert forbids_p2p(external, True) is None


@pytest.mark.parametrize("forbids", [forbids_mt, forbids_mo])
def test_a_disabled_device_is_named_before_its_policy(forbids: object) -> None:
    assert callable(forbids)
    for policy in (OPEN, Policy(1, 1, "field", mt=0, mo=0)):
        check_refusal(forbids(policy, DISABLED), "device_disabled", "device pump: status")


def test_directions_do_not_touch_each_other() -> None:
    assert forbids_mt(Policy(1, 1, "field", mo=0), DEVICE) is None
    assert forbids_mo(Policy(1, 1, "field", mt=0), DEVICE) is None
