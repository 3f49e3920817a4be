"""SMS across devices: searched, and previewed without sending. Additions to the contract."""

from heliograph.flow.requests import Submission
from heliograph.flow.shown import Mark
from heliograph.interfaces.rest.paging import next_link
from heliograph.interfaces.rest.problem import ErrorBody, no_reference
from heliograph.interfaces.rest.reading import nested
from heliograph.interfaces.rest.refusals import of_refusal
from heliograph.interfaces.rest.route import Answer, Call, Headers, Nothing, Reply, Route, reply
from heliograph.interfaces.rest.routes.batch_plan import PIECE, plan_of
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.batch_preview import Count, ManyPreviewed
from heliograph.interfaces.rest.translate.batches import MANY_BODY, Recipients
from heliograph.interfaces.rest.translate.sms import KIND, content, is_simulated, submission
from heliograph.interfaces.rest.translate.sms_preview import PreviewBody, PreviewShown, preview
from heliograph.interfaces.rest.translate.sms_search import SmsQuery, cursor_of, mark_of, per_page, sms_filter
from heliograph.interfaces.rest.translate.sms_shown import SmsObject, sms_object

_TO_MANY = ("name", "per_second", "per_minute")


async def search(services: Services, call: Call[SmsQuery, None]) -> Reply:
    """Newest first. A page may be short: while `Link` has a `next`, there is more to look at."""
    wanted, size = sms_filter(call.query), per_page(call.query)
    page = await services.sms.browse.search(call.caller.org, wanted, mark_of(call.query.cursor), size)
    return reply([sms_object(sms) for sms in page.rows], headers=_headers(call, size, page.end))


def _headers(call: Call[SmsQuery, None], size: int, end: Mark | None) -> Headers:
    count = (b"x-count-per-page", str(size).encode())
    return (count,) if end is None else (count, next_link(call, per_page=size, cursor=cursor_of(end)))


async def look_ahead(services: Services, call: Call[Nothing, PreviewBody]) -> Reply:
    """Judged as a send is, and nothing is written."""
    if call.body.recipients is not None:
        return reply(await _look_at_many(services, call, call.body.recipients))
    for field in _TO_MANY:
        if getattr(call.body, field):
            raise nested(KIND, field, "goes with recipients alone")
    if is_simulated(call.body):
        raise nested(KIND, "dest_address", "a preview is of an SMS to a device")
    body, said = call.body, content(call.body)
    if body.endpoint is None:
        submission(body, call.caller, 0)
        return reply(preview(body, said, None))
    device = int(body.endpoint.id)
    request = submission(body, call.caller, device)
    (answer,) = await services.store.run(services.sms.preview, [request])
    if answer.refusal is not None and answer.refusal.code == "unknown_device":
        raise no_reference("Endpoint", device)
    return reply(preview(body, said, answer))


async def _look_at_many(
    services: Services, call: Call[Nothing, PreviewBody], given: Recipients
) -> ManyPreviewed:
    if call.body.endpoint is not None:
        raise nested(KIND, "endpoint", "does not go with recipients")
    plan = await plan_of(services, call.caller, call.body, given)
    if nobodys := await plan.nobodys():
        raise of_refusal(nobodys)
    count = Count(call.body)
    for start in range(0, len(plan.found), PIECE):
        some = list(enumerate(plan.found[start : start + PIECE], start + 1))
        wanted = [plan.texts.wanted(one, number, plan.people) for number, one in some]
        requests = [one for one in wanted if isinstance(one, Submission)]
        answers = iter(await services.store.run(services.batches.preview, requests))
        for (number, one), asked in zip(some, wanted, strict=True):
            count.add(number, one, asked, next(answers) if isinstance(asked, Submission) else None)
    return count.shown()


ROUTES = (
    Route(
        "GET",
        "/v1/sms",
        search,
        "Search SMS across devices, newest first",
        {
            200: Answer("A page. Link leads to the next one.", list[SmsObject]),
            422: Answer("A bad criterion.", ErrorBody),
        },
        scope="sms:read",
        query=SmsQuery,
        section="SMS",
        ours=True,
    ),
    Route(
        "POST",
        "/v1/sms/preview",
        look_ahead,
        "What would become of an SMS, to one or to many, without sending it",
        {
            200: Answer(
                "How it would travel, what it would cost, and what would forbid it; of many, the first texts "
                "and the totals.",
                PreviewShown,
                or_body=ManyPreviewed,
            ),
            404: Answer("There is no such endpoint.", ErrorBody),
            422: Answer("Not well formed, or a text that fits nobody.", ErrorBody),
        },
        scope="sms:send",
        audited=False,
        body=PreviewBody,
        most_body=MANY_BODY,
        kind=KIND,
        section="SMS",
        ours=True,
    ),
)
