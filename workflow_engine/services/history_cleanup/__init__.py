"""Removing history whose time to live is over: one job, short transactions, any number of sweepers."""

from workflow_engine.services.history_cleanup.job import HANDLER_TYPE, execute, find_job, prepare, schedule
from workflow_engine.services.history_cleanup.removing import remove_instances
from workflow_engine.services.history_cleanup.window import current_or_next

__all__ = ["HANDLER_TYPE", "current_or_next", "execute", "find_job", "prepare", "remove_instances", "schedule"]
