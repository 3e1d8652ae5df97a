"""What BPMN's XML schema says of the elements a process is made of: children in their order, and attributes.

Written down as one line per element: "a? b* c|d*" reads "at most one a, then any number of b, then of c or d".
"""

from __future__ import annotations

from dataclasses import dataclass

_BASE = "documentation* extensionElements?"
_FLOW_ELEMENT = f"{_BASE} auditing? monitoring? categoryValueRef*"
_FLOW_NODE = f"{_FLOW_ELEMENT} incoming* outgoing*"
_RESOURCE_ROLES = "resourceRole|performer|humanPerformer|potentialOwner*"
_ACTIVITY = (
    f"{_FLOW_NODE} ioSpecification? property* dataInputAssociation* dataOutputAssociation* {_RESOURCE_ROLES} "
    "multiInstanceLoopCharacteristics|standardLoopCharacteristics?"
)
_EVENT_DEFINITIONS = "|".join(
    f"{kind}EventDefinition"
    for kind in (
        *("cancel", "compensate", "conditional", "error", "escalation"),
        *("link", "message", "signal", "terminate", "timer"),
    )
)
_CATCH = (
    f"{_FLOW_NODE} property* dataOutput* dataOutputAssociation* outputSet? {_EVENT_DEFINITIONS}* eventDefinitionRef*"
)
_THROW = f"{_FLOW_NODE} property* dataInput* dataInputAssociation* inputSet? {_EVENT_DEFINITIONS}* eventDefinitionRef*"
_TASKS = "task|businessRuleTask|manualTask|receiveTask|scriptTask|sendTask|serviceTask|userTask"
_FLOW_ELEMENTS = (
    f"{_TASKS}|callActivity|subProcess|transaction|adHocSubProcess|startEvent|endEvent|boundaryEvent|event"
    "|intermediateCatchEvent|intermediateThrowEvent|implicitThrowEvent|exclusiveGateway|inclusiveGateway|parallelGateway"
    "|eventBasedGateway|complexGateway|sequenceFlow|dataObject|dataObjectReference|dataStoreReference"
    "|choreographyTask|subChoreography|callChoreography"
)
_CONTENT = f"laneSet* {_FLOW_ELEMENTS}* association|group|textAnnotation*"
_LOOP = (
    "loopCardinality? loopDataInputRef? loopDataOutputRef? inputDataItem? outputDataItem? "
    "complexBehaviorDefinition* completionCondition?"
)

_ROOT_ELEMENTS = (
    "category|collaboration|choreography|conversation|globalChoreographyTask|globalConversation|correlationProperty"
    "|dataStore|endPoint|error|escalation|globalBusinessRuleTask|globalManualTask|globalScriptTask|globalTask"
    "|globalUserTask|interface|itemDefinition|message|partnerEntity|partnerRole|process|resource|signal"
    f"|{_EVENT_DEFINITIONS}"
)

_CHILDREN = {
    "definitions": f"import* extension* {_ROOT_ELEMENTS}* BPMNDiagram* relationship*",
    "process": (
        f"{_BASE} supportedInterfaceRef* ioSpecification? ioBinding* auditing? monitoring? property* {_CONTENT} "
        f"{_RESOURCE_ROLES} correlationSubscription* supports*"
    ),
    "task": _ACTIVITY,
    "manualTask": _ACTIVITY,
    "serviceTask": _ACTIVITY,
    "sendTask": _ACTIVITY,
    "receiveTask": _ACTIVITY,
    "businessRuleTask": _ACTIVITY,
    "callActivity": _ACTIVITY,
    "userTask": f"{_ACTIVITY} rendering*",
    "scriptTask": f"{_ACTIVITY} script?",
    "subProcess": f"{_ACTIVITY} {_CONTENT}",
    "transaction": f"{_ACTIVITY} {_CONTENT}",
    "startEvent": _CATCH,
    "boundaryEvent": _CATCH,
    "intermediateCatchEvent": _CATCH,
    "intermediateThrowEvent": _THROW,
    "endEvent": _THROW,
    "exclusiveGateway": _FLOW_NODE,
    "inclusiveGateway": _FLOW_NODE,
    "parallelGateway": _FLOW_NODE,
    "eventBasedGateway": _FLOW_NODE,
    "sequenceFlow": f"{_FLOW_ELEMENT} conditionExpression?",
    "multiInstanceLoopCharacteristics": f"{_BASE} {_LOOP}",
    "messageEventDefinition": f"{_BASE} operationRef?",
    "timerEventDefinition": f"{_BASE} timeDate|timeDuration|timeCycle?",
    "conditionalEventDefinition": f"{_BASE} condition?",
    "linkEventDefinition": f"{_BASE} source* target?",
    "signalEventDefinition": _BASE,
    "errorEventDefinition": _BASE,
    "escalationEventDefinition": _BASE,
    "compensateEventDefinition": _BASE,
    "cancelEventDefinition": _BASE,
    "terminateEventDefinition": _BASE,
    "association": _BASE,
    "messageFlow": _BASE,
    "resourceAssignmentExpression": f"{_BASE} expression|formalExpression?",
    "message": _BASE,
    "signal": _BASE,
    "error": _BASE,
    "escalation": _BASE,
}

