"""SIMs: where they may go, and how they are written."""

import pytest

from heliograph.core.sim import (
    MOVES,
    Sim,
    SimStatus,
    bad_sim,
    carries,
    check_digit,
    iccid_with_check,
    refuses_move,
)


@pytest.mark.parametrize("old", list(SimStatus))
@pytest.mark.parametrize("new", list(SimStatus))
def test_the_moves_are_the_contracts(old: SimStatus, new: SimStatus) -> None:
    allowed = {(0, 1), (0, 4), (4, 1), (1, 2), (2, 1)}
    refusal = refuses_move(Sim(1, 1, "8949", "", "", status=old), new)
    assert (refusal is None) == (old == new or (old, new) in allowed)
    assert {(int(one), int(two)) for one, two in MOVES} == allowed


def test_a_status_that_there_is_not_is_refused() -> None:
    refusal = refuses_move(Sim(1, 1, "8949", "", ""), 9)
    assert refusal is not None
    assert refusal.code == "bad_value"


@pytest.mark.parametrize(("status", "carried"), [(0, False), (1, True), (2, False), (3, False), (4, True)])
def test_only_an_active_sim_carries_sms(status: int, carried: bool) -> None:
    assert carries(Sim(1, 1, "8949", "", "", status=status)) == carried


def test_the_check_digit() -> None:
    # The example of the Luhn formula's standard text, ISO/IEC 7812-1 annex B.
    assert check_digit("7992739871") == 3
    assert iccid_with_check("8949030000000000001") == "89490300000000000012"
    assert iccid_with_check("89490300000000000012") == "89490300000000000012"


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"iccid": "8849030000000000001"}, "iccid"),
        ({"iccid": "89490"}, "iccid"),
        ({"imsi": "123"}, "imsi"),
        ({"msisdn": "+4915"}, "msisdn"),
        ({"bic": "a b"}, "bic"),
        ({"bic": "x" * 41}, "bic"),
        ({"bic": "1234-ABCD"}, None),
    ],
)
def test_numbers_are_well_formed(fields: dict[str, str], rule: str | None) -> None:
    sim = Sim(1, 1, **{"iccid": "8949030000000000001", "imsi": "", "msisdn": "", **fields})
    refusal = bad_sim(sim)
    assert (refusal.rule if refusal else None) == rule
