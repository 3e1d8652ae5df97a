"""The cases of each row are counted, and the clock goes right again."""

from collections.abc import Callable, Iterator

import pytest

from tests.rest.bad_input.table import CASES
from workflow_engine import clock


@pytest.fixture(autouse=True)
def _tidy(counted: Callable[[str, int], None]) -> Iterator[None]:
    before = CASES.copy()
    yield
    clock.reset()
    for row, number in (CASES - before).items():
        counted(f"bad input table, row {row}", number)
        counted("bad input table, all rows", number)
