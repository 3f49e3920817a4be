"""Every route there is, also those that come later: who may not call it, and what it tells of others' things.

Generated over `ROUTES`; `estate` has a good request for each.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from json import dumps
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from heliograph.core.organisation import SCOPES, Token, hash_of
from heliograph.core.security.access import scopes_of
from heliograph.flow.ports import Answers, Transaction, Urgency
from heliograph.interfaces.rest.callers.credentials import SessionTokens
from heliograph.interfaces.rest.route import Route
from heliograph.interfaces.rest.routes import ROUTES
from heliograph.runtime.vault import Vault
from heliograph.store.reads.view import View
from tests.rest.estate import UNKNOWN, Estate, Sample, parameters, path_of
from tests.rest.people import new_address, new_login, passing
from tests.rest.site import Answered, Site

GUARDED = [route for route in ROUTES if route.scope is not None]
CHANGING = [route for route in GUARDED if route.method != "GET"]
EVERYBODYS = {"operator", "service", "limit", "role"}  # ids that are the same for all organisations
OF_OTHERS = [route for route in GUARDED if set(parameters(route)) - EVERYBODYS]
REFERENCES = {  # ids in bodies, by the field
    "service_profile": "profile",
    "tariff_profile": "tariff",
    "api_callback": "callback",
    "api_secret": "secret",
    "smpp_account": "account",
    "upstream": "upstream",
    "endpoint": "endpoint",
    "sim": "sim",
    "sms": "sms",
}
WORKING = {"session", "login_guard", "token_use"}  # tables in which logging in leaves something

# What somebody may do without any scope, to what is theirs; the tests try it on what is another's.
OWN_AFFAIRS = {
    "PATCH /v1/user/{user}",
    "PATCH /v1/user/mfa/{key}",
    "POST /v1/user/mfa/{key}/recovery_code",
    "DELETE /v1/user/{user}/session",
    "DELETE /v1/user/{user}/session/{session}",
    "DELETE /v1/user/{user}/mfa/{key}",
    "DELETE /v1/user/{user}/mfa/trusted_device/{device}",
}
OF_THE_CALLER = {"DELETE /v1/authenticate", "POST /v1/user/mfa"}  # they can name nobody else
ONLY_LOOKING = {
    "POST /v1/service_profile/{profile}/simulate",  # what a draft would do to old traffic
    "POST /v1/sms_route/preview",
}
# The contract's own answers to what is not there; everything else is 404.
OTHER_ANSWERS = {"PATCH /v1/sim_batch/bic/{bic}": 422}
# Changes nothing that people manage, or nothing here.
NO_ENTRY = {
    "PATCH /v1/endpoint/{endpoint}/connectivity": "asks the network",
    "POST /v1/api_callback/{callback}/test": "calls the receiver",
    "POST /v1/api_callback/{callback}/replay": "sends again",
    "DELETE /v1/endpoint/{endpoint}/firewall/hold": "nothing is held here",
    "DELETE /v1/smpp_account/{account}/bind/{bind}": "nobody is bound here",
    "POST /v1/upstream/{upstream}/test": "asks the upstream",
    "DELETE /v1/authenticate": "ends the caller's own login",
}
# Where an id in the body only narrows what is looked for: one that is unknown finds nothing.
NARROWING = {"POST /v1/api_callback/{callback}/replay"}


class Estates(NamedTuple):
    ours: Estate
    theirs: Estate


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def of_each(routes: Sequence[Route]) -> Any:
    return pytest.mark.parametrize("route", routes, ids=named)


@pytest.fixture(scope="module")
def estates(api: Site) -> Estates:
    return Estates(Estate(api, api.org), Estate(api, api.new_organisation("theirs").id))


def rows_of(api: Site, org: int) -> dict[str, list[str]]:
    """All that the store keeps of an organisation."""
    return api.ask(api.app.reader.ask(lambda view: _rows(view, org)))


def _rows(view: View, org: int) -> dict[str, list[str]]:
    read = view.connection.execute
    found = {}
    for (table,) in read("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = {row[1] for row in read(f"PRAGMA table_info({table})")}
        key = "org" if "org" in columns else "id" if table == "organisation" else None
        if key is not None and table not in WORKING:
            text = f"SELECT * FROM {table} WHERE {key} = ?"  # noqa: S608  # names of the schema
            found[table] = sorted(map(str, read(text, (org,))))
    return found


def asked(
    estate: Estate, route: Route, sample: Sample, token: str | None, ids: dict[str, Any] | None = None
) -> Answered:
    path = path_of(route, {**estate.ids, **sample.ids, **(ids or {})})
    return estate.api.call(route.method, path, sample.body, token)


class _Write:
    """Rows that no request could write."""

    urgency = Urgency.ACCEPT

    async def __call__(self, tx: Transaction, requests: Sequence[Token]) -> Answers[None]:
        await tx.admin.change(requests)
        return Answers([None] * len(requests), [])


@pytest.fixture(scope="module")
def bad_tokens(api: Site, estates: Estates) -> dict[str, str | None]:
    secret = api.new_token("admin")
    row = api.ask(api.app.access_reader.token_of(hash_of(secret)))
    assert row is not None
    api.run(_Write(), replace(row, expires_at=1))
    revoked = api.new_token("admin")
    row = api.ask(api.app.access_reader.token_of(hash_of(revoked)))
    assert row is not None
    api.run(_Write(), replace(row, revoked_at=1))
    with passing(api, -60 * 24):
        _, session = new_login(api)
    head, body, signature = estates.ours.token.split(".")
    unsigned = urlsafe_b64encode(dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    foreign = SessionTokens(Vault([b"x" * 32]), api.app.clock)
    return {
        "none": None,
        "None": "None",
        "garbage": "garbage",
        "a token's shape": "hg_" + "A" * 43,
        "a session's shape": "a.b.c",
        "expired": secret,
        "revoked": revoked,
        "expired session": session,
        "unsigned": f"{unsigned}.{body}.",
        "changed": f"{head}.{body[:-2]}xx.{signature}",
        "of another installation": foreign.of_token(row),
        "long": "x" * 10_000,
    }


@of_each(GUARDED)
def test_nobody_calls_it_without_a_good_token(
    api: Site, estates: Estates, bad_tokens: dict[str, str | None], route: Route
) -> None:
    sample, before = estates.ours.sample(route), rows_of(api, api.org)
    path, address = path_of(route, {**estates.ours.ids, **sample.ids}), new_address()
    for kind, token in bad_tokens.items():
        answer = api.call(route.method, path, sample.body, token, address)
        assert (answer.status, answer.body["error_token"] in ("InvalidToken", "TokenExpired")) == (
            401,
            True,
        ), kind
    assert rows_of(api, api.org) == before


@of_each([route for route in GUARDED if route.scope])
def test_nobody_calls_it_without_its_scope(api: Site, estates: Estates, route: Route) -> None:
    others = [scope for scope in SCOPES if scope not in (route.scope, "admin")]
    token, sample = api.new_token(*others), estates.ours.sample(route)
    before = rows_of(api, api.org)
    answer = asked(estates.ours, route, sample, token)
    assert (answer.status, answer.body["error_code"]) == (403, 1104)
    assert rows_of(api, api.org) == before


@pytest.fixture(scope="module")
def observers(api: Site, estates: Estates) -> dict[str, str]:
    """One that logged in, and a token with the same scopes."""
    return {
        "user": new_login(api, "observer", api.org)[1],
        "token": api.new_token(*sorted(scopes_of("observer"))),
    }


@of_each(CHANGING)
def test_an_observer_changes_nothing(
    api: Site, estates: Estates, observers: dict[str, str], route: Route
) -> None:
    name = named(route)
    if name in OF_THE_CALLER:
        assert not set(parameters(route)), "it could name somebody else"
        return
    sample, before = estates.ours.sample(route), rows_of(api, api.org)
    for token in observers.values():
        answer = asked(estates.ours, route, sample, token)
        if name in ONLY_LOOKING:
            assert answer.status == 200
        else:
            assert answer.status in ((403, 404) if name in OWN_AFFAIRS else (403,)), answer
    assert rows_of(api, api.org) == before


def others_ids(estates: Estates, route: Route) -> Iterator[dict[str, Any]]:
    """Theirs in all places; and theirs in the last place below ours."""
    own = [name for name in parameters(route) if name not in EVERYBODYS]
    ids = {**estates.theirs.ids, "user": estates.theirs.person}
    yield {name: ids[name] for name in own}
    if len(own) > 1:
        yield {own[-1]: ids[own[-1]]}


@of_each(OF_OTHERS)
def test_anothers_id_is_an_unknown_id(api: Site, estates: Estates, route: Route) -> None:
    theirs = estates.theirs
    for ids in others_ids(estates, route):
        sample, before = estates.ours.sample(route), rows_of(api, theirs.org)
        token = sample.token or estates.ours.token
        found = asked(estates.ours, route, sample, token, ids)
        missing = asked(estates.ours, route, sample, token, dict.fromkeys(ids, UNKNOWN))
        assert missing.status == OTHER_ANSWERS.get(named(route), 404), missing
        assert found.status == missing.status
        assert _without(found, ids.values()) == _without(missing, [UNKNOWN])
        assert rows_of(api, theirs.org) == before


def _without(answer: Answered, ids: Any) -> str:
    text = answer.text
    for id in ids:
        text = text.replace(str(id), "ID")
    return text


@of_each([route for route in CHANGING if route.body is not None])
def test_anothers_id_in_a_body_is_an_unknown_id(api: Site, estates: Estates, route: Route) -> None:
    sample = estates.ours.sample(route)
    named_there = [name for name in REFERENCES if isinstance(sample.body, dict) and name in sample.body]
    for name in named_there:
        id = estates.theirs.ids[REFERENCES[name]]
        before = rows_of(api, estates.theirs.org)
        found = _referring(estates, route, name, id)
        missing = _referring(estates, route, name, UNKNOWN)
        assert 400 <= missing.status < 500 or named(route) in NARROWING, (name, missing)
        assert found.status == missing.status, (name, found)
        assert _without(found, [id]) == _without(missing, [UNKNOWN])
        assert rows_of(api, estates.theirs.org) == before


def _referring(estates: Estates, route: Route, name: str, id: int) -> Answered:
    sample = estates.ours.sample(route)
    body = {**sample.body, name: {"id": id}}
    return asked(estates.ours, route, replace(sample, body=body), estates.ours.token)


LOOKING = [route for route in GUARDED if route.method == "GET" and not route.path.endswith("/stream")]


def test_nothing_of_anothers_is_in_any_answer(api: Site, estates: Estates) -> None:
    """Lists have no id that could be wrong: what they hold is looked at, with and without a filter."""
    ours, theirs = estates
    shown = set()
    for route in LOOKING:
        for query in ("", "?per_page=2000", f"?q={theirs.marker}&text={theirs.marker}"):
            own = api.call("GET", path_of(route, ours.ids) + query, token=ours.token)
            assert theirs.marker not in own.text.replace(f"q={theirs.marker}", ""), route.path
            other = api.call("GET", path_of(route, theirs.ids) + query, token=theirs.token)
            shown |= {route.path} if theirs.marker in other.text else set()
    assert len(shown) >= 15, "the search finds too little to prove anything"


def newest_entry(api: Site) -> int:
    return api.ask(api.app.reader.ask(_newest))


def _newest(view: View) -> int:
    return int(view.connection.execute("SELECT max(number) FROM audit").fetchall()[0][0])


@of_each([route for route in CHANGING if route.audited])
def test_a_change_leaves_an_entry_under_the_callers_name(api: Site, estates: Estates, route: Route) -> None:
    sample = estates.ours.sample(route)
    token = sample.token or estates.ours.token
    before = newest_entry(api)
    answer = asked(estates.ours, route, sample, token)
    if named(route) in NO_ENTRY:
        return
    assert answer.status < 300, answer
    entries = [row for row in api.get("/v1/audit?per_page=500").body if row["number"] > before]
    assert entries, "it left nothing"
    caller = api.ask(api.app.access.caller(token))
    actors = {entry["actor"] for entry in entries}
    assert actors == {getattr(caller, "name", f"user:{estates.ours.user}")}
    assert {entry["address"] for entry in entries} == {"127.0.0.1"}


def test_routes_without_a_credential_are_known() -> None:
    """Each is one that anybody may see. A new one is a decision."""
    opened = {named(route) for route in ROUTES if route.scope is None and not route.console}
    logging_in = {
        "POST /v1/authenticate",
        "POST /v1/authenticate/invitation",
        "GET /v1/authenticate/methods",
        "GET /v1/authenticate/oidc",
        "GET /v1/authenticate/oidc/callback",
    }
    assert opened == {*logging_in, "POST /v1/console/open", "GET /openapi.json", "GET /docs"}
