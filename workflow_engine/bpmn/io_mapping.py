"""camunda:inputOutput: what an activity takes from and gives to the scope around it."""

from __future__ import annotations

from collections.abc import Iterator

from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.data import IoMapping, ListValue, MapValue, Parameter
from workflow_engine.bpmn.model import Activity
from workflow_engine.bpmn.problems import ModelError
from workflow_engine.bpmn.scripts import parse_camunda_script
from workflow_engine.bpmn.xml import Node
from workflow_engine.expressions import Expression

_SUPPORTED = frozenset({"transaction", "subProcess", "callActivity"})


def parse_io_mapping(context: ParseContext, node: Node, activity: Activity) -> None:
    """The mapping of an activity, which becomes a scope by it unless a multi-instance body isolates it already."""
    try:
        mapping = read_io_mapping(context, node.extension("inputOutput"))
    except ModelError as error:
        context.problems.add(error)
        return
    if mapping is None or not _check(context, node, activity, mapping):
        return
    activity.io_mapping = mapping
    if not activity.is_inner_of_multi_instance:
        activity.is_scope = True


def read_io_mapping(context: ParseContext, node: Node | None) -> IoMapping | None:
    if node is None:
        return None
    return IoMapping(
        inputs=tuple(_parameter(context, child) for child in node.all("inputParameter", "camunda")),
        outputs=tuple(_parameter(context, child) for child in node.all("outputParameter", "camunda")),
    )


def refuse_io_mapping(context: ParseContext, node: Node) -> None:
    """Start and boundary events take no mapping."""
    if node.extension("inputOutput") is not None:
        context.error(f"An input/output mapping is not supported on a {node.tag}.", node)


def _check(context: ParseContext, node: Node, activity: Activity, mapping: IoMapping) -> bool:
    tag = node.tag
    if not ("task" in tag.lower() or "Event" in tag or tag in _SUPPORTED):
        context.error(f"An input/output mapping is not supported on a {tag}.", node)
        return False
    if tag == "subProcess" and activity.triggered_by_event:
        context.error("An input/output mapping is not supported on an event sub-process.", node)
        return False
    if mapping.outputs and tag == "endEvent":
        context.error("An output parameter is not allowed on an end event.", node)
        return False
    if mapping.outputs and activity.is_inner_of_multi_instance:
        context.error("An output parameter is not allowed on a multi-instance activity.", node)
        return False
    return True


def _parameter(context: ParseContext, node: Node) -> Parameter:
    name = node.get("name")
    if not name:
        raise ModelError(f"The attribute 'name' of the {node.tag} is missing.", node)
    return Parameter(name=name, value=_nested(context, node))


def _nested(context: ParseContext, node: Node) -> object:
    """The value of a parameter or map entry: its only child, or its text."""
    if len(node.children) > 1:
        raise ModelError(f"A {node.tag} may have at most one child element.", node)
    return _value(context, node.children[0] if node.children else node)


def _value(context: ParseContext, node: Node) -> object:
    if node.tag == "list":
        return ListValue(items=tuple(_value(context, child) for child in node.children))
    if node.tag == "map":
        return MapValue(entries=tuple(sorted(_entries(context, node), key=lambda entry: entry[0].text)))
    if node.tag == "script":
        return parse_camunda_script(context, node)
    text = node.text.strip()
    return context.expression(text, node) if text else None


def _entries(context: ParseContext, node: Node) -> Iterator[tuple[Expression, object]]:
    for child in node.all("entry"):
        key = child.get("key")
        if not key:
            raise ModelError("The attribute 'key' of the map's entry is missing.", child)
        yield context.expression(key, child), _nested(context, child)
