"""Problems: what a call is answered when it cannot be done, as the contract spells errors.

In: a refusal of the core, or what a route found wrong with its input. Out: a status and an error object.
"""

from typing import NoReturn

from msgspec import UNSET, Struct, UnsetType

from heliograph.core.refusal import Refusal


class RefusalShown(Struct, frozen=True):
    """The core's own words: which rule decided, and why."""

    code: str
    reason: str
    rule: str | None


class ErrorBody(Struct, frozen=True, omit_defaults=True):
    """The contract's error object. `errors` names what is wrong, one by one."""

    error_code: int
    error_token: str
    message: str
    errors: "tuple[ErrorBody, ...] | UnsetType" = UNSET
    refusal: RefusalShown | UnsetType = UNSET


class Problem(Exception):
    """Ends a call. Raised in this adapter only."""

    def __init__(self, status: int, body: ErrorBody, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        super().__init__(body.message)
        self.status = status
        self.body = body
        self.headers = headers


# The contract's codes and tokens, §3.
TOKENS = {
    1000: "BadRequest",
    1101: "InvalidCredentials",
    1102: "InvalidToken",
    1103: "TokenExpired",
    1104: "Forbidden",
    1105: "TooManyRequests",
    1201: "NotFound",
    1301: "InvalidQueryCriteria",
    1302: "InvalidSortCriteria",
    1400: "InputValidationFailed",
    1401: "InvalidReference",
    1402: "Required",
    1403: "InvalidFormat",
    1404: "OutOfRange",
    1405: "Duplicated",
    1406: "NotAllowed",
    1407: "CannotBeDeleted",
    1500: "ServiceUnavailable",
    1501: "InternalError",
    1502: "IdempotencyMismatch",
}
# Where each refusal of the core stands: status and code. What is not listed failed as input: 422/1400.
_PLACES: dict[str, tuple[int, int]] = {
    "unknown_device": (404, 1401),
    "unknown_message": (404, 1201),
    "unknown_policy": (404, 1401),
    "unknown_application": (404, 1401),
    "unknown_tariff": (404, 1401),
    "unknown_service": (404, 1201),
    "unknown_limit": (404, 1201),
    "unknown_organisation": (404, 1401),
    "unknown_token": (404, 1201),
    "unknown_quota": (404, 1201),
    "unknown_suppression": (404, 1201),
    "not_held": (409, 1406),
    "unknown_account": (404, 1201),
    "unknown_role": (404, 1201),
    "unknown_mfa_key": (404, 1201),
    "unknown_trusted_device": (404, 1201),
    "beyond_scopes": (403, 1104),
    "token_revoked": (409, 1406),
    "last_administrator": (409, 1407),
    "bad_login": (401, 1101),
    "unknown_callback": (404, 1401),
    "unknown_api_secret": (404, 1401),
    "duplicate": (409, 1405),
    "already_final": (409, 1406),
    "in_flight": (409, 1406),
    "already_attempted": (409, 1406),
    "messages_wait": (409, 1407),
    "in_use": (409, 1407),
    "unknown_sim": (404, 1401),
    "sim_in_use": (409, 1405),
    "sim_attached": (409, 1407),
    "unknown_operator": (404, 1201),
    "queue_full": (503, 1500),
    "store_full": (503, 1500),
    "stopping": (503, 1500),
    "bad_token": (401, 1102),
    "no_such_batch": (404, 1201),
    "batch_state": (409, 1406),
    "key_reused": (422, 1502),
}
_NESTED = {"bad_value": 1404, "bad_validity": 1404, "bad_schedule": 1404}
RETRY_SECONDS = 5  # what a full queue asks for


def error(code: int, message: str, *errors: ErrorBody) -> ErrorBody:
    return ErrorBody(code, TOKENS[code], message, errors or UNSET)


def problem(status: int, code: int, message: str) -> Problem:
    return Problem(status, error(code, message))


def invalid(*errors: ErrorBody) -> Problem:
    """What was given cannot be taken; each error names its field."""
    return Problem(422, error(1400, "Input validation failed", *errors))


def required(kind: str, field: str) -> Problem:
    return invalid(error(1402, f"{kind} - {field} is required"))


def bad_format(kind: str, field: str, why: str) -> Problem:
    return invalid(error(1403, f"{kind} - {field}: {why}"))


def out_of_range(kind: str, field: str, why: str) -> Problem:
    return invalid(error(1404, f"{kind} - {field}: {why}"))


def not_found(resource: str, id: int | str) -> Problem:
    return problem(404, 1201, f"{resource} with id {id} not found")


def no_reference(resource: str, id: int | str) -> Problem:
    return problem(404, 1401, f"{resource} with Id '{id}' not found.")


def of_refusal(refusal: Refusal) -> Problem:
    """The core's no, in the contract's words and with its own."""
    status, code = _PLACES.get(refusal.code, (422, 1400))
    nested = (error(_NESTED.get(refusal.code, 1406), refusal.reason),) if code == 1400 else ()
    shown = RefusalShown(refusal.code, refusal.reason, refusal.rule)
    headers = ((b"retry-after", str(RETRY_SECONDS).encode()),) if status == 503 else ()
    return Problem(status, ErrorBody(code, TOKENS[code], refusal.reason, nested or UNSET, shown), headers)


def refused(refusal: Refusal) -> NoReturn:
    raise of_refusal(refusal)
