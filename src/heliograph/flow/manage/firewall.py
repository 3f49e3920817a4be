"""Firewalls: the rules of a policy or a device are set, and a device that is held is released.

In force at once: the next batch sees the new version, and what waits is asked again before its next attempt.
"""

from copy import copy

from msgspec import Struct, json
from msgspec.structs import replace

from heliograph.core.changes import INFO, Changes, Happening
from heliograph.core.device import Device
from heliograph.core.firewall.rules import NO_RULES, Rules, RuleSet, bad_rules
from heliograph.core.firewall.watch import Watch, is_held, release
from heliograph.core.ids import shard_of
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class SetFirewall(Struct, frozen=True):
    """All rules of a policy or a device; they take the place of those before."""

    org: int
    kind: type[Policy] | type[Device]
    id: int
    rules: Rules


class ReleaseHold(Struct, frozen=True):
    org: int
    device: int


class SetFirewalls(OneByOne[SetFirewall, Rules | Refusal]):
    async def answer(self, tx: Transaction, request: SetFirewall) -> Rules | Refusal:
        owner: Policy | Device | None = (await tx.admin.load(request.kind, [request.id])).get(request.id)
        if owner is None or owner.org != request.org:
            return refuse("unknown_policy" if request.kind is Policy else "unknown_device")
        refusal = bad_rules(request.rules)
        if refusal is not None:
            return refusal
        before = await tx.admin.load(RuleSet, [owner.firewall])
        await tx.admin.drop(list(before.values()))
        id = 0
        if request.rules != NO_RULES:
            id, text = tx.next_id(0), json.encode(request.rules).decode()
            await tx.admin.add([RuleSet(id, owner.org, owner.id, text, tx.now)])
        await tx.admin.change([replace(owner, firewall=id)])
        return request.rules


class ReleaseHolds(OneByOne[ReleaseHold, Watch | Refusal]):
    async def answer(self, tx: Transaction, request: ReleaseHold) -> Watch | Refusal:
        device = (await tx.admin.load(Device, [request.device])).get(request.device)
        if device is None or device.org != request.org:
            return refuse("unknown_device")
        watch = (await tx.firewall.load_watches([device.id])).get(device.id)
        if watch is None or not is_held(watch, tx.now):
            return refuse("not_held")
        before = copy(watch)
        release(watch)
        changes = Changes()
        changes.watches.append(watch)
        id = tx.next_id(shard_of(device.id))
        changes.happenings.append(
            Happening(id, device.org, tx.now, "device_released", INFO, device.id, None, "by hand")
        )
        await tx.write(changes)
        await tx.admin.audit("release", before, watch)
        return watch
