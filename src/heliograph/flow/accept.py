"""Accepting: the decisions that every new message passes, whoever sends it. Used by `submit` and `inbound`.

An `Admission` holds the views of one batch; each decision sees those before it, so that 200 callers racing
for the last 10 messages get exactly 10.
"""

from collections.abc import Mapping

from msgspec import Struct

from heliograph.core.changes import WARN, Changes, Happening
from heliograph.core.content import Content
from heliograph.core.delivery import DEVICE_RECEIVER, Job, Kind, Place, gate_of_application, gate_of_via
from heliograph.core.device import DeviceView, Quota
from heliograph.core.firewall.guarded import Guarded, count_passed, forbids_from, forbids_to
from heliograph.core.firewall.passing import WAY_OF, Passing, peer_of
from heliograph.core.firewall.rules import Way
from heliograph.core.ids import shard_of
from heliograph.core.message import DIRECTION_NAMES, INTERIM, Event, Message, State
from heliograph.core.policy import Policy, forbids_mt
from heliograph.core.refusal import Refusal, refuse
from heliograph.core.routing import Routes
from heliograph.core.story.timeline import line, word
from heliograph.core.usage import count, enter_p2p, month_of, over_limit, over_quota, refill
from heliograph.flow.ending import ended, endings_of
from heliograph.flow.guarding import blocked, keep
from heliograph.flow.lanes import ApplicationLanes, attempt_line, come_first, enter, new_delivery
from heliograph.flow.ledger import Ledger, returns
from heliograph.flow.ports import Transaction


class Settings(Struct, frozen=True):
    """What accepting needs from the configuration."""

    lane_limit: int = 1000  # messages that may wait for one device
    a2p_longest_digits: int = 7
    mo_validity_seconds: int = 7 * 24 * 3600  # how long an application may be away
    receipt_validity_seconds: int = 7 * 24 * 3600
    part_timeout_seconds: int = 600
    country_code: str = ""


