"""An SMS from a device is whole: to its application (A2P), on to another device, or to a phone outside the
fleet (P2P). Used by `inbound`, and by `overdue` when a segment never came.
"""

from collections.abc import Mapping

from msgspec import Struct

from heliograph.core.address import is_a2p, is_dialled, normalise
from heliograph.core.content import Content
from heliograph.core.device import DeviceView
from heliograph.core.firewall.passing import Passing, forbids_content
from heliograph.core.firewall.rules import Way
from heliograph.core.ids import shard_of
from heliograph.core.message import Direction, Event, Message, State
from heliograph.core.policy import Policy, forbids_p2p
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.story.timeline import line, phrase
from heliograph.core.tariff import price_of
from heliograph.core.usage import over_p2p_cap
from heliograph.flow.accept import Admission, accepted_line
from heliograph.flow.ending import ended
from heliograph.flow.guarding import blocked
from heliograph.flow.lanes import ApplicationLanes
from heliograph.flow.phones import Phones
from heliograph.flow.requests import DEFAULT_VALIDITY_SECONDS


class Arrival(Struct):
    """A whole SMS and whom it is from."""

    sender: DeviceView
    destination: str
    content: Content
    note: str = ""  # what the timeline says beyond the usual
    checked: bool = False  # the firewall of its sender has seen the words
    came: int = 0  # segments that came of a long one, which were counted; 0: as many as the content has


