"""SMS: what may be changed of one that waits, in the contract's words."""

from msgspec import UNSET, Struct, UnsetType

from heliograph.core.content import Content
from heliograph.flow.requests import Change
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.problem import required
from heliograph.interfaces.rest.reading import nested
from heliograph.interfaces.rest.translate.sms import (
    KIND,
    Priority,
    SmsText,
    Validity,
    content,
    moment,
    validity_seconds,
)

AT_ONCE = 0  # the time to send of what no longer waits for one


class SmsChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What is not named stays. `not_before` null: at once."""

    payload: str | UnsetType = UNSET
    udh: str | None = None
    dcs: int | float | str | None = None
    flash: bool = False
    not_before: str | UnsetType | None = UNSET
    expiry_date: str | None = None
    validity_seconds: Validity | None = None
    priority: Priority | None = None


def change(body: SmsChange, caller: Caller, message: int) -> Change:
    if body == SmsChange():
        raise nested(KIND, "body", "names nothing that can be changed")
    validity_seconds(body.validity_seconds, body.expiry_date)
    return Change(
        caller.org,
        message,
        caller.name,
        _words(body),
        _not_before(body.not_before),
        body.validity_seconds,
        body.priority,
        moment("expiry_date", body.expiry_date),
    )


def _words(body: SmsChange) -> Content | None:
    if not isinstance(body.payload, UnsetType):
        return content(SmsText(body.payload, body.udh, body.dcs, body.flash))
    if body.udh is not None or body.dcs is not None or body.flash:
        raise required(KIND, "payload")
    return None


def _not_before(given: str | UnsetType | None) -> int | None:
    if isinstance(given, UnsetType):
        return None
    return moment("not_before", given) or AT_ONCE
