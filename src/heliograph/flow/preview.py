"""Previewing: what would become of a submission, decided as if it were made. Nothing is written or used up.

In: submissions. Out: the price and, if so, the refusal.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.delivery import Job
from heliograph.core.refusal import Refusal
from heliograph.core.routing import OUTSIDE, Routes
from heliograph.core.tariff import price_of
from heliograph.flow.accept import Admission, Settings
from heliograph.flow.addressees import with_devices
from heliograph.flow.phones import Phones
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.flow.requests import Submission
from heliograph.flow.submit import ReplaceKey, judge, load_replaceable, replaces, with_phones
from heliograph.flow.views import load_views


class Previewed(Struct, frozen=True):
    price: int  # for all segments, in millionths of the organisation's currency
    refusal: Refusal | None
    upstreams: tuple[str, ...] = ()  # that could carry it, the first choice first; among equals the id draws


class Preview:
    """The flow."""

    def __init__(self, settings: Settings, routes: Routes, urgency: Urgency = Urgency.ACCEPT) -> None:
        self.urgency = urgency
        self._settings = settings
        self._routes = routes

    async def __call__(self, tx: Transaction, requests: Sequence[Submission]) -> Answers[Previewed]:
        requests = await with_devices(tx, requests)
        views, policies = await load_views(tx, {request.device for request in requests})
        admission = Admission(tx, self._settings, self._routes, views, policies)
        requests, phones = await with_phones(tx, admission, requests)
        replaceable = await load_replaceable(tx, requests)
        return Answers([_preview(admission, request, replaceable, phones) for request in requests], [])


def _preview(
    admission: Admission, request: Submission, replaceable: dict[ReplaceKey, Job], phones: Phones | None
) -> Previewed:
    refusal = judge(admission, request, replaceable.get(replaces(request) or ()), phones)
    view = admission.views.get(request.device)
    if view is not None and view.device.org == request.org:
        price = price_of(view, admission.policies[view.device.policy], True)
        network, number = view.device.network, view.device.msisdn
        upstreams = admission.routes.candidates(request.org, network, number, 0)
        return Previewed(request.content.segments * price, refusal, tuple(upstreams))
    if phones is None or request.device:
        return Previewed(0, refusal)
    upstreams = admission.routes.candidates(request.org, OUTSIDE, request.number, 0)
    return Previewed(phones.price(request.org, request.number, 0, request.content), refusal, tuple(upstreams))
