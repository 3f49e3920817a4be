"""Writes src/api/schema.d.ts from the routes: `python portal/schema.py`, where Heliograph is installed.

The first line of the file says from what it was made; a test in tests/portal_served compares.
"""

import sys
from hashlib import sha256
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from build import CannotBuild, install_packages, npm

OPTIONS = ("--root-types", "--root-types-no-schema-prefix", "--default-non-nullable=false")
SCHEMA = Path(__file__).parent / "src/api/schema.d.ts"


def described() -> dict[str, Any]:
    from heliograph.interfaces.rest.openapi import document
    from heliograph.interfaces.rest.routes import ROUTES

    found = document(ROUTES)
    return {**found, "info": {**found["info"], "version": "0"}}  # a new version is no new API


def mark() -> str:
    digest = sha256(dumps(described(), sort_keys=True).encode()).hexdigest()
    return f"// Made by portal/schema.py from {digest}"


def write() -> None:
    install_packages()
    with TemporaryDirectory() as folder:
        source, made = Path(folder, "openapi.json"), Path(folder, "schema.d.ts")
        source.write_text(dumps(described()))
        if npm("run", "--loglevel=error", "schema", "--", str(source), "-o", str(made), *OPTIONS):
            raise CannotBuild("openapi-typescript failed; the lines above say why.")
        SCHEMA.write_text(f"{mark()}\n{made.read_text()}")


if __name__ == "__main__":
    write()
