"""The device: who it is, and the tally that counts for it. One view serves all decisions of a batch."""

from enum import IntEnum

from msgspec import Struct

from heliograph.core.firewall.guarded import Guarded


class DeviceStatus(IntEnum):
    ENABLED = 0
    DISABLED = 1


class Device(Struct, gc=False):
    """One row of the device table, in its column order."""

    id: int
    org: int
    name: str
    msisdn: str
    imsi: str
    policy: int
    network: str
    status: int = DeviceStatus.ENABLED
    attached: int = 1  # 0: it left the network and said so; attempts wait for its return
    tags: str = ""
    tariff: int | None = None  # whose prices count; None: those of the policy
    barred: int = 0  # 1: its SIM is not active
    imei: str = ""
    imei_lock: int = 0
    ip_address: str = ""
    created_at: int = 0
    updated_at: int = 0

    @property
    def has_number(self) -> bool:
        """Without an IMSI and a number no network can find it."""
        return bool(self.imsi or self.msisdn)

    firewall: int = 0  # the version of its own rules; 0: it has none


class Tally(Struct, gc=False):
    """What a device has used: one narrow row, written with each acceptance."""

    device: int
    month: int = 0  # year × 100 + month, UTC
    mt: int = 0
    mo: int = 0
    cost_mt: int = 0
    cost_mo: int = 0
    p2p_received: str = ""  # when the last P2P entered or will enter, newest last
    p2p_sent: str = ""
    heard: str = ""  # the last SMS that it sent, so that a repeat after a lost answer is known as such


class MonthUsage(Struct, gc=False):
    """A closed month of a device's tally."""

    device: int
    month: int
    mt: int
    mo: int
    cost_mt: int
    cost_mo: int


class Quota(Struct, gc=False):
    """An amount of SMS, both directions together, that a device may use."""

    device: int
    org: int
    volume: int
    remaining: int
    last_added: int
    expires_at: int | None = None
    threshold_percent: int | None = None
    auto_refill: int = 0
    refilled_day: int = 0
    threshold: int | None = None  # the event comes when no more than this is left; goes before the percentage
    ended: int = 0  # 1: that it expired was told


class DeviceView(Struct, gc=False):
    """A device as a batch sees it: each decision sees the changes of those before it."""

    device: Device
    tally: Tally
    queued: int  # waiting, under way or scheduled, counted up to the lane's limit
    busy: int  # 1: something is in the lane already
    quota: Quota | None = None
    tariff: tuple[int, int] | None = None  # its prices, MO and MT; None: the device has no tariff
    guarded: Guarded | None = None  # None: neither it nor its policy has rules
