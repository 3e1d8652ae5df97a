"""The multi-instance body: the scope around the instances of an activity."""

from __future__ import annotations

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.context import ParseContext, parse_boolean
from workflow_engine.bpmn.data import MultiInstance
from workflow_engine.bpmn.model import MULTI_INSTANCE_SUFFIX, Activity, Scope
from workflow_engine.bpmn.xml import Node

BODY_TYPE = "multiInstanceBody"


def parse_multi_instance_body(context: ParseContext, node: Node, scope: Scope) -> Activity | None:
    """The body that the activity of `node` will be put into, or None if the activity is not multi-instance."""
    loop = node.child("multiInstanceLoopCharacteristics")
    if loop is None:
        if node.child("standardLoopCharacteristics") is not None:
            context.warning("The standard loop is not supported; the activity is carried out once.", node)
        return None
    sequential = bool(parse_boolean(loop.get("isSequential"), False))
    behavior = behaviors.SEQUENTIAL_MULTI_INSTANCE if sequential else behaviors.PARALLEL_MULTI_INSTANCE
    body = Activity((node.id or "") + MULTI_INSTANCE_SUFFIX, behavior, line=node.line)
    body.element = node.tag
    body.type = BODY_TYPE
    body.is_scope = True
    body.multi_instance = _characteristics(context, loop, sequential)
    context.process.add(body, scope, node)
    return body


def _characteristics(context: ParseContext, loop: Node, sequential: bool) -> MultiInstance:
    cardinality = loop.child("loopCardinality")
    completion = loop.child("completionCondition")
    data_input, item = loop.child("loopDataInputRef"), loop.child("inputDataItem")
    collection = data_input.text if data_input is not None else loop.camunda("collection")
    element_variable = item.get("name") if item is not None else loop.camunda("elementVariable")
    if cardinality is not None and not cardinality.text:
        context.error("The loop cardinality is empty.", loop)
    if cardinality is None and collection is None:
        context.error("The multi-instance activity needs a loop cardinality or a collection.", loop)
    elif collection is None and element_variable is not None:
        context.error("The element variable needs a collection.", loop)
    is_expression = collection is not None and "{" in collection
    return MultiInstance(
        is_sequential=sequential,
        cardinality=context.expression(cardinality.text, cardinality) if cardinality is not None else None,
        collection_expression=context.optional_expression(collection, loop) if is_expression else None,
        collection_variable=None if is_expression else collection,
        element_variable=element_variable,
        completion_condition=context.expression(completion.text, completion) if completion is not None else None,
    )
