"""What operators do to external tasks: unlock, retries, priority."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine import ids
from workflow_engine.engine import commands
from workflow_engine.models import ExternalTask
from workflow_engine.rest import convert
from workflow_engine.rest.answers import no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.external_task.rows import ExternalTaskQuery
from workflow_engine.rest.rows import missing
from workflow_engine.services import external_task as service
from workflow_engine.services.visibility import visible

MAX_IDS = 1_000


class Unlock(EngineView):
    permissions = {"POST": "unlock_external_task"}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        service.unlock(task_id, user=request.user)
        return no_content()


class Retries(EngineView):
    permissions = {"PUT": "set_retries"}

    def put(self, request: Request, task_id: str) -> HttpResponse:
        self.execute(commands.SetExternalTaskRetries(task_id=task_id, retries=accepted_retries(self.body())))
        return no_content()


class Priority(EngineView):
    permissions = {"PUT": "unlock_external_task"}

    def put(self, request: Request, task_id: str) -> HttpResponse:
        body = self.body()
        priority = body.integer("priority", maximum=convert.LONG_MAX)
        if priority is None:
            raise body.refusal("priority", "is missing")
        service.set_priority(task_id, priority, user=request.user)
        return no_content()


class RetriesOfMany(EngineView):
    """Synchronous: so many at once that a caller may wait for them; more is a batch."""

    permissions = {"PUT": "set_retries"}
    knows_definitions = True

    def put(self, request: Request) -> HttpResponse:
        body = self.body()
        retries, task_ids = accepted_retries(body), _chosen(body)
        known = set(map(str, visible(ExternalTask.objects.filter(pk__in=task_ids)).values_list("pk", flat=True)))
        for task_id in task_ids:
            if task_id not in known:
                raise missing("External task", task_id)
        for task_id in sorted(task_ids):
            self.execute(commands.SetExternalTaskRetries(task_id=task_id, retries=retries))
        return no_content()


def accepted_retries(body: Body) -> int:
    retries = body.integer("retries", minimum=0)
    if retries is None:
        raise RestError("The number of retries cannot be null.")
    return int(retries)


def _chosen(body: Body) -> list[str]:
    """The tasks named by id, by instance and by query, without repetition."""
    chosen = dict.fromkeys(body.text_list("externalTaskIds") or ())
    for task_id in chosen:
        if ids.canonical(task_id) is None:
            raise missing("External task", task_id)
    queries = [query.values for query in (body.object("externalTaskQuery"),) if query is not None]
    if instances := body.text_list("processInstanceIds"):
        queries.append({"processInstanceIdIn": instances})
    for values in queries:
        found = ExternalTaskQuery(values).queryset().values_list("pk", flat=True)[: MAX_IDS + 1]
        chosen.update(dict.fromkeys(map(str, found)))
    if not chosen:
        raise RestError("externalTaskIds is empty: no external task was chosen.")
    if len(chosen) > MAX_IDS:
        raise RestError(f"More than {MAX_IDS} external tasks were chosen: set their retries in a batch.")
    return list(chosen)
