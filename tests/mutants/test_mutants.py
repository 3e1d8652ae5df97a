"""That every guard is still where its mutant removes it, and that the search for survivors works; `make mutants` tries them all."""

import ast
from collections import Counter
from dataclasses import replace

import pytest

from tests.mutants import running
from tests.mutants.catalogue import CATALOGUE
from tests.mutants.mutant import ROOT, Mutant, SourceHasMoved
from tests.mutants.running import Result

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("mutant", CATALOGUE, ids=lambda mutant: mutant.name)
def test_the_source_holds_the_guard_and_the_tests_exist(mutant: Mutant) -> None:
    compile(mutant.mutated((ROOT / mutant.path).read_text()), mutant.path, "exec")
    assert mutant.tests
    for test in mutant.tests:
        path, _, name = test.partition("::")
        tree = ast.parse((ROOT / path).read_text())
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert not name or name.partition("[")[0] in functions, test


def test_each_has_a_name_of_its_own() -> None:
    assert Counter(mutant.name for mutant in CATALOGUE).most_common(1)[0][1] == 1


def test_a_guard_that_has_moved_is_told() -> None:
    with pytest.raises(SourceHasMoved, match="0 times"):
        CATALOGUE[0].mutated("")
    with pytest.raises(SourceHasMoved, match="2 times"):
        CATALOGUE[0].mutated(CATALOGUE[0].old * 2)


def test_killed_survived_and_broken_are_told_apart() -> None:
    """By a guard whose tests need no database, so that it is quick."""
    (guarded,) = (mutant for mutant in CATALOGUE if mutant.name == "depth-of-a-document")
    first_line = (ROOT / guarded.path).read_text().splitlines()[0] + "\n"
    harmless = replace(guarded, name="harmless", old=first_line, new=f"{first_line}# nothing has changed\n")
    dead = replace(harmless, name="dead", new="raise SystemExit\n")
    results: dict[str, Result] = {}
    running.run((guarded, harmless, dead), 1, lambda mutant, result: results.update({mutant.name: result}))
    assert results[guarded.name].is_killed, results[guarded.name]
    assert results["harmless"] == Result()
    assert results["dead"].trouble
    assert not results["dead"].is_killed
