"""Instructions that start or cancel activities: of a modification, or in place of the start event."""

from __future__ import annotations

from typing import Any

from workflow_engine.engine.commands import ModificationInstruction
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.variables.accepted import accepted_value

KINDS = ("startBeforeActivity", "startAfterActivity", "startTransition", "cancel")
MAX_INSTRUCTIONS = 200


def accepted_instructions(body: Body, name: str) -> tuple[ModificationInstruction, ...]:
    items = body.objects(name) or []
    if len(items) > MAX_INSTRUCTIONS:
        raise body.refusal(name, f"holds {len(items)} instructions, at most {MAX_INSTRUCTIONS} are allowed")
    return tuple(_instruction(item) for item in items)


def _instruction(item: Body) -> ModificationInstruction:
    kind = item.text("type")
    if kind not in KINDS:
        raise item.refusal("type", f"must be one of {', '.join(KINDS)}")
    instruction = ModificationInstruction(
        kind=kind,
        activity_id=item.text("activityId"),
        transition_id=item.text("transitionId"),
        activity_instance_id=item.text("activityInstanceId"),
        transition_instance_id=item.text("transitionInstanceId"),
        ancestor_activity_instance_id=item.text("ancestorActivityInstanceId"),
        cancel_current_active_activity_instances=item.boolean("cancelCurrentActiveActivityInstances"),
        variables=_variables(item, local=False),
        local_variables=_variables(item, local=True),
    )
    _check(instruction)
    return instruction


def _check(instruction: ModificationInstruction) -> None:
    if instruction.kind == "startTransition":
        complete = instruction.transition_id is not None
    elif instruction.kind == "cancel":
        named = (instruction.activity_id, instruction.activity_instance_id, instruction.transition_instance_id)
        complete = sum(name is not None for name in named) == 1
    else:
        complete = instruction.activity_id is not None
    if not complete:
        raise RestError(
            f"The instruction '{instruction.kind}' does not say exactly one activity, transition or instance that it is for."
        )


def _variables(item: Body, *, local: bool) -> dict[str, Any]:
    field = item.object("variables")
    if field is None:
        return {}
    return {
        name: accepted_value(name, raw)
        for name, raw in field.values.items()
        if isinstance(raw, dict) and bool(raw.get("local")) is local
    }
