"""Migrating and restarting many instances by a batch."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.engine.migration import InvalidPlan
from workflow_engine.models import ProcessDefinition
from workflow_engine.rest.resources.batch.creating import CreateBatch
from workflow_engine.rest.resources.history.process_instance import VIEW as VIEW_HISTORY
from workflow_engine.rest.resources.migration import accepted_plan, refused_plan
from workflow_engine.rest.resources.process_instance.instructions import accepted_instructions
from workflow_engine.rest.rows import missing
from workflow_engine.services import runtime as service
from workflow_engine.services.visibility import visible


class Migrate(CreateBatch):
    """The plan is checked now; each instance when its turn has come."""

    permissions = {"POST": "migrate_instance"}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        plan_body = body.object("migrationPlan")
        if plan_body is None:
            raise body.refusal("migrationPlan", "is missing")
        plan = accepted_plan(plan_body)
        if reports := service.validate_migration_plan(plan):
            raise refused_plan(InvalidPlan(plan, reports))
        options = {
            "plan": plan,
            "skip_custom_listeners": body.boolean("skipCustomListeners"),
            "skip_io_mappings": body.boolean("skipIoMappings"),
        }
        source = ProcessDefinition.objects.get(pk=plan.source_definition_id)
        return self.created("instance-migration", self.instances(body), options, source.tenant_id)


class Restart(CreateBatch):
    permissions = {"POST": "start_process"}

    def post(self, request: Request, definition_id: str) -> HttpResponse:
        body = self.body()
        self.require(VIEW_HISTORY)
        definition = visible(ProcessDefinition.objects.filter(pk=definition_id)).first()
        if definition is None:
            raise missing("Process definition", definition_id)
        instructions = accepted_instructions(body, "instructions")
        if not instructions or any(one.kind == "cancel" for one in instructions):
            raise body.refusal("instructions", "must say where to start")
        options = {
            "process_definition_id": definition.pk,
            "instructions": instructions,
            "initial_variables": body.boolean("initialVariables"),
            "without_business_key": body.boolean("withoutBusinessKey"),
            "skip_custom_listeners": body.boolean("skipCustomListeners"),
            "skip_io_mappings": body.boolean("skipIoMappings"),
        }
        chosen = self.ended(body, "processInstanceIds")
        return self.created("instance-restart", chosen, options, definition.tenant_id)


urlpatterns = [
    path("migration/executeAsync", Migrate.as_view()),
    path("process-definition/<str:definition_id>/restart-async", Restart.as_view()),
]
