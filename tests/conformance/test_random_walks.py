"""1,000 random walks through random models; a broken invariant says how to see it again."""

import pytest

from tests.conformance.walk import Walk

WALKS = 1_000
BATCH = 50  # one test each, so that the test workers share them


@pytest.mark.parametrize("first", range(0, WALKS, BATCH))
def test_invariants_hold_on_random_walks(first: int) -> None:
    counts = sum((Walk(seed, seed).run() for seed in range(first, first + BATCH)), start=Walk(first, first).counts)
    assert counts["StartProcessInstance"] == BATCH
    assert counts["finished"] > BATCH * 0.8, "walks that end before the instance does check little"
