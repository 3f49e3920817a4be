"""The commands about devices and their quotas."""

from collections.abc import Callable

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from heliograph.core.device import Device, DeviceStatus
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.devices import goes_on
from heliograph.flow.manage.quotas import QuotaRequest
from heliograph.flow.manage.requests import (
    AddQuota,
    DeleteDevice,
    DeleteQuota,
    DeviceWish,
    NewDevice,
    SetDevice,
    SetQuota,
)
from heliograph.flow.reads.browse import LONGEST_PAGE
from heliograph.flow.shown import DeviceFilter
from heliograph.interfaces.control.translate import (
    Document,
    Moment,
    device_document,
    quota_document,
    usage_document,
)
from heliograph.interfaces.control.verb import A, Call, Verb

ROWS_LIMIT = 512  # of one request: they share a transaction
DEFAULT_POLICY = "default"
DEFAULT_NETWORK = "simulator"
NO_TARIFF = "none"


class Row(Struct, forbid_unknown_fields=True):
    """One device to add, as a line of a file has it. Empty means the default."""

    name: str
    msisdn: str = ""
    imsi: str = ""
    policy: str = ""
    network: str = ""
    tags: str = ""
    tariff: str = ""


class Add(Struct, forbid_unknown_fields=True):
    rows: list[Row]


class OfDevice(Struct, forbid_unknown_fields=True):
    device: str


class List(Struct, forbid_unknown_fields=True):
    search: str | None = None
    tag: str | None = None
    policy: str | None = None
    network: str | None = None
    limit: int | None = None
    count_all: bool = False  # say how many more there are


class Set(Struct, forbid_unknown_fields=True):
    device: str
    name: str | UnsetType = UNSET
    msisdn: str | UnsetType = UNSET
    imsi: str | UnsetType = UNSET
    policy: str | UnsetType = UNSET
    network: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    tags: str | UnsetType = UNSET
    tariff: str | UnsetType = UNSET  # `none` takes it away


class NewQuota(Struct, forbid_unknown_fields=True):
    device: str
    volume: int
    expires_at: Moment | None = None
    threshold_percent: int | None = None
    auto_refill: bool = False


class MoreQuota(Struct, forbid_unknown_fields=True):
    device: str
    volume: int


def _wanted(org: int, row: Row) -> NewDevice:
    return NewDevice(
        org,
        row.name,
        row.policy or DEFAULT_POLICY,
        row.network or DEFAULT_NETWORK,
        row.msisdn.removeprefix("+"),
        row.imsi,
        tags=row.tags,
        tariff=row.tariff or None,
    )


async def add(call: Call[Add]) -> list[object] | Refusal:
    """Per row: the new device's id, or why not. A bad row harms no other."""
    rows, services = call.arguments.rows, call.services
    if len(rows) > ROWS_LIMIT:
        return refuse("bad_value", "rows", f"At most {ROWS_LIMIT} rows in a request.")
    flow = services.flows.add_devices if len(rows) == 1 else services.flows.import_devices
    answers = await services.store.run(flow, [_wanted(call.org, row) for row in rows])
    services.enrol([answer for answer in answers if isinstance(answer, Device)])
    return [answer.id if isinstance(answer, Device) else answer for answer in answers]


async def show(call: Call[OfDevice]) -> Document | Refusal:
    services, key = call.services, call.arguments.device
    device = await services.browse.device(call.org, key)
    usage = await services.browse.usage(call.org, key)
    lane = await services.browse.lane(call.org, key)
    if isinstance(device, Refusal) or isinstance(usage, Refusal) or isinstance(lane, Refusal):
        return refuse("unknown_device")
    return {
        **await _shown(call, device),
        "usage": usage_document(usage),
        "quota": quota_document(usage.quota),
        "lane": lane,
    }


