"""Start forms: what it is, its fields and values, and its content."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.errors import NotFound
from workflow_engine.rest.forms.answers import deployed_answer, form_json, form_variables, rendered_answer
from workflow_engine.rest.resources.process_definition.views import VIEW, DefinitionView
from workflow_engine.services import form as service

MAX_NAMES = 10_000


class StartForm(DefinitionView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, **named: str) -> HttpResponse:
        definition_id = self.definition().pk
        return json_answer(form_json(service.start_form_keys(definition_id), f"process-definition/{definition_id}"))


class FormVariables(DefinitionView):
    """Only what the fields of the form begin with: a start has no other variables yet."""

    permissions = {"GET": VIEW}

    def get(self, request: Request, **named: str) -> HttpResponse:
        asked, fields = self.address(), service.start_fields(self.definition().pk)
        names, deserialize = asked.text("variableNames", MAX_NAMES), asked.boolean("deserializeValues", True)
        return json_answer(form_variables(fields, {}, names.split(",") if names else None, deserialize=deserialize))


class RenderedForm(DefinitionView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, **named: str) -> HttpResponse:
        definition_id = self.definition().pk
        if not (fields := service.start_fields(definition_id)):
            message = f"No matching rendered start form for process definition with the id {definition_id} found."
            raise NotFound(message)
        return rendered_answer(fields)


class DeployedStartForm(DefinitionView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, **named: str) -> HttpResponse:
        return deployed_answer(service.deployed_start_form(self.definition()))
