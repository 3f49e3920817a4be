"""What a device does about operators: which of them it keeps away from, and a reset of where it is."""

from collections.abc import Container

from msgspec import Struct

from heliograph.core.device import Device
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.sim import AvoidedOperator
from heliograph.core.waking import RESET
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class SetAvoided(Struct, frozen=True):
    org: int
    device: int
    operator: int
    avoided: bool


class Reset(Struct, frozen=True):
    """Where a device is counts for nothing any more: what waits for it is tried at once."""

    org: int
    device: int


class AvoidOperators(OneByOne[SetAvoided, AvoidedOperator | Refusal]):
    """`known` are the operators that there are. The answer: who is avoided, or was."""

    def __init__(self, known: Container[int]) -> None:
        self._known = known

    async def answer(self, tx: Transaction, request: SetAvoided) -> AvoidedOperator | Refusal:
        if not await _is_own(tx, request.org, request.device):
            return refuse("unknown_device")
        rows = await tx.admin.find_avoided(request.device)
        row = next((row for row in rows if row.operator == request.operator), None)
        if not request.avoided:
            if row is None:
                return refuse("unknown_operator", None, "This operator is not in the blacklist.")
            await tx.admin.drop([row])
            return row
        if request.operator not in self._known:
            return refuse("unknown_operator")
        if row is not None:
            return refuse("duplicate", "operator", "This operator is already in the blacklist.")
        row = AvoidedOperator(tx.next_id(0), request.org, request.device, request.operator)
        await tx.admin.add([row])
        return row


class ResetDevices(OneByOne[Reset, int | Refusal]):
    async def answer(self, tx: Transaction, request: Reset) -> int | Refusal:
        if not await _is_own(tx, request.org, request.device):
            return refuse("unknown_device")
        await tx.wake_lanes([request.device], tx.now, RESET)
        return request.device


async def _is_own(tx: Transaction, org: int, device: int) -> bool:
    found = (await tx.admin.load(Device, [device])).get(device)
    return found is not None and found.org == org
