"""News of upstreams: one is up, down, or slower than it was allowed to be. Events for people.

In: what happened to which. Out: rows, written once. Never here: when something is news.
"""

from collections.abc import Sequence

from msgspec import Struct

from heliograph.core.changes import WARN, Changes, Happening
from heliograph.flow.ports import Answers, Transaction, Urgency


class UpstreamNews(Struct, frozen=True):
    org: int
    type: str  # upstream_up, upstream_down, upstream_throttled or upstream_unnamed
    detail: str
    severity: int = WARN


class TellOfUpstreams:
    """The flow."""

    urgency = Urgency.TIMERS

    async def __call__(self, tx: Transaction, requests: Sequence[UpstreamNews]) -> Answers[None]:
        changes = Changes()
        for news in requests:
            changes.happenings.append(
                Happening(tx.next_id(0), news.org, tx.now, news.type, news.severity, None, None, news.detail)
            )
        await tx.write(changes)
        return Answers([None] * len(requests), [])
