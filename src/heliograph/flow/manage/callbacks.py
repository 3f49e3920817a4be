"""Callbacks and their secrets: created, changed, deleted. A callback comes and goes with its application.

In: wishes; secrets come sealed. Out: the row as it stands, or why not.
"""

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from heliograph.core.callback import (
    EVERY_EVENT,
    LONGEST_PURPOSE,
    MOST_CALLBACKS,
    MOST_EVENT_TYPES,
    MOST_SECRETS,
    MOST_WINDOW,
    Callback,
    CallbackSecret,
)
from heliograph.core.changes import WARN, Changes, Happening
from heliograph.core.labels import bad_range
from heliograph.core.organisation import Application
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.web_address import bad_url
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction

DISABLED = "callback_disabled"  # the type of the event
BY_HAND = "by hand"
_WAIT = "SMS, receipts or events wait for the callback; waiting=fail ends them."


class CallbackWish(Struct, frozen=True):
    url: str | UnsetType = UNSET
    purpose: str | UnsetType = UNSET
    events: tuple[str, ...] | UnsetType = UNSET
    api_secret: int | UnsetType | None = UNSET
    window: int | UnsetType | None = UNSET
    disabled: str | UnsetType = UNSET


class NewCallback(Struct, frozen=True):
    org: int
    wish: CallbackWish


class SetCallback(Struct, frozen=True):
    org: int
    callback: int
    wish: CallbackWish


class DisableCallback(Struct, frozen=True):
    """Its far end wants no more calls."""

    org: int
    callback: int
    why: str


class DeleteCallback(Struct, frozen=True):
    org: int
    callback: int


class NewSecret(Struct, frozen=True):
    org: int
    purpose: str
    sealed: bytes


class SetSecret(Struct, frozen=True):
    """A new secret takes the place of the one before, which signs beside it for a while."""

    org: int
    secret: int
    purpose: str | UnsetType = UNSET
    sealed: bytes | UnsetType = UNSET
    overlap_ms: int = 0


class DeleteSecret(Struct, frozen=True):
    org: int
    secret: int


CallbackRequest = NewCallback | SetCallback | DisableCallback | DeleteCallback
SecretRequest = NewSecret | SetSecret | DeleteSecret


class ManageCallbacks(OneByOne[CallbackRequest, Callback | Refusal]):
    """For every request about callbacks."""

    async def answer(self, tx: Transaction, request: CallbackRequest) -> Callback | Refusal:
        if isinstance(request, NewCallback):
            return await _create(tx, request)
        callback = (await tx.admin.load(Callback, [request.callback])).get(request.callback)
        if callback is None or callback.org != request.org:
            return refuse("unknown_callback")
        match request:
            case SetCallback():
                return await _set(tx, callback, request.wish)
            case DisableCallback():
                return await _disable(tx, callback, request.why)
        return await _delete(tx, callback)


async def _create(tx: Transaction, request: NewCallback) -> Callback | Refusal:
    if await tx.callbacks.count(Callback, request.org) >= MOST_CALLBACKS:
        return refuse("bad_value", "api_callback", f"There are {MOST_CALLBACKS} callbacks already.")
    id = tx.next_id(0)
    made = await _wished(tx, Callback(id, request.org, "", "", "", None, None, "", tx.now), request.wish)
    if isinstance(made, Refusal):
        return made
    await tx.admin.add([Application(id, request.org, f"callback {id}", tx.now)])
    await tx.admin.add([made])
    return made


async def _set(tx: Transaction, callback: Callback, wish: CallbackWish) -> Callback | Refusal:
    changed = await _wished(tx, callback, wish)
    if not isinstance(changed, Refusal):
        await tx.admin.change([changed])
    return changed


async def _disable(tx: Transaction, callback: Callback, why: str) -> Callback:
    """Once: the event tells of the first answer that asked for it."""
    if callback.disabled:
        return callback
    changed = replace(callback, disabled=why)
    await tx.admin.change([changed])
    changes = Changes()
    detail = f"callback {callback.id}: {why}"
    changes.happenings.append(
        Happening(tx.next_id(0), callback.org, tx.now, DISABLED, WARN, None, None, detail)
    )
    await tx.write(changes)
    return changed


