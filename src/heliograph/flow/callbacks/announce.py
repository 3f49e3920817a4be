"""Announcing: what happened goes to the callbacks that subscribed to it, in the transaction of the happening.

Called by the store with whatever a flow writes, so that no happening is told to nobody. Costs nothing when
nothing happened. The poll brings it: nothing is sent from here.
"""

from heliograph.core.announcement import carried
from heliograph.core.callback import subscribed
from heliograph.core.changes import Changes, Happening, Park
from heliograph.core.delivery import Delivery, Kind, gate_of_application
from heliograph.flow.lanes import new_delivery
from heliograph.flow.ports import Transaction


async def announce(tx: Transaction, changes: Changes) -> None:
    """Adds the deliveries of the changes' happenings to the changes."""
    orgs = sorted({happening.org for happening in changes.happenings})
    subscribers = await tx.callbacks.load_subscribers(orgs)
    for happening in changes.happenings if subscribers else ():
        for callback in subscribed(subscribers, happening.org, happening.type):
            tell(tx, changes, callback, happening)


def tell(tx: Transaction, changes: Changes, callback: int, happening: Happening) -> Delivery:
    """One event to one callback, on the lane of its device."""
    key = happening.device or 0
    expires_at = tx.now + tx.event_validity_ms
    delivery = new_delivery(tx, carried(happening), Kind.EVENT, callback, key, expires_at)
    changes.deliveries.append(delivery)
    gate = gate_of_application(callback)
    if tx.rooms.is_reachable(gate):
        changes.parks.append(Park(callback, key, gate, tx.now))
    return delivery
