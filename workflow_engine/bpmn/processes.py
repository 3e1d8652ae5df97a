"""A process: its attributes, and the definition made of it."""

from __future__ import annotations

import re

from workflow_engine.bpmn.context import ParseContext, parse_integer
from workflow_engine.bpmn.drafts import ProcessDraft
from workflow_engine.bpmn.flow_nodes import documentation, extension_properties
from workflow_engine.bpmn.model import ProcessDefinition
from workflow_engine.bpmn.problems import ModelError, check_length
from workflow_engine.bpmn.scopes import parse_scope
from workflow_engine.bpmn.user_tasks import candidates
from workflow_engine.bpmn.validation import validate_process
from workflow_engine.bpmn.xml import Node

UNIQUE_BUSINESS_KEY = "unique-business-key"  # extension property: one instance per business key
_DAYS = re.compile(r"P([0-9]+)D")


def is_executable(node: Node) -> bool:
    return (node.get("isExecutable") or "").lower() == "true"


def parse_process(context: ParseContext, node: Node, resource_name: str) -> ProcessDraft:
    """The draft of one process; it is finished when the whole resource has no errors."""
    process = ProcessDefinition(node.id or "", name=node.get("name"), line=node.line)
    draft = context.process = ProcessDraft(process)
    if not node.id:
        context.error("The process has no id.", node)
    process.resource_name = resource_name
    try:
        _parse_attributes(context, node, process)
        parse_scope(context, node, process)
    except ModelError as error:
        context.problems.add(error)
    validate_process(context, draft)
    return draft


def _parse_attributes(context: ParseContext, node: Node, process: ProcessDefinition) -> None:
    process.category = context.root.target_namespace or None
    process.documentation = documentation(node)
    process.properties = extension_properties(node)
    process.unique_business_key = process.properties.get(UNIQUE_BUSINESS_KEY, "").lower() == "true"
    process.job_priority = context.priority(node, "jobPriority")
    process.task_priority = context.priority(node, "taskPriority")
    process.version_tag = node.camunda("versionTag")
    for what, text in (("name", process.name), ("versionTag", process.version_tag), ("category", process.category)):
        check_length(text, what, node, context.problems)
    process.is_startable_in_tasklist = (node.camunda("isStartableInTasklist") or "true").lower() == "true"
    process.history_time_to_live = _time_to_live(context, node)
    users, groups = candidates(
        context, node, node.extensions("potentialStarter"), "candidateStarterUsers", "candidateStarterGroups"
    )
    process.candidate_starter_users = tuple(user.text for user in users)
    process.candidate_starter_groups = tuple(group.text for group in groups)


def _time_to_live(context: ParseContext, node: Node) -> int | None:
    """Days, written as a number or as "P30D"."""
    text = node.camunda("historyTimeToLive")
    if not text:
        return None
    match = _DAYS.fullmatch(text)
    days = parse_integer(match[1] if match else text)
    if days is None or days < 0:
        context.error(f"The 'historyTimeToLive' must be a number of days, not '{text}'.", node)
        return None
    return days
