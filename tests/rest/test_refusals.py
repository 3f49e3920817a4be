"""The table of refusals: what it names is there."""

import re
from string import Formatter

import pytest

from heliograph.core.refusal import CODES, refuse
from heliograph.interfaces.rest import refusals
from heliograph.interfaces.rest.problem import TOKENS, RefusalShown
from heliograph.interfaces.rest.refusals import EVERYWHERE, Places, of_refusal
from heliograph.interfaces.rest.routes import ROUTES

TABLES = {name: table for name, table in vars(refusals).items() if name.startswith("OF_")}
IN_PATHS = {name for route in ROUTES for name in re.findall(r"{(\w+)}", route.path)}
EACH_TABLE = pytest.mark.parametrize("table", [EVERYWHERE, *TABLES.values()], ids=["everywhere", *TABLES])


@EACH_TABLE
def test_every_refusal_and_code_is_known(table: Places) -> None:
    assert set(table) <= set(CODES)
    assert {place.code for place in table.values()} <= set(TOKENS)


@EACH_TABLE
def test_words_name_what_a_path_has(table: Places) -> None:
    named = {field for place in table.values() for _, field, _, _ in Formatter().parse(place.words) if field}
    assert {name for name in named if not name.startswith("body.")} <= IN_PATHS | {"reason"}


def test_a_resource_says_it_in_its_own_words_and_others_in_the_cores() -> None:
    refusal = refuse("unknown_sim")
    here, elsewhere = of_refusal(refusal, refusals.OF_SIMS, sim=7).body, of_refusal(refusal).body
    assert (here.error_code, here.message) == (1201, "Sim with id 7 not found")
    assert (elsewhere.error_code, elsewhere.message) == (1401, refusal.reason)


@pytest.mark.parametrize(("code", "seconds"), [("queue_full", b"60"), ("store_full", b"5")])
def test_what_is_full_says_so_as_any_refusal_and_when_to_come_again(code: str, seconds: bytes) -> None:
    found = of_refusal(refuse(code, "lane limit 3"))
    assert (found.status, found.body.error_code, found.headers) == (503, 1500, ((b"retry-after", seconds),))
    assert isinstance(found.body.errors, tuple)
    assert [(one.error_code, one.message) for one in found.body.errors] == [(1406, CODES[code])]
    assert found.body.refusal == RefusalShown(code, CODES[code], "lane limit 3")


def test_what_no_table_names_failed_as_input() -> None:
    found = of_refusal(refuse("mt_limit_reached"))
    assert (found.status, found.body.error_code) == (422, 1400)