class Admission(Ledger):
    """The views of one batch, and what its decisions change."""

    def __init__(
        self,
        tx: Transaction,
        settings: Settings,
        routes: Routes,
        views: Mapping[int, DeviceView],
        policies: Mapping[int, Policy],
    ) -> None:
        super().__init__(tx, Changes(), views, policies)
        self.settings = settings
        self.routes = routes.snapshot()
        self.jobs: list[Job] = []

    @property
    def receipt_validity_seconds(self) -> int:
        return self.settings.receipt_validity_seconds

    def country_of(self, org: int) -> str:
        """Where the national numbers that it dials are."""
        return self.tx.country_of(org, self.settings.country_code)

    def admits_mt(
        self,
        view: DeviceView,
        policy: Policy,
        content: Content,
        source: str,
        replaces: Job | None = None,
        way: Way = "MT",
        counted: bool = False,
    ) -> Refusal | None:
        """Everything that may forbid an SMS to this device, in the order a person would ask. `counted`: rates
        have counted it, and it only says something else.
        """
        device = view.device
        refusal = forbids_mt(policy, device)
        if refusal is None and view.guarded is not None:
            passing = Passing(way, peer_of(source), content.body, content.dcs)
            queued = None if replaces is not None else view.queued
            refusal = self._forbids_to(view.guarded, passing, queued, 0 if counted else content.segments)
        refusal = refusal or self.routes.refuses(device.network, content, device.org, device.msisdn)
        if refusal is not None:
            return refusal
        if replaces is None and view.queued >= self.settings.lane_limit:
            return refuse("queue_full", f"lane limit {self.settings.lane_limit}")
        old = replaces.message if replaces is not None else None
        return self.over_usage(view, policy, True, content.segments, old)

    def _forbids_to(
        self, guarded: Guarded, passing: Passing, queued: int | None, segments: int
    ) -> Refusal | None:
        refusal = forbids_to(guarded, passing, queued, segments, self.tx.now)
        if refusal is not None:
            blocked(self.tx, self.changes, guarded, refusal)
        return refusal

    def forbids_from(
        self, view: DeviceView, way: Way, destination: str, content: Content, segments: int, whole: bool
    ) -> Refusal | None:
        """The firewall of a device that sends."""
        guarded, now = view.guarded, self.tx.now
        if guarded is None:
            return None
        peer = peer_of(destination, self.country_of(view.device.org))
        refusal = forbids_from(guarded, Passing(way, peer, content.body, content.dcs), segments, now, whole)
        if refusal is not None:
            blocked(self.tx, self.changes, guarded, refusal)
        keep(self.tx, self.changes, guarded)
        return refusal

    def passed(self, view: DeviceView, way: Way, segments: int, sent: bool) -> None:
        """It is accepted: the firewall counts it, for rates and habits."""
        if view.guarded is not None:
            count_passed(view.guarded, way, segments, sent, self.tx.now)
            keep(self.tx, self.changes, view.guarded)

    def over_usage(
        self, view: DeviceView, policy: Policy, mt: bool, segments: int, replaces: Message | None = None
    ) -> Refusal | None:
        """Limits and quota. Opens the view's month and refills its quota first, since both depend on the
        day. What a replaced message gives back counts for its own month only.
        """
        self.open_month(view)
        returned = returns(replaces) if replaces is not None else 0
        this_month = replaces is not None and month_of(replaces.accepted_at) == self.month
        refusal = over_limit(view, policy, mt, max(0, segments - returned * this_month))
        if refusal is None and policy.quota:
            if view.quota is not None and refill(view.quota, self.tx.now):
                self.changes.quotas.append(view.quota)
            refusal = over_quota(view.quota, max(0, segments - returned), self.tx.now)
            if refusal is not None and view.quota is not None and refusal.code == "quota_expired":
                self._end_quota(view, view.quota)
        return refusal

    def _end_quota(self, view: DeviceView, quota: Quota) -> None:
        """Told once, by whoever notices first."""
        if not quota.ended:
            quota.ended = 1
            self.changes.quotas.append(quota)
            detail = f"volume {quota.volume}, remaining {quota.remaining}"
            self.happen(view.device.org, "quota_expired", view.device.id, None, detail)

    def count(self, view: DeviceView, policy: Policy, mt: bool, message: Message) -> None:
        self.count_segments(view, policy, mt, message.segments, message.id)

    def count_segments(
        self, view: DeviceView, policy: Policy, mt: bool, segments: int, message: int | None
    ) -> None:
        for type in count(view, policy, mt, segments):
            self.happen(view.device.org, type, view.device.id, message, f"policy {policy.name}")
        self.touch(view)

    def happen(self, org: int, type: str, device: int, message: int | None, detail: str) -> None:
        id = self.tx.next_id(shard_of(device))
        self.changes.happenings.append(Happening(id, org, self.tx.now, type, WARN, device, message, detail))

    def to_device(
        self, view: DeviceView, message: Message, enter_at: int | None, replaces: Job | None = None
    ) -> None:
        """The message's delivery to a device: now, or later when it is not due. A replacement keeps the
        position.
        """
        device = view.device
        self.passed(view, WAY_OF[message.direction], message.segments, sent=False)
        delivery = new_delivery(self.tx, message, Kind.SMS, DEVICE_RECEIVER, device.id, message.expires_at)
        if device.network not in self.routes.networks:
            before = replaces.delivery.via if replaces is not None else ""
            delivery.via = self.routes.first(device.org, device.network, device.msisdn, message, before)
        if replaces is not None:
            delivery.position = replaces.delivery.position
        if enter_at is not None:
            delivery.place = Place.SCHEDULED
            delivery.enter_at = enter_at
        else:
            gate = gate_of_via(delivery.via) if delivery.via else device.network
            job = Job(delivery, message, gate, device.msisdn, device.imsi)
            if enter(self.tx, self.changes, job, not view.busy, not device.attached):
                self.begin(job)
            elif delivery.via and view.busy and (message.priority or replaces):
                come_first(self.tx, self.changes, job, self.tx.now)
            view.busy = 1
            if not device.attached and message.receipt & INTERIM:
                message.timeline += endings_of(self).interim(message)
        view.queued += 1
        self.changes.deliveries.append(delivery)

    def forward(self, message: Message, receiver: DeviceView) -> None:
        """P2P. Beyond the receiver's rate it waits outside the lane, so that it never holds up A2P."""
        now, policy = self.tx.now, self.policies[receiver.device.policy]
        enter_at = enter_p2p(receiver.tally, policy, now)
        if enter_at > now:
            message.timeline += line("rate", now, enter_at, policy.p2p_received_per_minute)
        self.count(receiver, policy, True, message)
        self.to_device(receiver, message, enter_at if enter_at > now else None)

    def to_application(
        self, lanes: ApplicationLanes, message: Message, key: int, msisdn: str, imsi: str
    ) -> None:
        """What came for the message's application; where it has none it is kept to be read."""
        receiver, now = message.application, self.tx.now
        if receiver is None:
            message.timeline += line("kept", now) + ended(message, Event.DELIVER, None, now, "").timeline
            return
        delivery = new_delivery(self.tx, message, Kind.MO, receiver, key, message.expires_at)
        job = Job(delivery, message, gate_of_application(receiver), msisdn, imsi)
        if lanes.enter(self.tx, self.changes, job):
            self.begin(job)
        self.changes.deliveries.append(delivery)

    def begin(self, job: Job) -> None:
        message = job.message
        message.state = State.IN_PROGRESS
        message.attempts = 1
        message.timeline += attempt_line(job, self.tx.now)
        self.jobs.append(job)


def accepted_line(message: Message, policy: str) -> str:
    return line(
        "accepted",
        message.accepted_at,
        word(message.sender),
        DIRECTION_NAMES[message.direction],
        word(policy),
        message.segments,
        message.dcs,
    )
