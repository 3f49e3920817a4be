"""A plan: whom a call to many means, and what each of them is to be told. Nothing is written for it.

In: the call's body. Out: recipients in the order of the call, with a text or a refusal each. Sending writes
it (`batches`), a preview only looks (`sms_search`).
"""

import asyncio
from collections.abc import Mapping

from msgspec import Struct

from heliograph.core.batch import MOST_RECIPIENTS
from heliograph.core.refusal import Refusal
from heliograph.flow.batches.recipients import Found, Meant, Person, find, load, of_conditions
from heliograph.flow.reads.listing import Condition, Operator, Wanted
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.routes.devices import devices_wanted
from heliograph.interfaces.rest.services import Services
from heliograph.interfaces.rest.translate.batches import ManyText, Recipients, Texts, may_be_sent, meant

PIECE = 64  # texts that are made at a time, so that a long call holds nothing up


class Plan(Struct, frozen=True):
    texts: Texts
    found: list[Found]
    people: Mapping[int, Person]

    async def nobodys(self) -> Refusal | None:
        """Why nobody gets a text, although somebody could be reached. Each alone is told with its result."""
        if not self.texts.is_template:
            return None
        first: Refusal | None = None
        for number, one in enumerate(self.found, 1):
            if one.refusal is not None or one.device not in self.people:
                continue
            said = self.texts.wanted(one, number, self.people)
            if not isinstance(said, Refusal):
                return None
            first = first or said
            if not number % PIECE:
                await asyncio.sleep(0)
        return first


async def plan_of(services: Services, caller: Caller, body: ManyText, given: Recipients) -> Plan:
    texts = Texts(body, caller, services.clock.now())
    recipients = await _recipients(services, caller.org, given)
    found = await find(services.batches.reader, caller.org, recipients)
    if not texts.is_template:
        return Plan(texts, found, {})
    return Plan(texts, found, await load(services.batches.devices, caller.org, found, texts.asks_for_sims))


async def _recipients(services: Services, org: int, given: Recipients) -> list[Meant]:
    """Those who are named, then those of the conditions who are not."""
    recipients = meant(given)
    for conditions in _conditions(given):
        met = await of_conditions(services.fleet.reader, org, conditions, MOST_RECIPIENTS)
        named = {one.device for one in recipients}
        recipients += [one for one in met if one.device not in named]
    may_be_sent(given, recipients)
    return recipients


def _conditions(given: Recipients) -> list[Wanted]:
    found = []
    if given.tag is not None:
        found.append(Wanted((Condition("tags", Operator.TAGGED, given.tag),)))
    if given.q is not None:
        found.append(devices_wanted(given.q))
    return found
