"""A store as somebody uses it: what they change is in the audit trail under their name."""

from collections.abc import Awaitable, Sequence

from heliograph.core.security.audit import Actor
from heliograph.flow.ports import A, Flow, R, Store


class ActingStore:
    """The Store port, on behalf of one actor."""

    def __init__(self, store: Store, by: Actor) -> None:
        self._store = store
        self._by = by

    def run(self, flow: Flow[R, A], requests: Sequence[R], by: Actor | None = None) -> Awaitable[list[A]]:
        return self._store.run(flow, requests, by or self._by)