class Arrivals:
    """Turns arrivals into messages, within one batch."""

    def __init__(
        self, admission: Admission, lanes: ApplicationLanes, numbers: Mapping[str, int], phones: Phones
    ) -> None:
        self._admission = admission
        self._lanes = lanes
        self._numbers = numbers
        self._phones = phones

    def is_a2p(self, destination: str) -> bool:
        return is_a2p(destination, self._admission.settings.a2p_longest_digits)

    def way(self, destination: str) -> Way:
        return "MO" if self.is_a2p(destination) else "P2P"

    def receiver(self, sender: DeviceView, destination: str) -> DeviceView | None:
        """The device that is meant, if the same organisation has it."""
        view = self.dialled(destination, sender.device.org)
        return view if view is not None and view.device.org == sender.device.org else None

    def dialled(self, destination: str, org: int = 0) -> DeviceView | None:
        """Whoever has it. `org`: of who dials; 0: nobody's."""
        return self._admission.views.get(self._numbers.get(self._number(destination, org), 0))

    def _number(self, destination: str, org: int) -> str:
        return normalise(destination, self._admission.country_of(org))

    def forbids(
        self, sender: DeviceView, policy: Policy, destination: str, content: Content
    ) -> Refusal | None:
        """Asked before a segment is taken: may this device send there at all, and is there room?"""
        if not is_dialled(destination):
            return refuse("bad_address", "destination address")
        if self.is_a2p(destination):
            return None
        receiver = self.receiver(sender, destination)
        refusal = forbids_p2p(policy, internal=receiver is not None)
        if refusal is not None:
            return refusal
        if receiver is None:
            return self._phones.forbids(
                sender.device.org, self._number(destination, sender.device.org), content
            )
        limit = self._admission.settings.lane_limit
        return refuse("queue_full", f"lane limit {limit}") if receiver.queued >= limit else None

    def arrive(self, arrival: Arrival, policy: Policy) -> int:
        """The new message's id."""
        if self.is_a2p(arrival.destination):
            return self._to_application(arrival, policy)
        receiver = self.receiver(arrival.sender, arrival.destination)
        if receiver is None:
            return self._to_phone(arrival, policy)
        return self._to_device(arrival, policy, receiver)

    def _to_application(self, arrival: Arrival, policy: Policy) -> int:
        validity_seconds = self._admission.settings.mo_validity_seconds
        message = self._message(arrival, policy, Direction.MO, None, policy.application, validity_seconds)
        self._admission.changes.messages.append(message)
        refusal = self._forbids_words(arrival, "MO", message.id)
        if refusal is not None:
            return self._reject(message, refusal)
        sender = arrival.sender.device
        self._admission.to_application(self._lanes, message, sender.id, sender.msisdn, sender.imsi)
        return message.id

    def _to_phone(self, arrival: Arrival, policy: Policy) -> int:
        """Outside the fleet. What it costs is the way from the device, and the way out."""
        content = arrival.content
        number = self._number(arrival.destination, arrival.sender.device.org)
        message = self._message(arrival, policy, Direction.P2P, None, None, DEFAULT_VALIDITY_SECONDS)
        message.destination, message.segments = number, content.segments
        message.price += self._phones.price(message.org, number, message.id, content)
        self._admission.changes.messages.append(message)
        refusal = self._forbids_words(arrival, "P2P", message.id) or self._over_cap(arrival.sender, policy)
        refusal = refusal or self._phones.forbids(message.org, number, content)
        if refusal is not None:
            return self._reject(message, refusal)
        self._phones.send(message)
        return message.id

    def _to_device(self, arrival: Arrival, policy: Policy, receiver: DeviceView) -> int:
        changes = self._admission.changes
        device = receiver.device.id
        message = self._message(arrival, policy, Direction.P2P, device, None, DEFAULT_VALIDITY_SECONDS)
        changes.messages.append(message)
        refusal = self._forbids_words(arrival, "P2P", message.id) or self._refuses(
            arrival.sender, policy, receiver, arrival.content
        )
        if refusal is not None:
            return self._reject(message, refusal)
        self._admission.forward(message, receiver)
        return message.id

    def _forbids_words(self, arrival: Arrival, way: Way, message: int) -> Refusal | None:
        """Of an SMS that came in parts, and whose words are known only now."""
        guarded = None if arrival.checked else arrival.sender.guarded
        if guarded is None:
            return None
        passing = Passing(way, "", arrival.content.body, arrival.content.dcs)
        refusal = forbids_content(guarded.owned, passing)
        if refusal is not None:
            blocked(self._admission.tx, self._admission.changes, guarded, refusal, message)
        return refusal

    def _reject(self, message: Message, refusal: Refusal) -> int:
        """The network has heard "accepted": its end is told here."""
        now, rule = self._admission.tx.now, refusal.rule or "-"
        story = line("forbidden", now, phrase(rule))
        message.timeline += story + ended(message, Event.REJECT, refusal.code, now, "").timeline
        if refusal.code == "p2p_cap_reached":
            self._admission.happen(message.org, refusal.code, message.origin or 0, message.id, rule)
        return message.id

    def _refuses(
        self, sender: DeviceView, policy: Policy, receiver: DeviceView, content: Content
    ) -> Refusal | None:
        """The sender's cap, then all that may forbid it at the receiver. The sender's network hears
        "accepted".
        """
        cap = self._over_cap(sender, policy)
        if cap is not None:
            return cap
        policy = self._admission.policies[receiver.device.policy]
        return self._admission.admits_mt(receiver, policy, content, sender.device.msisdn, way="P2P")

    def _over_cap(self, sender: DeviceView, policy: Policy) -> Refusal | None:
        refusal = over_p2p_cap(sender.tally, policy, self._admission.tx.now)
        self._admission.touch(sender)
        return refusal

    def _message(
        self,
        arrival: Arrival,
        policy: Policy,
        direction: Direction,
        device: int | None,
        application: int | None,
        validity_seconds: int,
    ) -> Message:
        sender, content, now = arrival.sender.device, arrival.content, self._admission.tx.now
        came = arrival.came or content.segments
        message = Message(
            id=self._admission.tx.next_id(shard_of(device or sender.id)),
            org=sender.org,
            direction=direction,
            device=device,
            origin=sender.id,
            application=application,
            sender=f"device:{sender.id}",
            source=sender.msisdn,
            destination=arrival.destination,
            body=content.body,
            dcs=content.dcs,
            pid=content.pid,
            udh=content.udh,
            languages=content.languages,
            segments=content.segments if device is not None else came,
            priority=0,
            receipt=0,
            at_most_once=0,
            replace_key=None,
            price=came * price_of(arrival.sender, policy, False),
            state=State.PENDING,
            reason=None,
            accepted_at=now,
            not_before=None,
            expires_at=now + validity_seconds * 1000,
            final_at=None,
            attempts=0,
            timeline="",
        )
        message.timeline = accepted_line(message, policy.name) + arrival.note
        return message
