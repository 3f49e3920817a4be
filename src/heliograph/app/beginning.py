"""What a start needs before traffic flows: an organisation, the first secrets, virtual devices enrolled.

In: an empty or a used store. Out: on the first start the administrator's password and a token, once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from msgspec import Struct

from heliograph.core.organisation import Organisation
from heliograph.core.refusal import Refusal
from heliograph.flow.attach import Presence, Sighting
from heliograph.flow.manage.requests import NewAccount, NewToken
from heliograph.flow.ports import Store
from heliograph.flow.reads.browse import LONGEST_PAGE, Browse
from heliograph.flow.shown import DeviceFilter
from heliograph.interfaces.control.services import Flows
from heliograph.interfaces.control.verbs.organisations import found
from heliograph.networks.simulator import Simulator
from heliograph.runtime.passwords import hash_of_password, new_password

ORGANISATION = "default"
ADMINISTRATOR = "admin"
TOKEN = "first application"  # noqa: S105  # its name, not its secret
TOKEN_SCOPES = ("sms:send", "sms:read", "device:read", "event:read")
SIMULATED = DeviceFilter(network="simulator")


T = TypeVar("T")
Sight = Callable[[Sequence[Sighting]], Awaitable[object]]


class Secrets(Struct, frozen=True):
    """Shown once. What the store keeps of them is their hashes."""

    administrator: str
    password: str
    token: str


async def ensure_organisation(store: Store, flows: Flows, browse: Browse) -> Organisation:
    """The first organisation, founded when there is none."""
    oldest = min(await browse.organisations(), key=lambda row: (row.created_at, row.id), default=None)
    if oldest is not None:
        return oldest
    return _made(await found(store, flows, ORGANISATION))


async def first_secrets(store: Store, flows: Flows, browse: Browse, org: int) -> Secrets | None:
    """None when there are users already: the first one may have another name by now."""
    if await browse.accounts(org):
        return None
    password = new_password()
    hashed = await asyncio.to_thread(hash_of_password, password)
    token = (await store.run(flows.create_tokens, [NewToken(org, TOKEN, TOKEN_SCOPES)]))[0]
    account = NewAccount(org, ADMINISTRATOR, hashed)
    _made((await store.run(flows.create_accounts, [account]))[0])
    return Secrets(ADMINISTRATOR, password, _made(token).secret)


def _made(answer: T | Refusal) -> T:
    assert not isinstance(answer, Refusal), answer
    return answer


async def enrol_all(devices: Simulator, browse: Browse, sight: Sight) -> None:
    """Virtual devices that are set apart by their tags, or by what people did to them. A network that starts
    has the others attached, and says so where the store believes otherwise.
    """
    for organisation in await browse.organisations():
        after: str | None = ""
        while after is not None:
            page = await browse.devices(organisation.id, SIMULATED, after, LONGEST_PAGE)
            devices.enrol((device.imsi, device.msisdn, device.tags) for device in page.items)
            here = [devices.restore(device.imsi, device.msisdn) for device in page.items]
            news = [
                Sighting(row.imsi, row.msisdn, Presence.ATTACHED if is_here else Presence.DETACHED)
                for row, is_here in zip(page.items, here, strict=True)
                if bool(row.attached) != is_here
            ]
            if news:
                await sight(news)
            after = page.next
    devices.restored()
