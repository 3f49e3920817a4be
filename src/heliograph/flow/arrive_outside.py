"""An SMS from a phone outside the fleet is whole: on to a device, or to the application whose number was
dialled. Used by `from_outside`, and by `overdue` when a segment never came.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.address import is_device_number
from heliograph.core.content import Content
from heliograph.core.delivery import LaneKey, key_of_phone
from heliograph.core.device import DeviceView
from heliograph.core.ids import shard_of
from heliograph.core.message import Direction, Event, Message, State
from heliograph.core.policy import forbids_p2p
from heliograph.core.refusal import Refusal
from heliograph.core.story.timeline import line, phrase
from heliograph.core.tariff import price_of
from heliograph.flow.accept import Admission, accepted_line
from heliograph.flow.ending import ended
from heliograph.flow.lanes import ApplicationLanes
from heliograph.flow.ports import Transaction
from heliograph.flow.requests import DEFAULT_VALIDITY_SECONDS, ReceiveAnswer, Received


class OurNumber(Struct, frozen=True):
    """A number of an upstream's that leads to an organisation."""

    org: int
    application: int | None  # None: nobody is told, it is kept to be read


Target = DeviceView | OurNumber


def org_of(target: Target) -> int:
    return target.org if isinstance(target, OurNumber) else target.device.org


def from_phone(source: str) -> int:
    """The key of what came from a phone; names and short codes share one."""
    return key_of_phone(source) if is_device_number(source) else 0


async def lanes_of(tx: Transaction, wanted: Sequence[tuple[Target | None, str]]) -> ApplicationLanes:
    return await ApplicationLanes.load(
        tx,
        {
            LaneKey(target.application, from_phone(source))
            for target, source in wanted
            if isinstance(target, OurNumber) and target.application is not None
        },
    )


class Incoming:
    """Turns what came into messages, within one batch."""

    def __init__(self, admission: Admission, lanes: ApplicationLanes) -> None:
        self._admission = admission
        self._lanes = lanes

    def forbids(self, target: Target, source: str, content: Content) -> Refusal | None:
        """All that may forbid it at the receiver. A number of an application's takes whatever comes."""
        if isinstance(target, OurNumber):
            return None
        policy = self._admission.policies[target.device.policy]
        refusal = forbids_p2p(policy, internal=False)
        return refusal or self._admission.admits_mt(target, policy, content, source, way="P2P")

    def arrive(self, target: Target, source: str, destination: str, content: Content) -> ReceiveAnswer:
        """Whole at once: a refusal is its upstream's to hear."""
        refusal = self.forbids(target, source, content)
        return refusal or Received(self._take(target, source, destination, content, ""))

    def arrive_whole(
        self, target: Target, source: str, destination: str, content: Content, note: str = ""
    ) -> int:
        """Joined of segments of which the upstream has heard "accepted": a refusal is the message's end. Its
        id.
        """
        refusal = self.forbids(target, source, content)
        if refusal is None:
            return self._take(target, source, destination, content, note)
        message = self._message(target, source, destination, content, note)
        now = self._admission.tx.now
        story = line("forbidden", now, phrase(refusal.rule or "-"))
        message.timeline += story + ended(message, Event.REJECT, refusal.code, now, "").timeline
        self._admission.changes.messages.append(message)
        return message.id

    def _take(self, target: Target, source: str, destination: str, content: Content, note: str) -> int:
        message = self._message(target, source, destination, content, note)
        self._admission.changes.messages.append(message)
        if isinstance(target, OurNumber):
            self._admission.to_application(self._lanes, message, from_phone(source), source, "")
        else:
            self._admission.forward(message, target)
        return message.id

    def _message(self, target: Target, source: str, destination: str, content: Content, note: str) -> Message:
        tx, settings = self._admission.tx, self._admission.settings
        device = target.device if isinstance(target, DeviceView) else None
        validity_seconds = settings.mo_validity_seconds if device is None else DEFAULT_VALIDITY_SECONDS
        message = Message(
            id=tx.next_id(shard_of(from_phone(source) if device is None else device.id)),
            org=org_of(target),
            direction=Direction.MO if device is None else Direction.P2P,
            device=None if device is None else device.id,
            origin=None,
            application=target.application if isinstance(target, OurNumber) else None,
            sender=f"phone:{source}",
            source=source,
            destination=destination,
            body=content.body,
            dcs=content.dcs,
            pid=content.pid,
            udh=content.udh,
            languages=content.languages,
            segments=content.segments,
            priority=0,
            receipt=0,
            at_most_once=0,
            replace_key=None,
            price=self._price(target, content),
            state=State.PENDING,
            reason=None,
            accepted_at=tx.now,
            not_before=None,
            expires_at=tx.now + validity_seconds * 1000,
            final_at=None,
            attempts=0,
            timeline="",
        )
        policy = "-" if device is None else self._admission.policies[device.policy].name
        message.timeline = accepted_line(message, policy) + note
        return message

    def _price(self, target: Target, content: Content) -> int:
        """What it costs to bring it to the device, by its policy."""
        if isinstance(target, OurNumber):
            return 0
        return content.segments * price_of(target, self._admission.policies[target.device.policy], True)
