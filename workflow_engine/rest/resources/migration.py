"""Moving instances to another definition, and starting ended ones again. In Camunda 7's addresses and JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.engine.errors import EngineError
from workflow_engine.engine.migration import (
    ActivityReport,
    CannotMigrateInstance,
    InstructionReport,
    InvalidPlan,
    MigrationInstruction,
    MigrationPlan,
)
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.history.process_instance import VIEW as VIEW_HISTORY
from workflow_engine.rest.resources.history.process_instance import HistoricProcessInstanceQuery
from workflow_engine.rest.resources.process_instance.instructions import accepted_instructions
from workflow_engine.rest.resources.process_instance.rows import ProcessInstanceQuery
from workflow_engine.rest.variables.accepted import accepted_variables
from workflow_engine.rest.variables.presented import presented_variables
from workflow_engine.services import runtime as service

MAX_INSTRUCTIONS, MAX_INSTANCES, MAX_DEFINITION_ID = 10_000, 10_000, 320


class Generate(EngineView):
    permissions = {"POST": "view_processdefinition"}
    knows_definitions = True

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        plan = service.generate_migration_plan(
            *_definitions(body), update_event_triggers=body.boolean("updateEventTriggers")
        )
        variables = accepted_variables(body, "variables")
        return json_answer(
            {
                "sourceProcessDefinitionId": plan.source_definition_id,
                "targetProcessDefinitionId": plan.target_definition_id,
                "instructions": [instruction_json(one) for one in plan.instructions],
                "variables": presented_variables(variables, deserialize=False) if variables else None,
            }
        )


class Validate(EngineView):
    permissions = {"POST": "view_processdefinition"}
    knows_definitions = True

    def post(self, request: Request) -> HttpResponse:
        return json_answer(plan_report_json(service.validate_migration_plan(accepted_plan(self.body()))))


class Execute(EngineView):
    """All instances in one transaction, as in Camunda: either all of them are moved or none."""

    permissions = {"POST": "migrate_instance"}
    knows_definitions = True

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        plan = body.object("migrationPlan")
        if plan is None:
            raise body.refusal("migrationPlan", "is missing")
        try:
            service.migrate_together(
                accepted_plan(plan),
                self.chosen(body, "processInstanceQuery", ProcessInstanceQuery),
                skip_custom_listeners=body.boolean("skipCustomListeners"),
                skip_io_mappings=body.boolean("skipIoMappings"),
                user=self.user_id,
            )
        except InvalidPlan as refused:
            raise refused_plan(refused) from None
        except CannotMigrateInstance as refused:
            kind = "MigratingProcessInstanceValidationException"
            raise _refusal(refused, kind, _instance_report_json(refused)) from None
        return no_content()

    def chosen(self, body: Body, query_name: str, kind: Any) -> list[str]:
        """The named instances, and those that a query finds."""
        found = set(body.text_list("processInstanceIds") or ())
        asked = body.object(query_name)
        if asked is not None:
            query = kind(asked.values)
            for permission in sorted(query.needed_permissions):
                self.require(permission)
            rows = query.queryset().order_by("pk").values_list("pk", flat=True)
            found |= {str(pk) for pk in rows[: MAX_INSTANCES + 1]}
        if not found:
            raise RestError("Process instance ids cannot be empty", type_name="BadUserRequestException")
        if len(found) > MAX_INSTANCES:
            raise RestError(f"At most {MAX_INSTANCES} process instances are allowed in one request.")
        return sorted(found)


class Restart(Execute):
    """All instances in one transaction: nothing is started unless all of them can be."""

    permissions = {"POST": "start_process"}

    def post(self, request: Request, definition_id: str = "") -> HttpResponse:
        body = self.body()
        self.require(VIEW_HISTORY)
        instructions = accepted_instructions(body, "instructions")
        if not instructions or any(one.kind == "cancel" for one in instructions):
            raise body.refusal("instructions", "must say where to start")
        chosen = self.chosen(body, "historicProcessInstanceQuery", HistoricProcessInstanceQuery)
        service.restart_together(
            definition_id,
            chosen,
            instructions,
            initial_variables=body.boolean("initialVariables"),
            without_business_key=body.boolean("withoutBusinessKey"),
            skip_custom_listeners=body.boolean("skipCustomListeners"),
            skip_io_mappings=body.boolean("skipIoMappings"),
            user=self.user_id,
        )
        return no_content()


def accepted_plan(body: Body) -> MigrationPlan:
    source, target = _definitions(body)
    items = body.objects("instructions") or []
    if len(items) > MAX_INSTRUCTIONS:
        raise body.refusal("instructions", f"holds {len(items)} instructions, at most {MAX_INSTRUCTIONS} are allowed")
    return MigrationPlan(
        source_definition_id=source,
        target_definition_id=target,
        instructions=tuple(_instruction(item) for item in items),
        variables=accepted_variables(body, "variables"),
    )


def _definitions(body: Body) -> tuple[str, str]:
    found = []
    for which in ("source", "target"):
        definition_id = body.text(f"{which}ProcessDefinitionId", MAX_DEFINITION_ID)
        if not definition_id:
            raise RestError(f"{which.capitalize()} process definition id is null")
        found.append(definition_id)
    return found[0], found[1]


def _instruction(item: Body) -> MigrationInstruction:
    named = {}
    for name in ("sourceActivityIds", "targetActivityIds"):
        found = item.text_list(name) or []
        if len(found) != 1:
            raise item.refusal(name, f"holds {len(found)} activities instead of one")
        named[name] = found[0]
    return MigrationInstruction(
        source_activity_id=named["sourceActivityIds"],
        target_activity_id=named["targetActivityIds"],
        update_event_trigger=item.boolean("updateEventTrigger"),
    )


def instruction_json(instruction: MigrationInstruction) -> dict[str, Any]:
    return {
        "sourceActivityIds": [instruction.source_activity_id],
        "targetActivityIds": [instruction.target_activity_id],
        "updateEventTrigger": instruction.update_event_trigger,
    }


def plan_report_json(reports: Any) -> dict[str, Any]:
    return {"instructionReports": [_instruction_report_json(one) for one in reports], "variableReports": {}}


def _instruction_report_json(report: InstructionReport) -> dict[str, Any]:
    return {"instruction": instruction_json(report.instruction), "failures": list(report.failures)}


def _instance_report_json(refused: CannotMigrateInstance) -> dict[str, Any]:
    report = refused.report
    return {
        "processInstanceId": report.process_instance_id,
        "failures": [],
        "activityInstanceValidationReports": [
            {**_activity_json(one), "activityInstanceId": one.instance_id}
            for one in report.activities
            if not one.is_transition
        ],
        "transitionInstanceValidationReports": [
            {**_activity_json(one), "transitionInstanceId": one.instance_id}
            for one in report.activities
            if one.is_transition
        ],
    }


def _activity_json(report: ActivityReport) -> dict[str, Any]:
    return {
        "migrationInstruction": None if report.instruction is None else instruction_json(report.instruction),
        "sourceScopeId": report.activity_id,
        "failures": list(report.failures),
    }


def refused_plan(refused: InvalidPlan) -> RestError:
    return _refusal(refused, "MigrationPlanValidationException", plan_report_json(refused.reports))


def _refusal(error: EngineError, type_name: str, report: dict[str, Any]) -> RestError:
    return RestError(str(error), type_name=type_name, validationReport=report)


urlpatterns = [
    path("migration/generate", Generate.as_view()),
    path("migration/validate", Validate.as_view()),
    path("migration/execute", Execute.as_view()),
    path("process-definition/<str:definition_id>/restart", Restart.as_view()),
]
