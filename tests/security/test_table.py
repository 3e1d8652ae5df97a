"""Every row of the threat table has its tests, and they are there. The end of the run tells how many."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.security.table import BAD_INPUT, CONVENTIONS, INPUTS

ROOT = Path(__file__).resolve().parents[2]
ROWS = {**INPUTS, **CONVENTIONS}

pytestmark = pytest.mark.one_database


def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_tests(row: str, counted: Callable[[str, int], None]) -> None:
    number = 0
    for test in ROWS[row]:
        path, _, name = test.partition("::")
        known = functions(path)
        assert known if not name else name in known, test
        number += 1 if name else len(known)
    assert number
    counted("threat table, rows", 1)
    counted("threat table, tests", number)


def test_every_row_of_the_table_of_bad_inputs_is_a_row_here() -> None:
    every = {name for path in (ROOT / BAD_INPUT).glob("test_*.py") for name in functions(str(path))}
    rows = {name for name in every if name.startswith("test_row_")}
    assert {
        test.partition("::")[2] for tests in INPUTS.values() for test in tests if test.startswith(BAD_INPUT)
    } == rows
    assert len(INPUTS) == len(rows) == 16
