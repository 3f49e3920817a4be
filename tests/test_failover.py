"""Upstreams that stay away: who is down, and whose SMS are sent elsewhere, as time passes."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from heliograph.app.failover import FREE_EVERY_MS, SPARED_MS, Failover
from heliograph.core.delivery import Place
from heliograph.core.message import State
from heliograph.core.outcome import Returned, Temporary
from heliograph.core.routing import Table
from heliograph.core.upstream import DEFAULT_FAILOVER_SECONDS
from tests.engine import Lab
from tests.flow.upstreams import (
    ACME,
    BETA,
    GAMMA,
    close,
    in_turn,
    make_upstream_lab,
    nbiot,
    open_,
    through,
    upstream,
)


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
    return Failover(Now(lab), lab.gates, lab.clock, lab.routes, lab.settings)


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


def delete(lab: Lab, name: str, *rest: str) -> None:
    """Its row is gone, and its routes with it."""
    lab.gates.by_name.pop(f"upstream:{name}")
    lab.routes.table = nbiot(*rest).table if rest else Table()


def free(failover: Failover, lab: Lab, seconds: float = 0) -> None:
    look(failover, lab, seconds)
    asyncio.run(failover.free())


def test_what_enters_its_lane_after_its_upstream_was_deleted_holds_up_nobody(lab: Lab) -> None:
    lab.routes.table = nbiot(ACME).table
    failover = watch(lab)
    free(failover, lab)
    sent = lab.accept()
    job = lab.one()
    delete(lab, ACME)
    free(failover, lab, 1)
    assert lab.state(sent) == (State.IN_PROGRESS, None)
    lab.settle(Returned("gate_closed"), job)
    free(failover, lab, FREE_EVERY_MS / 1000)
    assert lab.state(sent) == (State.FAILED, "upstream_deleted")


@pytest.mark.parametrize("place", [Place.WAITING, Place.SCHEDULED, Place.HELD])
def test_what_waits_for_a_deleted_one_fails_wherever_it_waits(lab: Lab, place: Place) -> None:
    lab.routes.table = nbiot(ACME).table
    close(lab, ACME)
    id = lab.accept(not_before=lab.clock.now() + 3_600_000 if place == Place.SCHEDULED else None)
    lab.sql("UPDATE delivery SET place = ?", place)
    failover = watch(lab)
    free(failover, lab)
    delete(lab, ACME)
    free(failover, lab, 1)
    assert lab.state(id) == (State.FAILED, "upstream_deleted")
    assert lab.tally().mt == 0


def test_what_is_scheduled_goes_around_one_that_was_deleted_while_nothing_ran(lab: Lab) -> None:
    id = lab.accept(not_before=lab.clock.now() + 60_000)
    delete(lab, ACME, BETA, GAMMA)
    (job,) = lab.advance(60)
    assert (job.message.id, through(job)) == (id, BETA)


def test_what_waits_for_one_that_is_off_stays(lab: Lab) -> None:
    lab.routes.table = nbiot(ACME).table
    close(lab, ACME)
    id = lab.accept()
    failover = watch(lab)
    free(failover, lab)
    lab.routes.table = Table([upstream(ACME, enabled=0)])
    free(failover, lab, FREE_EVERY_MS / 1000)
    assert lab.state(id) == (State.PENDING, None)


def test_what_waits_for_one_that_was_gone_at_the_start_is_spared_for_a_while(lab: Lab) -> None:
    close(lab, ACME)
    id = lab.accept()
    delete(lab, ACME)
    failover = watch(lab)
    asyncio.run(failover.start())
    free(failover, lab, 1)
    assert lab.state(id) == (State.PENDING, None)
    free(failover, lab, SPARED_MS / 1000)
    assert lab.state(id) == (State.FAILED, "upstream_deleted")


def test_a_lane_that_rests_for_another_reason_keeps_its_clock(lab: Lab) -> None:
    first, second = lab.accept(), lab.accept()
    lab.settle(Temporary("absent", 600))
    lab.sql("UPDATE delivery SET via = 'beta' WHERE message = ?", second)
    before = lab.lane()
    failover = watch(lab)
    free(failover, lab)
    delete(lab, BETA, ACME)
    lab.routes.table = Table(lab.routes.table.upstreams.values())
    free(failover, lab, 1)
    assert lab.state(second) == (State.FAILED, "upstream_deleted")
    assert lab.state(first) == (State.BUFFERED, None)
    assert lab.lane() == before
