"""Start forms: their key, and the variables that they begin with."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.resources.process_definition.views import DefinitionView
from workflow_engine.rest.resources.task.presented import form_json
from workflow_engine.services import repository as service


class StartForm(DefinitionView):
    permissions = {"GET": "view_processdefinition"}

    def get(self, request: Request, **named: str) -> HttpResponse:
        return json_answer(form_json(service.start_form_key(self.definition().pk)))


class FormVariables(DefinitionView):
    """Form fields with default values come with the forms themselves; a start has no other variables yet."""

    permissions = {"GET": "view_processdefinition"}

    def get(self, request: Request, **named: str) -> HttpResponse:
        self.definition()
        return json_answer({})
