"""One change to many devices: policy, status, tags. A slice at a time, so that traffic goes on between.

In: a device and what shall be so. Out: the device, and whether anything changed; or why not.
"""

from collections.abc import Sequence

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from heliograph.core.changes import Changes
from heliograph.core.console import refuses_opening
from heliograph.core.device import Device
from heliograph.core.labels import bad_tags, tidy_tags
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.access_requests import Ceiling
from heliograph.flow.manage.devices import switched
from heliograph.flow.manage.policies import policy_ids
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 256  # devices that share a transaction
MOST_DEVICES = 100_000  # of one call


class FleetWish(Struct, frozen=True):
    policy: int | UnsetType = UNSET
    status: int | UnsetType = UNSET
    more_tags: tuple[str, ...] = ()
    fewer_tags: frozenset[str] = frozenset()


class ChangeDevice(Struct, frozen=True):
    org: int
    device: int
    wish: FleetWish
    ceiling: Ceiling = None  # what whoever asks may do


class Changed(Struct, frozen=True):
    device: Device
    is_changed: bool


ChangeAnswer = Changed | Refusal


class ChangeDevices:
    """The flow."""

    urgency = Urgency.BULK

    async def __call__(self, tx: Transaction, requests: Sequence[ChangeDevice]) -> Answers[ChangeAnswer]:
        devices = await tx.admin.load(Device, sorted({request.device for request in requests}))
        policies = await _policies(tx, requests)
        changes = Changes()
        answers: list[ChangeAnswer] = []
        for request in requests:
            answer = _changed(tx, devices.get(request.device), request, policies)
            if isinstance(answer, Changed) and answer.is_changed:
                old, new = devices[request.device], answer.device
                await tx.admin.change([new])
                devices[new.id] = new
                if new.status != old.status:
                    changes.happenings.append(switched(tx, new))
            answers.append(answer)
        await tx.write(changes)
        return Answers(answers, [])


async def _policies(tx: Transaction, requests: Sequence[ChangeDevice]) -> set[tuple[int, int]]:
    """Those that are wanted and there, each with its organisation."""
    wanted: dict[int, set[int]] = {}
    for request in requests:
        if request.wish.policy is not UNSET:
            wanted.setdefault(request.org, set()).add(request.wish.policy)
    return {
        (org, id) for org, ids in wanted.items() for id in (await policy_ids(tx, org, sorted(ids))).values()
    }


def _changed(
    tx: Transaction, old: Device | None, request: ChangeDevice, policies: set[tuple[int, int]]
) -> ChangeAnswer:
    if old is None or old.org != request.org:
        return refuse("unknown_device")
    wish, new = request.wish, replace(old)
    if wish.policy is not UNSET:
        if (request.org, wish.policy) not in policies:
            return refuse("unknown_policy", "policy")
        new.policy = wish.policy
    if wish.status is not UNSET:
        new.status = wish.status
    if wish.more_tags or wish.fewer_tags:
        kept = [tag for tag in old.tags.split(",") if tag not in wish.fewer_tags]
        new.tags = tidy_tags(",".join([*kept, *wish.more_tags]))
        refusal = bad_tags(new.tags) or refuses_opening(old.tags, new.tags, request.ceiling)
        if refusal is not None:
            return refusal
    if new == old:
        return Changed(old, is_changed=False)
    new.updated_at = tx.now
    return Changed(new, is_changed=True)
