"""Problems: what a call is answered when it cannot be done, as the contract spells errors.

In: what a route found wrong with its input. Out: a status and an error object. What the core refuses becomes
one in `refusals`.
"""

from msgspec import UNSET, Struct, UnsetType


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
    1503: "PreconditionFailed",
}
INVALID = "Input validation failed"
RETRY_SECONDS = 5  # what a full queue asks for


def error(code: int, message: str, *errors: ErrorBody) -> ErrorBody:
    return ErrorBody(code, TOKENS[code], message, errors or UNSET)


def problem(status: int, code: int, message: str) -> Problem:
    return Problem(status, error(code, message))


def invalid(*errors: ErrorBody) -> Problem:
    """What was given cannot be taken; each error names its field."""
    return Problem(422, error(1400, INVALID, *errors))


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