_ACTIVITY_ATTRIBUTES = "id name isForCompensation startQuantity completionQuantity default"
_ATTRIBUTES = {
    "definitions": "id name targetNamespace expressionLanguage typeLanguage exporter exporterVersion",
    "process": "id name processType isClosed isExecutable definitionalCollaborationRef",
    "task": _ACTIVITY_ATTRIBUTES,
    "manualTask": _ACTIVITY_ATTRIBUTES,
    "serviceTask": f"{_ACTIVITY_ATTRIBUTES} implementation operationRef",
    "sendTask": f"{_ACTIVITY_ATTRIBUTES} implementation messageRef operationRef",
    "receiveTask": f"{_ACTIVITY_ATTRIBUTES} implementation instantiate messageRef operationRef",
    "businessRuleTask": f"{_ACTIVITY_ATTRIBUTES} implementation",
    "callActivity": f"{_ACTIVITY_ATTRIBUTES} calledElement",
    "userTask": f"{_ACTIVITY_ATTRIBUTES} implementation",
    "scriptTask": f"{_ACTIVITY_ATTRIBUTES} scriptFormat",
    "subProcess": f"{_ACTIVITY_ATTRIBUTES} triggeredByEvent",
    "transaction": f"{_ACTIVITY_ATTRIBUTES} triggeredByEvent method",
    "startEvent": "id name parallelMultiple isInterrupting",
    "boundaryEvent": "id name parallelMultiple cancelActivity attachedToRef",
    "intermediateCatchEvent": "id name parallelMultiple",
    "intermediateThrowEvent": "id name",
    "endEvent": "id name",
    "exclusiveGateway": "id name gatewayDirection default",
    "inclusiveGateway": "id name gatewayDirection default",
    "parallelGateway": "id name gatewayDirection",
    "eventBasedGateway": "id name gatewayDirection instantiate eventGatewayType",
    "sequenceFlow": "id name sourceRef targetRef isImmediate",
    "multiInstanceLoopCharacteristics": "id isSequential behavior oneBehaviorEventRef noneBehaviorEventRef",
    "messageEventDefinition": "id messageRef",
    "timerEventDefinition": "id",
    "conditionalEventDefinition": "id",
    "linkEventDefinition": "id name",
    "signalEventDefinition": "id signalRef",
    "errorEventDefinition": "id errorRef",
    "escalationEventDefinition": "id escalationRef",
    "compensateEventDefinition": "id waitForCompletion activityRef",
    "cancelEventDefinition": "id",
    "terminateEventDefinition": "id",
    "association": "id sourceRef targetRef associationDirection",
    "messageFlow": "id name sourceRef targetRef messageRef",
    "resourceAssignmentExpression": "id",
    "message": "id name itemRef",
    "signal": "id name structureRef",
    "error": "id name errorCode structureRef",
    "escalation": "id name escalationCode structureRef",
}
_REQUIRED = {
    "definitions": "targetNamespace",
    "sequenceFlow": "sourceRef targetRef",
    "association": "sourceRef targetRef",
    "boundaryEvent": "attachedToRef",
    "linkEventDefinition": "name",
    "messageFlow": "sourceRef targetRef",
}
ID_REFERENCES = {("sequenceFlow", "sourceRef"), ("sequenceFlow", "targetRef")} | {
    (tag, "default") for tag, line in _ATTRIBUTES.items() if "default" in line.split()
}
_BOOLEAN = frozenset({"true", "false", "1", "0"})
_BOOLEANS = (
    *("isForCompensation", "isExecutable", "isClosed", "instantiate", "triggeredByEvent", "parallelMultiple"),
    *("isInterrupting", "cancelActivity", "isImmediate", "isSequential", "waitForCompletion"),
)
VALUES = dict.fromkeys(_BOOLEANS, _BOOLEAN) | {
    "gatewayDirection": frozenset({"Unspecified", "Converging", "Diverging", "Mixed"}),
    "eventGatewayType": frozenset({"Exclusive", "Parallel"}),
    "associationDirection": frozenset({"None", "One", "Both"}),
    "behavior": frozenset({"None", "One", "All", "Complex"}),
    "processType": frozenset({"None", "Public", "Private"}),
}
EXPRESSIONS = frozenset(  # texts that may have nothing but documentation and extensions beside them
    (
        *(
            "condition",
            "conditionExpression",
            "completionCondition",
            "loopCardinality",
            "formalExpression",
            "expression",
        ),
        *("timeDate", "timeDuration", "timeCycle"),
    )
)
TEXT_ONLY = frozenset({"incoming", "outgoing", "flowNodeRef", "loopDataInputRef"})
EXPRESSION_TYPES = frozenset({"tFormalExpression", "tExpression"})


@dataclass(frozen=True, slots=True)
class ElementSchema:
    children: dict[str, tuple[int, bool]]  # tag -> place in the order, and whether there may be several at that place
    attributes: frozenset[str]
    required: frozenset[str]


def _read(line: str) -> dict[str, tuple[int, bool]]:
    places = {}
    for place, slot in enumerate(line.split()):
        for tag in slot[:-1].split("|"):
            places[tag] = (place, slot.endswith("*"))
    return places


SCHEMA = {
    tag: ElementSchema(_read(line), frozenset(_ATTRIBUTES[tag].split()), frozenset(_REQUIRED.get(tag, "").split()))
    for tag, line in _CHILDREN.items()
}
