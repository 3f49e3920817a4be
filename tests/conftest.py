"""What holds for the whole test run: how hard hypothesis searches, and which tests may skip.

`--allowed-skips FILE` fails a run in which a test skips, or is expected to fail, that FILE does not list.
A line of FILE: NODE-ID-GLOB -- TEXT-IN-ITS-REASON.
"""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings

SEPARATOR = " -- "
UNLISTED = pytest.StashKey[list["Skip"]]()

# A busy machine is no failure, so nothing here depends on how long an example takes.
SLOW_IS_FINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("everyday", SLOW_IS_FINE)
# The same examples every time: a red build is red because of the change.
settings.register_profile("ci", SLOW_IS_FINE, derandomize=True, print_blob=True, database=None)
settings.register_profile("thorough", SLOW_IS_FINE, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "everyday"))


class Skip(NamedTuple):
    node: str
    reason: str


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--allowed-skips", metavar="FILE", type=Path, help="fail when a test skips that FILE lacks"
    )


def pytest_configure(config: pytest.Config) -> None:
    # The table of what the simulation reached. Elsewhere, as in a test of this file, there is none.
    if (config.rootpath / "tests/simulation/summary.py").exists():
        config.pluginmanager.import_plugin("tests.simulation.summary")


def read_allowed(text: str) -> list[Skip]:
    lines = [line.strip() for line in text.splitlines()]
    allowed = []
    for line in (line for line in lines if line and not line.startswith("#")):
        node, separator, reason = line.partition(SEPARATOR)
        if not separator or not reason.strip():
            raise pytest.UsageError(
                f"allowed skips: {line!r} is not NODE-ID-GLOB{SEPARATOR}TEXT-IN-ITS-REASON"
            )
        allowed.append(Skip(node.strip(), reason.strip()))
    return allowed


def is_allowed(skip: Skip, allowed: list[Skip]) -> bool:
    return any(fnmatchcase(skip.node, entry.node) and entry.reason in skip.reason for entry in allowed)


def skips_of(reporter: pytest.TerminalReporter) -> Iterator[Skip]:
    for report in [*reporter.stats.get("skipped", []), *reporter.stats.get("xfailed", [])]:
        is_tuple = isinstance(report.longrepr, tuple)
        yield Skip(report.nodeid, report.longrepr[2] if is_tuple else getattr(report, "wasxfail", ""))


def pytest_sessionfinish(session: pytest.Session) -> None:
    file = session.config.getoption("--allowed-skips")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    # A worker of xdist sees only its own share; the session that started it counts.
    if file is None or reporter is None or hasattr(session.config, "workerinput"):
        return
    allowed = read_allowed(file.read_text("utf-8"))
    unlisted = [skip for skip in skips_of(reporter) if not is_allowed(skip, allowed)]
    session.config.stash[UNLISTED] = unlisted
    if unlisted and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    unlisted = config.stash.get(UNLISTED, [])
    if unlisted:
        terminalreporter.section("skips that are not allowed", red=True, bold=True)
        for skip in unlisted:
            terminalreporter.line(f"{skip.node}{SEPARATOR}{skip.reason}")
