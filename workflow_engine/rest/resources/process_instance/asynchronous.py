"""What a batch does with many process instances. Each view makes one, with the answer before anything has happened."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import Job
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.resources.batch.creating import CreateBatch
from workflow_engine.rest.resources.job.asynchronous import retries_of_jobs
from workflow_engine.rest.resources.process_instance.instructions import accepted_instructions
from workflow_engine.rest.resources.process_instance.views import MAX_TEXT, find_instance
from workflow_engine.rest.variables.accepted import accepted_variables

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
    path("process-instance/delete", Delete.as_view()),
    path("process-instance/delete-historic-query-based", Delete.as_view()),
    path("process-instance/suspended-async", Suspended.as_view()),
    path("process-instance/job-retries", JobRetries.as_view()),
    path("process-instance/job-retries-historic-query-based", JobRetries.as_view()),
    path("process-instance/message-async", Message.as_view()),
    path("process-instance/variables-async", Variables.as_view()),
    path("process-instance/<str:instance_id>/modification-async", Modification.as_view()),
]
