"""Upstreams and routes as people manage them: what is wrong is named, what waits is not lost by accident."""

from typing import Any

import pytest

from heliograph.core.delivery import Place
from heliograph.core.message import State
from heliograph.core.refusal import Refusal
from heliograph.core.routing import Routes, Table
from heliograph.core.upstream import EVERYONE, Route, Upstream, configured_id
from heliograph.core.upstream_values import MOST_UPSTREAMS
from heliograph.flow.manage.organisations import CreateApplications, CreateOrganisations
from heliograph.flow.manage.requests import NewApplication, NewOrganisation
from heliograph.flow.manage.routes import DeleteRoute, ManageRoutes, NewRoute, RouteWish, SetRoute
from heliograph.flow.manage.upstreams import (
    DeleteUpstream,
    ManageUpstreams,
    NewUpstream,
    SetUpstream,
    UpstreamWish,
)
from heliograph.flow.stranded import FreeStranded, Stranded
from heliograph.store.sql.admin import TABLES
from tests.engine import Lab
from tests.flow.upstreams import ACME, BETA, close, make_upstream_lab, nbiot, open_, through

CONFIGURED = Upstream(configured_id("carrier"), "carrier", "127.0.0.1", 2775)
MANAGE = ManageUpstreams({"carrier"})
ROUTES = ManageRoutes(Routes({}, Table([CONFIGURED])))


@pytest.fixture
def org(lab: Lab) -> int:
    id: int = lab.run(CreateOrganisations(), NewOrganisation("acme"))[0].id
    return id


def create(lab: Lab, org: int, name: str = "acme", **wish: Any) -> Any:
    wished = UpstreamWish(**{"host": "smsc.example", "port": 2775, **wish})
    return lab.run(MANAGE, NewUpstream(org, name, wished))[0]


def change(lab: Lab, row: Upstream, **wish: Any) -> Any:
    return lab.run(MANAGE, SetUpstream(row.org, row.id, UpstreamWish(**wish)))[0]


def lead(lab: Lab, org: int, upstream: str = "acme", **wish: Any) -> Any:
    return lab.run(ROUTES, NewRoute(org, RouteWish(upstream, **wish)))[0]


def kept(lab: Lab, kind: Any) -> list[Any]:
    return [kind(*row) for row in lab.sql(f"SELECT * FROM {TABLES[kind]}")]  # noqa: S608  # of the registry


def refused(answer: object) -> tuple[str, str | None]:
    assert isinstance(answer, Refusal), answer
    return answer.code, answer.rule


def test_an_upstream_is_made_changed_and_deleted(lab: Lab, org: int) -> None:
    app = lab.run(CreateApplications(), NewApplication(org, "app"))[0].id
    numbers = f"+4930123, 12345={app} 12345={app}"
    made = create(lab, org, password=b"sealed", numbers=numbers, source="* -> FLEET")
    assert kept(lab, Upstream) == [made]
    assert (made.org, made.numbers, made.bind_mode) == (org, f"4930123 12345={app}", "trx")
    changed = change(lab, made, rate_per_s=5, bind_mode="tx+rx")
    assert kept(lab, Upstream) == [changed]
    assert (changed.rate_per_s, changed.password) == (5, b"sealed")
    assert lab.run(MANAGE, DeleteUpstream(org, made.id)) == [changed]
    assert kept(lab, Upstream) == []


