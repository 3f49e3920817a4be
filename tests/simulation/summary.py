"""A pytest plugin: at the end of a run, how often the seeds reached each fault and each transition.

In: what the tests recorded under `simulation`, from all workers. Out: one table.
"""

import pytest

from tests.simulation.coverage import table, total


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    recorded = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "simulation"
    ]
    if recorded:
        terminalreporter.section("simulation")
        seeds = sum(count for count, _ in recorded)
        terminalreporter.write_line(table(total(counts for _, counts in recorded), seeds))
