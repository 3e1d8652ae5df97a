"""POST .../start and .../submit-form: a new process instance."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.rest.addresses import link
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.idempotency import idempotent
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.process_definition.views import DefinitionView, find_definition_id
from workflow_engine.rest.resources.process_instance.instructions import accepted_instructions
from workflow_engine.rest.resources.process_instance.rows import started_instance_json
from workflow_engine.rest.variables.accepted import accepted_variables
from workflow_engine.rest.variables.presented import presented_variables
from workflow_engine.rest.variables.reading import variables_of_instance
from workflow_engine.services import form
from workflow_engine.services import runtime as service


class Start(DefinitionView):
    permissions = {"POST": "start_process"}
    leaves_check_to_service = True

    @idempotent
    def post(self, request: Request, **named: str) -> HttpResponse:
        body = self.body()
        if with_variables := body.boolean("withVariablesInReturn"):
            self.require("view_variables")
        answer = self.start(
            body,
            start_instructions=accepted_instructions(body, "startInstructions"),
            skip_custom_listeners=body.boolean("skipCustomListeners"),
            skip_io_mappings=body.boolean("skipIoMappings"),
        )
        if with_variables:
            answer["variables"] = presented_variables(variables_of_instance(answer["id"]), deserialize=False)
        return json_answer(answer)

    def start(self, body: Body, **options: Any) -> dict[str, Any]:
        started = service.start_process_instance(
            find_definition_id(**self.kwargs),
            business_key=body.text("businessKey"),
            variables=accepted_variables(body, "variables", may_be_transient=True),
            user=self.user_id,
            **options,
        )
        return self.presented(started)

    def presented(self, started: Any) -> dict[str, Any]:
        answer = started_instance_json(started, started.process_definition_key)
        answer["links"] = [link(self.request._request, f"process-instance/{answer['id']}")]
        return answer


class SubmitForm(Start):
    @idempotent
    def post(self, request: Request, **named: str) -> HttpResponse:
        body = self.body()
        started = form.submit_start_form(
            find_definition_id(**self.kwargs),
            accepted_variables(body, "variables"),
            business_key=body.text("businessKey"),
            user=self.user_id,
        )
        return json_answer(self.presented(started))
