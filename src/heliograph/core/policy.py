"""Policies: who may send what to whom, how much a month, at which price. Pure questions, each answered by a
rule.

Asked at acceptance and again before each attempt. Counting is `usage`; the text itself is `content`.
"""

from enum import IntEnum

from msgspec import Struct

from heliograph.core.device import Device, DeviceStatus
from heliograph.core.refusal import Refusal, refuse

P2P_RECEIVED_PER_MINUTE = 6
P2P_SENT_PER_DAY = 5


class Interface(IntEnum):
    """How an organisation hears of what its devices send."""

    REST = 1
    SMPP = 2
    CONSOLE = 3


class Policy(Struct, gc=False):
    """One row of the policy table, in its column order. A limit of None is no limit."""

    id: int
    org: int
    name: str
    mo: int = 1
    mt: int = 1
    p2p_internal: int = 1
    p2p_external: int = 1
    mo_limit: int | None = None
    mt_limit: int | None = None
    quota: int = 0
    price_mo: int = 0
    price_mt: int = 0
    application: int | None = None
    p2p_received_per_minute: int = P2P_RECEIVED_PER_MINUTE
    p2p_sent_per_day: int = P2P_SENT_PER_DAY
    description: str = ""
    interface: int = Interface.REST
    api_callback: int | None = None  # the application that is called, while the interface is REST
    api_secret: int | None = None
    mo_per_part: int = 0  # 1: an application hears of each segment by itself
    extras: str = "{}"  # JSON: what people keep here and nothing here reads
    created_at: int = 0
    updated_at: int = 0
    firewall: int = 0  # the version of its rules; 0: it has none
    smpp_account: int | None = None  # the application that binds, while the interface is SMPP


def application_after(old: Policy, new: Policy) -> int | None:
    """Who hears of the devices once people chose another interface, callback or account. A policy for which
    nobody ever chose keeps the application that it has.
    """
    by_hand = None if old.application in (old.api_callback, old.smpp_account) else old.application
    pointed = {Interface.REST: new.api_callback, Interface.SMPP: new.smpp_account}
    if new.interface not in pointed:
        return None
    return by_hand if pointed[Interface(new.interface)] is None else pointed[Interface(new.interface)]


def _rule(policy: Policy, switch: str) -> str:
    return f"policy {policy.name}: {switch}"


def forbids_mt(policy: Policy, device: Device) -> Refusal | None:
    """Asked for everything that goes to a device, at acceptance and before each attempt."""
    if device.status != DeviceStatus.ENABLED:
        return refuse("device_disabled", f"device {device.name}: status")
    if device.barred:
        return refuse("sim_not_active", f"device {device.name}: sim")
    if not policy.mt:
        return refuse("mt_off", _rule(policy, "mt"))
    return None


def forbids_mo(policy: Policy, device: Device) -> Refusal | None:
    """Asked for everything that comes from a device."""
    if device.status != DeviceStatus.ENABLED:
        return refuse("device_disabled", f"device {device.name}: status")
    if device.barred:
        return refuse("sim_not_active", f"device {device.name}: sim")
    if not policy.mo:
        return refuse("mo_off", _rule(policy, "mo"))
    return None


def forbids_p2p(policy: Policy, internal: bool) -> Refusal | None:
    """Asked of the sender's policy, beside `forbids_mo`."""
    if internal and not policy.p2p_internal:
        return refuse("p2p_internal_off", _rule(policy, "p2p_internal"))
    if not internal and not policy.p2p_external:
        return refuse("p2p_external_off", _rule(policy, "p2p_external"))
    return None
