"""The health of upstreams, as it is shown: their binds, what came of submits and receipts; a bind that was
tried.
"""

from msgspec import Struct

from heliograph.core.upstream import Upstream
from heliograph.flow.reads.upstream_port import BindTried, LinkView, UpstreamView
from heliograph.interfaces.rest.translate.times import maybe_shown, shown


class LinkShown(Struct, frozen=True, kw_only=True):
    id: int
    bind_type: str
    state: str
    since: str
    unanswered: int
    window: int
    failures: int
    last_error: str | None
    last_error_at: str | None
    next_try_at: str | None
    last_received_at: str | None
    last_sent_at: str | None


class HealthShown(Struct, frozen=True, kw_only=True):
    """Counts are since the start."""

    id: int
    name: str
    running: bool  # false: it is switched off, or nothing is sent here
    up: bool
    since: str | None
    binds: list[LinkShown]
    window: int
    in_flight: int
    waiting: int  # of these, for room in a window
    rate_per_s: int | None  # that it is given now
    configured_rate_per_s: int | None
    throttled_at: str | None
    submitted: int
    accepted: int
    refused: dict[str, int]  # by status
    unanswered: int
    receipts: dict[str, int]  # by state
    duplicate_receipts: int
    unknown_references: int
    held_receipts: int
    received: int
    received_refused: int


class TriedShown(Struct, frozen=True, kw_only=True):
    bound: bool
    stage: str  # connect, tls, bind or bound: how far it came
    command_status: str | None  # what the far end answered
    error: str | None  # why there was no answer
    system_id: str | None
    interface_version: str | None
    milliseconds: int


def shown_health(upstream: Upstream, view: UpstreamView | None) -> HealthShown:
    if view is None:
        view = _resting(upstream)
        return _shown(view, False)
    return _shown(view, True)


def _shown(view: UpstreamView, is_running: bool) -> HealthShown:
    return HealthShown(
        id=view.id,
        name=view.name,
        running=is_running,
        up=view.is_up,
        since=maybe_shown(view.since),
        binds=[_link(link) for link in view.links],
        window=view.window,
        in_flight=view.in_flight,
        waiting=view.waiting,
        rate_per_s=view.rate_per_s,
        configured_rate_per_s=view.configured_rate_per_s,
        throttled_at=maybe_shown(view.throttled_at),
        submitted=view.submitted,
        accepted=view.accepted,
        refused=view.refused,
        unanswered=view.unanswered,
        receipts=view.receipts,
        duplicate_receipts=view.duplicate_receipts,
        unknown_references=view.unknown_references,
        held_receipts=view.held_receipts,
        received=view.received,
        received_refused=view.received_refused,
    )


def _resting(upstream: Upstream) -> UpstreamView:
    """Nothing of it runs."""
    return UpstreamView(
        id=upstream.id,
        name=upstream.name,
        org=upstream.org,
        is_up=False,
        since=None,
        links=[],
        window=0,
        in_flight=0,
        waiting=0,
        rate_per_s=upstream.rate_per_s,
        configured_rate_per_s=upstream.rate_per_s,
        throttled_at=None,
        submitted=0,
        accepted=0,
        refused={},
        unanswered=0,
        receipts={},
        duplicate_receipts=0,
        unknown_references=0,
        held_receipts=0,
        received=0,
        received_refused=0,
    )


def _link(link: LinkView) -> LinkShown:
    return LinkShown(
        id=link.number,
        bind_type=link.bind,
        state=link.state,
        since=shown(link.since),
        unanswered=link.unanswered,
        window=link.window,
        failures=link.failures,
        last_error=link.error or None,
        last_error_at=maybe_shown(link.error_at),
        next_try_at=maybe_shown(link.next_try_at),
        last_received_at=maybe_shown(link.received_at),
        last_sent_at=maybe_shown(link.sent_at),
    )


def shown_tried(tried: BindTried) -> TriedShown:
    version = tried.interface_version
    return TriedShown(
        bound=tried.ok,
        stage=tried.stage,
        command_status=tried.status or None,
        error=tried.error or None,
        system_id=tried.system_id or None,
        interface_version=None if version is None else f"{version >> 4}.{version & 0xF}",  # SMPP 3.4 §5.2.4
        milliseconds=tried.took_ms,
    )
