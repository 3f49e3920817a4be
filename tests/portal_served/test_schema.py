"""What the portal knows of the API is what the API is."""

import json
import runpy
from pathlib import Path

import pytest

from heliograph.core.refusal import CODES

PORTAL = Path(__file__).parents[2] / "portal"


def test_the_portals_types_are_made_from_the_routes() -> None:
    mark = runpy.run_path(str(PORTAL / "schema.py"))["mark"]()
    with (PORTAL / "src/api/schema.d.ts").open() as file:
        assert file.readline().strip() == mark, "run python portal/schema.py"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_refusal_has_its_words(language: str) -> None:
    texts = json.loads((PORTAL / f"src/texts/{language}/refusals.json").read_text("utf-8"))
    assert texts.keys() == CODES.keys()
    assert language != "en" or texts == CODES
