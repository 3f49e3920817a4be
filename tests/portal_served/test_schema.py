"""What the portal knows of the API is what the API is."""

import runpy
from pathlib import Path

PORTAL = Path(__file__).parents[2] / "portal"


def test_the_portals_types_are_made_from_the_routes() -> None:
    mark = runpy.run_path(str(PORTAL / "schema.py"))["mark"]()
    with (PORTAL / "src/api/schema.d.ts").open() as file:
        assert file.readline().strip() == mark, "run python portal/schema.py"
