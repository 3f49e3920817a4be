"""The suppression list: numbers outside the fleet that get nothing. Entered by hand, or by a stop word."""

from msgspec import Struct

from heliograph.core.firewall.suppression import (
    StopWords,
    Suppression,
    Wanted,
    bad_lists,
    bad_number,
    default_words,
    wanted,
)
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.one_by_one import OneByOne
from heliograph.flow.ports import Transaction


class Suppress(Struct, frozen=True):
    org: int
    number: str  # international digits


class Unsuppress(Struct, frozen=True):
    org: int
    suppression: int


class SetStopWords(Struct, frozen=True):
    org: int
    stop: tuple[str, ...]
    start: tuple[str, ...]


class ManageSuppression(OneByOne[Suppress | Unsuppress, Suppression | Refusal]):
    async def answer(self, tx: Transaction, request: Suppress | Unsuppress) -> Suppression | Refusal:
        if isinstance(request, Unsuppress):
            return await self._unsuppress(tx, request)
        refusal = bad_number(request.number)
        if refusal is None and await tx.firewall.load_suppressed(request.org, [request.number]):
            refusal = refuse("duplicate", "number", f"The number {request.number} is on the list.")
        return refusal or await _suppress(tx, request.org, request.number, "")

    async def _unsuppress(self, tx: Transaction, request: Unsuppress) -> Suppression | Refusal:
        row = (await tx.admin.load(Suppression, [request.suppression])).get(request.suppression)
        if row is None or row.org != request.org:
            return refuse("unknown_suppression")
        await tx.admin.drop([row])
        return row


async def _suppress(tx: Transaction, org: int, number: str, word: str) -> Suppression:
    row = Suppression(tx.next_id(0), org, number, tx.now, word)
    await tx.admin.add([row])
    return row


class ManageStopWords(OneByOne[SetStopWords, StopWords | Refusal]):
    async def answer(self, tx: Transaction, request: SetStopWords) -> StopWords | Refusal:
        refusal = bad_lists(request.stop, request.start)
        if refusal is not None:
            return refusal
        words = StopWords(request.org, request.org, "\n".join(request.stop), "\n".join(request.start))
        known = await tx.admin.load(StopWords, [request.org])
        await (tx.admin.change([words]) if known else tx.admin.add([words]))
        return words


async def hear(tx: Transaction, org: int, number: str, body: bytes) -> bool:
    """A person outside the fleet wrote to a device of this organisation. True: it was a stop or start word,
    and is obeyed.
    """
    words = (await tx.firewall.load_stop_words([org])).get(org) or default_words(org)
    wish = wanted(words, body)
    if wish is None or bad_number(number):
        return False
    known = (await tx.firewall.load_suppressed(org, [number])).get(number)
    if wish is Wanted.STOP and known is None:
        await _suppress(tx, org, number, body.decode(errors="replace").strip())
    if wish is Wanted.START and known is not None:
        await tx.admin.drop([known])
    return True
