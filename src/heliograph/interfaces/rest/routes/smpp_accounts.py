"""SMPP accounts: created, changed, deleted; passwords, shown once; who is bound, the last PDUs."""

from typing import Any

from heliograph.core.refusal import Refusal
from heliograph.core.smpp_account import SmppAccount, bad_password
from heliograph.flow.applications.deleted import SLICE, EndOfAccount
from heliograph.flow.manage.smpp_accounts import (
    DeleteSmppAccount,
    NewSmppAccount,
    NoteUnbind,
    SetSmppAccount,
    SmppAccountWish,
    SmppRequest,
)
from heliograph.interfaces.rest.criteria import Field
from heliograph.interfaces.rest.paging import ListQuery, short_list
from heliograph.interfaces.rest.problem import ErrorBody, not_found, problem
from heliograph.interfaces.rest.refusals import OF_SMPP_ACCOUNTS, answered, asked, of_refusal
from heliograph.interfaces.rest.route import DONE, Answer, Call, Nothing, Reply, Route, created, reply
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.smpp_accounts import (
    KIND,
    AccountChange,
    AccountDeletion,
    AccountListed,
    AccountMade,
    AccountShown,
    BindShown,
    NewAccountBody,
    PasswordBody,
    PasswordShown,
    PduShown,
    TraceQuery,
    listed_account,
    made_account,
    shown_account,
    shown_bind,
    shown_pdu,
    wish,
)
from heliograph.runtime.passwords import new_short_password

SECTION = "SMPP accounts"
FIELDS = {
    "id": Field("id", "number"),
    "system_id": Field("system_id", "text"),
    "created": Field("created_at", "time"),
}


async def list_accounts(services: Services, call: Call[ListQuery, None]) -> Reply:
    rows = await services.smpp.reader.accounts(call.caller.org)

    def show(row: SmppAccount) -> AccountListed:
        return listed_account(row, len(services.smpp.desk.binds(row)))

    return short_list(call, rows, FIELDS, show, bare="system_id")


async def create_account(services: Services, call: Call[Nothing, NewAccountBody]) -> Reply:
    password, hashed = await _password(services, call.body.password)
    made = await _asked(services, call, NewSmppAccount(call.caller.org, wish(call.body, hashed)))
    services.smpp.directory.put(made)
    return created(call, f"/v1/smpp_account/{made.id}", made_account(made, password))


async def show_account(services: Services, call: Call[Nothing, None]) -> Reply:
    return reply(shown_account(await _one(services, call)))


async def change_account(services: Services, call: Call[Nothing, AccountChange]) -> Reply:
    request = SetSmppAccount(call.caller.org, call.path["account"], wish(call.body))
    changed = await _asked(services, call, request)
    services.smpp.directory.put(changed)
    return reply(shown_account(changed))


async def delete_account(services: Services, call: Call[AccountDeletion, None]) -> Reply:
    request = DeleteSmppAccount(call.caller.org, call.path["account"])
    (answer,) = await services.store.run(services.smpp.manage, [request])
    if isinstance(answer, Refusal) and answer.code == "messages_wait" and call.query.waiting == "fail":
        await _end_waiting(services, call)
        answer = await _asked(services, call, request)
    services.smpp.directory.remove(answered(answer, call, OF_SMPP_ACCOUNTS))
    return DONE


async def _end_waiting(services: Services, call: Call[AccountDeletion, None]) -> None:
    """It is switched off, so that nothing more of it leaves; then what waits ends, in slices."""
    org, id = call.caller.org, call.path["account"]
    off = await _asked(services, call, SetSmppAccount(org, id, SmppAccountWish(enabled=0)))
    services.smpp.directory.put(off)
    count = SLICE
    while count == SLICE:
        count = await asked(
            services.store, services.smpp.end_waiting, EndOfAccount(org, id), call, OF_SMPP_ACCOUNTS
        )


async def reset_password(services: Services, call: Call[Nothing, PasswordBody]) -> Reply:
    """Whoever is bound by the old one has to bind again."""
    await _one(services, call)
    password, hashed = await _password(services, call.body.password)
    request = SetSmppAccount(call.caller.org, call.path["account"], SmppAccountWish(password=hashed))
    changed = await _asked(services, call, request)
    services.smpp.directory.put(changed)
    return reply(PasswordShown(changed.system_id, password))


async def list_binds(services: Services, call: Call[Nothing, None]) -> Reply:
    account = await _one(services, call)
    return reply([shown_bind(bind) for bind in services.smpp.desk.binds(account)])


