"""How often and when a failed job is tried again: camunda:failedJobRetryTimeCycle, else the site's setting.

"R5/PT10M" is five tries in all, ten minutes apart; "PT1M,PT5M,PT1H" is four tries with these pauses. A text that says
neither, or an expression that fails, counts for nothing: a job that fails must not fail a second time for its retry cycle.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.iso_cycles import parse_cycle

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution
    from workflow_engine.engine.state import Job

# Jobs of the model's timers and continuations; others, like asynchronous signals, have no cycle of their own.
WITH_CYCLE = frozenset(
    {
        "async-continuation",
        "timer-transition",
        "timer-intermediate-transition",
        "timer-start-event",
        "timer-start-event-subprocess",
    }
)


def after_failure(
    context: CommandContext, job: Job, execution: Execution | None, *, is_first: bool
) -> tuple[int, datetime | None]:
    """Retries left after one more failure, and when to try again (None: when it was due before, so at once)."""
    try:
        cycle = _cycle(context, job, execution)
        found = None if cycle is None else _by_cycle(cycle, job.retries, context.now, is_first=is_first)
    except Exception:  # whatever a site's bean may raise
        found = None
    return found or (max(0, job.retries - 1), None)


def _by_cycle(cycle: str, retries: int, now: datetime, *, is_first: bool) -> tuple[int, datetime | None]:
    intervals = [part.strip() for part in cycle.rstrip(",").split(",")]
    if is_first:
        only = parse_cycle(intervals[0], now).times if len(intervals) == 1 else None
        retries = len(intervals) + 1 if only is None else only
    position = max(0, min(len(intervals) - 1, len(intervals) - (retries - 1)))
    return max(0, retries - 1), parse_cycle(intervals[position], now).first_after(now)


def _cycle(context: CommandContext, job: Job, execution: Execution | None) -> str | None:
    if job.handler_type not in WITH_CYCLE:
        return None
    expression = None
    if execution is not None and job.activity_id is not None:
        activity = execution.definition.flow_nodes.get(job.activity_id)
        if activity is not None:
            expression = activity.retry_cycle
    if expression is None:
        return context.environment.default_retry_cycle
    value = expression.text if expression.is_literal or execution is None else evaluate(expression, execution)
    return value if isinstance(value, str) and value else None