async def _delete(tx: Transaction, callback: Callback) -> Callback | Refusal:
    if await tx.callbacks.policies_of_callback(callback):
        return refuse("in_use", "api_callback", "Api Callback still referenced by Service Profile.")
    if await tx.admin.is_awaited(callback.id):
        return refuse("messages_wait", "api_callback", _WAIT)
    application = (await tx.admin.load(Application, [callback.id])).get(callback.id)
    await tx.admin.drop_lanes_of_application(callback.id)
    await tx.callbacks.drop_log(callback.id)
    await tx.admin.drop([callback, application] if application is not None else [callback])
    return callback


async def _wished(tx: Transaction, callback: Callback, wish: CallbackWish) -> Callback | Refusal:
    events = callback.events if wish.events is UNSET else ",".join(dict.fromkeys(wish.events))
    changed = Callback(
        callback.id,
        callback.org,
        callback.url if wish.url is UNSET else wish.url,
        callback.purpose if wish.purpose is UNSET else wish.purpose,
        EVERY_EVENT if EVERY_EVENT in events.split(",") else events,
        callback.api_secret if wish.api_secret is UNSET else wish.api_secret,
        callback.window if wish.window is UNSET else wish.window,
        callback.disabled if wish.disabled is UNSET else wish.disabled,
        callback.created_at,
    )
    refusal = _bad(changed)
    if refusal is None and changed.api_secret is not None and changed.api_secret != callback.api_secret:
        secret = (await tx.admin.load(CallbackSecret, [changed.api_secret])).get(changed.api_secret)
        if secret is None or secret.org != callback.org:
            refusal = refuse("unknown_api_secret")
    return refusal or changed


def _bad(callback: Callback) -> Refusal | None:
    why = bad_url(callback.url)
    if why is not None:
        return refuse("bad_value", "url", f"url {why}.")
    refusal = bad_purpose(callback.purpose)
    if refusal is None and len(callback.events.split(",")) > MOST_EVENT_TYPES:
        refusal = refuse("bad_value", "events", f"There are at most {MOST_EVENT_TYPES} types of events.")
    if refusal is None and callback.window is not None:
        refusal = bad_range("window", callback.window, 1, MOST_WINDOW)
    return refusal


def bad_purpose(purpose: str) -> Refusal | None:
    if len(purpose) <= LONGEST_PURPOSE and (purpose == "" or purpose.isprintable()):
        return None
    return refuse("bad_value", "purpose", f"purpose has up to {LONGEST_PURPOSE} printable characters.")


class ManageSecrets(OneByOne[SecretRequest, CallbackSecret | Refusal]):
    """For every request about the secrets of callbacks."""

    async def answer(self, tx: Transaction, request: SecretRequest) -> CallbackSecret | Refusal:
        if isinstance(request, NewSecret):
            return await _keep(tx, request)
        secret = (await tx.admin.load(CallbackSecret, [request.secret])).get(request.secret)
        if secret is None or secret.org != request.org:
            return refuse("unknown_api_secret")
        if isinstance(request, SetSecret):
            return await _rotate(tx, secret, request)
        if await tx.callbacks.users_of_secret(secret):
            return refuse("in_use", "api_secret", "Api Secret still referenced by Service Profile.")
        await tx.admin.drop([secret])
        return secret


async def _keep(tx: Transaction, request: NewSecret) -> CallbackSecret | Refusal:
    refusal = bad_purpose(request.purpose)
    if refusal is not None:
        return refusal
    if await tx.callbacks.count(CallbackSecret, request.org) >= MOST_SECRETS:
        return refuse("bad_value", "api_secret", f"There are {MOST_SECRETS} secrets already.")
    made = CallbackSecret(tx.next_id(0), request.org, request.purpose, request.sealed, None, None, tx.now)
    await tx.admin.add([made])
    return made


async def _rotate(tx: Transaction, secret: CallbackSecret, request: SetSecret) -> CallbackSecret | Refusal:
    if request.purpose is not UNSET:
        refusal = bad_purpose(request.purpose)
        if refusal is not None:
            return refusal
        secret = replace(secret, purpose=request.purpose)
    if request.sealed is not UNSET:
        before, until = (secret.sealed, tx.now + request.overlap_ms) if request.overlap_ms else (None, None)
        secret = replace(secret, sealed=request.sealed, sealed_before=before, before_until=until)
    await tx.admin.change([secret])
    return secret
