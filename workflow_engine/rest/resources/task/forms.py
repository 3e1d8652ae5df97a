"""The form of a task: what it is, its fields and values, and sending it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import UserTask
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import NotFound
from workflow_engine.rest.forms.answers import deployed_answer, form_json, form_variables, rendered_answer
from workflow_engine.rest.resources.task.views import VIEW, find_task
from workflow_engine.rest.resources.task.work import Complete
from workflow_engine.rest.variables.reading import variables_visible_to_task
from workflow_engine.services import form as service

MAX_NAMES = 10_000


def fields_of(task: UserTask) -> list[service.FieldData]:
    return service.task_fields(task, variables_visible_to_task(task))


class Form(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, task_id: str) -> HttpResponse:
        task = find_task(task_id)
        return json_answer(form_json(service.task_form_keys(task), f"task/{task.pk}"))


class FormVariables(EngineView):
    permissions = {"GET": "view_variables"}

    def get(self, request: Request, task_id: str) -> HttpResponse:
        asked, task = self.address(), find_task(task_id)
        names, deserialize = asked.text("variableNames", MAX_NAMES), asked.boolean("deserializeValues", True)
        variables = variables_visible_to_task(task)
        fields = service.task_fields(task, variables)
        chosen = names.split(",") if names else None
        return json_answer(form_variables(fields, variables, chosen, deserialize=deserialize))


class RenderedForm(EngineView):
    """It shows default values, which may come from variables."""

    permissions = {"GET": VIEW}

    def get(self, request: Request, task_id: str) -> HttpResponse:
        task = find_task(task_id)
        self.require("view_variables")
        if not (fields := fields_of(task)):
            raise NotFound(f"No matching rendered form for task with the id {task_id} found.")
        return rendered_answer(fields)


class DeployedForm(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, task_id: str) -> HttpResponse:
        return deployed_answer(service.deployed_task_form(find_task(task_id)))


class SubmitForm(Complete):
    def complete(self, task_id: str, variables: dict[str, Any]) -> None:
        service.submit_task_form(task_id, variables, user=self.user_id)
