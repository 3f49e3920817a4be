"""The commands about those who log in by password."""

from msgspec import Struct

from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.access_requests import ForgetMfaKeys
from heliograph.flow.manage.requests import SetPassword
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import Call, Verb


class WishPassword(Struct, forbid_unknown_fields=True):
    account: str
    password: str  # its hash: the password itself never travels


class OfAccount(Struct, forbid_unknown_fields=True):
    account: str


async def set_password(call: Call[WishPassword]) -> Document | Refusal:
    """Names of accounts are the whole installation's."""
    wish, services = call.arguments, call.services
    account = await services.browse.account(wish.account)
    if account is None:
        return refuse("unknown_account", reason=f"There is no account {wish.account!r}.")
    request = SetPassword(account.org, account.id, wish.password)
    changed = await call.run(services.flows.set_passwords, request)
    services.forget_access()
    return changed if isinstance(changed, Refusal) else {"account": changed.name, "role": changed.role}


async def forget_codes(call: Call[OfAccount]) -> Document | Refusal:
    """Whoever lost the authenticator logs in by password alone."""
    services = call.services
    account = await services.browse.account(call.arguments.account)
    if account is None:
        return refuse("unknown_account", reason=f"There is no account {call.arguments.account!r}.")
    request = ForgetMfaKeys(account.org, account.id)
    keys = await call.run(services.flows.forget_mfa, request)
    return keys if isinstance(keys, Refusal) else {"account": account.name, "keys": keys}


VERBS = {
    "user.password": Verb(WishPassword, set_password, of_organisation=False),
    "user.forget_codes": Verb(OfAccount, forget_codes, of_organisation=False),
}
