"""Fields: which field of a body a refusal of the core speaks of, in the contract's words.

In: a problem made of a refusal, and the kind of object that was given. Out: the problem, whose nested error
names the field as all others do: `Endpoint - imei: An IMEI has 14 to 16 digits.`
"""

import re

from msgspec.structs import replace

from heliograph.interfaces.rest.problem import ErrorBody, Problem

# What the core calls otherwise than the contract does.
_NAMES = {"expires_at": "expiry_date", "expiry": "expiry_date"}
_NAMES_OF = {"User": {"name": "username", "full_name": "name"}, "ApplicationToken": {"name": "description"}}
# What is wrong with the input, and the field where the core names none.
_CODES = {
    "bad_value": "",
    "bad_text": "payload",
    "too_long": "payload",
    "bad_template": "payload",
    "bad_validity": "validity_seconds",
    "bad_schedule": "not_before",
}
_FIELD = re.compile(r"[a-z][a-z0-9_.\[\]]*")


def with_field(found: Problem, kind: str) -> Problem:
    refusal, errors = found.body.refusal, found.body.errors
    if not refusal or not errors or refusal.code not in _CODES:
        return found
    rule = refusal.rule or _CODES[refusal.code]
    if not _FIELD.fullmatch(rule):
        return found
    field = _NAMES_OF.get(kind, {}).get(rule) or _NAMES.get(rule, rule)
    return Problem(found.status, _named(found.body, errors[0], kind, field), found.headers)


def _named(body: ErrorBody, inner: ErrorBody, kind: str, field: str) -> ErrorBody:
    why = inner.message.removeprefix(f"{field}: ")
    return replace(body, errors=(replace(inner, message=f"{kind} - {field}: {why}"),))
