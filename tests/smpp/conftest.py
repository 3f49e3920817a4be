"""`run` gives a test a centre of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from heliograph.runtime.tls import Tls
from tests.smpp.centre import Centre, centre

Run = Callable[..., None]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(work: Callable[[Centre], Awaitable[None]], tls: Tls | None = None, **settings: str) -> None:
        async def inside() -> None:
            async with centre(
                tmp_path, {name.upper(): value for name, value in settings.items()}, tls
            ) as made:
                await work(made)

        asyncio.run(inside())

    return run
