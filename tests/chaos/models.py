"""The models of a run: the repository's fixtures, and small ones that each hold one thing that could go wrong."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from tests.chaos.processes import ROOT
from tests.support.small_models import END, START, external, flow, process

FIXTURES = ("order-saga.bpmn", "prepaid-order.bpmn", "collect-payment.bpmn")
STEP, POISONED = "step", "poisoned"
TOPICS = (
    *(STEP, POISONED, "reserve-goods", "charge-card", "ship-order", "inform-customer", "release-goods", "refund-card"),
    *("request-payment", "pack-goods", "write-invoice"),
)
COUNTED = 4
# Seconds for which workers lock a task: so few that one which stands still loses its task within the run.
LOCK = 6.0


def files() -> dict[str, bytes]:
    small = (sequence, long, parallel, pause, race, twice, several, counted, poison)
    return {
        **{name: (Path(ROOT) / "fixtures" / name).read_bytes() for name in FIXTURES},
        **{f"chaos-{make.__name__}.bpmn": make() for make in small},
    }


def _line(*nodes: str) -> str:
    return "".join(flow(source, target) for source, target in pairwise(nodes))


def _timer(duration: str) -> str:
    return (
        '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">'
        f"{duration}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    )


def _condition(source: str, target: str, condition: str) -> str:
    return (
        f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>'
    )


def sequence() -> bytes:
    """Three pieces of work, one after the other."""
    body = START + "".join(external(STEP, one) for one in ("a", "b", "c")) + END
    return process(body + _line("start", "a", "b", "c", "end"), "chaos-sequence")


def long() -> bytes:
    """Work that takes so long that somebody else may be at it when a worker wakes up again."""
    return process(START + external(STEP, "work") + END + _line("start", "work", "end"), "chaos-long")


def parallel() -> bytes:
    """Three at the same time, which come together within a continuation of their own."""
    gateways = '<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join" camunda:asyncBefore="true"/>'
    branches = "".join(external(STEP, one) + _line("fork", one, "join") for one in ("a", "b", "c"))
    body = START + gateways + branches + external(STEP, "last") + END
    return process(body + _line("start", "fork") + _line("join", "last", "end"), "chaos-parallel")


def pause() -> bytes:
    """A timer between two pieces of work."""
    timer = f'<bpmn:intermediateCatchEvent id="pause">{_timer("PT1S")}</bpmn:intermediateCatchEvent>'
    body = START + external(STEP, "a") + timer + external(STEP, "b") + END
    return process(body + _line("start", "a", "pause", "b", "end"), "chaos-pause")


def race() -> bytes:
    """A timer that takes the work away from whoever is too slow."""
    timer = f'<bpmn:boundaryEvent id="too-late" attachedToRef="work">{_timer("PT2S")}</bpmn:boundaryEvent>'
    late = timer + external(STEP, "apologize") + '<bpmn:endEvent id="late"/>' + _line("too-late", "apologize", "late")
    return process(START + external(STEP, "work") + END + _line("start", "work", "end") + late, "chaos-race")


def twice() -> bytes:
    """The same message again: whoever applies one twice leaves the second without a receiver."""
    catch = '<bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>'
    catches = "".join(f'<bpmn:intermediateCatchEvent id="{one}">{catch}' for one in ("first", "second"))
    body = START + catches + external(STEP, "between") + END + _line("start", "first", "between", "second", "end")
    return process(body, "chaos-twice", root='<bpmn:message id="m" name="go-on"/>')


def several() -> bytes:
    """Multi-instance activities: four at the same time, then two in a row."""

    def loop(times: int, is_sequential: str) -> str:
        count = f'<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">{times}</bpmn:loopCardinality>'
        return f'<bpmn:multiInstanceLoopCharacteristics isSequential="{is_sequential}">{count}</bpmn:multiInstanceLoopCharacteristics>'

    tasks = external(STEP, "all", loop(4, "false")) + external(STEP, "each", loop(2, "true"))
    return process(START + tasks + END + _line("start", "all", "each", "end"), "chaos-several")


def counted() -> bytes:
    """Continuations that each add one: a job that is carried out twice, or is lost, leads to the wrong end."""
    names = [f"add-{number + 1}" for number in range(COUNTED)]
    adding = 'camunda:asyncBefore="true" camunda:expression="${count + 1}" camunda:resultVariable="count"'
    tasks = "".join(f'<bpmn:serviceTask id="{name}" {adding}/>' for name in names)
    gateway = '<bpmn:exclusiveGateway id="sum" default="sum_miscounted"/><bpmn:endEvent id="miscounted"/>'
    flows = (
        _line("start", *names, "sum") + _condition("sum", "end", f"${{count == {COUNTED}}}") + flow("sum", "miscounted")
    )
    return process(START + tasks + gateway + END + flows, "chaos-counted")


def poison() -> bytes:
    """Work that fails until somebody has mended what it needs."""
    return process(START + external(POISONED, "work") + END + _line("start", "work", "end"), "chaos-poison")
