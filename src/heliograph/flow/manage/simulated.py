"""Virtual devices that people put into a state, or let send: told in the audit trail. The state itself is the
network's.

In: how the device was, and how it is; or what it sends. Out: nothing but the entry, and none when both are
the same.
"""

from msgspec import Struct

from heliograph.core.security.audit import Simulated, SimulatedSms
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class NoteSimulated(Struct, frozen=True):
    before: Simulated | None
    after: Simulated | SimulatedSms


class NoteSimulatedDevices(OneByOne[NoteSimulated, None]):
    async def answer(self, tx: Transaction, request: NoteSimulated) -> None:
        await tx.admin.record_simulated(request.before, request.after)