async def list_devices(call: Call[List]) -> Document | Refusal:
    services, wish = call.services, call.arguments
    policies, tariffs = await services.policy_names(call.org), await services.tariff_names(call.org)
    wanted = DeviceFilter(tag=wish.tag, network=wish.network, text=wish.search)
    if wish.policy is not None:
        policy = await services.browse.policy(call.org, wish.policy)
        if isinstance(policy, Refusal):
            return policy
        wanted = replace(wanted, policy=policy.id)
    count, after = 0, ""
    while wish.limit is None or count < wish.limit:
        room = LONGEST_PAGE if wish.limit is None else wish.limit - count
        page = await services.browse.devices(call.org, wanted, after, room)
        for device in page.items:
            await call.item(device_document(device, policies, tariffs))
        count += len(page.items)
        if page.next is None:
            return {"count": count, "more": 0}
        after = page.next
    return {"count": count, "more": await _count(call, wanted, after) if wish.count_all else None}


async def _count(call: Call[List], wanted: DeviceFilter, after: str) -> int:
    count = 0
    mark: str | None = after
    while mark is not None:
        page = await call.services.browse.devices(call.org, wanted, mark, LONGEST_PAGE)
        count, mark = count + len(page.items), page.next
    return count


async def change(call: Call[Set]) -> Document | Refusal:
    services, wish = call.services, call.arguments
    device = await services.browse.device(call.org, wish.device)
    if isinstance(device, Refusal):
        return device
    status: int | UnsetType = UNSET
    if wish.status is not UNSET:
        if wish.status.upper() not in DeviceStatus.__members__:
            return refuse("bad_value", "status", "A device is enabled or disabled.")
        status = DeviceStatus[wish.status.upper()]
    tariff = None if wish.tariff == NO_TARIFF else wish.tariff
    core_wish = DeviceWish(
        wish.name, wish.msisdn, wish.imsi, wish.policy, wish.network, status, wish.tags, tariff
    )
    answer = await call.run(services.flows.set_devices, SetDevice(call.org, device.id, core_wish))
    if isinstance(answer, Refusal):
        return answer
    services.enrol([answer])
    return await _shown(call, answer)


async def _shown(call: Call[A], device: Device) -> Document:
    policies = await call.services.policy_names(call.org)
    return device_document(device, policies, await call.services.tariff_names(call.org))


async def delete(call: Call[OfDevice]) -> Document | Refusal:
    services = call.services
    device = await services.browse.device(call.org, call.arguments.device)
    if isinstance(device, Refusal):
        return device
    request = DeleteDevice(call.org, device.id)
    answer = await call.run(services.flows.delete_devices, request)
    while goes_on(answer):
        answer = await call.run(services.flows.delete_devices, request)
    return answer if isinstance(answer, Refusal) else {"deleted": answer.id}


async def set_quota(call: Call[NewQuota]) -> Document | Refusal | None:
    wish = call.arguments
    return await _quota(
        call,
        wish.device,
        lambda device: SetQuota(
            call.org, device, wish.volume, wish.expires_at, wish.threshold_percent, int(wish.auto_refill)
        ),
    )


async def add_quota(call: Call[MoreQuota]) -> Document | Refusal | None:
    wish = call.arguments
    return await _quota(call, wish.device, lambda device: AddQuota(call.org, device, wish.volume))


async def delete_quota(call: Call[OfDevice]) -> Document | Refusal | None:
    return await _quota(call, call.arguments.device, lambda device: DeleteQuota(call.org, device))


async def _quota(
    call: Call[A], key: str, request_for: Callable[[int], QuotaRequest]
) -> Document | Refusal | None:
    services = call.services
    device = await services.browse.device(call.org, key)
    if isinstance(device, Refusal):
        return device
    answer = await call.run(services.flows.quotas, request_for(device.id))
    return answer if isinstance(answer, Refusal) else quota_document(answer)


VERBS = {
    "device.add": Verb(Add, add),
    "device.show": Verb(OfDevice, show),
    "device.list": Verb(List, list_devices),
    "device.set": Verb(Set, change),
    "device.delete": Verb(OfDevice, delete),
    "quota.set": Verb(NewQuota, set_quota),
    "quota.add": Verb(MoreQuota, add_quota),
    "quota.delete": Verb(OfDevice, delete_quota),
}
