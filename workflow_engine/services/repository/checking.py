"""What is looked at before anything of a deployment is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from workflow_engine import bpmn, conf, handlers
from workflow_engine.bpmn.data import ServiceImplementation
from workflow_engine.bpmn.problems import Problem
from workflow_engine.engine.errors import BadInput

MODEL_SUFFIXES = (".bpmn", ".bpmn20.xml")
MAX_NAME = 255
_ONE_NAME = re.compile(r"[#$]\{\s*(\w+)\s*\}")


def check_resources(resources: Mapping[str, bytes], name: str | None, tenant_id: str) -> None:
    if not resources:
        raise BadInput("Cannot deploy: there are no resources.")
    for what, text in [
        ("name of the deployment", name or ""),
        ("tenant", tenant_id),
        *(("name of a resource", n) for n in resources),
    ]:
        if len(text) > MAX_NAME:
            raise BadInput(f"Cannot deploy: the {what} has {len(text)} characters, at most {MAX_NAME} are allowed.")
    if not all(resources):
        raise BadInput("Cannot deploy: a resource has no name.")


def parse(resources: Mapping[str, bytes]) -> dict[str, tuple[bpmn.ProcessDefinition, ...]]:
    """The processes of every model, by resource. InvalidModel tells all problems of all of them."""
    parsed: dict[str, tuple[bpmn.ProcessDefinition, ...]] = {}
    problems: list[Problem] = []
    for name, content in resources.items():
        if not name.endswith(MODEL_SUFFIXES):
            continue
        try:
            parsed[name] = bpmn.parse_bpmn(content, name, limits=limits()).processes
        except bpmn.InvalidModel as error:
            problems += error.problems
    problems += list(_repeated_keys(parsed))
    if problems:
        names = {problem.resource_name for problem in problems}
        raise bpmn.InvalidModel(tuple(problems), names.pop() if len(names) == 1 else "")
    return parsed


def limits() -> bpmn.ParseLimits:
    """How much one file may demand, by the site's settings."""
    settings = conf.current()
    return bpmn.ParseLimits(
        max_bytes=settings.max_model_size,
        max_depth=settings.max_model_depth,
        max_elements=settings.max_model_elements,
        max_attributes=settings.max_model_attributes,
        max_flow_elements=settings.max_flow_elements,
    )


def _repeated_keys(parsed: Mapping[str, tuple[bpmn.ProcessDefinition, ...]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for resource_name, processes in parsed.items():
        for process in processes:
            if process.key in seen:
                yield Problem(
                    severity="error",
                    message=f"The process '{process.key}' is in '{seen[process.key]}' already: a deployment may have a key once.",
                    element_id=process.key,
                    line=process.line,
                    resource_name=resource_name,
                )
            seen.setdefault(process.key, resource_name)


def unknown_handlers(process: bpmn.ProcessDefinition) -> Iterator[Problem]:
    """A warning for every handler that the model names and the site has not registered: it will fail when it gets there."""
    for activity in process.flow_nodes.values():
        services = [activity.service] if activity.service is not None else []
        services += [
            listener.service for every in activity.listeners.values() for listener in every if listener.service
        ]
        for service in services:
            name = _handler_name(service)
            if name is not None and handlers.find(name) is None:
                yield Problem(
                    severity="warning",
                    message=f"No handler '{name}' is registered: this will fail when the process gets here.",
                    element_id=activity.id,
                    line=activity.line,
                    resource_name=process.resource_name,
                )


def _handler_name(service: ServiceImplementation) -> str | None:
    if service.kind == "class":
        return service.name
    if service.kind == "delegate_expression" and service.expression is not None:
        match = _ONE_NAME.fullmatch(service.expression.text)
        return match.group(1) if match else None
    return None
