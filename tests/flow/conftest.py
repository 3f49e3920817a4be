"""A fresh engine for each test: three devices behind one open gate."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine import APP, Lab, make_lab
from tests.flow.desk import Desk


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = make_lab()
    yield made
    made.engine.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    lab = make_lab(path=tmp_path / "heliograph.sqlite", application=APP)
    lab.policy(2, org=2)
    lab.device(9, org=2, policy=2, name="device-1")
    lab.sql("INSERT INTO application VALUES(?, 1, 'crm', 0)", APP)
    made = Desk(lab)
    yield made
    made.close()
