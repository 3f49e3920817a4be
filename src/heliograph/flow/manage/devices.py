"""Devices: added one by one or by the hundred thousand, changed, deleted.

In: batches of at most a few hundred. Out: per request a device or a refusal; a bad row harms no other. A
number that another organisation has is refused with the same words as one of our own.
"""

from collections.abc import Container, Iterable, Sequence

from msgspec import UNSET
from msgspec.structs import asdict, replace

from heliograph.core.changes import INFO, Changes, Happening
from heliograph.core.console import refuses_opening
from heliograph.core.device import Device, DeviceStatus
from heliograph.core.ids import SHARDS, shard_of
from heliograph.core.labels import (
    bad_imei,
    bad_imsi,
    bad_ip_address,
    bad_msisdn,
    bad_name,
    bad_network,
    bad_range,
    bad_tags,
    tidy_tags,
)
from heliograph.core.organisation import Organisation
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.routing import Routes
from heliograph.core.sim import Sim
from heliograph.core.waking import MOVED, NUMBERED
from heliograph.flow.accept import Settings
from heliograph.flow.manage.assigning import Assignments, taken
from heliograph.flow.manage.departing import cancel_waiting
from heliograph.flow.manage.device_sims import follow_sim, wanted_sim
from heliograph.flow.manage.moving import moved_device
from heliograph.flow.manage.policies import policy_ids
from heliograph.flow.manage.requests import DeleteDevice, DeviceWish, NewDevice, SetDevice
from heliograph.flow.manage.tariffs import tariff_ids
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Answers, Transaction, Urgency

SLICE = 512  # rows of an import that share a transaction
MORE_WAITS = "slice"  # the rule of a deletion that goes on when it is asked for once more
DeviceAnswer = Device | Refusal
_NOT_COLUMNS = ("sim", "activate", "any_name")


class AddDevices:
    """The flow. An import gives it slices of `SLICE` rows with `Urgency.BULK`. `networks` are those that
    are configured; without it any will do.
    """

    def __init__(self, urgency: Urgency = Urgency.ACCEPT, networks: Container[str] | None = None) -> None:
        self.urgency = urgency
        self._networks = networks

    async def __call__(self, tx: Transaction, requests: Sequence[NewDevice]) -> Answers[DeviceAnswer]:
        return Answers(await self.add(tx, requests), [])

    async def add(
        self, tx: Transaction, requests: Sequence[NewDevice], dry: bool = False
    ) -> list[DeviceAnswer]:
        """`dry`: what would be answered; nothing is written."""
        adding = _Adding(tx, self._networks)
        await adding.load(requests)
        answers = [adding.decide(request) for request in requests]
        if not dry:
            await tx.admin.add([answer for answer in answers if isinstance(answer, Device)])
            await adding.sims.write()
        return answers


