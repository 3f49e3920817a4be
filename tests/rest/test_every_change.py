"""Whoever changes what people manage leaves a line in the audit trail: each command, each route, each flow.

All of them are run on one site, and what they left is looked at. What comes later is met by itself: a new
command has to be told about here, a new route needs a good request in `estate`, a new flow has to be run by
one of them.
"""

import inspect
import pkgutil
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import msgspec
import pytest
from msgspec import Struct

import heliograph.flow.manage
from heliograph.core.organisation import hash_of
from heliograph.core.security.audit import Entry
from heliograph.flow.reads.audit import verify
from heliograph.interfaces.control.frames import Frame, Reply, Request
from heliograph.interfaces.control.verbs import VERBS
from heliograph.interfaces.rest.routes import ROUTES
from heliograph.runtime.passwords import hash_of_password
from heliograph.store.reads.console import SqliteConsoleReader
from tests.rest.estate import Estate, path_of
from tests.rest.people import PASSWORD, log_in, new_user
from tests.rest.site import Site, site
from tests.rest.test_every_route import NO_ENTRY, named

USER = "clerk@example.net"
# Good requests of all commands that change something, in an order in which each finds what it needs.
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("org.create", {"name": "another"}),
    ("org.set", {"name": "another", "wish": {"body_days": 7, "country_code": "44"}}),
    ("application.create", {"application": "app"}),
    ("application.delete", {"application": "app"}),
    ("policy.create", {"policy": "p", "wish": {"mt": 1}}),
    ("policy.set", {"policy": "p", "wish": {"mt_limit": 5}}),
    ("tariff.create", {"tariff": "t", "wish": {}}),
    ("tariff.set", {"tariff": "t", "wish": {"price_mt": 5}}),
    ("device.add", {"rows": [{"name": "d", "policy": "p"}]}),
    ("device.set", {"device": "d", "tags": "a"}),
    ("sim.add", {"rows": [{"iccid": "898830500000000001"}]}),
    ("policy.firewall.set", {"key": "p", "rules": {"pending": 5}}),
    ("device.firewall.set", {"key": "d", "rules": {"pending": 5}}),
    ("quota.set", {"device": "d", "volume": 5}),
    ("quota.add", {"device": "d", "volume": 5}),
    ("quota.delete", {"device": "d"}),
    ("device.delete", {"device": "d"}),
    ("policy.delete", {"policy": "p"}),
    ("tariff.delete", {"tariff": "t"}),
    ("account.create", {"account": "c", "wish": {"system_id": "c"}}),
    ("account.set", {"account": "c", "wish": {"window": 5}}),
    ("account.delete", {"account": "c"}),
    ("upstream.create", {"upstream": "u", "wish": {"host": "smsc.invalid", "port": 2775, "enabled": 0}}),
    ("upstream.set", {"upstream": "u", "wish": {"window": 5}}),
    ("route.create", {"wish": {"upstream": "u", "prefix": "49"}}),
    ("route.set", {"route": "ROUTE", "wish": {"weight": 5}}),
    ("route.delete", {"route": "ROUTE"}),
    ("upstream.delete", {"upstream": "u"}),
    ("console_link.create", {"name": "l", "tag": "a", "free_text": True, "expires_at": "SOON"}),
    ("console_link.revoke", {"link": "LINK"}),
    ("token.create", {"name": "t", "scopes": ["admin"]}),
    ("token.revoke", {"token": "TOKEN"}),
    ("user.password", {"account": USER, "password": hash_of_password("a new password")}),
    ("user.forget_codes", {"account": USER}),
    ("key.rotate", {}),
    ("key.prune", {}),
)
LOOKING = {
    *(
        "message.wait",
        "message.list",
        "message.explain",
        "device.show",
        "device.list",
        "sim.list",
        "org.show",
    ),
    *(
        "org.list",
        "policy.list",
        "policy.show",
        "token.list",
        "event.list",
        "application.list",
        "tariff.list",
    ),
    *("policy.firewall.show", "device.firewall.show"),
    *("account.list", "account.show", "account.binds", "account.trace"),
    *("upstream.list", "upstream.show", "upstream.health", "upstream.trace", "upstream.test"),
    *("route.list", "route.preview"),
    "console_link.list",
    *("tariff.show", "audit.list", "listen", "status", "backup", "key.show"),
}
MESSAGES = {"message.send", "message.cancel", "message.change"}  # the message tells of it
HELD = {"device.firewall.release"}  # needs a device that an anomaly holds
BOUND = {"account.unbind"}  # needs a session that is bound
VIRTUAL = {name for name in VERBS if name.startswith("simulator.")}  # of the far end, not of the store
# Flows that manage and that nobody asks for by a command or a call.
BY_ITSELF = {
    "EndQuotas": "expiries, which are events",
    "ResetDevices": "a device is asked to attach anew; nothing is changed",
    "ReleaseHolds": "needs a device that an anomaly holds; see the firewall's tests",
}


class Done(Struct):
    """What a command or a route came to."""

    refused: str
    entries: list[Entry]


class Deaf:
    """The channel of a caller that listens to the answer only."""

    async def send(self, frame: Frame) -> None:
        """Items on the way."""

    async def reply(self) -> Reply:
        raise EOFError


