"""Process definitions: lists, and one by its id, by its key, or by key and tenant."""

from __future__ import annotations

from typing import Any

from django.db import router
from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import ProcessDefinition, Resource
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import NotFound, RestError
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.prepared import Prepared
from workflow_engine.rest.resources.process_definition.rows import ProcessDefinitionQuery, process_definition_json
from workflow_engine.services import repository as service
from workflow_engine.services.visibility import current, visible

VIEW = "view_processdefinition"


class DefinitionView(EngineView):
    """One definition; a key without version means the newest one."""

    def definition(self) -> ProcessDefinition:
        return find_definition(**self.kwargs)


def find_definition(definition_id: str | None = None, key: str | None = None, tenant_id: str = "") -> ProcessDefinition:
    found = visible(ProcessDefinition.objects.filter(pk=find_definition_id(definition_id, key, tenant_id))).first()
    if found is None:
        raise NotFound(f"No matching definition with id {convert.shown(definition_id)}")
    return found


def find_definition_id(definition_id: str | None = None, key: str | None = None, tenant_id: str = "") -> str:
    """The id itself is not looked up; a key is."""
    if definition_id is not None:
        return definition_id
    row = _NEWEST.first(router.db_for_read(ProcessDefinition), key, tenant_id)
    caller = current()
    if row is None or (caller is not None and not caller.sees_tenant(tenant_id)):
        tenant = f"tenant-id: {tenant_id}" if tenant_id else "no tenant-id"
        message = f"No matching process definition with key: {str(key)[:300]} and {tenant}"
        raise NotFound(message, type_name="RestException")
    return str(row[0])


_NEWEST = Prepared(lambda: ProcessDefinition.objects.of_key("key", "tenant").values_list("pk")[:1], 2)


class DefinitionList(ListView):
    permissions = {"GET": VIEW}
    query = ProcessDefinitionQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return process_definition_json(row)


class DefinitionCount(CountView):
    permissions = {"GET": VIEW}
    query = ProcessDefinitionQuery


class Definition(DefinitionView):
    permissions = {"GET": VIEW, "DELETE": "delete_deployment"}

    def get(self, request: Request, **named: str) -> HttpResponse:
        return json_answer(process_definition_json(self.definition()))

    def delete(self, request: Request, **named: str) -> HttpResponse:
        definition, asked = self.definition(), self.address()
        # By key all versions go, by id the one.
        every = (
            visible(ProcessDefinition.objects.of_key(definition.key, definition.tenant_id))
            if "key" in named
            else [definition]
        )
        service.delete_process_definitions(
            [one.pk for one in every],
            cascade=asked.boolean("cascade"),
            skip_custom_listeners=asked.boolean("skipCustomListeners"),
            skip_io_mappings=asked.boolean("skipIoMappings"),
            user=self.user_id,
        )
        return no_content()


class Xml(DefinitionView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, **named: str) -> HttpResponse:
        definition = self.definition()
        content = bytes(
            Resource.objects.get(deployment_id=definition.deployment_id, name=definition.resource_name).content
        )
        return json_answer({"id": definition.pk, "bpmn20Xml": text_of_xml(content)})


def text_of_xml(content: bytes) -> str:
    """As Camunda: UTF-8 unless the file starts with UTF-16's mark."""
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    return content.decode("utf-16" if is_wide else "utf-8-sig", "replace")


class Diagram(DefinitionView):
    """Pictures are drawn by the client from the XML."""

    permissions = {"GET": VIEW}

    def get(self, request: Request, **named: str) -> HttpResponse:
        self.definition()
        return no_content()


class TimeToLive(DefinitionView):
    permissions = {"PUT": "set_history_time_to_live"}

    def put(self, request: Request, **named: str) -> HttpResponse:
        definition = self.definition()
        days = self.body().integer("historyTimeToLive", minimum=0)
        service.set_history_time_to_live(definition.pk, days, user=self.user_id)
        return no_content()


class Suspended(DefinitionView):
    permissions = {"PUT": "suspend_definition"}
    knows_definitions = True

    def put(self, request: Request, **named: str) -> HttpResponse:
        body = self.body()
        by_id, by_key = body.text("processDefinitionId", 320), body.text("processDefinitionKey")
        if named:
            if by_id or by_key:
                raise RestError(
                    "The definition is named by the address: processDefinitionId and processDefinitionKey cannot be given with it."
                )
            by_id = self.definition().pk
        elif bool(by_id) == bool(by_key):
            raise RestError(
                "Either processDefinitionId or processDefinitionKey must be given to change the suspension state."
            )
        elif by_id:
            by_id = find_definition(by_id).pk
        how: dict[str, Any] = {
            "include_process_instances": body.boolean("includeProcessInstances"),
            "execution_date": body.date("executionDate"),
            "user": self.user_id,
        }
        if by_id:
            service.set_suspended([by_id], body.boolean("suspended"), **how)
        else:
            service.set_key_suspended(by_key or "", body.boolean("suspended"), **how)
        return no_content()
