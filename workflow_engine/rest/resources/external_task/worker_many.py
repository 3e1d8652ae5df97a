"""What a worker says about many tasks that it holds, in one request. Beyond Camunda's API."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models.worker_credential import Verb
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.idempotency import idempotent
from workflow_engine.rest.items import ItemsView
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.external_task.worker import completion, duration, failure
from workflow_engine.services import external_task as service


class WorkerItems(ItemsView):
    permissions = {"POST": "complete_external_task"}

    @idempotent
    def post(self, request: Request) -> HttpResponse:
        worker_id, items = self.body().required_text("workerId"), self.items("tasks")
        wanted = [self.accepted(partial(self._wanted, item, worker_id)) for item in items]
        refusals = self.refusals(self.carried_out(wanted, self.carry_out))
        results = [
            {"id": _id_of(item), **(refusal or {"status": 204})} for item, refusal in zip(items, refusals, strict=True)
        ]
        return json_answer({"results": results})

    def _wanted(self, item: Body, worker_id: str) -> Any:
        task_id = item.required_text("id")
        self.check_named("external-task/<str:task_id>", task_id=task_id)
        return self.wanted(item, task_id, worker_id)

    def wanted(self, item: Body, task_id: str, worker_id: str) -> Any:
        raise NotImplementedError

    def carry_out(self, wanted: Sequence[Any]) -> Sequence[Exception | None]:
        return service.answer_many(wanted, user=self.user_id)


class CompleteMany(WorkerItems):
    def wanted(self, item: Body, task_id: str, worker_id: str) -> Any:
        return completion(item, task_id, worker_id)


class FailureMany(WorkerItems):
    verbs = {"POST": Verb.FAILURE}

    def wanted(self, item: Body, task_id: str, worker_id: str) -> Any:
        return failure(item, task_id, worker_id)


class ExtendLockMany(WorkerItems):
    """`newDuration` may also stand beside `tasks`, for those that have none of their own."""

    verbs = {"POST": Verb.EXTEND_LOCK}

    def wanted(self, item: Body, task_id: str, worker_id: str) -> service.Extension:
        return service.Extension(
            task_id=task_id,
            worker_id=worker_id,
            milliseconds=duration(item if item.values.get("newDuration") is not None else self.body(), "newDuration"),
            lock_token=item.text("lockToken"),
        )

    def carry_out(self, wanted: Sequence[service.Extension]) -> Sequence[Exception | None]:
        return service.extend_many(wanted)


def _id_of(item: Body) -> str | None:
    """As it came; null where it is none."""
    found = item.values.get("id")
    return found if isinstance(found, str) else None


urlpatterns = [
    path("external-task/complete-many", CompleteMany.as_view()),
    path("external-task/failure-many", FailureMany.as_view()),
    path("external-task/extendLock-many", ExtendLockMany.as_view()),
]
