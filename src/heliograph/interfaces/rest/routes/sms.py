"""SMS of a device: sent."""

from heliograph.core.refusal import Refusal
from heliograph.interfaces.rest.problem import ErrorBody, no_reference, refused
from heliograph.interfaces.rest.route import Answer, Call, Nothing, Reply, Route, created
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.sms import KIND, SmsBody, submission


async def send(services: Services, call: Call[Nothing, SmsBody]) -> Reply:
    """201 after the commit."""
    device = call.path["endpoint"]
    request = submission(call.body, call.caller, device, services.clock.now())
    (answer,) = await services.store.run(services.submit, [request])
    if isinstance(answer, Refusal):
        if answer.code == "unknown_device":
            raise no_reference("Endpoint", device)
        refused(answer)
    return created(call, f"/v1/endpoint/{device}/sms/{answer.id}")


ROUTES = (
    Route(
        "POST",
        "/v1/endpoint/{endpoint}/sms",
        send,
        "Send an SMS to a device",
        {
            201: Answer("Accepted and safe on disk. Location names it."),
            404: Answer("There is no such endpoint.", ErrorBody),
            422: Answer("Refused, or not well formed.", ErrorBody),
        },
        scope="sms:send",
        audited=False,
        body=SmsBody,
        kind=KIND,
        section="SMS",
    ),
)
