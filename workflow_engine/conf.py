"""The site's settings for the engine: one dictionary, every key optional.

    WORKFLOW_ENGINE = {"HISTORY_LEVEL": "audit", "UNIQUE_BUSINESS_KEYS": True}

Read late, at every use, so that a test may override it. Unknown keys and wrong values are errors of Django's system check.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from django.conf import settings

SETTING = "WORKFLOW_ENGINE"
HISTORY_LEVELS = ("none", "activity", "audit", "full")
UNCAUGHT_BPMN_ERROR = ("end-execution", "terminate-instance", "incident")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """Field names in capitals are the keys of the dictionary."""

    history_level: str = "full"  # one of HISTORY_LEVELS
    history_time_to_live: int | None = None  # days, for definitions that say nothing; None: for ever
    default_retries: int = 3  # of jobs
    default_retry_cycle: str | None = None  # failedJobRetryTimeCycle of jobs whose model says nothing: "R5/PT1M"
    retry_jitter: float = 0.1  # part of a cycle's pause by which a failed job's next attempt may come later
    max_lock_duration: timedelta = timedelta(hours=24)  # of an external task
    job_lock_duration: timedelta = timedelta(minutes=5)  # of a job, while a sweeper runs it
    max_deliveries: int | None = None  # hand-outs of an external task without an answer; None: for ever
    max_deliveries_by_topic: Mapping[str, int | None] = field(default_factory=dict)  # instead of the one for all
    async_response_timeout: timedelta = timedelta(minutes=30)  # the longest long poll
    look_interval: timedelta = timedelta(
        milliseconds=200
    )  # of a process in which long polls wait, for work it was not told of
    notifications: bool = True  # PostgreSQL's NOTIFY tells other processes of new work
    notification_database: str | None = None  # an alias of DATABASES that leads past a pooler; None: the engine's own
    max_activities_per_command: int = 10_000  # a command that enters more stops instead of spinning for ever
    max_call_depth: int = 50  # call activities within call activities
    max_multi_instance: int = 100_000  # children of one multi-instance activity
    max_variable_size: int = 4 * 2**20  # bytes of one variable
    max_instance_variables: int = 10_000  # of one execution or task
    max_instance_size: int = 64 * 2**20  # bytes of all variables of one process instance
    max_model_size: int = 2 * 2**20  # bytes of one BPMN file
    max_model_depth: int = 100  # XML elements within XML elements
    max_model_elements: int = 100_000  # XML elements of a file, its diagram included
    max_model_attributes: int = 200  # of one XML element
    max_flow_elements: int = 10_000  # activities, events, gateways and sequence flows of a file
    max_tasks_per_fetch: int = 1_000
    uncaught_bpmn_error: str = "end-execution"  # one of UNCAUGHT_BPMN_ERROR
    unique_business_keys: bool | Collection[str] = False  # of every process, or of these definition keys
    scripts_enabled: bool = False  # JavaScript of models, in the optional sandbox
    script_time_limit: timedelta = timedelta(seconds=1)  # computing time of one script; the transaction waits for it
    script_memory_limit: int = 64 * 2**20  # bytes
    script_stack_limit: int = 512 * 2**10  # bytes
    idempotency_key_lifetime: timedelta = timedelta(hours=24)  # how long a repeated request gets its first answer
    command_retries: int = 5  # repetitions of a command after a serialisation failure or a deadlock
    definition_cache_size: int = 500  # compiled definitions per process
    tenant_checks: bool = True  # who belongs to no tenant sees only what has none
    history_cleanup_enabled: bool = True
    history_cleanup_window: tuple[str, str] | None = None  # ("22:00", "06:00") in the site's zone; None: at any time
    history_cleanup_batch_size: int = 100  # instance trees removed in one transaction
    batch_jobs_per_seed: int = 100  # jobs that one seed job of a batch makes
    invocations_per_batch_job: int = 1  # items of one job of a batch
    batch_poll_time: timedelta = timedelta(seconds=30)  # how often a batch looks whether all its jobs are done
    batch_history_time_to_live: int | None = None  # days for which a batch that has ended is kept; None: for ever
    max_batch_size: int = 1_000_000  # items of one batch
    metrics_interval: timedelta | None = timedelta(minutes=5)  # how often a process writes down what it has counted
    task_metrics_time_to_live: int | None = None  # days; None: for ever
    rest: Mapping[str, Any] = field(default_factory=dict)  # limits of the REST API, see workflow_engine.rest.limits


_cached: tuple[dict[str, Any], EngineSettings] = ({}, EngineSettings())


def current() -> EngineSettings:
    """The settings as they are now. Unknown keys are left to the system check."""
    global _cached
    given = getattr(settings, SETTING, {})
    if given != _cached[0]:
        known = {f.name for f in fields(EngineSettings)}
        values = {key.lower(): value for key, value in given.items() if key.lower() in known}
        _cached = (dict(given), EngineSettings(**values))
    return _cached[1]


def max_deliveries(topic_name: str) -> int | None:
    """How often a task of the topic is handed out without an answer; None: again and again."""
    settings_now = current()
    return settings_now.max_deliveries_by_topic.get(topic_name, settings_now.max_deliveries)


def has_unique_business_keys(process_definition_key: str) -> bool:
    """Whether the site declares business keys of this process unique; the model may do so too."""
    declared = current().unique_business_keys
    return declared if isinstance(declared, bool) else process_definition_key in declared
