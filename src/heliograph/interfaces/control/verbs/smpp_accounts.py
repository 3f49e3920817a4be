"""The commands about SMPP accounts: rows, and who is bound."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from heliograph.core.refusal import Refusal, refuse
from heliograph.core.smpp_account import SmppAccount
from heliograph.flow.applications.deleted import SLICE, EndOfAccount
from heliograph.flow.manage.smpp_accounts import (
    DeleteSmppAccount,
    NewSmppAccount,
    NoteUnbind,
    SetSmppAccount,
    SmppAccountWish,
    SmppRequest,
)
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import A, Call, Nothing, Verb

MOST_TRACE = 1_000


class OfAccount(Struct, forbid_unknown_fields=True):
    account: str  # its system_id, or its id


class Deletion(Struct, forbid_unknown_fields=True):
    account: str
    fail_waiting: bool = False  # what waits for it ends


class WishAccount(Struct, forbid_unknown_fields=True):
    account: str
    wish: SmppAccountWish


class OfBind(Struct, forbid_unknown_fields=True):
    account: str
    bind: int


class Trace(Struct, forbid_unknown_fields=True):
    account: str
    text: bool = False
    limit: Annotated[int, Meta(ge=1, le=MOST_TRACE)] = 100


async def list_all(call: Call[Nothing]) -> Document:
    rows = await call.services.smpp.reader.accounts(call.org)
    return await call.items([_document(call, row) for row in rows])


async def show(call: Call[OfAccount]) -> Document | Refusal:
    account = await _named(call, call.arguments.account)
    return account if isinstance(account, Refusal) else _document(call, account)


async def create(call: Call[WishAccount]) -> Document | Refusal:
    return await _put(call, NewSmppAccount(call.org, call.arguments.wish))


async def change(call: Call[WishAccount]) -> Document | Refusal:
    account = await _named(call, call.arguments.account)
    if isinstance(account, Refusal):
        return account
    return await _put(call, SetSmppAccount(call.org, account.id, call.arguments.wish))


async def delete(call: Call[Deletion]) -> Document | Refusal:
    account = await _named(call, call.arguments.account)
    if isinstance(account, Refusal):
        return account
    request = DeleteSmppAccount(call.org, account.id)
    gone = await call.run(call.services.flows.smpp_accounts, request)
    if isinstance(gone, Refusal) and gone.code == "messages_wait" and call.arguments.fail_waiting:
        await _end_waiting(call, account)
        gone = await call.run(call.services.flows.smpp_accounts, request)
    if isinstance(gone, Refusal):
        return gone
    call.services.smpp.directory.remove(gone)
    return _document(call, gone)


async def _end_waiting(call: Call[Deletion], account: SmppAccount) -> None:
    """It is switched off, so that nothing more of it leaves; then what waits ends, in slices."""
    await _put(call, SetSmppAccount(call.org, account.id, SmppAccountWish(enabled=0)))
    count: int | Refusal = SLICE
    while count == SLICE:
        count = await call.run(call.services.flows.end_waiting, EndOfAccount(call.org, account.id))


async def binds(call: Call[OfAccount]) -> Document | Refusal:
    account = await _named(call, call.arguments.account)
    if isinstance(account, Refusal):
        return account
    return await call.items([asdict(bind) for bind in call.services.smpp.desk.binds(account)])


async def unbind(call: Call[OfBind]) -> Document | Refusal:
    account, number = await _named(call, call.arguments.account), call.arguments.bind
    if isinstance(account, Refusal):
        return account
    if not call.services.smpp.desk.unbind(account, number):
        return refuse("unknown_bind")
    await call.run(call.services.flows.smpp_accounts, NoteUnbind(call.org, account.id))
    return {"account": account.system_id, "bind": number}


async def trace(call: Call[Trace]) -> Document | Refusal:
    account, asked = await _named(call, call.arguments.account), call.arguments
    if isinstance(account, Refusal):
        return account
    lines = call.services.smpp.desk.trace(account, asked.text, asked.limit)
    return await call.items([asdict(line) for line in lines])


async def _named(call: Call[A], which: str) -> SmppAccount | Refusal:
    reader = call.services.smpp.reader
    found = await reader.account_named(which)
    if found is not None and found.org == call.org:
        return found
    by_id = await reader.account(call.org, int(which)) if which.isdecimal() and len(which) < 17 else None
    return by_id or refuse("unknown_smpp_account")


async def _put(call: Call[A], request: SmppRequest) -> Document | Refusal:
    answer = await call.run(call.services.flows.smpp_accounts, request)
    if isinstance(answer, Refusal):
        return answer
    call.services.smpp.directory.put(answer)
    return _document(call, answer)


def _document(call: Call[A], account: SmppAccount) -> Document:
    """Without its password."""
    document = asdict(account)
    for name in ("org", "password", "version"):
        del document[name]
    for name in ("enabled", "external"):
        document[name] = bool(document[name])
    return {**document, "bound": len(call.services.smpp.desk.binds(account))}


VERBS = {
    "account.list": Verb(Nothing, list_all),
    "account.show": Verb(OfAccount, show),
    "account.create": Verb(WishAccount, create),
    "account.set": Verb(WishAccount, change),
    "account.delete": Verb(Deletion, delete),
    "account.binds": Verb(OfAccount, binds),
    "account.unbind": Verb(OfBind, unbind),
    "account.trace": Verb(Trace, trace),
}
