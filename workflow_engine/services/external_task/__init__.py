"""External tasks: what workers and operators do with them."""

from workflow_engine.services.external_task.answering_many import answer_many
from workflow_engine.services.external_task.answers import bpmn_error, complete, failure, set_retries
from workflow_engine.services.external_task.extending_many import Extension, extend_many
from workflow_engine.services.external_task.fetching import fetch_and_lock
from workflow_engine.services.external_task.giving_back import give_back
from workflow_engine.services.external_task.giving_up import give_up
from workflow_engine.services.external_task.locking import extend_lock, lock, set_priority, unlock
from workflow_engine.services.results import LockedExternalTask
from workflow_engine.store.topics import Topic

__all__ = [
    "Extension",
    "LockedExternalTask",
    "Topic",
    "answer_many",
    "bpmn_error",
    "complete",
    "extend_lock",
    "extend_many",
    "failure",
    "fetch_and_lock",
    "give_back",
    "give_up",
    "lock",
    "set_priority",
    "set_retries",
    "unlock",
]