def test_a_name_is_the_platform_s_and_may_be_the_settings(lab: Lab, org: int) -> None:
    create(lab, org)
    assert refused(create(lab, EVERYONE)) == ("duplicate", "name")
    assert refused(create(lab, org, "carrier")) == ("duplicate", "name")
    assert refused(lab.run(MANAGE, SetUpstream(org, CONFIGURED.id, UpstreamWish(window=1)))[0])[0] == (
        "configured"
    )
    assert refused(lab.run(MANAGE, DeleteUpstream(org, CONFIGURED.id, True))[0])[0] == "configured"


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        ({"host": ""}, "host"),
        ({"host": "a host"}, "host"),
        ({"port": 0}, "port"),
        ({"system_id": "x" * 16}, "system_id"),
        ({"system_id": "größe"}, "system_id"),
        ({"system_type": "x" * 13}, "system_type"),
        ({"bind_mode": "both"}, "bind_mode"),
        ({"binds": 0}, "binds"),
        ({"window": 10_001}, "window"),
        ({"rate_per_s": 0}, "rate_per_s"),
        ({"interface_version": 0x51}, "interface_version"),
        ({"source": "no arrow"}, "source"),
        ({"destination_ton": 7}, "destination_ton"),
        ({"long_form": "pigeon"}, "long_form"),
        ({"receipts": "maybe"}, "receipts"),
        ({"id_format": "octal"}, "id_format"),
        ({"coding_0": "morse"}, "coding_0"),
        ({"numbers": "FLEET"}, "numbers"),
        ({"segments": 0}, "segments"),
        ({"tls_key": "/k.pem"}, "tls_key"),
        ({"failover_seconds": 0}, "failover_seconds"),
    ],
)
def test_what_is_out_of_range_is_named(lab: Lab, org: int, wish: dict[str, Any], rule: str) -> None:
    assert refused(create(lab, org, **wish)) == ("bad_value", rule)
    assert kept(lab, Upstream) == []


@pytest.mark.parametrize("name", ["", "Acme", "a b", "x" * 33, "ä"])
def test_a_name_is_a_gate_s(lab: Lab, org: int, name: str) -> None:
    assert refused(create(lab, org, name)) == ("bad_value", "name")


def test_another_organisation_has_no_such_upstream(lab: Lab, org: int) -> None:
    made = create(lab, org)
    for request in (
        SetUpstream(org + 1, made.id, UpstreamWish(enabled=0)),
        SetUpstream(EVERYONE, made.id, UpstreamWish(enabled=0)),
        DeleteUpstream(org + 1, made.id, True),
    ):
        assert refused(lab.run(MANAGE, request)[0])[0] == "unknown_upstream"
    assert refused(create(lab, org + 1, "beta"))[0] == "unknown_organisation"
    assert kept(lab, Upstream) == [made]


def test_numbers_lead_to_no_application_of_others(lab: Lab, org: int) -> None:
    other = lab.run(CreateOrganisations(), NewOrganisation("other"))[0].id
    app = lab.run(CreateApplications(), NewApplication(other, "app"))[0].id
    assert refused(create(lab, org, numbers=f"1={app}")) == ("unknown_application", "numbers")
    assert refused(create(lab, org, numbers="1=4711")) == ("unknown_application", "numbers")
    assert isinstance(create(lab, EVERYONE, numbers=f"1={app}"), Upstream)


def test_one_organisation_has_so_many_and_no_more(lab: Lab, org: int) -> None:
    made = create(lab, org)
    for number in range(MOST_UPSTREAMS - 1):
        assert isinstance(create(lab, org, f"u{number}"), Upstream)
    assert refused(create(lab, org, "more")) == ("bad_value", "upstream")
    assert isinstance(change(lab, made, window=7), Upstream)


def test_a_route_is_made_changed_and_deleted(lab: Lab, org: int) -> None:
    create(lab, org)
    made = lead(lab, org, prefix="+49", cost=5, network="nbiot")
    assert (made.prefix, made.org) == ("49", org)
    assert refused(lead(lab, org, prefix="49", network="nbiot")) == ("duplicate", "route")
    changed = lab.run(ROUTES, SetRoute(org, made.id, RouteWish(weight=3)))[0]
    assert kept(lab, Route) == [changed]
    assert changed.weight == 3
    assert refused(lab.run(ROUTES, DeleteRoute(org + 1, made.id))[0])[0] == "unknown_route"
    assert lab.run(ROUTES, DeleteRoute(org, made.id)) == [changed]
    assert kept(lab, Route) == []


def test_a_route_leads_to_upstreams_that_the_organisation_may_use(lab: Lab, org: int) -> None:
    other = lab.run(CreateOrganisations(), NewOrganisation("other"))[0].id
    create(lab, other, "own", shared=0)
    create(lab, other, "open", shared=1)
    create(lab, EVERYONE, "platform", shared=0)
    assert refused(lead(lab, org, "own"))[0] == "unknown_upstream"
    assert refused(lead(lab, org, "nobody"))[0] == "unknown_upstream"
    for name in ("open", "platform", "carrier"):
        assert isinstance(lead(lab, org, name), Route)
    assert refused(lab.run(ROUTES, SetRoute(org, configured_id("route"), RouteWish()))[0])[0] == "configured"


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        ({"prefix": "0049"}, "prefix"),
        ({"prefix": "49*"}, "prefix"),
        ({"network": "N B"}, "network"),
        ({"cost": -1}, "cost"),
        ({"weight": -1}, "weight"),
        ({"enabled": 2}, "enabled"),
    ],
)
def test_a_route_s_bad_value_is_named(lab: Lab, org: int, wish: dict[str, Any], rule: str) -> None:
    create(lab, org)
    assert refused(lead(lab, org, **wish)) == ("bad_value", rule)


