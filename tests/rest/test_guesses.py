"""Guessing credentials: an address that tries many is not heard for a while; others are."""

from heliograph.interfaces.rest.callers.access import MOST_GUESSES
from heliograph.interfaces.rest.callers.buckets import Buckets
from tests.rest.people import new_address
from tests.rest.site import Site


def test_an_address_that_guesses_is_not_heard_for_a_while(api: Site) -> None:
    guesser = new_address()
    known = api.new_token("admin")
    assert api.get("/v1/audit", token=known, address=guesser).status == 200
    for _ in range(MOST_GUESSES):
        api.ask(api.app.access.caller("hg_wrong", guesser))
    for _ in range(MOST_GUESSES):  # some were earned meanwhile
        answer = api.get("/v1/audit", token="hg_wrong", address=guesser)
        if answer.status != 401:
            break
    assert (answer.status, answer.body["error_token"]) == (429, "TooManyRequests")
    assert int(answer.headers["retry-after"]) >= 1
    assert api.get("/v1/audit", token=known, address=guesser).status == 200, "one that works is remembered"
    assert api.get("/v1/audit", token="hg_wrong", address=new_address()).status == 401


def test_the_scheme_is_written_in_any_case(api: Site) -> None:
    answer = api.get("/v1/audit", token=None, Authorization=f"bearer {api.token}")
    assert answer.status == 200


def test_looking_at_a_bucket_takes_nothing() -> None:
    now = [0.0]
    buckets = Buckets(1.0, 2.0, lambda: now[0])
    assert [buckets.wait_to_come("a") for _ in range(5)] == [0.0] * 5
    assert [buckets.wait_seconds("a") for _ in range(3)] == [0.0, 0.0, 1.0]
    assert buckets.wait_to_come("a") == 1.0
    now[0] = 0.5
    assert buckets.wait_to_come("a") == 0.5
    assert buckets.wait_to_come("b") == 0.0
