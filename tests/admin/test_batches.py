"""Batches in the admin: how far they are, what failed, and the buttons."""

from typing import Any

import pytest
from django.test import Client

from tests.admin.conftest import Visitor
from tests.admin.pages import do, listing, messages_of, operation, page, read
from workflow_engine import ids
from workflow_engine.models import Batch, HistoricJobLog, Incident, Job
from workflow_engine.services import batch as service
from workflow_engine.sweeper import jobs


def sweep() -> None:
    while jobs.run_once("sweeper"):
        pass


@pytest.fixture
def failing(db: None) -> Any:
    """Nothing that it names is there."""
    made = service.create("set-job-retries", [ids.new_id(), ids.new_id()], {"retries": 1}, user="ann")
    sweep()
    return made


@pytest.fixture
def fresh(db: None) -> Any:
    return service.create("instance-deletion", [ids.new_id(), ids.new_id()], {"reason": None}, user="ann")


def test_what_failed_and_why(boss: Client, failing: Batch) -> None:
    shown = read(boss, listing("batch"))
    assert "set-job-retries" in shown
    assert "0 of 2" in shown
    assert "with failures" in shown
    text = read(boss, page("batch", failing.pk))
    assert "No job found" in text
    assert "Retry what failed" in text
    [job, _other] = Job.objects.filter(job_definition_id=failing.batch_job_definition_id)
    assert page("batch", failing.pk) in read(boss, page("job", job.pk))
    assert page("batch", failing.pk) in read(boss, listing("job"))
    assert read(boss, listing("incident"))
    for state, number in (("failed", 1), ("running", 1), ("ended", 0), ("suspended", 0)):
        assert read(boss, listing("batch", state=state)).count('class="field-state') == number


def test_trying_again(boss: Client, failing: Batch) -> None:
    assert Incident.objects.count() == 2
    assert "once more" in messages_of(boss.post(operation("batch", failing.pk, "retry")))
    assert Incident.objects.count() == 0
    sweep()
    assert Incident.objects.count() == 2


def test_suspending_and_going_on(boss: Client, fresh: Batch) -> None:
    assert "suspended" in messages_of(boss.post(operation("batch", fresh.pk, "suspend")))
    sweep()
    assert Batch.objects.get().jobs_created == 0
    assert "active again" in messages_of(boss.post(operation("batch", fresh.pk, "activate")))
    sweep()
    text = read(boss, page("batch", fresh.pk))
    assert "2 of 2" in text
    assert "Suspend" not in text
    answer = do(boss, "batch", fresh.pk, "delete-history")
    assert answer.headers["Location"] == listing("batch")
    assert not Batch.objects.exists()
    assert not HistoricJobLog.objects.exists()


def test_deleting(boss: Client, fresh: Batch) -> None:
    assert b"never done" in boss.post(operation("batch", fresh.pk, "delete")).content
    assert Batch.objects.running().exists()
    do(boss, "batch", fresh.pk, "delete")
    assert not Batch.objects.running().exists()
    assert not Job.objects.exists()
    assert "deleted" in read(boss, page("batch", fresh.pk))


def test_permissions(visitor: Visitor, failing: Batch) -> None:
    reader = visitor("view_batch")
    text = read(reader, page("batch", failing.pk))
    assert "Retry what failed" not in text
    assert "No job found" not in text
    for name in ("retry", "suspend", "activate", "delete"):
        assert do(reader, "batch", failing.pk, name).status_code == 403
    assert visitor().get(listing("batch")).status_code == 403
    assert "Suspend" in read(visitor("view_batch", "suspend_batch"), page("batch", failing.pk))
