"""SIMs are found by their indexes, however many there are."""

from pathlib import Path

import pytest

from heliograph.core.gate import Gates
from heliograph.store.sql.admin import WRITES
from heliograph.store.sqlite.engine import SqliteEngine
from tests.engine import SetClock


@pytest.mark.parametrize("column", ["iccid", "imsi", "msisdn", "device"])
def test_no_look_at_all_sims(tmp_path: Path, column: str) -> None:
    engine = SqliteEngine(tmp_path / "sims.db", Gates(), SetClock(), 10)
    plan = engine.connection.execute(f"EXPLAIN QUERY PLAN {WRITES[f'sims_by_{column}']}", ("[]",)).fetchall()
    engine.close()
    steps = [row[3] for row in plan]
    assert [step for step in steps if step.startswith("SEARCH sim USING INDEX")], steps
    assert not [step for step in steps if step.startswith("SCAN sim")], steps
