"""What is counted: Camunda's names, and the newer names of some of them."""

from __future__ import annotations

ACTIVITY_START = "activity-instance-start"
ACTIVITY_END = "activity-instance-end"
ROOT_INSTANCE_START = "root-process-instance-start"
JOB_ACQUISITION_ATTEMPT = "job-acquisition-attempt"
JOB_ACQUIRED = "job-acquired-success"
JOB_REJECTED = "job-execution-rejected"
JOB_SUCCESSFUL = "job-successful"
JOB_FAILED = "job-failed"
REMOVED_INSTANCES = "history-cleanup-removed-process-instances"
REMOVED_BATCHES = "history-cleanup-removed-batch-operations"
REMOVED_TASK_METRICS = "history-cleanup-removed-task-metrics"
TASK_WORKERS = "unique-task-workers"

ALIASES = {
    "process-instances": ROOT_INSTANCE_START,
    "flow-node-instances": ACTIVITY_START,
    "decision-instances": "executed-decision-instances",
    "task-users": TASK_WORKERS,
}
# What cannot happen in this engine: it has no decisions and no cases, skips jobs that others take instead of failing at
# them, and leaves every new job to whoever looks next.
ALWAYS_ZERO = (
    "job-acquired-failure",
    "job-locked-exclusive",
    "executed-decision-instances",
    "executed-decision-elements",
    "history-cleanup-removed-case-instances",
    "history-cleanup-removed-decision-instances",
)
COUNTED = (
    ACTIVITY_START,
    ACTIVITY_END,
    ROOT_INSTANCE_START,
    JOB_ACQUISITION_ATTEMPT,
    JOB_ACQUIRED,
    JOB_REJECTED,
    JOB_SUCCESSFUL,
    JOB_FAILED,
    REMOVED_INSTANCES,
    REMOVED_BATCHES,
    REMOVED_TASK_METRICS,
)
NAMES = frozenset((*COUNTED, *ALWAYS_ZERO, TASK_WORKERS, *ALIASES))


def stored_name(name: str) -> str:
    """The name under which a metric is kept."""
    return ALIASES.get(name, name)
