"""Announcements: an event on its way to a callback. A delivery carries a message, so an event travels as one.

In: a happening. Out: a message with its words, that no table has; and back again.
"""

from heliograph.core.changes import Happening
from heliograph.core.message import Message, State

_SENDER = "event"


def carried(happening: Happening) -> Message:
    return Message(
        id=happening.id,
        org=happening.org,
        direction=0,
        device=happening.device,
        origin=None,
        application=None,
        sender=_SENDER,
        source=happening.type,
        destination="",
        body=happening.detail.encode(),
        dcs=0,
        pid=0,
        udh=b"",
        languages=0,
        segments=1,
        priority=0,
        receipt=0,
        at_most_once=0,
        replace_key=None,
        price=happening.severity,
        state=State.DELIVERED,
        reason=None,
        accepted_at=happening.at,
        not_before=happening.message,
        expires_at=0,
        final_at=happening.at,
        attempts=0,
        timeline="",
    )


def happening_of(message: Message) -> Happening:
    return Happening(
        message.id,
        message.org,
        message.accepted_at,
        message.source,
        message.price,
        message.device,
        message.not_before,
        (message.body or b"").decode(),
    )
