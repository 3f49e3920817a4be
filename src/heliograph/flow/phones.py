"""Phones outside the fleet: SMS to them, within one batch. Used by all that send to a number.

In: whose SMS, and to which number. Out: what forbids it, its price, its delivery. A phone has no policy and
no limits: the suppression list, the routes and the length of its lane decide.
"""

from collections.abc import Collection, Container, Mapping

from heliograph.core.address import is_device_number
from heliograph.core.content import Content
from heliograph.core.delivery import Job, Kind, LaneKey, Place, gate_of_via, phones_of
from heliograph.core.firewall.suppression import suppressed
from heliograph.core.message import Message
from heliograph.core.phone import Phone
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.routing import OUTSIDE
from heliograph.flow.accept import Admission
from heliograph.flow.lanes import come_first, enter, new_delivery
from heliograph.flow.ports import Transaction

NO_PHONE = "It is no number of a device, nor an international one of a phone: 8 to 15 digits."


def lane_of_phone(org: int, number: str) -> LaneKey:
    return LaneKey(phones_of(org), int(number))


class Phones:
    """Each decision sees the ones before it."""

    def __init__(
        self, admission: Admission, phones: Mapping[LaneKey, Phone], stopped: Mapping[int, Container[str]]
    ) -> None:
        self._admission = admission
        self._phones = phones
        self._stopped = stopped

    def forbids(self, org: int, number: str, content: Content, replaces: bool = False) -> Refusal | None:
        """Everything that may forbid an SMS to this number, in the order a person would ask."""
        if not is_device_number(number):
            return refuse("bad_address", "destination address", NO_PHONE)
        refusal = suppressed(number, self._stopped.get(org, ()))
        refusal = refusal or self._admission.routes.refuses_way(org, OUTSIDE, number, content)
        if refusal is not None or replaces:
            return refusal
        limit = self._admission.settings.lane_limit
        full = self._phones[lane_of_phone(org, number)].queued >= limit
        return refuse("queue_full", f"lane limit {limit}") if full else None

    def price(self, org: int, number: str, message: int, content: Content) -> int:
        """Of all segments, by the route that takes it first. Another one that takes it over costs its sender
        no more.
        """
        ways = self._admission.routes.ways(org, OUTSIDE, number, message, content)
        return content.segments * ways[0].cost if ways else 0

    def send(self, message: Message, enter_at: int | None = None, replaces: Job | None = None) -> None:
        """The message's delivery: now, or later when it is not due. A replacement keeps the position."""
        admission, number = self._admission, message.destination
        lane = lane_of_phone(message.org, number)
        phone = self._phones[lane]
        delivery = new_delivery(admission.tx, message, Kind.SMS, lane.receiver, lane.key, message.expires_at)
        before = replaces.delivery.via if replaces is not None else ""
        delivery.via = admission.routes.first(message.org, OUTSIDE, number, message, before)
        if replaces is not None:
            delivery.position = replaces.delivery.position
            phone.queued -= 1
        if enter_at is not None:
            delivery.place = Place.SCHEDULED
            delivery.enter_at = enter_at
        else:
            job = Job(delivery, message, gate_of_via(delivery.via), number, "")
            if enter(admission.tx, admission.changes, job, not phone.busy, False):
                admission.begin(job)
            elif phone.busy and (message.priority or replaces):
                come_first(admission.tx, admission.changes, job, admission.tx.now)
            phone.busy = 1
        phone.queued += 1
        admission.changes.deliveries.append(delivery)


async def load_phones(tx: Transaction, admission: Admission, wanted: Collection[tuple[int, str]]) -> Phones:
    """Of these organisations and numbers."""
    numbers: dict[int, set[str]] = {}
    for org, number in wanted:
        if is_device_number(number):
            numbers.setdefault(org, set()).add(number)
    lanes = [lane_of_phone(org, number) for org, given in numbers.items() for number in sorted(given)]
    phones = await tx.upstreams.load_phones(lanes) if lanes else {}
    for lane, phone in phones.items():
        phone.busy = phone.busy or tx.rooms.is_under_way(lane)
    stopped = {org: await tx.firewall.load_suppressed(org, sorted(given)) for org, given in numbers.items()}
    return Phones(admission, phones, stopped)
