"""That no row is missing."""

from tests.rest.bad_input import test_callers, test_models, test_requests, test_work

ROWS = 16


def test_the_table_is_complete() -> None:
    every = [name for module in (test_callers, test_models, test_requests, test_work) for name in vars(module)]
    rows = [name.removeprefix("test_row_")[:2] for name in every if name.startswith("test_row_")]
    assert sorted(rows) == [f"{number:02}" for number in range(1, ROWS + 1)]
