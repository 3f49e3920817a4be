"""Links to the third-party console: made with a secret that is shown once, changed, given a new secret,
revoked, deleted. Whoever was let in by one is out as soon as it is over.
"""

from collections.abc import Callable, Sequence

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from heliograph.core.console import (
    MOST_LINKS,
    SECRET_MARK,
    Command,
    ConsoleLink,
    bad_link,
    devices_of,
    hash_of_link,
    kept_commands,
    kept_devices,
)
from heliograph.core.device import Device
from heliograph.core.organisation import MARK, SECRET_BYTES, secret_of
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.organisations import refuses_organisation
from heliograph.flow.manage.wishing import as_wished
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class LinkWish(Struct, frozen=True):
    """Fields of `core.console.ConsoleLink`, in the words of whoever asks."""

    name: str | UnsetType = UNSET
    password: str | UnsetType = UNSET  # the hash of a PIN, made by the caller; empty: none
    devices: tuple[int, ...] | UnsetType = UNSET
    tag: str | UnsetType = UNSET
    commands: tuple[Command, ...] | UnsetType = UNSET
    free_text: int | UnsetType = UNSET
    rate: int | UnsetType = UNSET
    source: str | UnsetType = UNSET
    expires_at: int | UnsetType = UNSET


class NewLink(Struct, frozen=True):
    org: int
    wish: LinkWish


class SetLink(Struct, frozen=True):
    org: int
    link: int
    wish: LinkWish
    revoke: bool = False


class RenewLink(Struct, frozen=True):
    """A new secret; the one before opens nothing any more."""

    org: int
    link: int


class DeleteLink(Struct, frozen=True):
    org: int
    link: int


class LinkMade(Struct, frozen=True):
    """`secret` is empty unless it is new: nobody can show it again."""

    link: ConsoleLink
    secret: str = ""


LinkRequest = NewLink | SetLink | RenewLink | DeleteLink


class ManageLinks(OneByOne[LinkRequest, LinkMade | Refusal]):
    """The answer is the link as it then stands, or as it was."""

    def __init__(self, draw: Callable[[int], bytes]) -> None:
        self._draw = draw

    async def answer(self, tx: Transaction, request: LinkRequest) -> LinkMade | Refusal:
        if isinstance(request, NewLink):
            return await self._create(tx, request)
        link = (await tx.admin.load(ConsoleLink, [request.link])).get(request.link)
        if link is None or link.org != request.org:
            return refuse("unknown_console_link")
        if isinstance(request, DeleteLink):
            await tx.admin.drop([link])
            return LinkMade(link)
        if isinstance(request, RenewLink):
            return await self._renew(tx, link)
        return await self._set(tx, link, request)

    async def _create(self, tx: Transaction, request: NewLink) -> LinkMade | Refusal:
        refusal = await refuses_organisation(tx, request.org)
        if refusal is None and await tx.console.count_links(request.org) >= MOST_LINKS:
            refusal = refuse("bad_value", "console_link", f"There are {MOST_LINKS} links already.")
        if refusal is not None:
            return refusal
        secret = self._secret()
        bare = ConsoleLink(
            tx.next_id(0), request.org, "", hash_of_link(secret), "", "", "", "[]", 0, 1, "", tx.now, 0
        )
        link = await _wished(tx, bare, request.wish)
        if isinstance(link, Refusal):
            return link
        await tx.admin.add([link])
        return LinkMade(link, secret)

    async def _renew(self, tx: Transaction, link: ConsoleLink) -> LinkMade | Refusal:
        if link.revoked_at is not None:
            return refuse("console_link_revoked")
        secret = self._secret()
        link = replace(link, hash=hash_of_link(secret))
        await tx.admin.change([link])
        return LinkMade(link, secret)

    async def _set(self, tx: Transaction, link: ConsoleLink, request: SetLink) -> LinkMade | Refusal:
        if link.revoked_at is not None:
            is_repeat = request.revoke and request.wish == LinkWish()
            return LinkMade(link) if is_repeat else refuse("console_link_revoked")
        changed = link if request.wish == LinkWish() else await _wished(tx, link, request.wish)
        if isinstance(changed, Refusal):
            return changed
        if request.revoke:
            changed = replace(changed, revoked_at=tx.now)
        if changed != link:
            await tx.admin.change([changed])
        return LinkMade(changed)

    def _secret(self) -> str:
        return SECRET_MARK + secret_of(self._draw(SECRET_BYTES)).removeprefix(MARK)


async def _wished(tx: Transaction, link: ConsoleLink, wish: LinkWish) -> ConsoleLink | Refusal:
    devices = link.devices if wish.devices is UNSET else kept_devices(wish.devices)
    commands = link.commands if wish.commands is UNSET else kept_commands(wish.commands)
    changed = as_wished(link, wish, devices=devices, commands=commands)
    # A link that has ended may be told otherwise only with a new end.
    refusal = bad_link(changed, tx.now)
    if refusal is None and wish.devices is not UNSET:
        refusal = await _refuses_devices(tx, link.org, devices_of(changed))
    return refusal or changed


async def _refuses_devices(tx: Transaction, org: int, ids: Sequence[int]) -> Refusal | None:
    found = await tx.admin.load(Device, ids) if ids else {}
    missing = next((id for id in ids if id not in found or found[id].org != org), None)
    return None if missing is None else refuse("unknown_device", "devices", f"There is no device {missing}.")
