from collections.abc import Callable, Iterator

import pytest

from tests.support import small_models as small
from workflow_engine import clock, handlers, models
from workflow_engine.services import repository, runtime


@pytest.fixture(autouse=True)
def _tidy() -> Iterator[None]:
    yield
    clock.reset()
    for name in ("sweeper_test", "sweeper_poison"):
        if handlers.find(name) is not None:
            handlers.unregister(name)


@pytest.fixture
def start() -> Callable[..., str]:
    """Deploys a model (once) and starts an instance of it; gives the instance's id."""
    deployed: dict[bytes, str] = {}

    def start(model: bytes) -> str:
        if model not in deployed:
            definition = repository.deploy(resources={"model.bpmn": model}).definitions[0]
            deployed[model] = definition.pk
        return runtime.start_process_instance(deployed[model]).id

    return start


def continuation(
    handler: str = "sweeper_test", key: str = "order", attributes: str = "", extensions: str = ""
) -> bytes:
    """start -> handler, as a job -> end."""
    work = f'<bpmn:serviceTask id="work" camunda:delegateExpression="${{{handler}}}" camunda:asyncBefore="true" {attributes}>'
    work += f"{extensions}</bpmn:serviceTask>"
    flows = small.flow("start", "work") + small.flow("work", "end")
    return small.process(small.START + work + small.END + flows, key)


def timer(duration: str = "PT1H", key: str = "order") -> bytes:
    """start -> timer -> end."""
    definition = f'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">{duration}</bpmn:timeDuration>'
    catch = (
        '<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition>'
        f"{definition}</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )
    flows = small.flow("start", "wait") + small.flow("wait", "end")
    return small.process(small.START + catch + small.END + flows, key)


def two_continuations() -> bytes:
    """start -> parallel: two exclusive jobs of one instance -> end."""
    body = small.START + '<bpmn:parallelGateway id="fork"/>' + small.flow("start", "fork")
    for name in ("a", "b"):
        body += f'<bpmn:serviceTask id="{name}" camunda:expression="${{1}}" camunda:asyncBefore="true"/>'
        body += f'<bpmn:endEvent id="end_{name}"/>' + small.flow("fork", name) + small.flow(name, f"end_{name}")
    return small.process(body, "parallel")


def is_running(instance: str) -> bool:
    return models.ProcessInstance.objects.filter(pk=instance).exists()
