"""From a BPMN file to its process definitions."""

from __future__ import annotations

from workflow_engine.bpmn.context import ParseContext
from workflow_engine.bpmn.diagram import check_diagram
from workflow_engine.bpmn.drafts import ProcessDraft
from workflow_engine.bpmn.model import MULTI_INSTANCE_SUFFIX, ParsedResource
from workflow_engine.bpmn.problems import MAX_TEXT, Problems, shorten
from workflow_engine.bpmn.processes import is_executable, parse_process
from workflow_engine.bpmn.root_elements import parse_root_elements
from workflow_engine.bpmn.scopes import parse_scope
from workflow_engine.bpmn.structure import check_structure
from workflow_engine.bpmn.xml import Document, Node, ParseLimits, read_xml
from workflow_engine.bpmn.xml_names import is_name

DEFAULT = ParseLimits()
_MAX_ID = MAX_TEXT - len(MULTI_INSTANCE_SUFFIX)
_FLOW_ELEMENTS = ("Event", "Gateway", "ask", "ubProcess", "Activity", "sequenceFlow", "transaction")


def parse_bpmn(xml: bytes, resource_name: str, *, limits: ParseLimits = DEFAULT) -> ParsedResource:
    """The executable processes of the file, frozen. Raises InvalidModel with all the problems found."""
    document = read_xml(xml, resource_name, limits)
    problems = Problems(resource_name)
    if document.root.namespace != "bpmn" or document.root.tag != "definitions":
        problems.error("The root element must be 'definitions' of BPMN 2.0.", document.root)
        problems.refuse_if_any()
    ids = _collect_ids(document, problems, limits)
    check_structure(document.root, ids, problems)
    processes = [node for node in document.root.all("process") if is_executable(node)]
    check_diagram(document.root, ids, problems, check_shapes=bool(processes))
    context = ParseContext(problems, parse_root_elements(document, problems), ids)
    context.parse_content = parse_scope
    drafts = [parse_process(context, node, resource_name) for node in processes]
    problems.refuse_if_any()
    return _finish(resource_name, drafts, problems)


def _finish(resource_name: str, drafts: list[ProcessDraft], problems: Problems) -> ParsedResource:
    warnings = tuple(problems.warnings)
    for draft in drafts:
        draft.definition.warnings = warnings
    return ParsedResource(
        resource_name=resource_name, processes=tuple(draft.finish() for draft in drafts), warnings=warnings
    )


def _collect_ids(document: Document, problems: Problems, limits: ParseLimits) -> frozenset[str]:
    """Every id of the file; BPMN and diagram elements may not share one."""
    seen: dict[str, Node] = {}
    flow_elements = 0
    for node in document.root.walk():
        if node.namespace not in ("bpmn", "bpmndi", "dc", "di"):
            continue
        flow_elements += node.namespace == "bpmn" and node.tag.endswith(_FLOW_ELEMENTS)
        identifier = node.id
        if identifier is None:
            continue
        if node.namespace == "bpmn" and len(identifier) > _MAX_ID:
            problems.error(f"The id has {len(identifier)} characters; at most {_MAX_ID} are allowed.", node)
        if not is_name(identifier):
            problems.error(
                f"The id '{shorten(identifier)}' of the {node.tag} is not allowed: ids begin with a letter or '_' and go on"
                " with letters, digits, '.', '-' and '_'.",
                node,
            )
        if identifier in seen:
            problems.error(f"The id '{identifier}' is used twice, first in line {seen[identifier].line}.", node)
        seen[identifier] = node
    if flow_elements > limits.max_flow_elements:
        problems.error(f"The model has {flow_elements} flow elements; at most {limits.max_flow_elements} are allowed.")
        problems.refuse_if_any()
    return frozenset(seen)
