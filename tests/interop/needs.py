"""What a test needs beyond Python. Where it is not there, the test skips and says what to install."""

import shutil
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"


def program(name: str, package: str) -> str:
    """Its path."""
    places = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    found = shutil.which(name) or shutil.which(name, path=places)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: apt install {package})")
    return found


def file(pattern: str, package: str) -> None:
    """Any that fits, below the root."""
    if next(Path("/").glob(pattern), None) is None:
        pytest.skip(f"/{pattern} is not there (Debian: apt install {package})")


def node() -> str:
    return node_with("smpp")


def node_with(package: str) -> str:
    found = program("node", "nodejs npm")
    if not (NODE / "node_modules" / package).is_dir():
        pytest.skip(f"the npm package {package} is not installed (cd tests/interop/node && npm ci)")
    return found
