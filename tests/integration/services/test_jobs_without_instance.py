"""Incidents of jobs that belong to no process instance, here the timer start event of a definition."""

import pytest

from tests.support import small_models as small
from workflow_engine import models
from workflow_engine.engine.commands import FailJob
from workflow_engine.services import management, repository
from workflow_engine.services.command import execute

pytestmark = pytest.mark.django_db
TIMER_START = (
    '<bpmn:startEvent id="start"><bpmn:timerEventDefinition>'
    '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration>'
    "</bpmn:timerEventDefinition></bpmn:startEvent>"
)


@pytest.fixture
def failed() -> models.Job:
    """A job without retries, which has an incident."""
    body = TIMER_START + small.END + small.flow("start", "end")
    repository.deploy(resources={"model.bpmn": small.process(body, "timed")})
    job = models.Job.objects.get(handler_type="timer-start-event")
    for _ in range(job.retries):
        execute(FailJob(job_id=str(job.pk), message="no paper", stacktrace="", failed_activity_id=None))
    assert models.Incident.objects.get().configuration == str(job.pk)
    return job


def test_new_retries_resolve_the_incident(failed: models.Job) -> None:
    management.set_job_retries(str(failed.pk), 1)
    assert not models.Incident.objects.exists()
    assert models.HistoricIncident.objects.get().state == "resolved"


def test_a_job_that_is_done_after_all_resolves_the_incident(failed: models.Job) -> None:
    management.execute_job(str(failed.pk))
    assert not models.Incident.objects.exists()
    assert models.HistoricIncident.objects.get().state == "resolved"


def test_a_deleted_job_takes_its_incident_along(failed: models.Job) -> None:
    management.delete_job(str(failed.pk))
    assert not models.Job.objects.filter(pk=failed.pk).exists()
    assert not models.Incident.objects.exists()
    assert models.HistoricIncident.objects.get().state == "deleted"
