"""The calls of the external task API that a worker makes, one method each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workflow_engine.client.errors import EngineRefused
from workflow_engine.client.task import Task
from workflow_engine.client.transport import Transport
from workflow_engine.client.values import encode_all

Variables = Mapping[str, Any]


class Engine:
    def __init__(self, transport: Transport, worker_id: str) -> None:
        self.transport = transport
        self.worker_id = worker_id

    def fetch_and_lock(
        self, topics: Sequence[Mapping[str, Any]], max_tasks: int, *, wait: float, use_priority: bool = True
    ) -> list[dict[str, Any]]:
        body: dict[str, Any] = {
            "workerId": self.worker_id,
            "maxTasks": max_tasks,
            "usePriority": use_priority,
            "topics": list(topics),
        }
        if wait:
            body["asyncResponseTimeout"] = milliseconds(wait)
        # The answer may come at the last moment of the wait.
        answer: list[dict[str, Any]] = self.transport.post("/external-task/fetchAndLock", body, timeout=wait + 15)
        return answer

    def complete(self, task: Task, variables: Variables, local_variables: Variables) -> None:
        self._answer(task, "complete", variables=encode_all(variables), localVariables=encode_all(local_variables))

    def failure(self, task: Task, message: str, details: str, *, retries: int, retry_after: float) -> None:
        self._answer(
            task,
            "failure",
            errorMessage=message,
            errorDetails=details,
            retries=retries,
            retryTimeout=milliseconds(retry_after),
        )

    def bpmn_error(self, task: Task, code: str, message: str | None, variables: Variables) -> None:
        self._answer(task, "bpmnError", errorCode=code, errorMessage=message, variables=encode_all(variables))

    def extend_lock(self, task: Task, lock: float, *, timeout: float | None = None) -> None:
        self._answer(task, "extendLock", timeout, newDuration=milliseconds(lock))

    # Many in one request, which only our own engine knows; each task is told of as if it had been the only one.

    def complete_many(self, results: Iterable[tuple[Task, Variables]]) -> list[EngineRefused | None]:
        """Tasks with their variables. Tells of each why it was refused, or None."""
        return self._answer_many("complete", [(task, {"variables": encode_all(values)}) for task, values in results])

    def failure_many(
        self, failures: Iterable[tuple[Task, str]], *, retries: int, retry_after: float
    ) -> list[EngineRefused | None]:
        """Tasks with their messages."""
        more = {"retries": retries, "retryTimeout": milliseconds(retry_after)}
        return self._answer_many("failure", [(task, {"errorMessage": message, **more}) for task, message in failures])

    def extend_locks(self, tasks: Iterable[Task], lock: float) -> list[EngineRefused | None]:
        return self._answer_many("extendLock", [(task, {"newDuration": milliseconds(lock)}) for task in tasks])

    def _answer_many(self, verb: str, answers: list[tuple[Task, dict[str, Any]]]) -> list[EngineRefused | None]:
        items = [
            {"id": task.id, **fields, **({} if task.lock_token is None else {"lockToken": task.lock_token})}
            for task, fields in answers
        ]
        body = {"workerId": self.worker_id, "tasks": items}
        results = self.transport.post(f"/external-task/{verb}-many", body)["results"]
        return [
            EngineRefused(one["status"], one["type"], one["message"]) if one["status"] >= 300 else None
            for one in results
        ]

    def unlock(self, task: Task) -> None:
        self.transport.post(f"/external-task/{task.id}/unlock")

    def _answer(self, task: Task, verb: str, timeout: float | None = None, /, **fields: Any) -> None:
        body = {"workerId": self.worker_id, **fields}
        # Only our own engine gives a token; Camunda refuses fields that it does not know.
        if task.lock_token is not None:
            body["lockToken"] = task.lock_token
        self.transport.post(f"/external-task/{task.id}/{verb}", body, timeout=timeout)


def milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000)) if seconds > 0 else 0
