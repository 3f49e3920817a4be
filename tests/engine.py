"""An engine to test: the real SQLite engine with its flows, a clock set by hand, a fleet in a few lines.

In: requests to flows, outcomes for jobs, time that passes. Out: answers, jobs, and rows as they stand after
the commit. No thread, no loop: each call is one round.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct
from msgspec.structs import astuple

from heliograph.core.changes import Happening, Reference
from heliograph.core.content import PLAIN, Content, Wish, content_of_octets, content_of_text
from heliograph.core.delivery import Delivery, Job, Lane, gate_of_application
from heliograph.core.device import Device, MonthUsage, Quota, Tally
from heliograph.core.gate import Gate, Gates
from heliograph.core.message import Message, State
from heliograph.core.outcome import DELIVERED, Outcome
from heliograph.core.policy import Policy
from heliograph.core.reassembly import Part
from heliograph.core.refusal import Refusal
from heliograph.core.routing import Capability, Routes
from heliograph.core.schedule import RetrySchedule
from heliograph.core.story.timeline import read
from heliograph.core.tariff import Tariff
from heliograph.flow.accept import Settings
from heliograph.flow.attach import Attach, Presence, Sighting
from heliograph.flow.cancel import Cancel
from heliograph.flow.change import Change
from heliograph.flow.confirm import Confirm
from heliograph.flow.deliver import Deliver, Polled
from heliograph.flow.expire import Expire, Timers
from heliograph.flow.inbound import Receive
from heliograph.flow.overdue import Overdue
from heliograph.flow.recover import Recover
from heliograph.flow.requests import Inbound, Submission, Submitted
from heliograph.flow.reroute import Reroute
from heliograph.flow.settle import Settle, Settled
from heliograph.flow.submit import Submit
from heliograph.flow.wake import Wake, WakeSlice
from heliograph.store.sql.catalogue import columns
from heliograph.store.sqlite.engine import Call, SqliteEngine

START_MS = 1_773_144_000_000  # 2026-03-10 12:00 UTC: no month, day or hour turns nearby
RADIO = "radio"
APP = 9  # the application that hears of the first organisation's devices
TABLES: dict[type, str] = {
    Policy: "policy",
    Tariff: "tariff",
    Device: "device",
    Tally: "tally",
    MonthUsage: "tally_history",
    Quota: "quota",
    Message: "message",
    Delivery: "delivery",
    Lane: "lane",
    Part: "part",
    Reference: "reference",
    Happening: "event",
}


class SetClock:
    """A clock that stands still until it is set."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.now_ms = now_ms

    def now(self) -> int:
        return self.now_ms


class Flows:
    """Every flow of the engine, made from one set of settings."""

    def __init__(self, settings: Settings, routes: Routes, schedule: RetrySchedule) -> None:
        validity = settings.receipt_validity_seconds
        self.submit = Submit(settings, routes)
        self.settle = Settle(schedule, validity, routes)
        self.deliver = Deliver(validity)
        self.expire = Expire(settings, routes)
        self.receive = Receive(settings, routes)
        self.overdue = Overdue(settings, routes)
        self.cancel = Cancel(settings, routes)
        self.change = Change(settings, routes)
        self.confirm = Confirm(validity, routes)
        self.reroute = Reroute(routes)
        self.attach = Attach(schedule)
        self.recover = Recover(schedule, validity)
        self.wake = Wake()


def text_content(text: str, wish: Wish = PLAIN) -> Content:
    made = content_of_text(text, wish)
    assert isinstance(made, Content), made
    return made


def octet_content(octets: bytes, wish: Wish = PLAIN) -> Content:
    made = content_of_octets(octets, wish)
    assert isinstance(made, Content), made
    return made


def msisdn_of(device: int) -> str:
    return f"4917{device:08}"


def imsi_of(device: int) -> str:
    return f"26201{device:010}"


