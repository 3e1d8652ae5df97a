"""The definitions that a definition's call activities name without an expression."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import ProcessDefinition
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.resources.process_definition.rows import process_definition_json
from workflow_engine.rest.resources.process_definition.views import VIEW, DefinitionView
from workflow_engine.services import repository as service
from workflow_engine.services.visibility import visible


class StaticCalledDefinitions(DefinitionView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, **named: str) -> HttpResponse:
        caller = self.definition()
        called = service.static_called_definitions(caller.pk)
        rows = visible(ProcessDefinition.objects.filter(pk__in=called)).in_bulk()
        shown = [
            {
                **process_definition_json(rows[definition_id]),
                "calledFromActivityIds": activity_ids,
                "callingProcessDefinitionId": caller.pk,
            }
            for definition_id, activity_ids in called.items()
            if definition_id in rows
        ]
        return json_answer(shown)
