"""Checks the diagram: what it shows must exist, with a place. Nothing of it is kept; the admin draws from the XML."""

from __future__ import annotations

from workflow_engine.bpmn.problems import Problems
from workflow_engine.bpmn.xml import Node


def check_diagram(root: Node, ids: frozenset[str], problems: Problems, *, check_shapes: bool) -> None:
    for diagram in root.all("BPMNDiagram", "bpmndi"):
        for plane in diagram.all("BPMNPlane", "bpmndi"):
            if not plane.get("bpmnElement"):
                problems.error("The attribute 'bpmnElement' of the BPMNPlane is missing.", plane)
            for shape in plane.all("BPMNShape", "bpmndi"):
                if check_shapes:
                    _check_reference(shape, ids, problems)
                _check_bounds(shape, problems)
            for edge in plane.all("BPMNEdge", "bpmndi"):
                _check_reference(edge, ids, problems)
                _check_waypoints(edge, problems)


def _check_reference(node: Node, ids: frozenset[str], problems: Problems) -> None:
    reference = node.get("bpmnElement")
    if not reference:
        problems.error(f"The attribute 'bpmnElement' of the {node.tag} is missing.", node)
    elif reference not in ids and reference.rpartition(":")[2] not in ids:
        problems.error(f"The {node.tag} shows an element '{reference}', which does not exist.", node)


def _check_bounds(shape: Node, problems: Problems) -> None:
    bounds = shape.all("Bounds", "dc")
    if len(bounds) != 1:
        problems.error("A BPMNShape needs exactly one 'Bounds'.", shape)
        return
    for attribute in ("x", "y", "width", "height"):
        _check_number(bounds[0], attribute, problems)


def _check_waypoints(edge: Node, problems: Problems) -> None:
    waypoints = edge.all("waypoint", "di")
    if len(waypoints) < 2:
        problems.error("A BPMNEdge needs at least two waypoints.", edge)
    for waypoint in waypoints:
        _check_number(waypoint, "x", problems)
        _check_number(waypoint, "y", problems)


def _check_number(node: Node, attribute: str, problems: Problems) -> None:
    try:
        float(node.get(attribute) or "")
    except ValueError:
        problems.error(f"The attribute '{attribute}' of the {node.tag} must be a number.", node)
