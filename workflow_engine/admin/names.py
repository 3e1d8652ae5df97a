"""What the model calls an activity, for people who do not know its ids; and its sequence flows, for diagrams."""

from __future__ import annotations

from django.core.exceptions import ObjectDoesNotExist

from workflow_engine.admin.diagram import BODY, Flow
from workflow_engine.bpmn import InvalidModel, ProcessDefinition
from workflow_engine.engine.errors import EngineError
from workflow_engine.services import repository


def definition(process_definition_id: str | None) -> ProcessDefinition | None:
    """The compiled model, which is read once per process; None where it cannot be had: a page must not fail for want of names."""
    if process_definition_id is None:
        return None
    try:
        return repository.model(process_definition_id)
    except (EngineError, InvalidModel, ObjectDoesNotExist, StopIteration):
        return None


def activity_name(process_definition_id: str | None, activity_id: str | None) -> str:
    """Such as "Charge card", or the id where the model gives no name."""
    if activity_id is None:
        return ""
    plain = activity_id.removesuffix(BODY)
    model = definition(process_definition_id)
    found = None if model is None else model.flow_nodes.get(plain)
    return " ".join(found.name.split()) if found is not None and found.name else plain


def flows(process_definition_id: str | None) -> list[Flow]:
    model = definition(process_definition_id)
    if model is None:
        return []
    return [
        Flow(
            id=flow.id,
            source=flow.source.id,
            target=flow.target.id,
            waits=flow.source.async_after or flow.target.async_before,
        )
        for flow in model.flows.values()
    ]
