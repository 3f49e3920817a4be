"""Devices of a routed network: their SMS go through upstreams, in the one lane that each device has."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from heliograph.core.changes import Reference
from heliograph.core.delivery import Kind, gate_of_upstream
from heliograph.core.message import ANY_END, State
from heliograph.core.outcome import Accepted, Delivered, Returned, Temporary, Unknown
from heliograph.core.refusal import Refusal
from heliograph.core.routing import Capability, Routes, Table
from heliograph.core.upstream import Route
from heliograph.flow.manage.devices import SetDevices
from heliograph.flow.manage.requests import DeviceWish, SetDevice
from heliograph.flow.requests import Cancel, Change
from tests.engine import APP, RADIO, Lab, octet_content
from tests.flow.desk import Desk
from tests.flow.upstreams import (
    ACME,
    BETA,
    GAMMA,
    close,
    make_upstream_lab,
    nbiot,
    open_,
    route,
    routes,
    through,
    upstream,
)


@pytest.fixture
def lab() -> Lab:
    return make_upstream_lab()


def test_the_first_upstream_takes_it_with_the_accept(lab: Lab) -> None:
    id = lab.accept()
    job = lab.one()
    assert (job.gate, job.msisdn, job.delivery.via) == ("upstream:acme", lab.message(id).destination, ACME)
    lab.settle(job=job)
    assert lab.state(id) == (State.DELIVERED, None)
    assert lab.step(id, "attempt")[1] == "upstream:acme"


def test_each_upstream_takes_its_share(lab: Lab) -> None:
    rows = [route(name, network="nbiot") for name in (ACME, BETA)]
    lab = make_upstream_lab(routes(*rows))
    used = set()
    for device in (1, 2, 3) * 5:
        lab.accept(device)
        job = lab.one()
        used.add(through(job))
        lab.settle(Accepted(str(job.message.id)), job)
    assert used == {ACME, BETA}


def test_an_upstream_may_be_named_as_a_device_s_network() -> None:
    lab = make_upstream_lab()
    lab.device(7, network=BETA)
    lab.accept(7)
    assert through(lab.one()) == BETA


@pytest.mark.parametrize("network", ["elsewhere", "Acme", ""])
def test_a_network_that_no_route_names_is_refused(lab: Lab, network: str) -> None:
    lab.device(7, network=network)
    answer = lab.submit(7)
    assert isinstance(answer, Refusal)
    assert answer.code in ("no_network", "no_external_route")


def test_what_none_of_them_carries_is_refused_and_what_one_carries_goes_there() -> None:
    known = nbiot(ACME, BETA)
    lab = make_upstream_lab(known)
    known.table.capabilities[ACME] = Capability(binary=False)
    lab.accept(content=octet_content(b"\0\1"))
    assert through(lab.one()) == BETA
    known.table.capabilities[BETA] = known.table.capabilities[ACME]
    answer = lab.submit(2, content=octet_content(b"\0\1"))
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.rule) == ("not_supported", "upstream acme: binary")


def test_a_lane_is_in_order_across_its_upstreams(lab: Lab) -> None:
    first, second = lab.accept(), lab.accept()
    lab.sql("UPDATE delivery SET via = 'beta' WHERE message = ?", second)
    close(lab, BETA)
    lab.settle(Accepted("1"))
    assert lab.take() == []
    assert lab.advance(3600) == []
    open_(lab, BETA)
    (job,) = lab.poll()
    assert (job.message.id, through(job)) == (second, BETA)
    assert lab.state(first) == (State.IN_PROGRESS, None)


def test_a_message_behind_another_upstream_goes_when_the_first_of_its_lane_is_canceled(lab: Lab) -> None:
    """Its gate was open all the time, so no opening wakes it."""
    close(lab, ACME)
    first, second = lab.accept(), lab.accept()
    lab.sql("UPDATE delivery SET via = 'beta' WHERE message = ?", second)
    assert lab.advance(60) == []
    lab.run(lab.flows.cancel, Cancel(1, first, "token:1"))
    (job,) = lab.advance(1)
    assert (job.message.id, through(job)) == (second, BETA)


def test_likewise_when_the_first_expires(lab: Lab) -> None:
    close(lab, ACME)
    lab.accept(validity_seconds=10)
    second = lab.accept()
    lab.sql("UPDATE delivery SET via = 'beta' WHERE message = ?", second)
    lab.advance(10)
    (job,) = lab.advance(1) or lab.take()
    assert (job.message.id, through(job)) == (second, BETA)


def test_likewise_when_the_first_gives_way(lab: Lab) -> None:
    """Its priority is taken back, so the other one is first."""
    close(lab, ACME)
    first = lab.accept(priority=3)
    second = lab.accept(priority=1)
    lab.sql("UPDATE delivery SET via = 'beta' WHERE message = ?", second)
    assert lab.advance(60) == []
    lab.run(lab.flows.change, Change(1, first, "token:1", priority=0))
    (job,) = lab.advance(1)
    assert (job.message.id, through(job)) == (second, BETA)


def test_a_resting_lane_whose_head_went_elsewhere_is_not_polled_for_ever(lab: Lab) -> None:
    first, second = lab.accept(), lab.accept(priority=1)
    lab.settle(Temporary("absent"))
    lab.sql("UPDATE delivery SET via = 'beta' WHERE message = ?", second)
    close(lab, BETA)
    assert lab.advance(60) == []
    lane = lab.lane()
    assert lane is not None
    assert (lane.gate, lane.attempts) == (gate_of_upstream(BETA), 1)
    assert lab.deliver(gate_of_upstream(ACME)).next_due_at is None
    open_(lab, BETA)
    lab.poll()
    job = lab.one()
    assert job.message.id == second
    lab.settle(Delivered(), job)
    assert lab.one().message.id == first


def test_behind_a_closed_upstream_nothing_is_written_and_its_opening_wakes_all(lab: Lab) -> None:
    close(lab, ACME)
    ids = [lab.accept(device) for device in (1, 2, 3)]
    assert lab.count("lane") == 0
    open_(lab, ACME)
    assert sorted(job.message.id for job in lab.poll()) == sorted(ids)
    assert lab.step(ids[0], "woken") == ("gate_opened", "upstream:acme")


def test_what_was_under_way_at_a_crash_is_repeated_by_the_same_upstream(tmp_path: Path) -> None:
    lab = make_upstream_lab(path=tmp_path / "db")
    id = lab.accept()
    assert lab.restart() == 1
    lab.gate(gate_of_upstream(BETA))
    assert lab.advance(3600) == []
    lab.gate(gate_of_upstream(ACME))
    (job,) = lab.poll()
    assert (job.message.id, through(job), job.delivery.repeated) == (id, ACME, 1)


def _closed(gate: str) -> bool:
    return not gate


def test_its_story_names_the_upstream(tmp_path: Path) -> None:
    lab = make_upstream_lab(path=tmp_path / "db")
    desk = Desk(lab)
    close(lab, ACME)
    id = lab.accept()
    desk.browse._gate_is_open = _closed  # type: ignore[method-assign]  # nobody else asks it
    texts = [sentence.text for sentence in desk.explained(id).story]
    assert any("It waits for upstream acme, which is not connected" in text for text in texts), texts
    open_(lab, ACME)
    lab.poll()
    assert any("left through upstream acme" in one.text for one in desk.explained(id).story)
    desk.close()


@pytest.mark.parametrize(
    ("before", "after", "gate"),
    [
        ("nbiot", RADIO, RADIO),
        (RADIO, "nbiot", "upstream:acme"),
        ("nbiot", BETA, "upstream:beta"),
        (BETA, "nbiot", "upstream:acme"),
    ],
)
def test_what_waits_for_a_device_that_moves_goes_by_its_new_network(
    lab: Lab, before: str, after: str, gate: str
) -> None:
    lab.sql("UPDATE device SET network = ?", before)
    for name in (ACME, BETA):
        close(lab, name)
    lab.close()
    ids = [lab.accept(), lab.accept(not_before=lab.clock.now() + 60_000)]
    move(lab, after)
    for name in (ACME, BETA):
        open_(lab, name)
    lab.open()
    lab.advance(1)
    job = lab.one()
    assert (job.message.id, job.gate) == (ids[0], gate)
    lab.settle(job=job)
    (job,) = lab.advance(60)
    assert (job.message.id, job.gate) == (ids[1], gate)


def test_what_may_have_arrived_stays_with_its_upstream_when_its_device_moves(lab: Lab) -> None:
    id = lab.accept()
    lab.settle(Unknown("link_lost"))
    move(lab, RADIO)
    (job,) = lab.advance(3600)
    assert (job.message.id, job.gate) == (id, "upstream:acme")


def move(lab: Lab, network: str) -> None:
    wish = DeviceWish(network=network)
    (answer,) = lab.run(SetDevices(networks=lab.routes), SetDevice(1, 1, wish))
    assert not isinstance(answer, Refusal), answer


def narrow_lab() -> Lab:
    """Network `narrow` is routed to gamma, which carries no UCS-2; the device's own is a carrier or acme."""
    rows = [Route(1, ACME, network="nbiot"), Route(2, GAMMA, network="narrow")]
    table = Table([upstream(ACME), upstream(GAMMA, ucs2=0)], rows)
    return make_upstream_lab(Routes({RADIO: Capability()}, table))


