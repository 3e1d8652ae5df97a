"""Blocks drawn as BPMN: one page for each scope, nodes joined by sequence flows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from tests.conformance.blocks import Block, Event


class Outlet(NamedTuple):
    """Where the next sequence flow begins."""

    source: str
    condition: str | None = None
    is_default: bool = False


@dataclass
class Page:
    """The inside of a process or sub-process. `root` collects what stands beside the processes: messages and signals."""

    root: dict[str, str]
    nodes: dict[str, tuple[str, dict[str, str], str]] = field(default_factory=dict)
    flows: list[str] = field(default_factory=list)
    associations: list[str] = field(default_factory=list)

    def node(self, tag: str, node_id: str, inner: str = "", /, **attributes: str | None) -> str:
        given = {name.replace("camunda_", "camunda:"): value for name, value in attributes.items() if value is not None}
        self.nodes[node_id] = (tag, given, inner)
        return node_id

    def flow(self, outlet: Outlet, target: str) -> None:
        flow_id = f"f{len(self.flows)}_{target}"
        condition = ""
        if outlet.condition is not None:
            text = escape(outlet.condition)
            condition = f'<conditionExpression xsi:type="tFormalExpression">{text}</conditionExpression>'
        if outlet.is_default:
            self.nodes[outlet.source][1]["default"] = flow_id
        attributes = f'id="{flow_id}" sourceRef="{outlet.source}" targetRef="{target}"'
        self.flows.append(f"<sequenceFlow {attributes}>{condition}</sequenceFlow>")

    def association(self, source: str, target: str) -> None:
        self.associations.append(f'<association id="to_{target}" sourceRef="{source}" targetRef="{target}"/>')

    def named(self, tag: str, name: str) -> str:
        """The id of a message or signal; made when first used."""
        self.root.setdefault(f"{tag}_{name}", f'<{tag} id="{tag}_{name}" name="{name}"/>')
        return f"{tag}_{name}"

    def xml(self) -> str:
        drawn = []
        for node_id, (tag, attributes, inner) in self.nodes.items():
            written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
            drawn.append(f'<{tag} id="{node_id}"{written}>{inner}</{tag}>')
        return "\n".join([*drawn, *self.flows, *self.associations])


Draw = Callable[[Page, Block, Outlet], Outlet | None]


def draw_steps(page: Page, steps: list[Block], outlet: Outlet) -> Outlet | None:
    """One block behind the other; gives where the next one follows, None if the path has ended."""
    from tests.conformance.drawn_activities import draw_activity
    from tests.conformance.drawn_gateways import GATEWAYS

    for block in steps:
        draw = GATEWAYS.get(block.kind) or PLAIN.get(block.kind) or draw_activity
        following = draw(page, block, outlet)
        if following is None:
            return None
        outlet = following
    return outlet


def draw_path(page: Page, steps: list[Block], outlet: Outlet, end_id: str) -> None:
    """A path that ends by itself."""
    last = draw_steps(page, steps, outlet)
    if last is not None:
        page.flow(last, page.node("endEvent", end_id))


def draw_scope(page: Page, steps: list[Block], event_sub_processes: list[Event], start: Outlet) -> None:
    draw_path(page, steps, start, f"end_{start.source}")
    for event in event_sub_processes:
        inner = Page(root=page.root)
        interrupting = None if event.kind in ("error", "compensate") else str(event.is_interrupting).lower()
        inner.node("startEvent", event.id, definition(page, event), isInterrupting=interrupting)
        draw_path(inner, event.steps, Outlet(event.id), f"end_{event.id}")
        page.node("subProcess", event.event_sub_process_id, inner.xml(), triggeredByEvent="true")


def definition(page: Page, event: Event) -> str:
    """The event definition inside an event."""
    tag, attributes, inner = f"{event.kind}EventDefinition", "", ""
    if event.kind in ("message", "signal"):
        attributes = f'{event.kind}Ref="{page.named(event.kind, event.detail or event.id)}"'
    elif event.kind in ("error", "escalation") and event.detail is not None:
        attributes = f'{event.kind}Ref="{event.kind}_{event.detail}"'
    elif event.kind == "compensate" and event.detail is not None:
        attributes = f'activityRef="{event.detail}"'
    elif event.kind == "timer":
        kind = (
            "timeCycle"
            if "R" in (event.detail or "")
            else "timeDate"
            if "-" in (event.detail or "")
            else "timeDuration"
        )
        inner = f"<{kind}>{event.detail}</{kind}>"
    elif event.kind == "conditional":
        attributes = 'camunda:variableName="alarm"'
        inner = '<condition xsi:type="tFormalExpression">${alarm}</condition>'
    return f"<{tag} {attributes}>{inner}</{tag}>"


def _draw_catch(page: Page, block: Block, outlet: Outlet) -> Outlet:
    assert block.event is not None
    page.flow(outlet, page.node("intermediateCatchEvent", block.id, definition(page, block.event), **waits(block)))
    return Outlet(block.id)


def _draw_throw(page: Page, block: Block, outlet: Outlet) -> Outlet:
    inner = "" if block.event is None else definition(page, block.event)
    page.flow(outlet, page.node("intermediateThrowEvent", block.id, inner, **waits(block)))
    return Outlet(block.id)


def _draw_end(page: Page, block: Block, outlet: Outlet) -> None:
    inner = "" if block.event is None else definition(page, block.event)
    page.flow(outlet, page.node("endEvent", block.id, inner, **waits(block)))


def _draw_link(page: Page, block: Block, outlet: Outlet) -> Outlet:
    """Two ends of one flow."""
    link = f'<linkEventDefinition name="{block.id}"/>'
    page.flow(outlet, page.node("intermediateThrowEvent", f"{block.id}_from", link))
    return Outlet(page.node("intermediateCatchEvent", f"{block.id}_to", link))


def waits(block: Block) -> dict[str, str | None]:
    """The attributes of asynchronous continuations."""
    names = ("asyncBefore", "asyncAfter", "exclusive")
    return {f"camunda_{name}": str(block.options[name]).lower() for name in names if name in block.options}


PLAIN: dict[str, Draw] = {"catch": _draw_catch, "throw": _draw_throw, "end": _draw_end, "link": _draw_link}
