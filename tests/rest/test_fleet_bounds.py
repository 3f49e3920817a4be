"""An import is looked at in slices: neither bad rows nor empty lines hold up the others."""

import asyncio
from time import process_time
from typing import Any, cast

import pytest

from heliograph.flow.manage.devices import SLICE
from heliograph.interfaces.rest.callers.access import Caller
from heliograph.interfaces.rest.problem import Problem
from heliograph.interfaces.rest.route import Call
from heliograph.interfaces.rest.routes.fleet import ImportQuery, import_devices
from heliograph.interfaces.rest.services import Services
from tests.rest.site import LONGEST_SECONDS

ROWS = 10 * SLICE
CALLER = Caller(1, "test", frozenset({"device:write"}))


def turns_of_others(octets: bytes) -> int:
    """How often somebody else had a turn while a file was imported that asks nobody anything."""
    call: Call[Any, Any] = Call(CALLER, {}, ImportQuery(dry_run=True), octets, {}, "", "")

    async def run() -> int:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        waiting = asyncio.create_task(other())
        await import_devices(cast(Services, None), call)
        waiting.cancel()
        return turns

    return asyncio.run(asyncio.wait_for(run(), LONGEST_SECONDS))


@pytest.mark.parametrize(
    "rows", [b"\n" * ROWS, b'"x\n' * ROWS, (b'"' + b"x" * 60_000 + b"\n") * 50], ids=["empty", "bad", "long"]
)
def test_others_have_their_turns(rows: bytes) -> None:
    assert turns_of_others(b"name\n" + rows) >= 9


def test_too_many_lines_are_refused_before_any_is_looked_at() -> None:
    began = process_time()
    with pytest.raises(Problem) as refused:
        turns_of_others(b"name\n" + b"\n" * (8 << 20))
    assert "more than 100000 rows" in repr(refused.value.body)
    assert process_time() - began < 2  # to read them takes six times that