async def unbind(services: Services, call: Call[Nothing, None]) -> Reply:
    account, number = await _one(services, call), call.path["bind"]
    if not services.smpp.desk.unbind(account, number):
        raise not_found("Bind", number)
    await _asked(services, call, NoteUnbind(call.caller.org, account.id))
    return DONE


async def show_trace(services: Services, call: Call[TraceQuery, None]) -> Reply:
    """Oldest first. The words of messages are for those who may read messages."""
    if call.query.text and not call.caller.may("sms:read"):
        raise problem(403, 1104, "The text needs the scope sms:read")
    account = await _one(services, call)
    lines = services.smpp.desk.trace(account, call.query.text, call.query.limit)
    return reply([shown_pdu(line) for line in lines])


async def _password(services: Services, chosen: str | None) -> tuple[str, str]:
    """The password, and its hash, which is made before any transaction."""
    refusal: Refusal | None = None if chosen is None else bad_password(chosen)
    if refusal is not None:
        raise of_refusal(refusal)
    password = chosen or new_short_password()
    return password, await services.access.authentication.hash(password)


async def _one(services: Services, call: Call[Any, Any]) -> SmppAccount:
    found = await services.smpp.reader.account(call.caller.org, call.path["account"])
    if found is None:
        raise not_found(KIND, call.path["account"])
    return found


async def _asked(services: Services, call: Call[Any, Any], request: SmppRequest) -> SmppAccount:
    return await asked(services.store, services.smpp.manage, request, call, OF_SMPP_ACCOUNTS)


UNKNOWN = Answer("There is no such account.", ErrorBody)
BAD = Answer("Not well formed, or out of range.", ErrorBody)
TAKEN = Answer("The system_id is taken.", ErrorBody)
ROUTES = (
    Route(
        "GET",
        "/v1/smpp_account",
        list_accounts,
        "List the SMPP accounts",
        {200: Answer("The accounts.", list[AccountListed]), 422: BAD},
        scope="smpp:read",
        query=ListQuery,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/smpp_account",
        create_account,
        "Create an SMPP account",
        {
            201: Answer("Created, with its password, which is shown this once.", AccountMade),
            409: TAKEN,
            422: BAD,
        },
        scope="smpp:write",
        body=NewAccountBody,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/smpp_account/{account}",
        show_account,
        "Show an SMPP account",
        {200: Answer("The account.", AccountShown), 404: UNKNOWN},
        scope="smpp:read",
        section=SECTION,
        etag=True,
        ours=True,
    ),
    Route(
        "PATCH",
        "/v1/smpp_account/{account}",
        change_account,
        "Change an SMPP account",
        {200: Answer("The account as it now stands.", AccountShown), 404: UNKNOWN, 409: TAKEN, 422: BAD},
        scope="smpp:write",
        body=AccountChange,
        kind=KIND,
        section=SECTION,
        ours=True,
    ),
    Route(
        "DELETE",
        "/v1/smpp_account/{account}",
        delete_account,
        "Delete an SMPP account",
        {
            204: Answer("Deleted."),
            400: BAD,
            404: UNKNOWN,
            409: Answer("A profile uses it, or SMS wait.", ErrorBody),
        },
        scope="smpp:write",
        query=AccountDeletion,
        section=SECTION,
        ours=True,
    ),
    Route(
        "POST",
        "/v1/smpp_account/{account}/password",
        reset_password,
        "Give an SMPP account a new password",
        {200: Answer("The password, which is shown this once.", PasswordShown), 404: UNKNOWN, 422: BAD},
        scope="smpp:write",
        body=PasswordBody,
        no_body=b"{}",
        kind="Password",
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/smpp_account/{account}/bind",
        list_binds,
        "List the sessions that are bound",
        {200: Answer("The sessions, oldest first.", list[BindShown]), 404: UNKNOWN},
        scope="smpp:read",
        section=SECTION,
        ours=True,
    ),
    Route(
        "DELETE",
        "/v1/smpp_account/{account}/bind/{bind}",
        unbind,
        "Unbind a session",
        {204: Answer("It was told to leave."), 404: Answer("No such account or session.", ErrorBody)},
        scope="smpp:write",
        section=SECTION,
        ours=True,
    ),
    Route(
        "GET",
        "/v1/smpp_account/{account}/trace",
        show_trace,
        "Show the last PDUs of an SMPP account, decoded",
        {
            200: Answer("The PDUs, oldest first.", list[PduShown]),
            403: Answer("The text needs the scope sms:read.", ErrorBody),
            404: UNKNOWN,
            400: BAD,
        },
        scope="smpp:read",
        query=TraceQuery,
        section=SECTION,
        ours=True,
    ),
)
