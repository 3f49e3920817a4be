"""SMS quotas: the contract's words for ours. On the wire `volume` and thresholds are what is left."""

from copy import copy
from typing import Annotated

from msgspec import Meta, Struct

from heliograph.core.device import Quota
from heliograph.core.usage import QuotaStatus, quota_status, refill, threshold_of
from heliograph.flow.manage.quotas import LARGEST_VOLUME
from heliograph.flow.manage.requests import SetQuota
from heliograph.interfaces.rest.problem import bad_format, out_of_range
from heliograph.interfaces.rest.translate.shapes import Looked, Reference
from heliograph.interfaces.rest.translate.times import maybe_shown, read

KIND = "SmsQuota"
BLOCK = 1
Volume = Annotated[int, Meta(ge=1, le=LARGEST_VOLUME)] | Annotated[float, Meta(ge=1, le=LARGEST_VOLUME)]
Left = Annotated[int, Meta(ge=0, le=LARGEST_VOLUME)] | Annotated[float, Meta(ge=0, le=LARGEST_VOLUME)]
Percentage = Annotated[int, Meta(ge=0, le=99)] | Annotated[float, Meta(ge=0, le=99)]


class QuotaBody(Struct, frozen=True):
    volume: Volume
    expiry_date: str | None = None
    threshold_percentage: Percentage | None = None
    threshold_volume: Left | None = None
    auto_refill: bool | int | float = False
    action_on_exhaustion: Reference | None = None


class QuotaShown(Struct, frozen=True):
    volume: int
    last_volume_added: int
    expiry_date: str | None
    threshold_percentage: float | None
    threshold_volume: float | None
    auto_refill: int
    action_on_exhaustion: Looked
    status: Looked


def quota_wish(body: QuotaBody, org: int, device: int) -> SetQuota:
    if body.action_on_exhaustion is not None and body.action_on_exhaustion.number not in (None, BLOCK):
        raise out_of_range(KIND, "action_on_exhaustion", "must be 1 (Block)")
    if body.auto_refill not in (0, 1):
        raise out_of_range(KIND, "auto_refill", "must be 0 or 1")
    left, percentage = body.threshold_volume, body.threshold_percentage
    return SetQuota(
        org,
        device,
        _whole("volume", body.volume),
        _end(body.expiry_date),
        threshold_percent=None if percentage is None else 100 - _whole("threshold_percentage", percentage),
        auto_refill=int(body.auto_refill),
        threshold=None if left is None else _whole("threshold_volume", left),
    )


def _whole(field: str, number: float) -> int:
    """Clients of the contract write whole numbers as `5.0` too."""
    if number != int(number):
        raise bad_format(KIND, field, "must be a whole number")
    return int(number)


def _end(text: str | None) -> int | None:
    if text is None:
        return None
    at = read(text)
    if at is None:
        raise bad_format(KIND, "expiry_date", "must be an ISO 8601 date")
    return at


def shown_quota(quota: Quota, now: int) -> QuotaShown:
    """As it stands now: a refill that is due has happened."""
    quota = copy(quota)
    if quota_status(quota, now) != QuotaStatus.EXPIRED:
        refill(quota, now)
    status, threshold = quota_status(quota, now), threshold_of(quota)
    percentage = None if threshold is None else round(100 * threshold / quota.volume, 2)
    return QuotaShown(
        quota.remaining,
        quota.last_added,
        maybe_shown(quota.expires_at),
        percentage,
        threshold,
        quota.auto_refill,
        Looked(BLOCK, "Block"),
        Looked(status, status.name),
    )
