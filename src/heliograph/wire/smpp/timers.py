"""When a session has something to do without being told to (SMPP 3.4 §7.2).

Comes in: what happened when. Goes out: moments; `NEVER` for a timer that is off. Never here: what is done
then.
"""

from heliograph.wire.smpp.events import Limits

NEVER = float("inf")


class Timers:
    """`heard_at`: any whole PDU from the peer; one that trickles in is no sign of life. `active_at`: any PDU
    that is not the session's own business.
    """

    def __init__(self, limits: Limits, now: float) -> None:
        self.limits = limits
        self.opened_at = self.heard_at = self.active_at = now

    @property
    def bound_by(self) -> float:
        return _after(self.opened_at, self.limits.session_init_seconds)

    @property
    def enquire_at(self) -> float:
        return _after(self.heard_at, self.limits.enquire_link_seconds)

    @property
    def inactive_at(self) -> float:
        return _after(self.active_at, self.limits.inactivity_seconds)


def _after(moment: float, seconds: float | None) -> float:
    return NEVER if seconds is None else moment + seconds
