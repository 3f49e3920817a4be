"""The import directions hold over the tree, and each contract finds what was planted for it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.source import PROJECT

# A package as it will be when every layer is there. Each planted line breaks the contract that it names.
CLEAN = {
    "__main__": "import heliograph.cli",
    "cli": "import heliograph.app",
    "app": "import heliograph.dispatcher\nimport heliograph.interfaces.rest.inlet",
    "config": "",
    "dispatcher": "import heliograph.flow.submit\nimport heliograph.runtime.clock",
    "interfaces.rest.inlet": "import heliograph.flow.submit\nimport heliograph.interfaces.rest.translate",
    "interfaces.rest.translate": "",
    "interfaces.smpp.inlet": "import heliograph.wire.smpp",
    "networks.modem.link": "import heliograph.runtime.clock\nimport heliograph.wire.gsm.text",
    "networks.gsup.link": "",
    "store.sqlite": "import apsw\nimport heliograph.flow.submit",
    "flow.submit": "import heliograph.core.message\nimport heliograph.wire.errors",
    "core.message": "import datetime\nimport heliograph.wire.gsm.text\nimport heliograph.wire.errors",
    "core.lane": "",
    "runtime.clock": "import time\nimport heliograph.wire.session",
    "wire.session": "",
    "wire.errors": "",
    "wire.smpp": "import struct",
    "wire.gsm.text": "import heliograph.wire.errors",
}
PLANTED = {
    ("direction", "flow.submit", "store.sqlite"),
    ("direction", "core.lane", "runtime.clock"),
    ("direction", "wire.session", "core.lane"),
    ("direction", "networks.gsup.link", "interfaces.rest.inlet"),
    ("adapters", "interfaces.rest.inlet", "interfaces.smpp.inlet"),
    ("adapters", "networks.modem.link", "networks.gsup.link"),
    ("surroundings", "flow.submit", "runtime.clock"),
    ("surroundings", "flow.submit", "config"),
    ("carriers", "core.message", "wire.smpp"),
    ("carriers", "flow.submit", "wire.smpp"),
    ("carriers", "flow.submit", "wire.session"),
    ("purity", "wire.errors", "socket"),
    ("purity", "core.lane", "random"),
    ("purity", "flow.submit", "asyncio"),
    ("purity", "core.message", "time"),
    ("purity", "wire.gsm.text", "logging"),
}
CONTRACTS = {contract for contract, _, _ in PLANTED}


def write_package(root: Path, modules: dict[str, str]) -> None:
    for name, text in modules.items():
        path = root.joinpath("heliograph", *name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for folder in [root / "heliograph", *(root / "heliograph").rglob("*/")]:
        folder.joinpath("__init__.py").touch()


def lint_imports(root: Path, *contracts: str) -> tuple[int, str]:
    chosen = [argument for contract in contracts for argument in ("--contract", contract)]
    config = ["--config", str(PROJECT / "pyproject.toml"), "--no-cache", "--no-logo", *chosen]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), *config],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def broken_imports(output: str) -> set[tuple[str, str]]:
    arrows = re.findall(r"heliograph\.([\w.]+) -> (?:heliograph\.)?([\w.]+) ", output)
    return set(arrows)


def test_the_tree_keeps_its_directions() -> None:
    code, output = lint_imports(PROJECT / "src")
    assert code == 0, output


def test_a_whole_clean_package_is_allowed(tmp_path: Path) -> None:
    write_package(tmp_path, CLEAN)
    code, output = lint_imports(tmp_path)
    assert code == 0, output


@pytest.mark.parametrize("contract", sorted(CONTRACTS))
def test_the_contract_finds_what_was_planted(tmp_path: Path, contract: str) -> None:
    planted = dict(CLEAN)
    for _, importer, imported in (plant for plant in PLANTED if plant[0] == contract):
        full_name = f"heliograph.{imported}" if imported in CLEAN else imported
        planted[importer] += f"\nimport {full_name}"
    write_package(tmp_path, planted)
    code, output = lint_imports(tmp_path, contract)
    assert code == 1, output
    expected = {(importer, imported) for name, importer, imported in PLANTED if name == contract}
    missed = expected - broken_imports(output)
    assert not missed, output


def test_a_cycle_is_found(tmp_path: Path) -> None:
    write_package(tmp_path, {**CLEAN, "wire.errors": "import heliograph.wire.gsm.text"})
    code, output = lint_imports(tmp_path, "cycles")
    assert code == 1
    assert "No cycles are allowed in heliograph.wire" in output


def test_a_new_folder_must_be_given_its_layer(tmp_path: Path) -> None:
    write_package(tmp_path, {**CLEAN, "services.lane": ""})
    code, output = lint_imports(tmp_path, "direction")
    assert code == 1
    assert "heliograph.services" in output
