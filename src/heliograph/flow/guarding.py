"""Guarding: loads the firewalls of a batch, and records what they blocked. Used by all that accept or send.

A policy and a device without rules cost a look at a number that their rows have anyway.
"""

from collections.abc import Iterable, Mapping

from heliograph.core.changes import CRITICAL, WARN, Changes, Happening
from heliograph.core.device import Device
from heliograph.core.firewall.guarded import Guarded, forbids_again
from heliograph.core.firewall.passing import WAY_OF, Owned, peer_of
from heliograph.core.firewall.watch import Watch, count_blocked
from heliograph.core.ids import shard_of
from heliograph.core.message import Message
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal
from heliograph.flow.ports import Transaction

BLOCKED = "firewall_blocked"
MOST_TOLD = 10  # events about what was blocked, in one batch


async def load_guarded(
    tx: Transaction, devices: Iterable[Device], policies: Mapping[int, Policy]
) -> dict[int, Guarded]:
    """By device, those that have rules, or whose policy has."""
    found = [device for device in devices if device.firewall or policies[device.policy].firewall]
    if not found:
        return {}
    rule_sets = {device.firewall for device in found} | {policy.firewall for policy in policies.values()}
    guards = await tx.firewall.load_guards(sorted(rule_sets - {0}))
    watches = await tx.firewall.load_watches(sorted(device.id for device in found))
    guarded = {}
    for device in found:
        owned, policy = [], policies[device.policy]
        if policy.firewall in guards:
            owned.append(Owned(f"policy {policy.name}", "p", guards[policy.firewall]))
        if device.firewall in guards:
            owned.append(Owned(f"device {device.name}", "d", guards[device.firewall]))
        watch = watches.get(device.id) or Watch(device.id, device.org)
        guarded[device.id] = Guarded(tuple(owned), watch)
    return guarded


def forbids_attempt(guarded: Guarded, message: Message, now: int) -> Refusal | None:
    return forbids_again(guarded, WAY_OF[message.direction], peer_of(message.source), now)


def keep(tx: Transaction, changes: Changes, guarded: Guarded) -> None:
    """After decisions: what is remembered is written once, as it stands at the end of the batch; a hold that
    began is told.
    """
    if guarded.changed and not guarded.kept:
        guarded.kept = True
        changes.watches.append(guarded.watch)
    if guarded.hold_began:
        guarded.hold_began = False
        watch = guarded.watch
        _happen(tx, changes, watch, "device_held", CRITICAL, None, watch.held_rule)


def blocked(
    tx: Transaction, changes: Changes, guarded: Guarded, refusal: Refusal, message: int | None = None
) -> None:
    """Counted each time; told at the first one, and then with the number of those since, once an hour. A rule
    that stops a whole fleet is told by a few of its devices; the others tell when they are blocked again.
    """
    told = sum(one.type == BLOCKED for one in changes.happenings)
    many = count_blocked(guarded.watch, tx.now, told < MOST_TOLD)
    guarded.changed = True
    keep(tx, changes, guarded)
    if many:
        more = f" ({many - 1} more since the last event)" if many > 1 else ""
        detail = f"{refusal.rule}{more}"
        _happen(tx, changes, guarded.watch, BLOCKED, WARN, message, detail)


def _happen(
    tx: Transaction,
    changes: Changes,
    watch: Watch,
    type: str,
    severity: int,
    message: int | None,
    detail: str,
) -> None:
    id = tx.next_id(shard_of(watch.device))
    changes.happenings.append(Happening(id, watch.org, tx.now, type, severity, watch.device, message, detail))
