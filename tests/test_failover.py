"""Upstreams that stay away: who is down, and whose SMS are sent elsewhere, as time passes."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from heliograph.app.failover import Failover
from heliograph.core.routing import Table
from heliograph.core.upstream import DEFAULT_FAILOVER_SECONDS
from tests.engine import Lab
from tests.flow.upstreams import ACME, BETA, GAMMA, close, in_turn, make_upstream_lab, nbiot, open_, through


class Now:
    """Runs flows in the lab, at once."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    async def run(self, flow: Any, requests: Sequence[Any], by: Any = None) -> list[Any]:
        assert by is None
        return self._lab.run(flow, *requests)


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = make_upstream_lab(nbiot(ACME, BETA, GAMMA))
    yield made
    made.engine.close()


def watch(lab: Lab) -> Failover:
    return Failover(Now(lab), lab.gates, lab.clock, lab.routes)


def look(failover: Failover, lab: Lab, seconds: float = 0) -> Sequence[str]:
    lab.clock.now_ms += round(seconds * 1000)
    return failover.look()


def test_one_is_down_when_it_was_away_for_so_long(lab: Lab) -> None:
    failover = watch(lab)
    assert look(failover, lab) == []
    close(lab, ACME)
    assert look(failover, lab, 5) == []
    assert look(failover, lab, DEFAULT_FAILOVER_SECONDS - 1) == []
    assert ACME not in lab.routes.down
    assert look(failover, lab, 1) == [ACME]
    assert ACME in lab.routes.down
    assert look(failover, lab, 600) == []  # said once


def test_one_that_comes_back_in_time_was_never_down(lab: Lab) -> None:
    failover = watch(lab)
    for _ in range(5):
        close(lab, ACME)
        assert look(failover, lab, DEFAULT_FAILOVER_SECONDS - 1) == []
        open_(lab, ACME)
        assert look(failover, lab, 1) == []
    assert not lab.routes.down


def test_one_that_never_connected_is_down_after_the_same_time() -> None:
    lab = Lab(routes=in_turn(ACME, BETA))
    failover = watch(lab)
    assert look(failover, lab) == []
    assert look(failover, lab, DEFAULT_FAILOVER_SECONDS) == [ACME, BETA]
    lab.engine.close()


def test_it_is_up_when_it_opens(lab: Lab) -> None:
    failover = watch(lab)
    close(lab, ACME)
    look(failover, lab)
    look(failover, lab, DEFAULT_FAILOVER_SECONDS)
    open_(lab, ACME)
    assert look(failover, lab, 1) == []
    assert ACME not in lab.routes.down


def test_when_another_one_comes_those_that_are_down_are_asked_once_more(lab: Lab) -> None:
    failover = watch(lab)
    for name in (ACME, BETA):
        close(lab, name)
    look(failover, lab)
    assert look(failover, lab, DEFAULT_FAILOVER_SECONDS) == [ACME, BETA]
    open_(lab, BETA)
    assert look(failover, lab, 1) == [ACME]
    assert look(failover, lab, 1) == []


def test_one_that_is_taken_away_is_asked_about_at_once(lab: Lab) -> None:
    failover = watch(lab)
    look(failover, lab)
    rows = [one for name, one in lab.routes.table.upstreams.items() if name != ACME]
    lab.routes.table = Table(rows, nbiot(BETA, GAMMA).table.ways(1, "nbiot", "4917", 1))
    assert look(failover, lab, 1) == [ACME]
    assert ACME in lab.routes.down


def test_what_waits_for_one_that_went_while_nothing_ran_goes_elsewhere(lab: Lab) -> None:
    close(lab, ACME)
    id = lab.accept()
    lab.routes.table = nbiot(BETA, GAMMA).table
    failover = watch(lab)
    asyncio.run(failover.start())
    assert list(failover.look()) == [ACME]
    asyncio.run(failover.reroute(ACME))
    (job,) = lab.poll()
    assert (job.message.id, through(job)) == (id, BETA)


def test_all_that_waits_is_rerouted_slice_by_slice(lab: Lab) -> None:
    with lab.connection:
        for device in range(10, 310):
            lab.device(device, network="nbiot")
    close(lab, ACME)
    ids = [lab.accept(device) for device in range(10, 310)]
    asyncio.run(watch(lab).reroute(ACME))
    jobs = lab.poll()
    assert sorted(job.message.id for job in jobs) == sorted(ids)
    assert {through(job) for job in jobs} == {BETA}