def test_what_its_new_network_cannot_carry_ends_and_holds_up_nothing() -> None:
    lab = narrow_lab()
    lab.application()
    lab.sql("UPDATE device SET network = ?", RADIO)
    lab.close()
    first = lab.accept(text="дождь", receipt_to=APP, receipt=ANY_END)
    second = lab.accept(text="rain")
    move(lab, "narrow")
    jobs = lab.poll()
    assert lab.state(first) == (State.FAILED, "not_supported")
    assert lab.step(first, "given_back") == ("1",)
    assert lab.tally().mt == 1
    taken = {(job.gate, job.delivery.kind, job.message.id) for job in jobs}
    assert taken == {("application:9", Kind.RECEIPT, first), ("upstream:gamma", Kind.SMS, second)}


def test_where_it_had_an_upstream_it_keeps_it() -> None:
    lab = narrow_lab()
    close(lab, ACME)
    id = lab.accept(text="дождь")
    move(lab, "narrow")
    assert lab.poll() == []
    open_(lab, ACME)
    (job,) = lab.poll()
    assert (job.message.id, through(job)) == (id, ACME)


def test_a_long_one_of_which_nothing_arrived_begins_anew_where_its_device_moves(lab: Lab) -> None:
    id = lab.accept(text="x" * 400)
    lab.settle(Accepted("a"))
    lab.settle(Returned("gate_closed"))
    assert [row.reference for row in lab.rows(Reference)] == ["a"]
    close(lab, ACME)
    move(lab, BETA)
    lab.advance(1)
    job = lab.one()
    assert (job.message.id, job.gate, job.delivery.segment) == (id, "upstream:beta", 0)
    assert lab.rows(Reference) == []


def test_a_table_that_is_replaced_meanwhile_decides_nothing_of_this_batch(lab: Lab) -> None:
    """Another thread than the one that decides replaces it."""

    class Replaced(Table):
        def any(self, org: int, network: str, number: str) -> Sequence[Route]:
            found = super().any(org, network, number)
            lab.routes.table = Table()
            return found

    lab.routes.table = Replaced([upstream(ACME)], [Route(1, ACME, network="nbiot")])
    lab.accept()
    assert through(lab.one()) == ACME
    assert not lab.routes.table.names
