"""The work one evaluation may do: an expression cannot loop, but it can touch a long text many times.

Steps are bounded by the limit on tokens; whoever walks a text or a collection spends its size here.
"""

from __future__ import annotations

import threading

from workflow_engine.expressions.errors import ExpressionEvaluationError

MAX_TEXT = 1024 * 1024
MAX_WORK = 2 * MAX_TEXT
COLLECTION_ITEM = 64  # an item of a collection costs as much as so many characters


class _Work(threading.local):
    left: int = MAX_WORK


work = _Work()


def spend(amount: int) -> None:
    work.left -= amount
    if work.left < 0:
        raise ExpressionEvaluationError(f"takes more work than the limit of {MAX_WORK} characters allows")


def check_text(length: int) -> None:
    """Refuse a text before it is made."""
    if length > MAX_TEXT:
        raise ExpressionEvaluationError(f"gives a text of {length} characters, the limit is {MAX_TEXT}")
    spend(length)
