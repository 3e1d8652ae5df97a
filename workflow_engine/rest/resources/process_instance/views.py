"""Process instances: lists, one, its tree, its suspension, its end."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.engine import commands
from workflow_engine.models import Execution, ProcessInstance
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.process_instance.instructions import accepted_instructions
from workflow_engine.rest.resources.process_instance.rows import ProcessInstanceQuery, process_instance_json
from workflow_engine.rest.rows import find
from workflow_engine.rest.variables.reading import visible_variables
from workflow_engine.rest.variables.views import ScopeView
from workflow_engine.services.visibility import visible

VIEW = "view_processinstance"
MAX_TEXT = 4_000


def find_instance(instance_id: str) -> ProcessInstance:
    instance: ProcessInstance = find(ProcessInstance.objects, instance_id, "Process instance")
    return instance


class InstanceList(ListView):
    permissions = reading(VIEW)
    query = ProcessInstanceQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return process_instance_json(row)


class InstanceCount(CountView):
    permissions = reading(VIEW)
    query = ProcessInstanceQuery


class InstanceView(EngineView):
    permissions = {"GET": VIEW, "DELETE": "cancel_instance"}
    leaves_check_to_service = True

    def get(self, request: Request, instance_id: str) -> HttpResponse:
        return json_answer(process_instance_json(find(ProcessInstanceQuery.rows(), instance_id, "Process instance")))

    def delete(self, request: Request, instance_id: str) -> HttpResponse:
        asked = self.address()
        if asked.boolean("failIfNotExists", True) or visible(ProcessInstance.objects.by_id(instance_id)).exists():
            self.execute(
                commands.DeleteProcessInstance(
                    process_instance_id=instance_id,
                    delete_reason=asked.text("deleteReason", MAX_TEXT),
                    skip_custom_listeners=asked.boolean("skipCustomListeners"),
                    skip_io_mappings=asked.boolean("skipIoMappings"),
                    skip_sub_process_instances=asked.boolean("skipSubprocesses"),
                )
            )
        return no_content()


class Suspended(EngineView):
    permissions = {"PUT": "suspend_instance"}

    def put(self, request: Request, instance_id: str) -> HttpResponse:
        self.execute(
            commands.SetSuspension(process_instance_id=instance_id, is_suspended=self.body().boolean("suspended"))
        )
        return no_content()


class Modification(EngineView):
    permissions = {"POST": "modify_instance"}

    def post(self, request: Request, instance_id: str) -> HttpResponse:
        body = self.body()
        self.execute(
            commands.ModifyProcessInstance(
                process_instance_id=instance_id,
                instructions=accepted_instructions(body, "instructions"),
                skip_custom_listeners=body.boolean("skipCustomListeners"),
                skip_io_mappings=body.boolean("skipIoMappings"),
                annotation=body.text("annotation", MAX_TEXT),
            )
        )
        return no_content()


class InstanceScope(ScopeView):
    """Also from any execution of an instance outwards: the Java client reads the files of external tasks so."""

    what = "process instance"

    def read(self, names: Collection[str] | None = None) -> dict[str, Any]:
        return visible_variables(self.execution(), names)

    def target(self) -> dict[str, Any]:
        return {"execution_id": str(self.execution().pk)}

    def execution(self) -> Execution:
        execution: Execution = find(Execution.objects, self.kwargs["instance_id"], "Process instance")
        return execution
