"""Loading what a decision about devices has to see: the views, and the policies that they point to."""

from collections.abc import Iterable

from heliograph.core.device import DeviceView
from heliograph.core.policy import Policy
from heliograph.flow.guarding import load_guarded
from heliograph.flow.ports import Transaction


def is_of(view: DeviceView | None, org: int) -> bool:
    return view is not None and view.device.org == org


async def load_views(
    tx: Transaction, devices: Iterable[int]
) -> tuple[dict[int, DeviceView], dict[int, Policy]]:
    """In order of id, so that engines which lock rows lock them in one order."""
    views = await tx.load_devices(sorted(devices))
    policies = await tx.load_policies(sorted({view.device.policy for view in views.values()}))
    guarded = await load_guarded(tx, (view.device for view in views.values()), policies)
    for id, one in guarded.items():
        views[id].guarded = one
    return views, policies
