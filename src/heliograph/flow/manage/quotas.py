"""Quotas: set, filled up, deleted, and ended by their time. Each leaves an event for people."""

from collections.abc import Sequence

from msgspec import UNSET

from heliograph.core.changes import INFO, WARN, Changes, Happening
from heliograph.core.device import Quota
from heliograph.core.ids import shard_of
from heliograph.core.labels import bad_range
from heliograph.core.message import DAY_MS
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.requests import AddQuota, DeleteQuota, SetQuota
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Answers, Transaction, Urgency

LARGEST_VOLUME = 10**9
ENDED_SLICE = 256
QuotaAnswer = Quota | Refusal
QuotaRequest = SetQuota | AddQuota | DeleteQuota


class ManageQuotas(OneByOne[QuotaRequest, QuotaAnswer]):
    """Sets, adds and deletes, in the order asked for. The answer is the quota as it then stands; for a
    deletion, as it was.
    """

    async def answer(self, tx: Transaction, request: QuotaRequest) -> QuotaAnswer:
        view = (await tx.load_devices([request.device])).get(request.device)
        if view is None or view.device.org != request.org:
            return refuse("unknown_device")
        if isinstance(request, SetQuota):
            return await self._set(tx, request)
        quota = (await tx.admin.load_quotas([request.device])).get(request.device)
        if quota is None:
            return refuse("unknown_quota")
        if isinstance(request, AddQuota):
            return await self._add(tx, request, quota)
        await _write(tx, None, quota, "quota_deleted")
        await tx.admin.drop_quotas([request.device])
        return quota

    async def _set(self, tx: Transaction, request: SetQuota) -> QuotaAnswer:
        refusal = _bad(request, tx.now)
        if refusal is not None:
            return refusal
        quota = Quota(
            request.device,
            request.org,
            volume=request.volume,
            remaining=request.volume,
            last_added=request.volume,
            expires_at=request.expires_at,
            threshold_percent=request.threshold_percent,
            auto_refill=request.auto_refill,
            refilled_day=tx.now // DAY_MS,
            threshold=request.threshold,
        )
        await _write(tx, quota, quota, "quota_assigned")
        return quota

    async def _add(self, tx: Transaction, request: AddQuota, quota: Quota) -> QuotaAnswer:
        refusal = bad_range("volume", request.volume, 1, LARGEST_VOLUME - quota.volume)
        if refusal is None and request.expires_at is not UNSET:
            refusal = _bad_end(request.expires_at, tx.now)
            quota.expires_at, quota.ended = request.expires_at, 0
        if refusal is not None:
            return refusal
        quota.volume += request.volume
        quota.remaining += request.volume
        quota.last_added = request.volume
        await _write(tx, quota, quota, "quota_assigned")
        return quota


class EndQuotas:
    """The flow: says of each quota once that its time is over. The answer is how many there were."""

    urgency = Urgency.TIMERS

    async def __call__(self, tx: Transaction, requests: Sequence[None]) -> Answers[int]:
        ended = await tx.admin.ended_quotas(ENDED_SLICE)
        changes = Changes()
        for quota in ended:
            quota.ended = 1
            changes.quotas.append(quota)
            changes.happenings.append(_happening(tx, quota, "quota_expired", WARN))
        await tx.write(changes)
        return Answers([len(ended) for _ in requests], [])


def _bad(request: SetQuota, now: int) -> Refusal | None:
    refusal = bad_range("volume", request.volume, 1, LARGEST_VOLUME)
    refusal = refusal or bad_range("auto_refill", request.auto_refill, 0, 1)
    if refusal is None and request.threshold_percent is not None:
        refusal = bad_range("threshold_percent", request.threshold_percent, 1, 100)
    if refusal is None and request.threshold is not None:
        refusal = bad_range("threshold", request.threshold, 0, request.volume)
    return refusal or _bad_end(request.expires_at, now)


def _bad_end(expires_at: int | None, now: int) -> Refusal | None:
    if expires_at is None or expires_at > now:
        return None
    return refuse("bad_value", "expires_at", "A quota ends in the future.")


async def _write(tx: Transaction, quota: Quota | None, told: Quota, event: str) -> None:
    before = (await tx.admin.load_quotas([told.device])).get(told.device)
    await tx.admin.audit("change" if before and quota else "create" if quota else "delete", before, quota)
    changes = Changes()
    if quota is not None:
        changes.quotas.append(quota)
    changes.happenings.append(_happening(tx, told, event, INFO))
    await tx.write(changes)


def _happening(tx: Transaction, quota: Quota, event: str, severity: int) -> Happening:
    id = tx.next_id(shard_of(quota.device))
    detail = f"volume {quota.volume}, remaining {quota.remaining}"
    return Happening(id, quota.org, tx.now, event, severity, quota.device, None, detail)