def test_what_routes_lead_to_is_deleted_by_wish_alone_and_with_them(lab: Lab, org: int) -> None:
    made = create(lab, org)
    lead(lab, org, prefix="49")
    lead(lab, EVERYONE, prefix="44")
    assert refused(lab.run(MANAGE, DeleteUpstream(org, made.id))[0])[0] == "in_use"
    assert lab.run(MANAGE, DeleteUpstream(org, made.id, True)) == [made]
    assert kept(lab, Route) == []
    told = lab.sql("SELECT kind, org FROM audit WHERE action = 'delete' ORDER BY number")
    assert told == [("route", org), ("route", EVERYONE), ("upstream", org)]


def test_a_password_is_in_no_trail(lab: Lab, org: int) -> None:
    change(lab, create(lab, org, password=b"sesame"), password=b"again")
    told = "".join(a + b for a, b in lab.sql("SELECT before, after FROM audit"))
    assert "sesame" not in told
    assert "again" not in told
    assert "(hidden)" in told


def waiting_lab(*names: str) -> Lab:
    """Its upstreams are rows as well; all are away, and an SMS to a device waits."""
    lab = make_upstream_lab(nbiot(*names))
    lab.sql("INSERT INTO organisation(id, name, created_at) VALUES(1, 'one', 0) ON CONFLICT DO NOTHING")
    for name in names:
        close(lab, name)
        create(lab, 1, name)
    lab.accept(1)
    return lab


def take_away(lab: Lab, name: str, force: bool = True) -> Any:
    id = next(row.id for row in kept(lab, Upstream) if row.name == name)
    answer = lab.run(MANAGE, DeleteUpstream(1, id, force))[0]
    if isinstance(answer, Upstream):
        rest = [one for one in lab.routes.table.upstreams.values() if one.name != name]
        table = nbiot(*(one.name for one in rest)).table if rest else Table()
        lab.routes.table = table
    return answer


def free(lab: Lab, name: str) -> None:
    flow, after = FreeStranded(lab.settings, lab.routes), 0
    while after is not None:
        after = lab.run(flow, Stranded(name, after))[0]


def test_an_upstream_that_sms_wait_for_is_deleted_by_wish_alone() -> None:
    lab = waiting_lab(ACME)
    assert refused(take_away(lab, ACME, force=False))[0] == "messages_wait"
    assert isinstance(take_away(lab, ACME), Upstream)


def test_what_is_not_due_yet_waits_for_its_upstream_as_well() -> None:
    lab = waiting_lab(ACME)
    lab.sql("UPDATE delivery SET place = ?", int(Place.SCHEDULED))
    assert refused(take_away(lab, ACME, force=False))[0] == "messages_wait"


def test_what_waited_goes_by_the_next_one() -> None:
    lab = waiting_lab(ACME, BETA)
    take_away(lab, ACME)
    free(lab, ACME)
    open_(lab, BETA)
    lab.poll()
    assert [through(job) for job in lab.take()] == [BETA]


def test_what_nobody_else_carries_fails_and_its_sender_hears() -> None:
    lab = waiting_lab(ACME)
    lab.application(9)
    lab.accept(2, receipt_to=9)
    take_away(lab, ACME)
    free(lab, ACME)
    assert lab.sql("SELECT DISTINCT state, reason FROM message") == [(int(State.FAILED), "upstream_deleted")]
    assert lab.sql("SELECT count(*) FROM delivery WHERE kind = 2") == [(1,)]
    assert lab.sql("SELECT mt FROM tally WHERE mt > 0") == []


def test_one_that_came_back_keeps_what_waits() -> None:
    lab = waiting_lab(ACME)
    free(lab, ACME)
    assert lab.sql("SELECT count(*) FROM delivery WHERE kind = 0") == [(1,)]
