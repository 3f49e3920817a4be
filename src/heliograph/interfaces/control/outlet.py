"""Deliveries to applications that listen on the socket: MO and receipts, each acknowledged by its listener.

In: jobs of the gate `application:<id>`. Out: each job to one listener, and its outcome to the dispatcher.
The gate is open while at least one listener is there. What a listener had not been sent returns; what it
had and did not acknowledge is unknown.
"""

import asyncio
from collections.abc import Callable, Container, Sequence
from itertools import cycle

from heliograph.core.delivery import Job, gate_of_application
from heliograph.core.gate import Gate
from heliograph.core.outcome import DELIVERED, GATE_CLOSED, LINK_LOST, Temporary
from heliograph.flow.ports import Outlet, Report

WINDOW = 256  # deliveries to one application that are under way


class Listener:
    """One connection that listens."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._waiting: asyncio.Queue[Job] = asyncio.Queue()  # bounded by the gate's window
        self._sent: dict[int, Job] = {}

    def give(self, job: Job) -> None:
        self._waiting.put_nowait(job)

    async def next(self) -> Job:
        """The next job, from now on in this listener's hands."""
        job = await self._waiting.get()
        self._sent[job.delivery.id] = job
        return job

    def heard(self, delivery: int, accepted: bool) -> None:
        job = self._sent.pop(delivery, None)
        if job is not None:
            self._report([(job, DELIVERED if accepted else Temporary("receiver_error"))])

    def leave(self) -> None:
        while not self._waiting.empty():
            self._report([(self._waiting.get_nowait(), GATE_CLOSED)])
        self._report([(job, LINK_LOST) for job in self._sent.values()])
        self._sent.clear()


class ApplicationOutlet:
    """The outlet of one application's gate. Takes its listeners in turn."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.listeners: list[Listener] = []
        self._turns = cycle(self.listeners)

    def change(self, listeners: list[Listener]) -> None:
        self.listeners = listeners
        self._turns = cycle(listeners)

    def send(self, jobs: Sequence[Job]) -> None:
        if not self.listeners:
            self._report([(job, GATE_CLOSED) for job in jobs])
            return
        for job in jobs:
            next(self._turns).give(job)


class Applications:
    """All listeners by application. Opens and closes the gates."""

    def __init__(
        self,
        report: Report,
        add_gate: Callable[[str, Gate, Outlet], None],
        opened: Callable[[str], None],
        closed: Callable[[str], None],
        called: Container[int] = (),
        bound: Container[int] = (),
    ) -> None:
        self._report = report
        self._add_gate = add_gate
        self._opened = opened
        self._closed = closed
        self.called = called  # at URLs: their gates are not ours
        self.bound = bound  # by SMPP: nor are theirs
        self._outlets: dict[int, ApplicationOutlet] = {}

    def join(self, application: int) -> Listener:
        gate = gate_of_application(application)
        outlet = self._outlets.get(application)
        if outlet is None:
            outlet = self._outlets[application] = ApplicationOutlet(self._report)
            self._add_gate(gate, Gate(window=WINDOW), outlet)
        listener = Listener(self._report)
        outlet.change([*outlet.listeners, listener])
        self._opened(gate)
        return listener

    def leave(self, application: int, listener: Listener) -> None:
        outlet = self._outlets[application]
        outlet.change([other for other in outlet.listeners if other is not listener])
        if not outlet.listeners:
            self._closed(gate_of_application(application))
        listener.leave()
