"""Small models for tests of the store and the services."""

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="test">'
)


def process(body: str, key: str = "order", attributes: str = "", extensions: str = "", root: str = "") -> bytes:
    """One executable process around the given flow elements; `root` holds messages and signals."""
    return (
        f'{HEAD}{root}<bpmn:process id="{key}" isExecutable="true" camunda:historyTimeToLive="P5D" {attributes}>{extensions}{body}'
        "</bpmn:process></bpmn:definitions>"
    ).encode()


def flow(source: str, target: str) -> str:
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


def external(topic: str = "ship", activity_id: str = "ship", extensions: str = "") -> str:
    return f'<bpmn:serviceTask id="{activity_id}" camunda:type="external" camunda:topic="{topic}">{extensions}</bpmn:serviceTask>'


START, END = '<bpmn:startEvent id="start"/>', '<bpmn:endEvent id="end"/>'
UNIQUE = (
    '<bpmn:extensionElements><camunda:properties><camunda:property name="unique-business-key" value="true"/>'
    "</camunda:properties></bpmn:extensionElements>"
)


def one_task(key: str = "order", **options: str) -> bytes:
    """start -> external task "ship" -> end."""
    return process(START + external() + END + flow("start", "ship") + flow("ship", "end"), key, **options)


def message_start(message: str, key: str = "order") -> bytes:
    start = '<bpmn:startEvent id="start"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>'
    body = start + external() + END + flow("start", "ship") + flow("ship", "end")
    return process(body, key, root=f'<bpmn:message id="m" name="{message}"/>')


def receives(message: str, key: str = "order") -> bytes:
    """start -> message catch event "wait" -> end."""
    catch = '<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>'
    body = START + catch + END + flow("start", "wait") + flow("wait", "end")
    return process(body, key, root=f'<bpmn:message id="m" name="{message}"/>')


def timer_start(cycle: str = "R3/PT1H", key: str = "order") -> bytes:
    start = (
        f'<bpmn:startEvent id="start"><bpmn:timerEventDefinition><bpmn:timeCycle xsi:type="bpmn:tFormalExpression">{cycle}'
        "</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>"
    )
    return process(start + external() + END + flow("start", "ship") + flow("ship", "end"), key)
