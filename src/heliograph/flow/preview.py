"""Previewing: what would become of a submission, decided as if it were made. Nothing is written or used up.

In: submissions. Out: the price and, if so, the refusal.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.delivery import Job
from heliograph.core.refusal import Refusal
from heliograph.core.routing import Routes
from heliograph.core.tariff import price_of
from heliograph.flow.accept import Admission, Settings
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.requests import Submission
from heliograph.flow.submit import ReplaceKey, judge, load_replaceable
from heliograph.flow.views import load_views


class Previewed(Struct, frozen=True):
    price: int  # for all segments, in millionths of the organisation's currency
    refusal: Refusal | None


class Preview:
    """The flow."""

    def __init__(self, settings: Settings, routes: Routes, urgency: Urgency = Urgency.ACCEPT) -> None:
        self.urgency = urgency
        self._settings = settings
        self._routes = routes

    async def __call__(self, tx: Transaction, requests: Sequence[Submission]) -> Answers[Previewed]:
        views, policies = await load_views(tx, {request.device for request in requests})
        replaceable = await load_replaceable(tx, requests)
        admission = Admission(tx, self._settings, self._routes, views, policies)
        return Answers([_preview(admission, request, replaceable) for request in requests], [])


def _preview(admission: Admission, request: Submission, replaceable: dict[ReplaceKey, Job]) -> Previewed:
    refusal = judge(admission, request, replaceable.get((request.device, request.replace_key or "")))
    view = admission.views.get(request.device)
    if view is None or view.device.org != request.org:
        return Previewed(0, refusal)
    price = price_of(view, admission.policies[view.device.policy], True)
    return Previewed(request.content.segments * price, refusal)
