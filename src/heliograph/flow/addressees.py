"""Who is meant by a number: submissions that name one, with the device that has it.

One look for the whole batch, and none where no submission names a number.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from heliograph.flow.ports import Transaction
from heliograph.flow.requests import Submission

NOBODY = 0


async def with_devices(tx: Transaction, requests: Sequence[Submission]) -> Sequence[Submission]:
    """The same submissions. A number that no device has leads to nobody."""
    numbers = {request.number for request in requests if request.number}
    if not numbers:
        return requests
    found = await tx.find_numbers(sorted(numbers))
    return [
        replace(request, device=found.get(request.number, NOBODY)) if request.number else request
        for request in requests
    ]
