"""What a site does, by the services of whichever version of the engine is in the current folder. Run as a program, not a test:

    python any_version.py STEP ...

Only what every version since the first has may be used here.
"""

# ruff: noqa: E402 - the engine in the current folder can be imported only after Django has been set up there

import json
import os
import sys

sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

import django

django.setup()

from django.core.management import call_command

from workflow_engine import models
from workflow_engine.services import external_task, management, message, repository, runtime, task
from workflow_engine.services.external_task import Topic

FLOWS = (
    ("start", "first"),
    ("first", "approve"),
    ("approve", "pause"),
    ("pause", "fork"),
    ("fork", "wait"),
    ("fork", "second"),
)
FLOWS += ("wait", "join"), ("second", "join"), ("join", "end")
MODEL = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="test"><bpmn:message id="m" name="paid"/>
<bpmn:process id="upgrade" isExecutable="true" camunda:historyTimeToLive="P5D"><bpmn:startEvent id="start"/>
<bpmn:serviceTask id="first" camunda:type="external" camunda:topic="first"/><bpmn:userTask id="approve" camunda:candidateGroups="g"/>
<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition><bpmn:timeDuration>PT0S</bpmn:timeDuration>
</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent><bpmn:parallelGateway id="fork"/>
<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>
<bpmn:serviceTask id="second" camunda:type="external" camunda:topic="second" camunda:asyncBefore="true"/>
<bpmn:parallelGateway id="join"/><bpmn:endEvent id="end"/>
{"".join(f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in FLOWS)}
</bpmn:process></bpmn:definitions>"""


def deploy() -> None:
    repository.deploy(resources={"upgrade.bpmn": MODEL.encode()}, name="upgrade")


def start() -> None:
    variables = {"text": "x", "number": 1, "list": [1, {"a": None}], "bytes": b"b"}
    runtime.start_process_instance_by_key("upgrade", business_key="k", variables=variables, user="somebody")


def first() -> None:
    for task_id in _fetched("first"):
        external_task.extend_lock(task_id, "w", 120_000)
        external_task.complete(task_id, "w", {"done": True})


def approve() -> None:
    for task_id in map(str, models.UserTask.objects.values_list("pk", flat=True)):
        task.claim(task_id, "somebody")
        task.complete(task_id, variables={"approved": True}, user="somebody")


def sweep() -> None:
    call_command("workflow_sweeper", "--once")


def receive() -> None:
    message.correlate_message("paid", business_key="k", variables={"paid": 1}, all=True)


def second() -> None:
    """Fails and becomes an incident, is retried, and done."""
    for task_id in _fetched("second"):
        external_task.failure(task_id, "w", error_message="no", error_details="because", retries=0)
    for incident in models.Incident.objects.all():
        external_task.set_retries(str(incident.configuration), 2, user="somebody")
    for task_id in map(str, models.ExternalTask.objects.filter(topic_name="second").values_list("pk", flat=True)):
        external_task.unlock(task_id, user="somebody")
    for task_id in _fetched("second"):
        external_task.complete(task_id, "w")


def cancel() -> None:
    for instance in models.ProcessInstance.objects.all():
        runtime.suspend_process_instance(str(instance.pk))
        runtime.activate_process_instance(str(instance.pk))
        runtime.delete_process_instance(str(instance.pk), reason="over")


def stop() -> None:
    """A timer that fails has to leave its trace as well."""
    for job in models.Job.objects.filter(process_instance__isnull=False):
        management.set_job_retries(str(job.pk), 0, user="somebody")
        management.set_job_retries(str(job.pk), 1, user="somebody")


def tell() -> None:
    states = list(models.HistoricProcessInstance.objects.order_by("start_time").values_list("state", flat=True))
    print("states", json.dumps(states))


def _fetched(topic: str) -> list[str]:
    topics = [Topic(topic_name=topic, lock_duration=60_000)]
    found = external_task.fetch_and_lock(worker_id="w", topics=topics, max_tasks=50)
    assert found, f"nothing to do for {topic}"
    return [str(one.id) for one in found]


if __name__ == "__main__":
    for step in sys.argv[1:]:
        globals()[step]()