class Ledger:
    """Runs all of it, and holds what each left."""

    def __init__(self, api: Site) -> None:
        self.api = api
        self.flows: set[str] = set()
        self.commands: dict[str, Done] = {}
        self.routes: dict[str, Done] = {}
        self._watch()
        for verb, arguments in CHANGES:
            self.commands[verb] = self._command(verb, arguments)
        estate = Estate(api, api.org)
        for route in ROUTES:
            if route.method != "GET" and route.scope is not None:
                self.routes[named(route)] = self._route(estate, route)

    def _watch(self) -> None:
        """Which flows run."""
        store: Any = self.api.app.store
        run = store.run

        def watched(flow: Any, requests: Sequence[Any], by: Any = None) -> Any:
            self.flows.add(type(flow).__name__)
            return run(flow, requests, by)

        store.run = watched

    def _newest(self) -> int:
        return self.api.ask(verify(self.api.app.audit)).head.number

    def _since(self, number: int) -> list[Entry]:
        return self.api.ask(self.api.app.audit.chain(number, 500))

    def _command(self, verb: str, arguments: dict[str, Any]) -> Done:
        if arguments.get("token") == "TOKEN":
            row = self.api.ask(self.api.app.access_reader.token_of(hash_of(self.api.new_token("admin"))))
            assert row is not None
            arguments = {"token": row.id}
        if arguments.get("expires_at") == "SOON":
            arguments = {**arguments, "expires_at": self.api.app.clock.now() + 3_600_000}
        if arguments.get("link") == "LINK":
            arguments = {
                "link": self.api.ask(SqliteConsoleReader(self.api.app.reader).links(self.api.org))[-1].id
            }
        if arguments.get("route") == "ROUTE":
            arguments = {**arguments, "route": self.api.app.upstreams.routes()[-1].id}
        before = self._newest()
        request = Request(verb, None, msgspec.Raw(msgspec.json.encode(arguments)))
        frame = self.api.ask(self.api.app.run_verb(request, Deaf()))
        refused = "" if frame.error is None else frame.error.reason
        return Done(refused, self._since(before))

    def _route(self, estate: Estate, route: Any) -> Done:
        sample = estate.sample(route)
        before = self._newest()
        path = path_of(route, {**estate.ids, **sample.ids})
        answer = self.api.call(route.method, path, sample.body, sample.token or estate.token)
        return Done("" if answer.status < 300 else answer.text, self._since(before))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with site(tmp_path_factory.mktemp("ledger") / "data") as api:
        new_user(api, "user", api.org, USER)
        made = api.post(
            "/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}, token=log_in(api, USER)["auth_token"]
        )
        assert made.status == 200, made
        made_ledger = Ledger(api)
        _accept(api)
        yield made_ledger


def _accept(api: Site) -> None:
    """By who is not logged in."""
    id, _ = new_user(api, "user")
    invited = api.post(f"/v1/user/{id}/invitation").body
    body = {"token": invited["token"], "password": PASSWORD}
    assert api.post("/v1/authenticate/invitation", body, token=None).status == 200


def test_each_command_is_known() -> None:
    known = {verb for verb, _ in CHANGES} | LOOKING | MESSAGES | HELD | BOUND | VIRTUAL
    assert set(VERBS) <= known, "is it one that changes something?"


@pytest.mark.parametrize("verb", [verb for verb, _ in CHANGES if verb in VERBS])
def test_each_command_that_changes_something_leaves_an_entry(ledger: Ledger, verb: str) -> None:
    done = ledger.commands[verb]
    assert not done.refused
    assert done.entries
    assert {entry.actor for entry in done.entries} == {"command line"}


@pytest.mark.parametrize("name", [named(r) for r in ROUTES if r.method != "GET" and r.scope and r.audited])
def test_each_route_that_changes_something_leaves_an_entry(ledger: Ledger, name: str) -> None:
    done = ledger.routes[name]
    assert name in NO_ENTRY or (done.entries and not done.refused), done


def flows_that_manage() -> set[str]:
    found = set()
    for module in pkgutil.iter_modules(heliograph.flow.manage.__path__):
        members = vars(import_module(f"heliograph.flow.manage.{module.name}"))
        found |= {
            name
            for name, kind in members.items()
            if inspect.isclass(kind) and hasattr(kind, "urgency") and kind.__module__.endswith(module.name)
        }
    return found


def test_each_flow_that_manages_was_run(ledger: Ledger) -> None:
    assert len(flows_that_manage()) > 20
    assert flows_that_manage() - ledger.flows <= set(BY_ITSELF)


def test_no_entry_holds_a_secret(ledger: Ledger) -> None:
    text = "".join(entry.before + entry.after for entry in ledger.api.ask(ledger.api.app.audit.chain(0, 500)))
    assert "$argon2id$" not in text
    assert ledger.api.token not in text


def test_the_chain_of_all_this_is_whole(ledger: Ledger) -> None:
    found = ledger.api.ask(verify(ledger.api.app.audit))
    assert found.count == 0
    assert found.entries > len(CHANGES)
