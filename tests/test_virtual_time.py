"""The virtual loop keeps asyncio's promises, without waiting."""

import asyncio

import pytest

from tests.virtual_time import Stuck, VirtualClock, VirtualLoop, run_virtual

YEAR_SECONDS = 366 * 24 * 3600


def test_a_year_passes_at_once_and_timers_fire_in_order() -> None:
    loop = VirtualLoop()
    clock = VirtualClock(loop, start_ms=1_000)
    fired: list[tuple[str, int]] = []

    async def main() -> None:
        for name, seconds in (("year", YEAR_SECONDS), ("hour", 3600), ("now", 0)):
            loop.call_later(seconds, lambda name=name: fired.append((name, clock.now())))
        await asyncio.sleep(YEAR_SECONDS + 1)

    run_virtual(main(), loop)
    assert fired == [("now", 1_000), ("hour", 3_601_000), ("year", 1_000 + YEAR_SECONDS * 1000)]


def test_the_wall_clock_jumps_and_timers_do_not() -> None:
    loop = VirtualLoop()
    clock = VirtualClock(loop, start_ms=0)

    async def main() -> int:
        clock.jump(-5_000)
        await asyncio.sleep(2)
        return clock.now()

    assert run_virtual(main(), loop) == -3_000


def test_waiting_for_nothing_is_found() -> None:
    async def main() -> None:
        await asyncio.get_running_loop().create_future()

    loop = VirtualLoop()
    with pytest.raises(Stuck):
        loop.run_until_complete(main())
    loop.run_until_complete(asyncio.gather(*_cancelled(loop), return_exceptions=True))
    loop.close()


def _cancelled(loop: VirtualLoop) -> list[asyncio.Task[None]]:
    tasks = list(asyncio.all_tasks(loop))
    for task in tasks:
        task.cancel()
    return tasks
