"""GET .../activity-instances: where the tokens of an instance are, as a tree."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.resources.process_instance.views import find_instance
from workflow_engine.services import runtime as service


class ActivityInstances(EngineView):
    permissions = {"GET": "view_processinstance"}

    def get(self, request: Request, instance_id: str) -> HttpResponse:
        tree = service.activity_instance_tree(str(find_instance(instance_id).pk))
        return json_answer(activity_instance_json(tree))


def activity_instance_json(node: Any) -> dict[str, Any]:
    return {
        **_common(node),
        "name": node.activity_name,
        "childActivityInstances": [activity_instance_json(child) for child in node.child_activity_instances],
        "childTransitionInstances": [transition_instance_json(child) for child in node.child_transition_instances],
        "executionIds": [str(one) for one in node.execution_ids],
    }


def transition_instance_json(node: Any) -> dict[str, Any]:
    return {
        **_common(node),
        "executionId": str(node.execution_id),
        # Deprecated name of activityId, which clients still read.
        "targetActivityId": node.activity_id,
    }


def _common(node: Any) -> dict[str, Any]:
    incidents = [
        {"id": str(one.id), "parentActivityInstanceId": None, "activityId": one.activity_id} for one in node.incidents
    ]
    return {
        "id": str(node.id),
        "parentActivityInstanceId": None
        if node.parent_activity_instance_id is None
        else str(node.parent_activity_instance_id),
        "activityId": node.activity_id,
        "activityName": node.activity_name,
        "activityType": node.activity_type,
        "processInstanceId": str(node.process_instance_id),
        "processDefinitionId": node.process_definition_id,
        "incidentIds": [one["id"] for one in incidents],
        "incidents": [{"id": one["id"], "activityId": one["activityId"]} for one in incidents],
    }
