"""The commands about firewalls: rules of a policy and of a device, and a device that is held."""

from typing import Any

from msgspec import Struct
from msgspec.json import decode as plain
from msgspec.json import encode

from heliograph.core.device import Device
from heliograph.core.firewall.rules import Rules
from heliograph.core.policy import Policy
from heliograph.core.refusal import Refusal
from heliograph.flow.manage.firewall import ReleaseHold, SetFirewall
from heliograph.interfaces.control.translate import Document
from heliograph.interfaces.control.verb import Call, Verb


class Of(Struct, forbid_unknown_fields=True):
    key: str


class Wish(Struct, forbid_unknown_fields=True):
    key: str
    rules: Rules


async def show_policy(call: Call[Of]) -> Document | Refusal:
    return await _shown(call, await call.services.browse.policy(call.org, call.arguments.key))


async def show_device(call: Call[Of]) -> Document | Refusal:
    return await _shown(call, await call.services.browse.device(call.org, call.arguments.key))


async def set_policy(call: Call[Wish]) -> Document | Refusal:
    return await _set(call, await call.services.browse.policy(call.org, call.arguments.key))


async def set_device(call: Call[Wish]) -> Document | Refusal:
    return await _set(call, await call.services.browse.device(call.org, call.arguments.key))


async def release(call: Call[Of]) -> Document | Refusal:
    device = await call.services.browse.device(call.org, call.arguments.key)
    if isinstance(device, Refusal):
        return device
    request = ReleaseHold(call.org, device.id)
    answer = await call.run(call.services.flows.release_holds, request)
    return answer if isinstance(answer, Refusal) else {"device": device.name, "held": False}


async def _shown(call: Call[Any], owner: Policy | Device | Refusal) -> Document | Refusal:
    if isinstance(owner, Refusal):
        return owner
    return _document(await call.services.firewall.rules(call.org, owner.firewall))


async def _set(call: Call[Wish], owner: Policy | Device | Refusal) -> Document | Refusal:
    if isinstance(owner, Refusal):
        return owner
    request = SetFirewall(call.org, type(owner), owner.id, call.arguments.rules)
    answer = await call.run(call.services.flows.set_firewalls, request)
    return answer if isinstance(answer, Refusal) else _document(answer)


def _document(rules: Rules) -> Document:
    document: Document = plain(encode(rules))
    return document


VERBS = {
    "policy.firewall.show": Verb(Of, show_policy),
    "policy.firewall.set": Verb(Wish, set_policy),
    "device.firewall.show": Verb(Of, show_device),
    "device.firewall.set": Verb(Wish, set_device),
    "device.firewall.release": Verb(Of, release),
}
