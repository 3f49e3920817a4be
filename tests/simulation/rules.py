"""Rules that hold at every moment: checked when an outlet is given a job, from the world's books alone."""

from heliograph.core.delivery import DEVICE_RECEIVER, Job, Kind, LaneKey
from tests.simulation.books import Books, Fate, Send, token_of
from tests.simulation.fleet import APPLICATION_WINDOW, NETWORK_WINDOWS, Fleet
from tests.simulation.lane_clocks import LaneClocks

GIVEN_UP = (Fate.UNKNOWN, Fate.DIED)
AWAY_MS = 6 * 3600 * 1000


class Rules:
    def __init__(self, books: Books, fleet: Fleet, clocks: LaneClocks) -> None:
        self._books = books
        self._fleet = fleet
        self._clocks = clocks
        self.busy: dict[LaneKey, Send] = {}
        self.in_flight: dict[str, int] = {}
        self.round = 0  # of the store: within one, the order is the engine's
        self.seen_in_round: dict[LaneKey, int] = {}
        # Devices known to be away: since when, in which round, and when in the order of events.
        self.said_goodbye: dict[int, tuple[int, int, int]] = {}

    def begin(self, job: Job, gate: str, timer_ms: int, boot: int) -> Send:
        """A job leaves. Everything that may forbid it is asked here."""
        delivery, now = job.delivery, self._books.clock.now()
        send = Send(
            number=self._books.next(),
            delivery=delivery.id,
            kind=delivery.kind,
            message=job.message.id,
            lane=LaneKey(delivery.receiver, delivery.key),
            gate=gate,
            priority=delivery.priority,
            segment=delivery.segment,
            attempts=delivery.attempts,
            repeated=delivery.repeated,
            token=token_of(job),
            sent_at=now,
            deadline=self._books.elapsed() + timer_ms,
            boot=boot,
            expires_at=delivery.expires_at,
            once=bool(job.message.at_most_once),
        )
        self._books.tell(
            "send", gate, send.lane, "delivery", send.delivery, send.token, send.segment, send.repeated
        )
        send.alerted = self.seen_in_round.get(send.lane) == self.round
        self._one_in_flight(send)
        self._window(send)
        self._policy(send)
        self._in_time(send, job)
        self._schedule(send)
        self._repeat(send)
        self.busy[send.lane] = send
        self._books.open[send.delivery] = send
        last = self._books.last_of.get(send.delivery)
        if last is not None and last.gate != send.gate:
            self._books.coverage.hit("rerouted")
        self._books.last_of[send.delivery] = send
        self._books.sends.append(send)
        self._books.of_segment.setdefault((send.delivery, send.segment), []).append(send)
        self.in_flight[gate] = self.in_flight.get(gate, 0) + 1
        return send

    def end(self, send: Send, fate: Fate) -> None:
        """The process heard how it went, gave it up, or died."""
        if not send.over:
            send.over = True
            send.fate = fate
            self.in_flight[send.gate] -= 1
            if self.busy.get(send.lane) is send:
                del self.busy[send.lane]

    def give_up_late(self) -> None:
        """Attempts past their gate's timer are over; timers do not follow a wall clock that jumps."""
        now = self._books.elapsed()
        for send in list(self.busy.values()):
            if now >= send.deadline:
                self.end(send, Fate.LATE)

    def _one_in_flight(self, send: Send) -> None:
        if send.lane in self.busy:
            self.give_up_late()
        other = self.busy.get(send.lane)
        if other is not None:
            self._books.violate("one in flight per lane", send.lane, send.token, "beside", other.token)

    def _window(self, send: Send) -> None:
        window = NETWORK_WINDOWS.get(send.gate, APPLICATION_WINDOW)
        if self.in_flight.get(send.gate, 0) >= window:
            self.give_up_late()
        if self.in_flight.get(send.gate, 0) >= window:
            self._books.violate("window of a gate", send.gate, "has", self.in_flight[send.gate], "of", window)

    def _policy(self, send: Send) -> None:
        if send.lane.receiver != DEVICE_RECEIVER:
            return
        device = self._fleet.devices[send.lane.key]
        if self._fleet.forbids_mt(device.id):
            self._books.violate("policy at the attempt", device.name, send.token)
        away = self.said_goodbye.get(device.id)
        if away is None or away[2] < self._books.number_of_last_backward_jump:
            return  # six hours by a clock that went back may be fewer
        if away[1] < self.round and send.sent_at < away[0] + AWAY_MS:
            self._books.violate("a device that left is let alone", device.name, send.token)

    def _in_time(self, send: Send, job: Job) -> None:
        limit = job.message.expires_at if send.kind == Kind.SMS else job.delivery.expires_at
        if send.sent_at >= limit:
            self._books.violate("no attempt after the validity", send.token, "by", send.sent_at - limit, "ms")

    def _schedule(self, send: Send) -> None:
        before = self._books.last_of.get(send.delivery)
        if before is not None and before.gate != send.gate:
            self._clocks.freed(send.lane)  # another upstream carries it: at once
        clock = self._clocks.due_at(send.lane)
        if send.sent_at < clock.due_at:
            early = clock.due_at - send.sent_at
            self._books.violate(
                "attempts follow the schedule", send.lane, send.token, early, "ms early after", clock.why
            )

    def _repeat(self, send: Send) -> None:
        """What arrived is sent again only when nobody could know that it had, and is marked."""
        everything = self._books.of_segment.get((send.delivery, send.segment), ())
        for old in everything:
            if old.gate != send.gate and old.fate in GIVEN_UP:
                self._books.violate("what may have arrived goes nowhere else", send.token, send.segment)
            if old.gate != send.gate and old.arrived:
                self._again_elsewhere(send, old)
        before = [old for old in everything if old.gate == send.gate]
        doubtful = [old for old in before if old.fate in GIVEN_UP]
        for old in before:
            if old.arrived and old not in doubtful:
                self._books.violate("no repeat without a reason", send.token, send.segment, old.outcome)
        if doubtful and not send.repeated:
            self._books.violate("a repeat is marked", send.token, send.segment, doubtful[-1].outcome)
        if doubtful:
            kind = "receipt" if send.kind == Kind.RECEIPT else "sms"
            self._books.coverage.hit(f"{kind} repeated")

    def _again_elsewhere(self, send: Send, old: Send) -> None:
        """A long SMS of which an upstream failed one segment begins anew, with those that had arrived."""
        self._books.coverage.hit("rerouted in part")
        alone = all(
            segment == send.segment
            for delivery, segment in self._books.of_segment
            if delivery == send.delivery
        )
        if alone or send.once:
            self._books.violate("what arrived does not go elsewhere", send.token, send.segment, old.gate)
