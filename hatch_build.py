"""The build hook: puts the portal into the wheel, and into a checkout that is installed as editable.

In: what hatchling builds. Out: built pages, or words that say why there are none. `HELIOGRAPH_PORTAL=no`
leaves the portal out.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SPEC = importlib.util.spec_from_file_location(
    "heliograph_portal_build", Path(__file__).with_name("portal") / "build.py"
)
assert _SPEC is not None and _SPEC.loader is not None  # noqa: PT018  # one thing: the file is there
portal = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(portal)
EDITABLE = "editable"
LEFT_OUT = f"{portal.SWITCH}=no was set when it was installed."


class PortalHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What has to be there before the build: Node, where this machine's is missing or too old."""
        is_there = not portal.is_wanted() or portal.is_fresh() or portal.node_on_path() is not None
        return [] if is_there else [portal.NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not portal.is_wanted():
            portal.leave_out(portal.BUILT, LEFT_OUT)
        elif not portal.is_fresh():
            self._build(version)

    def _build(self, version: str) -> None:
        """A checkout works without its portal, and its first page says why there is none. A wheel goes to
        others, so it is not made without.
        """
        try:
            portal.build()
        except portal.CannotBuild as missing:
            if version != EDITABLE:
                sys.exit(f"{missing}\n{portal.SWITCH}=no builds Heliograph without its portal.")
            portal.leave_out(portal.BUILT, str(missing))
            self.app.display_warning(f"{missing} Heliograph is installed without its portal.")
