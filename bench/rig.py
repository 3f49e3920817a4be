"""The engine as a benchmark runs it: a real SQLite file with its real fsync, policies on, the simulator as
network.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import astuple

from heliograph.core.device import Device
from heliograph.core.gate import Gate, Gates
from heliograph.core.policy import Policy
from heliograph.core.routing import Capability, Routes
from heliograph.core.schedule import RetrySchedule
from heliograph.dispatcher import Dispatcher, Flows
from heliograph.flow.accept import Settings
from heliograph.flow.attach import Attach
from heliograph.flow.deliver import Deliver
from heliograph.flow.expire import Expire
from heliograph.flow.overdue import Overdue
from heliograph.flow.recover import Recover
from heliograph.flow.requests import Inbound, ReceiveAnswer
from heliograph.flow.settle import Settle
from heliograph.flow.submit import Submit
from heliograph.flow.wake import Wake
from heliograph.networks.simulator import Simulator
from heliograph.networks.simulator.outlet import Witness
from heliograph.runtime.clock import WallClock
from heliograph.runtime.collector import calm_collector
from heliograph.store.sql.admin import INSERTS
from heliograph.store.sqlite.engine import SqliteEngine
from heliograph.store.sqlite.writer import Writer

ORGANISATION = 1
APPLICATION = 7
WINDOW = 5_000
POLICY = Policy(
    1, ORGANISATION, "bench", mt_limit=1_000_000_000, price_mo=10, price_mt=10, application=APPLICATION
)


class Rig(Struct):
    store: Writer
    engine: SqliteEngine
    dispatcher: Dispatcher
    simulator: Simulator
    submit: Submit
    attach: Attach


def device_id(number: int) -> int:
    return number * 256 + number % 256


def add_fleet(engine: SqliteEngine, devices: int, attached: bool) -> list[int]:
    """Devices with a number, a subscriber and a policy with limits and prices."""
    connection = engine.connection
    connection.execute("BEGIN").fetchall()
    connection.execute(INSERTS[Policy], astuple(POLICY)).fetchall()
    connection.executemany(
        INSERTS[Device], (astuple(_device(number, attached)) for number in range(1, devices + 1))
    )
    connection.execute("COMMIT").fetchall()
    return [device_id(number) for number in range(1, devices + 1)]


def _device(n: int, attached: bool) -> Device:
    numbers = (f"4915{n:09}", f"90128{n:010}")
    return Device(
        device_id(n), ORGANISATION, f"bench-{n}", *numbers, POLICY.id, "simulator", attached=int(attached)
    )


@asynccontextmanager
async def running(path: Path, witness: Witness) -> AsyncIterator[Rig]:
    gates, clock = Gates(), WallClock()
    gates.add("simulator", Gate(window=WINDOW))
    settings, routes, schedule = Settings(), Routes({"simulator": Capability()}), RetrySchedule()
    engine = SqliteEngine(path, gates, clock, settings.lane_limit)
    store = Writer(engine)
    keep = settings.receipt_validity_seconds
    flows = Flows(
        settle=Settle(schedule, keep),
        deliver=Deliver(keep),
        expire=Expire(settings, routes),
        overdue=Overdue(settings, routes),
        recover=Recover(schedule, keep),
        wake=Wake(),
    )
    dispatcher = Dispatcher(store, gates, clock, flows)
    store.on_taken = dispatcher.taken
    attach = Attach(schedule)
    simulator = Simulator(
        report=dispatcher.report,
        receive=_nothing,
        sight=lambda sightings: store.run(attach, sightings),
        clock=clock,
        random=random.Random(1),
    )
    simulator.witness(witness)
    dispatcher.connect("simulator", simulator.outlet)
    await dispatcher.recover()
    dispatcher.opened("simulator")
    calm_collector()
    loop = asyncio.create_task(dispatcher.run())
    try:
        yield Rig(store, engine, dispatcher, simulator, Submit(settings, routes), attach)
    finally:
        loop.cancel()
        await dispatcher.drain()
        await store.stop()


async def _nothing(_: Sequence[Inbound]) -> Sequence[ReceiveAnswer]:
    """No virtual device sends here."""
    return []