class Lab:
    """One engine with its gates, and what happened to it."""

    def __init__(
        self,
        path: Path | str = ":memory:",
        settings: Settings | None = None,
        routes: Routes | None = None,
        schedule: RetrySchedule | None = None,
        clock: Any = None,
    ) -> None:
        self.path = path
        self.clock = clock or SetClock()
        self.settings = settings or Settings()
        self.routes = routes or Routes({RADIO: Capability()})
        self.schedule = schedule or RetrySchedule()
        self.flows = Flows(self.settings, self.routes, self.schedule)
        self.jobs: list[Job] = []  # taken, and not yet settled or collected
        self._boot()

    def _boot(self) -> None:
        self.gates = Gates()
        self.engine = SqliteEngine(self.path, self.gates, self.clock, self.settings.lane_limit)

    @property
    def connection(self) -> apsw.Connection:
        return self.engine.connection

    # The fleet.

    def policy(self, id: int = 1, org: int = 1, **fields: Any) -> Policy:
        fields.setdefault("name", f"policy-{id}")
        return self.insert(Policy(id=id, org=org, **fields))

    def device(self, id: int, org: int = 1, policy: int = 1, **fields: Any) -> Device:
        fields = {
            "name": f"device-{id}",
            "msisdn": msisdn_of(id),
            "imsi": imsi_of(id),
            "network": RADIO,
            **fields,
        }
        return self.insert(Device(id=id, org=org, policy=policy, **fields))

    def quota(self, device: int, volume: int, **fields: Any) -> Quota:
        fields = {"remaining": volume, "last_added": volume, **fields}
        return self.insert(Quota(device=device, org=1, volume=volume, **fields))

    def insert(self, row: Any) -> Any:
        marks = ", ".join("?" for _ in row.__struct_fields__)
        self.sql(f"INSERT INTO {TABLES[type(row)]}({columns(type(row))}) VALUES({marks})", *astuple(row))
        return row

    def gate(self, name: str = RADIO, **fields: Any) -> Gate:
        """A new gate, open."""
        self.gates.add(name, Gate(**fields))
        self.open(name)
        return self.gates.by_name[name]

    def application(self, id: int = APP, **fields: Any) -> Gate:
        return self.gate(gate_of_application(id), **fields)

    # Time and gates.

    def advance(self, seconds: float, poll: bool = True) -> list[Job]:
        """Time passes, then the dispatcher's pass: timers, overdue parts, and every open gate."""
        self.clock.now_ms += round(seconds * 1000)
        return self.poll() if poll else []

    def poll(self) -> list[Job]:
        """One pass. The jobs it took."""
        before = len(self.jobs)
        self.expire()
        self.overdue()
        for name, gate in self.gates.by_name.items():
            if gate.reachable:
                self.deliver(name)
        return self.jobs[before:]

    def open(self, name: str = RADIO) -> None:
        self.gates.by_name[name].reachable = True
        after: int | None = 0
        while after is not None:
            after = self.run(self.flows.wake, WakeSlice(name, after))[0]

    def close(self, name: str = RADIO) -> None:
        self.gates.by_name[name].reachable = False

    def restart(self, after_seconds: float = 0) -> int:
        """The process dies and another one starts: gates are new and closed. How many attempts were found."""
        self.engine.close()
        self.clock.now_ms += round(after_seconds * 1000)
        self.jobs = []
        self._boot()
        recovered = 0
        while found := self.run(self.flows.recover, None)[0]:
            recovered += found
        return recovered

    # Flows.

    def run(self, flow: Any, *requests: Any) -> list[Any]:
        """One call, one round."""
        return self.round(Call(flow, requests))[0]

    def round(self, *calls: Call) -> list[list[Any]]:
        """Several calls in one transaction."""
        done = self.engine.round(calls)
        for result in done.results:
            if isinstance(result, BaseException):
                raise result
        self.jobs += done.jobs
        self.wake_at = done.wake_at
        return [result for result in done.results if isinstance(result, list)]

    def submission(self, device: int = 1, text: str = "hello", **fields: Any) -> Submission:
        fields.setdefault("content", text_content(text))
        fields = {"org": 1, "sender": "token:1", **fields}
        return Submission(device=device, **fields)

    def submit(self, device: int = 1, text: str = "hello", **fields: Any) -> Submitted | Refusal:
        answer: Submitted | Refusal = self.run(self.flows.submit, self.submission(device, text, **fields))[0]
        return answer

    def accept(self, device: int = 1, text: str = "hello", **fields: Any) -> int:
        """Submits, and holds that it was accepted. The id."""
        answer = self.submit(device, text, **fields)
        assert isinstance(answer, Submitted), answer
        return answer.id

    def inbound(
        self, device: int = 1, destination: str = "12345", text: str = "hi", **fields: Any
    ) -> Inbound:
        fields = {"gate": RADIO, "imsi": imsi_of(device), "msisdn": "", **fields}
        fields.setdefault("content", text_content(text))
        return Inbound(destination=destination, **fields)

    def receive(self, device: int = 1, destination: str = "12345", text: str = "hi", **fields: Any) -> Any:
        return self.run(self.flows.receive, self.inbound(device, destination, text, **fields))[0]

    def take(self) -> list[Job]:
        """The jobs that were taken since."""
        jobs, self.jobs = self.jobs, []
        return jobs

    def one(self) -> Job:
        """The one job that was taken since."""
        jobs = self.take()
        assert len(jobs) == 1, jobs
        return jobs[0]

    def settle(self, outcome: Outcome = DELIVERED, job: Job | None = None) -> Job:
        """The job, or the one that was taken, came to this."""
        job = job or self.one()
        self.run(self.flows.settle, Settled(job, outcome))
        return job

    def deliver(self, gate: str = RADIO) -> Polled:
        polled: Polled = self.run(self.flows.deliver, gate)[0]
        return polled

    def expire(self) -> Timers:
        timers: Timers = self.run(self.flows.expire, None)[0]
        return timers

    def overdue(self) -> int | None:
        at: int | None = self.run(self.flows.overdue, None)[0]
        return at

    def sight(self, presence: Presence, device: int = 1) -> int | None:
        found: int | None = self.run(self.flows.attach, Sighting(imsi_of(device), "", presence))[0]
        return found

    # Rows.

    def sql(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(text, values).fetchall()

    def rows(self, kind: type, where: str = "1", *values: Any) -> list[Any]:
        names, table = columns(kind), TABLES[kind]
        text = f"SELECT {names} FROM {table} WHERE {where}"  # noqa: S608  # names are constants
        return [kind(*row) for row in self.sql(text, *values)]

    def message(self, id: int) -> Message:
        found: Message = self.rows(Message, "id = ?", id)[0]
        return found

    def state(self, id: int) -> tuple[State, str | None]:
        message = self.message(id)
        return State(message.state), message.reason

    def story(self, id: int) -> list[str]:
        """The codes of the timeline."""
        return [step.code for step in read(self.message(id).timeline)]

    def step(self, id: int, code: str) -> tuple[str, ...]:
        """The arguments of the last step with this code."""
        found = [step.arguments for step in read(self.message(id).timeline) if step.code == code]
        assert found, self.message(id).timeline
        return found[-1]

    def delivery(self, message: int) -> Delivery | None:
        """The delivery to the message's receiver, while it is not over."""
        found: list[Delivery] = self.rows(Delivery, "message = ? AND kind <> 2", message)
        return found[0] if found else None

    def waiting(self, device: int = 1) -> list[int]:
        """The messages that wait in the device's lane, in its order."""
        where = "receiver = 0 AND key = ? AND place = 0 ORDER BY priority DESC, position"
        return [delivery.message for delivery in self.rows(Delivery, where, device)]

    def lane(self, device: int = 1, receiver: int = 0) -> Lane | None:
        found: list[Lane] = self.rows(Lane, "receiver = ? AND key = ?", receiver, device)
        return found[0] if found else None

    def tally(self, device: int = 1) -> Tally:
        found: list[Tally] = self.rows(Tally, "device = ?", device)
        return found[0] if found else Tally(device)

    def events(self) -> list[str]:
        return [event.type for event in self.rows(Happening, "1 ORDER BY at, id")]

    def count(self, table: str) -> int:
        text = f"SELECT count(*) FROM {table}"  # noqa: S608  # names are constants
        number: int = self.sql(text)[0][0]
        return number


def make_lab(
    devices: Sequence[int] = (1, 2, 3),
    path: Path | str = ":memory:",
    settings: Settings | None = None,
    **policy: Any,
) -> Lab:
    """Devices of one organisation behind one open gate, under one policy without an application."""
    lab = Lab(path, settings)
    lab.policy(**policy)
    with lab.connection:
        for device in devices:
            lab.device(device)
    lab.gate()
    return lab


def change_row(lab: Lab, row: Struct, **fields: Any) -> None:
    """A row as if people had changed it."""
    sets = ", ".join(f"{name} = ?" for name in fields)
    id: int = row.id  # type: ignore[attr-defined]  # every table that people change has one
    text = f"UPDATE {TABLES[type(row)]} SET {sets} WHERE id = ?"  # noqa: S608  # names are constants
    lab.sql(text, *fields.values(), id)
