"""`run` gives a test a centre of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.networks.smpp.lab import Lab, lab

Run = Callable[..., None]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(work: Callable[[Lab], Awaitable[None]], **settings: str) -> None:
        async def inside() -> None:
            async with lab(tmp_path, **settings) as made:
                await work(made)

        asyncio.run(inside())

    return run
