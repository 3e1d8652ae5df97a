"""How often and when a failed job is tried again: camunda:failedJobRetryTimeCycle, else the site's setting."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from workflow_engine.engine import timers
from workflow_engine.engine.evaluation import evaluate

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution
    from workflow_engine.engine.state import Job


def after_failure(
    context: CommandContext, job: Job, execution: Execution | None, *, is_first: bool
) -> tuple[int, datetime | None]:
    """Retries left after one more failure, and when to try again (None: at once).

    The cycle is "R5/PT10M" (five tries in all, ten minutes apart) or a list of durations "PT1M,PT5M,PT1H" (four tries).
    """
    cycle = _cycle(context, job, execution)
    if cycle is None:
        return max(0, job.retries - 1), None
    times, intervals = timers.parse_retry_cycle(cycle, place=job.activity_id)
    retries = max(0, (times if is_first else job.retries) - 1)
    if retries == 0:
        return 0, None
    position = max(0, min(len(intervals) - 1, len(intervals) - retries))
    return retries, timers.add(context.now, intervals[position])


def _cycle(context: CommandContext, job: Job, execution: Execution | None) -> str | None:
    expression = None
    if execution is not None and job.activity_id is not None:
        activity = execution.definition.flow_nodes.get(job.activity_id)
        if activity is not None:
            expression = activity.retry_cycle
    if expression is None:
        return context.environment.default_retry_cycle
    if execution is None or expression.is_literal:
        return expression.text
    value = evaluate(expression, execution)
    return None if value is None else str(value)
