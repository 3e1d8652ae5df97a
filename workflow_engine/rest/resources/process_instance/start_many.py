"""POST /process-instance/start-many: many new instances by one request, each in its own transaction. Beyond Camunda's API."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.idempotency import idempotent
from workflow_engine.rest.items import ItemsView
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.process_definition.views import find_definition_id
from workflow_engine.rest.resources.process_instance.instructions import accepted_instructions
from workflow_engine.rest.resources.process_instance.rows import started_instance_json
from workflow_engine.rest.variables.accepted import accepted_variables
from workflow_engine.services import runtime as service

MAX_ID = 320  # of a process definition


class StartMany(ItemsView):
    permissions = {"POST": "start_process"}

    @idempotent
    def post(self, request: Request) -> HttpResponse:
        items, newest = self.items("instances"), dict[tuple[str, str], str]()
        wanted = [self.accepted(partial(self._wanted, item, newest)) for item in items]
        started = self.carried_out(wanted, self._start)
        results = [
            {"id": None, **refusal} if refusal is not None else _presented(one)
            for one, refusal in zip(started, self.refusals(started), strict=True)
        ]
        return json_answer({"results": results})

    def _wanted(self, item: Body, newest: dict[tuple[str, str], str]) -> dict[str, Any]:
        return {
            "process_definition_id": self._definition(item, newest),
            "business_key": item.text("businessKey"),
            "variables": accepted_variables(item, "variables", may_be_transient=True),
            "start_instructions": accepted_instructions(item, "startInstructions"),
            "skip_custom_listeners": item.boolean("skipCustomListeners"),
            "skip_io_mappings": item.boolean("skipIoMappings"),
        }

    def _definition(self, item: Body, newest: dict[tuple[str, str], str]) -> str:
        """The id; a key means its newest version, for all items the same."""
        definition_id, key = item.text("processDefinitionId", MAX_ID), item.text("processDefinitionKey")
        if bool(definition_id) == bool(key):
            raise RestError("Exactly one of processDefinitionId and processDefinitionKey must be given.")
        tenant_id = item.text("tenantId") or ""
        if not key:
            if tenant_id:
                raise RestError("tenantId goes with processDefinitionKey: an id belongs to one tenant anyway.")
            self.check_named("process-definition/<str:definition_id>", definition_id=str(definition_id))
            return str(definition_id)
        if (key, tenant_id) not in newest:
            self.check_named("process-definition/key/<str:key>", key=key, tenant_id=tenant_id)
            newest[key, tenant_id] = find_definition_id(key=key, tenant_id=tenant_id)
        return newest[key, tenant_id]

    def _start(self, wanted: Sequence[dict[str, Any]]) -> Sequence[Any]:
        return service.start_many(wanted, user=self.user_id)


def _presented(started: Any) -> dict[str, Any]:
    found = started_instance_json(started, started.process_definition_key)
    return {"status": 200, **{name: value for name, value in found.items() if name != "links"}}


urlpatterns = [path("process-instance/start-many", StartMany.as_view())]