class _Adding:
    """What one batch has to know, and what it has taken so far."""

    def __init__(self, tx: Transaction, networks: Container[str] | None) -> None:
        self._tx = tx
        self._networks = networks
        self.sims = Assignments(tx)
        self._policies: dict[tuple[int, int | str], int] = {}
        self._tariffs: dict[tuple[int, int | str | None], int] = {}
        self._orgs: set[int] = set()
        self._names: set[tuple[int, str]] = set()
        self._numbers: set[str] = set()
        self._imsis: set[str] = set()

    async def load(self, requests: Sequence[NewDevice]) -> None:
        tx = self._tx
        self._orgs = set(await tx.admin.load(Organisation, sorted({request.org for request in requests})))
        for org in sorted(self._orgs):
            own = [request for request in requests if request.org == org]
            found = await policy_ids(tx, org, sorted({request.policy for request in own}, key=str))
            self._policies.update({(org, policy): id for policy, id in found.items()})
            tariffs = await tariff_ids(tx, org, [request.tariff for request in own])
            self._tariffs.update({(org, tariff): id for tariff, id in tariffs.items()})
            names = await tx.admin.find(Device, org, [request.name for request in own])
            self._names.update((org, name) for name in names)
        self._numbers = set(await tx.find_numbers([request.msisdn for request in requests]))
        self._imsis = set(await tx.find_subscribers([request.imsi for request in requests if request.imsi]))
        await self.sims.load(
            [request.sim for request in requests if request.sim is not None],
            [request.imsi for request in requests],
            [request.msisdn for request in requests],
        )

    def decide(self, request: NewDevice) -> DeviceAnswer:
        if request.org not in self._orgs:
            return refuse("unknown_organisation")
        policy = self._policies.get((request.org, request.policy))
        if policy is None:
            return refuse("unknown_policy", "policy")
        tariff = self._tariffs.get((request.org, request.tariff))
        if tariff is None and request.tariff is not None:
            return refuse("unknown_tariff", "tariff")
        device = Device(
            0,
            request.org,
            request.name,
            request.msisdn,
            request.imsi,
            policy,
            request.network,
            request.status,
            tags=tidy_tags(request.tags),
            tariff=tariff,
            imei=request.imei,
            imei_lock=request.imei_lock,
            ip_address=request.ip_address,
            created_at=self._tx.now,
            updated_at=self._tx.now,
        )
        return self._with_sim(device, request)

    def _with_sim(self, device: Device, request: NewDevice) -> DeviceAnswer:
        refusal = (
            bad_device(device, request.any_name)
            or refuses_opening("", device.tags, request.ceiling)
            or _unconfigured(device.network, self._networks)
        )
        if refusal is not None:
            return refusal
        sim = self._sim(device, request)
        refusal = sim if isinstance(sim, Refusal) else self._is_taken(device, sim)
        if refusal is not None or isinstance(sim, Refusal):
            return refusal or refuse("unknown_sim")
        device.id = _spread_id(self._tx)
        if sim is not None:
            self.sims.assign(device, sim, told=request.sim is not None)
        device.attached = int(device.has_number)
        self._take(device)
        return device

    def _sim(self, device: Device, request: NewDevice) -> Sim | Refusal | None:
        if request.sim is not None:
            return wanted_sim(self.sims, device, request.sim, request.activate)
        return self.sims.subscriber(device) if device.imsi else None

    def _is_taken(self, device: Device, sim: Sim | None) -> Refusal | None:
        if (device.org, device.name) in self._names:
            return taken("name", device.name)
        if device.msisdn in self._numbers or self.sims.is_spoken_for(device.msisdn, sim):
            return taken("msisdn", device.msisdn)
        return taken("imsi", device.imsi) if device.imsi in self._imsis else None

    def _take(self, device: Device) -> None:
        self._names.add((device.org, device.name))
        if device.msisdn:
            self._numbers.add(device.msisdn)
        if device.imsi:
            self._imsis.add(device.imsi)


def bad_device(device: Device, any_name: bool = False) -> Refusal | None:
    """The first field that is not well formed."""
    return (
        bad_name(device.name)
        or (None if any_name else _like_a_number(device.name))
        or bad_msisdn(device.msisdn)
        or bad_imsi(device.imsi)
        or bad_network(device.network)
        or bad_range("status", device.status, DeviceStatus.ENABLED, DeviceStatus.DISABLED)
        or bad_tags(device.tags)
        or bad_imei(device.imei)
        or bad_ip_address(device.ip_address)
    )


def _like_a_number(name: str) -> Refusal | None:
    """People name devices by name, number or id. One of digits would be confused with the others."""
    if name.removeprefix("+").isdecimal():
        return refuse("bad_value", "name", "A name of digits alone could be taken for a number or an id.")
    return None


def _unconfigured(network: str, networks: Container[str] | None) -> Refusal | None:
    if networks is None or network in networks:
        return None
    return refuse("no_network", "network", f"There is no network {network}.")


def _spread_id(tx: Transaction) -> int:
    """Devices, and with them their messages, lie evenly in the shards."""
    first = tx.next_id(0)
    return first + first // SHARDS % SHARDS


class SetDevices:
    """The flow. One request after the other: two of one batch may want the same name."""

    urgency = Urgency.ACCEPT

    def __init__(
        self,
        networks: Container[str] | None = None,
        receipt_validity_seconds: int = Settings().receipt_validity_seconds,
    ) -> None:
        self._networks = networks
        self._receipt_validity_seconds = receipt_validity_seconds

    async def __call__(self, tx: Transaction, requests: Sequence[SetDevice]) -> Answers[DeviceAnswer]:
        return Answers([await self.set(tx, request) for request in requests], [])

    async def set(self, tx: Transaction, request: SetDevice, dry: bool = False) -> DeviceAnswer:
        """`dry`: what would be answered; nothing is written."""
        old = (await tx.admin.load(Device, [request.device])).get(request.device)
        if old is None or old.org != request.org:
            return refuse("unknown_device")
        wish = request.wish
        device = await _wished(tx, old, wish)
        if isinstance(device, Refusal):
            return device
        any_name = wish.any_name or device.name == old.name
        refusal = bad_device(device, any_name) or refuses_opening(old.tags, device.tags, request.ceiling)
        refusal = refusal or await _refuses_labels(tx, old, device)
        if refusal is None and device.network != old.network:
            refusal = _unconfigured(device.network, self._networks)
        sims = Assignments(tx)
        refusal = refusal or await follow_sim(sims, old, device, wish)
        if refusal is not None:
            return refusal
        if dry:
            return device
        if device.has_number != old.has_number:
            device.attached = int(device.has_number)
        device.updated_at = tx.now
        await tx.admin.change([device])
        await sims.write()
        if device.network != old.network:
            await self._move(tx, device)
        await _follow(tx, old, device)
        return device

    async def _move(self, tx: Transaction, device: Device) -> None:
        """What waits leaves by the new network, and is tried at once: the old one's clock says nothing of
        it.
        """
        gate = device.network
        if isinstance(self._networks, Routes):
            gate = await moved_device(tx, self._networks, device, self._receipt_validity_seconds)
        await tx.admin.move_lane(device.id, gate)
        await tx.wake_lanes([device.id], tx.now, MOVED)


