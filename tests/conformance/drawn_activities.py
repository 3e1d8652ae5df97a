"""Tasks, sub-processes and call activities drawn as BPMN, with all that is attached to them."""

from __future__ import annotations

from xml.sax.saxutils import escape

from tests.conformance.blocks import Block, Event, Repetition
from tests.conformance.drawing import Outlet, Page, definition, draw_path, draw_scope, draw_steps, waits

TAGS = {
    "external": "serviceTask",
    "user": "userTask",
    "receive": "receiveTask",
    "manual": "manualTask",
    "task": "task",
    "expression": "serviceTask",
    "handler": "serviceTask",
    "subProcess": "subProcess",
    "transaction": "transaction",
    "call": "callActivity",
}


def draw_activity(page: Page, block: Block, outlet: Outlet) -> Outlet:
    page.flow(outlet, draw_node(page, block))
    merging = []
    for event in block.boundary:
        interrupting = None if event.is_interrupting else "false"
        page.node(
            "boundaryEvent", event.id, definition(page, event), attachedToRef=block.id, cancelActivity=interrupting
        )
        if event.merges:
            last = draw_steps(page, event.steps, Outlet(event.id))
            merging += [] if last is None else [last]
        else:
            draw_path(page, event.steps, Outlet(event.id), f"end_{event.id}")
    if block.undo is not None:
        _draw_undo(page, block, block.undo)
    if not merging:
        return Outlet(block.id)
    merge = page.node("exclusiveGateway", f"merge_{block.id}")
    for last in (Outlet(block.id), *merging):
        page.flow(last, merge)
    return Outlet(merge)


def _draw_undo(page: Page, block: Block, undo: Block) -> None:
    boundary = Event(f"undo_of_{block.id}", "compensate")
    page.node("boundaryEvent", boundary.id, definition(page, boundary), attachedToRef=block.id)
    page.association(boundary.id, draw_node(page, undo, isForCompensation="true"))


def draw_node(page: Page, block: Block, **attributes: str) -> str:
    inner = _extensions(block) + _repetition(block.repetition)
    given: dict[str, str | None] = {**waits(block), **attributes}
    if block.kind == "external":
        given |= {"camunda_type": "external", "camunda_topic": f"topic-{block.id}"}
    elif block.kind == "receive":
        given["messageRef"] = page.named("message", block.id)
    elif block.kind == "expression":
        given |= {"camunda_expression": block.options["expression"], "camunda_resultVariable": block.options["result"]}
    elif block.kind == "handler":
        given["camunda_delegateExpression"] = "${chance}"
    elif block.kind == "call":
        given["calledElement"] = block.options["called"]
    elif block.branches:
        scope = Page(root=page.root)
        draw_scope(
            scope, block.branches[0], block.event_sub_processes, Outlet(scope.node("startEvent", f"start_{block.id}"))
        )
        inner += scope.xml()
    return page.node(TAGS[block.kind], block.id, inner, **given)


def _extensions(block: Block) -> str:
    """Called processes get and give back variables; mappings read one variable and write another."""
    found = ""
    if block.kind == "call":
        found += '<camunda:in businessKey="#{execution.processBusinessKey}"/><camunda:in variables="all"/>'
        found += block.options.get("outputs", "")
    parameters = "".join(
        f'<camunda:{side}Parameter name="{name}">{value}</camunda:{side}Parameter>'
        for side in ("input", "output")
        for name, value in block.options.get(side, {}).items()
    )
    if parameters:
        found += f"<camunda:inputOutput>{parameters}</camunda:inputOutput>"
    return f"<extensionElements>{found}</extensionElements>" if found else ""


def _repetition(repetition: Repetition | None) -> str:
    if repetition is None:
        return ""
    inner = ""
    if repetition.cardinality is not None:
        inner += f"<loopCardinality>{repetition.cardinality}</loopCardinality>"
    if repetition.condition is not None:
        inner += f"<completionCondition>{escape(repetition.condition)}</completionCondition>"
    attributes = f'isSequential="{str(repetition.is_sequential).lower()}"'
    if repetition.collection is not None:
        attributes += f' camunda:collection="{repetition.collection}" camunda:elementVariable="item"'
    if repetition.is_async:
        attributes += ' camunda:asyncBefore="true"'
    return f"<multiInstanceLoopCharacteristics {attributes}>{inner}</multiInstanceLoopCharacteristics>"
