"""Counts that a test wants to see told at the end of the run, also where pytest-xdist ran it: `counted("bad inputs", 5)`."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

PREFIX = "counted: "


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Callable[[str, int], None]:
    return lambda name, number: record_property(PREFIX + name, number)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    totals: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            # The last of a test: it has what fixtures told as well.
            if getattr(report, "when", None) == "teardown":
                for name, number in report.user_properties:
                    if name.startswith(PREFIX):
                        totals[name.removeprefix(PREFIX)] += number
    for name, number in sorted(totals.items()):
        terminalreporter.write_line(f"{name}: {number}")
