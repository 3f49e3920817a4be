"""The simulator under the real writer: its thread, its group commit, real time."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from heliograph.core.delivery import Job
from heliograph.runtime.clock import WallClock
from heliograph.store.sqlite.writer import Writer
from tests.networks.rig import Rig, device

DEVICES, TEXTS = 20, 5
ECHO = "[[answers]]\npattern = '.*'\nreply = 'got {text}'\nafter_seconds = 0\n"


class Count:
    """Set once so many came."""

    def __init__(self, enough: int) -> None:
        self._left = enough
        self.event = asyncio.Event()

    def __call__(self, jobs: Sequence[Job]) -> None:
        self._left -= len(jobs)
        if self._left <= 0:
            self.event.set()


def test_all_texts_arrive_once_in_order_and_all_answers_come_back(tmp_path: Path) -> None:
    (tmp_path / "echo.toml").write_text(ECHO)

    async def main() -> None:
        rig = Rig(tmp_path / "heliograph.db", WallClock(), Writer, profiles=tmp_path, default_profile="echo")
        fleet = [device(256 * number + 1) for number in range(1, DEVICES + 1)]
        rig.add(*fleet)
        arrived, answered = Count(DEVICES * TEXTS), Count(DEVICES * TEXTS)
        rig.simulator.witness(arrived)
        rig.application.witness = answered
        running = asyncio.create_task(rig.dispatcher.run())
        await asyncio.gather(*(rig.mt(one, f"text {n}") for one in fleet for n in range(TEXTS)))
        await asyncio.wait_for(asyncio.gather(arrived.event.wait(), answered.event.wait()), 60)
        await rig.simulator.stop()
        await rig.dispatcher.drain()
        running.cancel()
        await rig.store.stop()
        for one in fleet:
            texts = [(job.message.body or b"").decode() for job in rig.reached if job.msisdn == one.msisdn]
            assert texts == [f"text {number}" for number in range(TEXTS)]
            heard = [text for source, _, text in rig.application.heard if source == one.msisdn]
            assert heard == [f"got {text}" for text in texts]

    asyncio.run(main())
