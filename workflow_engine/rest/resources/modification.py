"""/modification: many instances of one definition, at once or by a batch."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.rest.answers import no_content
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.batch.creating import CreateBatch
from workflow_engine.rest.resources.migration import MAX_INSTANCES
from workflow_engine.rest.resources.process_instance.instructions import accepted_instructions
from workflow_engine.rest.resources.process_instance.views import MAX_TEXT
from workflow_engine.services import runtime as service


class ExecuteAsync(CreateBatch):
    permissions = {"POST": "modify_instance"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        definition, options = self.definition(body), accepted_options(body)
        options["process_definition_id"] = definition.pk
        return self.created("instance-modification", self.instances(body), options, definition.tenant_id)


class Execute(CreateBatch):
    """All instances in one transaction, as in Camunda: either all of them are modified or none."""

    permissions = {"POST": "modify_instance"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        definition, options = self.definition(body), accepted_options(body)
        chosen = []
        for one in self.instances(body):
            chosen.append(one)
            if len(chosen) > MAX_INSTANCES:
                raise RestError(f"At most {MAX_INSTANCES} process instances are allowed in one request.")
        if not chosen:
            raise RestError("Process instance ids cannot be empty: Process instance ids is empty")
        service.modify_together(definition.pk, chosen, user=self.user_id, **options)
        return no_content()


def accepted_options(body: Body) -> dict[str, Any]:
    instructions = accepted_instructions(body, "instructions")
    if not instructions:
        raise RestError("Modification instructions cannot be empty is empty")
    return {
        "instructions": instructions,
        "skip_custom_listeners": body.boolean("skipCustomListeners"),
        "skip_io_mappings": body.boolean("skipIoMappings"),
        "annotation": body.text("annotation", MAX_TEXT),
    }


urlpatterns = [
    path("modification/execute", Execute.as_view()),
    path("modification/executeAsync", ExecuteAsync.as_view()),
]
