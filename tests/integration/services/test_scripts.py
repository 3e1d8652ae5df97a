"""A script on real rows: switched on by the site, from a resource of the deployment, with values of every kind."""

from typing import Any

import pytest

from tests.support import small_models as small
from workflow_engine import models
from workflow_engine.engine.errors import ModelError
from workflow_engine.services import repository, runtime
from workflow_engine.values import JsonValue, Long

pytestmark = pytest.mark.django_db
SOURCE = b"""
    execution.setVariable('sum', lines.reduce(function (sum, line) { return sum + line.price }, 0));
    execution.setVariable('first', lines[0]);
    execution.setVariable('copy', customer);
    execution.setVariable('number', id);
    execution.setProcessBusinessKey(`order ${id}`);
"""


@pytest.fixture
def _switched_on(settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {**getattr(settings, "WORKFLOW_ENGINE", {}), "SCRIPTS_ENABLED": True}


def start(source: bytes, **variables: Any) -> runtime.StartedInstance:
    script = '<bpmn:scriptTask id="work" scriptFormat="javascript" camunda:resource="deployment://work.js"/>'
    wait = '<bpmn:userTask id="wait"/>'
    model = small.process(small.START + script + wait + small.flow("start", "work") + small.flow("work", "wait"))
    repository.deploy(resources={"model.bpmn": model, "work.js": source})
    return runtime.start_process_instance_by_key("order", variables=variables)


@pytest.mark.usefixtures("_switched_on")
def test_a_script_reads_and_writes_variables() -> None:
    customer = JsonValue('{"name":"Ada"}')
    started = start(SOURCE, lines=[{"price": 1.5}, {"price": 2}], customer=customer, id=Long(2**53 + 1))
    values = {row.name: row.value for row in models.Variable.objects.filter(process_instance_id=started.id)}
    assert (values["sum"], values["copy"], values["number"]) == (3.5, customer, 2**53 + 1)
    assert values["first"].json.plain() == {"price": 1.5}
    assert models.ProcessInstance.objects.get().business_key == f"order {2**53 + 1}"


@pytest.mark.usefixtures("_switched_on")
def test_a_failing_script_leaves_nothing() -> None:
    with pytest.raises(ModelError, match="Script at 'work' failed: ReferenceError: missing is not defined"):
        start(b"execution.setVariable('x', 1); missing")
    assert models.ProcessInstance.objects.count() == models.Variable.objects.count() == 0


def test_scripts_are_off_by_default() -> None:
    with pytest.raises(ModelError, match=r"Script at 'work' failed: scripts \(javascript\) are switched off"):
        start(b"1")
