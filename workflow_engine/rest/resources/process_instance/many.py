"""What is done with many process instances: by a batch, which the answer names before anything has happened, or at once."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.engine import commands
from workflow_engine.engine.errors import NotFound
from workflow_engine.models import Job
from workflow_engine.rest.answers import no_content
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.batch.creating import CreateBatch, keys
from workflow_engine.rest.resources.job.asynchronous import retries_of_jobs
from workflow_engine.rest.resources.process_instance.instructions import accepted_instructions
from workflow_engine.rest.resources.process_instance.rows import ProcessInstanceQuery
from workflow_engine.rest.resources.process_instance.views import MAX_TEXT, find_instance
from workflow_engine.rest.variables.accepted import accepted_variables

MAX_INSTANCES = 10_000
_OF_DEFINITION = ("processDefinitionId", "processDefinitionKey")
_CHOICE = ("processInstanceIds", "processInstanceQuery", "historicProcessInstanceQuery")


class Delete(CreateBatch):
    permissions = {"POST": "cancel_instance"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        options = {
            "reason": body.text("deleteReason", MAX_TEXT),
            "skip_custom_listeners": body.boolean("skipCustomListeners"),
            "skip_io_mappings": body.boolean("skipIoMappings"),
            "skip_sub_process_instances": body.boolean("skipSubprocesses"),
            "fail_if_not_exists": body.boolean("failIfNotExists"),
        }
        return self.created("instance-deletion", self.instances(body), options)


class SuspendedNow(CreateBatch):
    """The named and found ones, or all of a definition or a key. One transaction each."""

    permissions = {"PUT": "suspend_instance"}

    def put(self, request: Request) -> HttpResponse:
        body = self.body()
        is_suspended, chosen = body.boolean("suspended"), self.chosen(body)
        if len(chosen) > MAX_INSTANCES:
            raise RestError(f"More than {MAX_INSTANCES} process instances were chosen: suspend them by a batch.")
        for instance_id in chosen:
            with suppress(NotFound):  # ended meanwhile
                self.execute(commands.SetSuspension(process_instance_id=instance_id, is_suspended=is_suspended))
        return no_content()

    def chosen(self, body: Body) -> list[str]:
        of_definition = {name: body.values[name] for name in _OF_DEFINITION if body.values.get(name)}
        is_group = any(body.values.get(name) is not None for name in _CHOICE)
        if is_group and of_definition:
            raise RestError(
                "Choose either a single processInstance with processDefinitionId or processDefinitionKey or a group of"
                " processInstances with processInstanceIds, processInstanceQuery or historicProcessInstanceQuery."
            )
        if is_group:
            found = list(islice(self.instances(body), MAX_INSTANCES + 1))
            if not found:
                raise RestError(
                    "No process instance ids given: Process Instance ids is empty", type_name="BadUserRequestException"
                )
            return found
        if len(of_definition) != 1:
            raise RestError(
                "Either processDefinitionId or processDefinitionKey should be set to update the suspension state."
            )
        rows = ProcessInstanceQuery(of_definition).queryset().filter(super_execution__isnull=True)
        tenant_id = "" if body.boolean("processDefinitionWithoutTenantId") else body.text("processDefinitionTenantId")
        if tenant_id is not None:
            rows = rows.filter(process_definition__tenant_id=tenant_id)
        return list(islice(keys(rows), MAX_INSTANCES + 1))


class Suspended(CreateBatch):
    permissions = {"POST": "suspend_instance"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        if all(body.values.get(name) is None for name in _CHOICE):
            raise RestError(
                "Either processInstanceIds, processInstanceQuery or historicProcessInstanceQuery should be set to update"
                " the suspension state."
            )
        options = {"is_suspended": body.boolean("suspended")}
        return self.created("instance-update-suspension-state", self.instances(body), options)


class JobRetries(CreateBatch):
    """Of all jobs of the instances."""

    permissions = {"POST": "set_retries"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        options = retries_of_jobs(body)
        jobs = self.of_instances(self.instances(body, "processInstances"), Job.objects.all())
        return self.created("set-job-retries", jobs, options)


class Message(CreateBatch):
    permissions = {"POST": "correlate_message"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        options = {"message_name": body.text("messageName"), "variables": accepted_variables(body, "variables")}
        return self.created("correlate-message", self.instances(body), options)


class Variables(CreateBatch):
    permissions = {"POST": "set_variables"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        if body.object("variables") is None:
            raise RestError("variables is null")
        variables = accepted_variables(body, "variables")
        if not variables:
            raise RestError("variables is empty", type_name="BadUserRequestException")
        return self.created("set-variables", self.instances(body), {"variables": variables})


class Modification(CreateBatch):
    """Of one instance, in the background."""

    permissions = {"POST": "modify_instance"}

    def post(self, request: Request, instance_id: str) -> HttpResponse:
        body, instance = self.body(), find_instance(instance_id)
        instructions = accepted_instructions(body, "instructions")
        if not instructions:
            raise RestError("The provided instructions are invalid.")
        options: dict[str, Any] = {
            "process_definition_id": instance.process_definition_id,
            "instructions": instructions,
            "skip_custom_listeners": body.boolean("skipCustomListeners"),
            "skip_io_mappings": body.boolean("skipIoMappings"),
            "annotation": body.text("annotation", MAX_TEXT),
        }
        return self.created("instance-modification", iter([str(instance.pk)]), options, instance.tenant_id)


urlpatterns = [
    path("process-instance/suspended", SuspendedNow.as_view()),
    path("process-instance/delete", Delete.as_view()),
    path("process-instance/delete-historic-query-based", Delete.as_view()),
    path("process-instance/suspended-async", Suspended.as_view()),
    path("process-instance/job-retries", JobRetries.as_view()),
    path("process-instance/job-retries-historic-query-based", JobRetries.as_view()),
    path("process-instance/message-async", Message.as_view()),
    path("process-instance/variables-async", Variables.as_view()),
    path("process-instance/<str:instance_id>/modification-async", Modification.as_view()),
]
