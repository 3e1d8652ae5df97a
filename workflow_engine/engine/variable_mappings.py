"""camunda:in and camunda:out: what a call activity or a signal hands over, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflow_engine.bpmn.data import VariableMapping
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.variables import held

if TYPE_CHECKING:
    from workflow_engine.engine.execution import Execution


def inputs(execution: Execution, mappings: tuple[VariableMapping, ...]) -> dict[str, Any]:
    """The values that `execution` hands over, by target name."""
    values: dict[str, Any] = {}
    for mapping in mappings:
        if mapping.business_key is None:
            values.update(_values(execution, mapping, is_local=mapping.local))
    return values


def outputs(called_instance: Execution, mappings: tuple[VariableMapping, ...], *, local: bool) -> dict[str, Any]:
    """The values that a called instance hands back; `local`: those for the call activity's own scope."""
    values: dict[str, Any] = {}
    for mapping in mappings:
        if mapping.local is local and mapping.business_key is None:
            values.update(_values(called_instance, mapping, is_local=False))
    return values


def business_key(execution: Execution, mappings: tuple[VariableMapping, ...]) -> str | None:
    for mapping in mappings:
        if mapping.business_key is not None:
            value = evaluate(mapping.business_key, execution)
            return None if value is None else str(value)
    return None


def _values(execution: Execution, mapping: VariableMapping, *, is_local: bool) -> dict[str, Any]:
    variables = execution.context.variables
    if mapping.all_variables:
        if is_local:
            return {name: held(variable) for name, variable in variables.local(execution).items()}
        return variables.visible(execution, keep_transient=True)
    assert mapping.target is not None
    if mapping.source_expression is not None:
        return {mapping.target: evaluate(mapping.source_expression, execution)}
    assert mapping.source is not None
    found = variables.local(execution).get(mapping.source) if is_local else variables.find(execution, mapping.source)
    return {mapping.target: None if found is None else held(found)}