async def _wished(tx: Transaction, old: Device, wish: DeviceWish) -> DeviceAnswer:
    device = replace(
        old,
        **{
            name: value
            for name, value in asdict(wish).items()
            if value is not UNSET and name not in _NOT_COLUMNS
        },
    )
    device.tags = tidy_tags(device.tags)
    if wish.policy is not UNSET:
        policy = (await policy_ids(tx, old.org, [wish.policy])).get(wish.policy)
        if policy is None:
            return refuse("unknown_policy", "policy")
        device.policy = policy
    if wish.tariff is not UNSET and wish.tariff is not None:
        tariff = (await tariff_ids(tx, old.org, [wish.tariff])).get(wish.tariff)
        if tariff is None:
            return refuse("unknown_tariff", "tariff")
        device.tariff = tariff
    return device


async def _refuses_labels(tx: Transaction, old: Device, new: Device) -> Refusal | None:
    """What it was called before stays its own."""
    if new.name != old.name and await tx.admin.find(Device, new.org, [new.name]):
        return taken("name", new.name)
    if new.msisdn not in ("", old.msisdn) and await tx.find_numbers([new.msisdn]):
        return taken("msisdn", new.msisdn)
    if new.imsi not in ("", old.imsi) and await tx.find_subscribers([new.imsi]):
        return taken("imsi", new.imsi)
    return None


async def _follow(tx: Transaction, old: Device, new: Device) -> None:
    """What waits is tried when it has a SIM, and people hear that it is on or off."""
    if new.has_number and (new.imsi, new.msisdn) != (old.imsi, old.msisdn):
        await tx.wake_lanes([new.id], tx.now, NUMBERED)
    if new.status != old.status:
        changes = Changes()
        changes.happenings.append(switched(tx, new))
        await tx.write(changes)


def switched(tx: Transaction, device: Device) -> Happening:
    """It is on or off from now on."""
    type = "device_enabled" if device.status == DeviceStatus.ENABLED else "device_disabled"
    id = tx.next_id(shard_of(device.id))
    return Happening(id, device.org, tx.now, type, INFO, device.id, None, "")


class DeleteDevices(OneByOne[DeleteDevice, DeviceAnswer]):
    """Messages that are final keep the device's id. What waits for it is canceled; only what is under way
    keeps the device. What it sent goes on: its application is told of a device that is gone as before.
    """

    def __init__(self, receipt_validity_seconds: int = Settings().receipt_validity_seconds) -> None:
        self._receipt_validity_seconds = receipt_validity_seconds

    async def answer(self, tx: Transaction, request: DeleteDevice) -> DeviceAnswer:
        device = (await tx.admin.load(Device, [request.device])).get(request.device)
        if device is None or device.org != request.org:
            return refuse("unknown_device")
        sims = Assignments(tx)
        await sims.load(devices=[device.id])
        if sims.of(device) is not None and not request.with_sim:
            return refuse("sim_attached", "device")
        if await tx.admin.awaited(request.org, [device.id]):
            return refuse("messages_wait", "device", "An SMS to or from the device is under way.")
        if await cancel_waiting(tx, device, self._receipt_validity_seconds):
            return refuse("messages_wait", MORE_WAITS, "More SMS wait for the device: delete it again.")
        sims.release(replace(device), forgets_implied=True)
        await tx.admin.drop_devices([device.id])
        await sims.write()
        return device


def slices(requests: Sequence[NewDevice]) -> Iterable[Sequence[NewDevice]]:
    """An import in pieces that share a transaction each."""
    return (requests[start : start + SLICE] for start in range(0, len(requests), SLICE))


def goes_on(answer: DeviceAnswer) -> bool:
    """A deletion that canceled a slice of what waits: asked for once more, it takes the next one."""
    return isinstance(answer, Refusal) and answer.rule == MORE_WAITS
