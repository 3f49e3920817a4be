"""An import of devices: each row is a new one, a change to the one that has its name, or nothing new.

In: rows as wishes. Out: per row a verdict or a refusal; a bad row harms no other. `dry`: what would happen,
and nothing is written; a row then sees nothing of the rows before it.
"""

from collections.abc import Sequence
from enum import Enum

from msgspec import UNSET, Struct
from msgspec.structs import asdict, replace

from heliograph.core.device import Device
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.devices import AddDevices, SetDevices
from heliograph.flow.manage.policies import policy_ids
from heliograph.flow.manage.requests import DeviceWish, NewDevice, SetDevice
from heliograph.flow.manage.tariffs import tariff_ids
from heliograph.flow.ports import Answers, Transaction, Urgency

MOST_ROWS = 100_000
_COMPARED = ("msisdn", "imsi", "policy", "network", "tags", "tariff", "status", "imei", "ip_address")


class Fate(Enum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class ImportRow(Struct, frozen=True):
    """`new` when no device has its name, else `wish`, which holds what the row says."""

    new: NewDevice
    wish: DeviceWish
    dry: bool = False


class Verdict(Struct, frozen=True):
    fate: Fate
    device: Device  # as it then stands
    fields: tuple[str, ...] = ()  # that change


ImportAnswer = Verdict | Refusal


class ImportDevices:
    """The flow. `add` and `change` are those of single devices."""

    urgency = Urgency.BULK

    def __init__(self, add: AddDevices, change: SetDevices) -> None:
        self._add = add
        self._change = change

    async def __call__(self, tx: Transaction, requests: Sequence[ImportRow]) -> Answers[ImportAnswer]:
        answers: dict[int, ImportAnswer] = {}
        for dry in (True, False):
            own = [(place, request) for place, request in enumerate(requests) if request.dry is dry]
            if own:
                found = await self._decided(tx, [request for _, request in own], dry)
                answers.update(zip((place for place, _ in own), found, strict=True))
        return Answers([answers[place] for place in range(len(requests))], [])

    async def _decided(self, tx: Transaction, rows: Sequence[ImportRow], dry: bool) -> list[ImportAnswer]:
        known = await _known(tx, rows)
        fresh = [row.new for row in rows if (row.new.org, row.new.name) not in known]
        added = iter(await self._add.add(tx, fresh, dry))
        answers: list[ImportAnswer] = []
        for row in rows:
            old = known.get((row.new.org, row.new.name))
            if old is None:
                answer = next(added)
                answers.append(answer if isinstance(answer, Refusal) else Verdict(Fate.NEW, answer))
            else:
                answers.append(await self._changed(tx, old, row, dry))
        return answers

    async def _changed(self, tx: Transaction, old: Device, row: ImportRow, dry: bool) -> ImportAnswer:
        wish = await _with_ids(tx, old.org, row.wish)
        if all(value is UNSET or value == getattr(old, name) for name, value in _columns(wish)):
            return Verdict(Fate.UNCHANGED, old)
        answer = await self._change.set(tx, SetDevice(old.org, old.id, wish, row.new.ceiling), dry)
        if isinstance(answer, Refusal):
            return answer
        fields = tuple(name for name in _COMPARED if getattr(answer, name) != getattr(old, name))
        return Verdict(Fate.CHANGED if fields else Fate.UNCHANGED, answer, fields)


async def _known(tx: Transaction, rows: Sequence[ImportRow]) -> dict[tuple[int, str], Device]:
    """By organisation and name."""
    found: dict[tuple[int, str], Device] = {}
    for org in sorted({row.new.org for row in rows}):
        names = [row.new.name for row in rows if row.new.org == org]
        ids = await tx.admin.find(Device, org, names)
        devices = await tx.admin.load(Device, sorted(ids.values()))
        found.update({(org, name): devices[id] for name, id in ids.items()})
    return found


async def _with_ids(tx: Transaction, org: int, wish: DeviceWish) -> DeviceWish:
    """Names that are known become ids, so that they can be compared. What is unknown is refused later."""
    if isinstance(wish.policy, str):
        wish = replace(wish, policy=(await policy_ids(tx, org, [wish.policy])).get(wish.policy, wish.policy))
    if isinstance(wish.tariff, str):
        wish = replace(wish, tariff=(await tariff_ids(tx, org, [wish.tariff])).get(wish.tariff, wish.tariff))
    return wish


def _columns(wish: DeviceWish) -> list[tuple[str, object]]:
    given = asdict(wish)
    return [(name, given[name]) for name in _COMPARED]


def doubled(field: str, value: str, line: int) -> Refusal:
    """An earlier row of the same file has it."""
    return refuse("duplicate", field, f"The {field} {value} is on line {line} already.")
