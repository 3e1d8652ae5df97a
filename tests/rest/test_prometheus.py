"""GET /prometheus, read by the client library's own parser."""

import pytest
from django.contrib.auth import get_user_model
from prometheus_client.parser import text_string_to_metric_families

from tests.rest.conftest import Api, basic, process


@pytest.mark.django_db(transaction=True)
def test_figures_and_counters(api: Api) -> None:
    task = '<bpmn:startEvent id="s"/><bpmn:serviceTask id="a" camunda:type="external" camunda:topic="t"/>'
    api.deploy(process("watched", task + '<bpmn:sequenceFlow id="f" sourceRef="s" targetRef="a"/>')).ok()
    for _ in range(2):
        api.post("/process-definition/key/watched/start").ok()
    answer = api.get("/prometheus")
    assert answer.status == 200
    samples = {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }
    assert samples["workflow_engine_process_instances", "watched"] == 2
    assert samples["workflow_engine_external_tasks", "waiting", "t"] == 2
    assert samples["workflow_engine_events_total", "root-process-instance-start"] >= 2


def test_it_needs_a_permission(anonymous: Api, api: Api) -> None:
    assert anonymous.get("/prometheus").status == 401
    get_user_model().objects.create_user("guest", password="secret")
    assert Api(basic("guest", "secret")).get("/prometheus").status == 403
