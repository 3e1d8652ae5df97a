"""What a worker says about a task that it holds. Hot paths: plain values, no serializers."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.engine import commands
from workflow_engine.models.worker_credential import Verb
from workflow_engine.rest import convert
from workflow_engine.rest.answers import no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.limits import limits
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.variables.accepted import accepted_variables
from workflow_engine.services import external_task as service

LONG_TEXT = 1_000_000  # error details are stack traces
MAX_RETRY_TIMEOUT = 366 * 24 * 60 * 60 * 1000


class WorkerView(EngineView):
    permissions = {"POST": "complete_external_task"}
    # The service compares tenant and topic under the task's lock: no statement more.
    leaves_check_to_service = True


class Complete(WorkerView):
    def post(self, request: Request, task_id: str) -> HttpResponse:
        body = self.body()
        self.execute(completion(body, task_id, body.required_text("workerId")))
        return no_content()


class Failure(WorkerView):
    verbs = {"POST": Verb.FAILURE}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        body = self.body()
        self.execute(failure(body, task_id, body.required_text("workerId")))
        return no_content()


class BpmnError(WorkerView):
    verbs = {"POST": Verb.BPMN_ERROR}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        body = self.body()
        command = commands.ThrowExternalTaskError(
            task_id=task_id,
            worker_id=body.required_text("workerId"),
            error_code=body.required_text("errorCode"),
            error_message=body.text("errorMessage", LONG_TEXT),
            variables=accepted_variables(body, "variables", may_be_transient=True),
            lock_token=body.text("lockToken"),
        )
        self.execute(command)
        return no_content()


class ExtendLock(WorkerView):
    verbs = {"POST": Verb.EXTEND_LOCK}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        body = self.body()
        service.extend_lock(
            task_id, body.required_text("workerId"), duration(body, "newDuration"), lock_token=body.text("lockToken")
        )
        return no_content()


class Lock(WorkerView):
    permissions = {"POST": "fetch_external_task"}
    verbs = {"POST": Verb.LOCK}

    def post(self, request: Request, task_id: str) -> HttpResponse:
        body = self.body()
        service.lock(task_id, body.required_text("workerId"), duration(body, "lockDuration"))
        return no_content()


def completion(body: Body, task_id: str, worker_id: str) -> commands.CompleteExternalTask:
    return commands.CompleteExternalTask(
        task_id=task_id,
        worker_id=worker_id,
        variables=accepted_variables(body, "variables", may_be_transient=True),
        local_variables=accepted_variables(body, "localVariables", may_be_transient=True),
        lock_token=body.text("lockToken"),
    )


def failure(body: Body, task_id: str, worker_id: str) -> commands.FailExternalTask:
    return commands.FailExternalTask(
        task_id=task_id,
        worker_id=worker_id,
        error_message=body.text("errorMessage", LONG_TEXT),
        error_details=body.text("errorDetails", LONG_TEXT),
        retries=body.integer("retries", 0, minimum=0),
        retry_timeout=body.integer("retryTimeout", 0, minimum=0, maximum=MAX_RETRY_TIMEOUT),
        variables=accepted_variables(body, "variables", may_be_transient=True),
        local_variables=accepted_variables(body, "localVariables", may_be_transient=True),
        lock_token=body.text("lockToken"),
    )


def duration(body: Body, name: str) -> int:
    """Milliseconds of a lock."""
    value = body.integer(name, 0, maximum=convert.LONG_MAX)
    if not 0 < value <= limits().max_lock_milliseconds:
        raise RestError(
            f"The field '{name}' is {value}: a lock must have more than 0 and at most {limits().max_lock_milliseconds} milliseconds.",
            type_name="RestException",
        )
    return int(value)
