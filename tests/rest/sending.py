"""SMS as tests send them: over the API, and looked at until they are as expected."""

from typing import Any

from tests.cli.program import eventually
from tests.rest.site import Answered, Site

TOMORROW_MS = 24 * 3600 * 1000
# 3GPP TS 23.040 §9.2.3.24.1: reference 204, two segments, the first one
FIRST_OF_TWO = "050003cc0201"


def post(api: Site, device: int, payload: str = "hello", headers: Any = None, **fields: Any) -> Answered:
    return api.post(f"/v1/endpoint/{device}/sms", {"payload": payload, **fields}, **(headers or {}))


def id_of(answer: Answered) -> int:
    assert answer.status == 201, answer
    return int(answer.headers["location"].split("/")[8])


def send(api: Site, device: int, payload: str = "hello", **fields: Any) -> int:
    return id_of(post(api, device, payload, **fields))


def show(api: Site, device: int, sms: int) -> Any:
    answer = api.get(f"/v1/endpoint/{device}/sms/{sms}")
    assert answer.status == 200, answer
    return answer.body


def until(api: Site, device: int, sms: int, status: str) -> Any:
    """The SMS, once it has this status."""

    def look() -> Any:
        shown = show(api, device, sms)
        return shown if shown["status"]["description"] == status else None

    return eventually(look, status)


def later(api: Site, milliseconds: int = TOMORROW_MS) -> str:
    """A time to come, as the contract writes it."""
    from heliograph.interfaces.rest.translate.times import shown

    return shown(api.app.clock.now() + milliseconds)


def nested(answer: Answered) -> list[str]:
    return [error["message"] for error in answer.body["errors"]]
