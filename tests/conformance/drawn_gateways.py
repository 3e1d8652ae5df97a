"""Splits with their joins, event-based gateways and loops drawn as BPMN."""

from __future__ import annotations

from tests.conformance.blocks import Block
from tests.conformance.drawing import Draw, Outlet, Page, definition, draw_steps, waits

ROUNDS = 3  # of a loop, at most


def _draw_split(page: Page, block: Block, outlet: Outlet) -> Outlet | None:
    tag = f"{block.kind}Gateway"
    page.flow(outlet, page.node(tag, block.id, **waits(block)))
    conditions = block.conditions or [None] * len(block.branches)
    arriving = []
    for branch, condition in zip(block.branches, conditions, strict=True):
        is_default = condition is None and bool(block.conditions)
        last = draw_steps(page, branch, Outlet(block.id, condition, is_default))
        if last is not None:
            arriving.append(last)
    return _join(page, tag, f"join_{block.id}", arriving)


def _join(page: Page, tag: str, join_id: str, arriving: list[Outlet]) -> Outlet | None:
    if not arriving:
        return None
    page.node(tag, join_id)
    for last in arriving:
        page.flow(last, join_id)
    return Outlet(join_id)


def _draw_events(page: Page, block: Block, outlet: Outlet) -> Outlet | None:
    page.flow(outlet, page.node("eventBasedGateway", block.id, **waits(block)))
    arriving = []
    for event, branch in zip(block.triggers, block.branches, strict=True):
        page.flow(Outlet(block.id), page.node("intermediateCatchEvent", event.id, definition(page, event)))
        last = draw_steps(page, branch, Outlet(event.id))
        if last is not None:
            arriving.append(last)
    return _join(page, "exclusiveGateway", f"join_{block.id}", arriving)


def _draw_loop(page: Page, block: Block, outlet: Outlet) -> Outlet | None:
    """Counts its rounds in a variable, so that a loop without a wait state ends too."""
    counter = f"rounds_{block.id}"
    page.node("serviceTask", f"reset_{block.id}", camunda_expression="${0}", camunda_resultVariable=counter)
    page.node("exclusiveGateway", f"enter_{block.id}")
    page.node(
        "serviceTask", f"count_{block.id}", camunda_expression=f"${{{counter} + 1}}", camunda_resultVariable=counter
    )
    page.flow(outlet, f"reset_{block.id}")
    page.flow(Outlet(f"reset_{block.id}"), f"enter_{block.id}")
    page.flow(Outlet(f"enter_{block.id}"), f"count_{block.id}")
    last = draw_steps(page, block.branches[0], Outlet(f"count_{block.id}"))
    if last is None:
        return None
    page.flow(last, page.node("exclusiveGateway", block.id, **waits(block)))
    page.flow(Outlet(block.id, f"${{again && {counter} < {ROUNDS}}}"), f"enter_{block.id}")
    return Outlet(block.id, None, is_default=True)


GATEWAYS: dict[str, Draw] = {
    "exclusive": _draw_split,
    "parallel": _draw_split,
    "inclusive": _draw_split,
    "events": _draw_events,
    "loop": _draw_loop,
}
