"""Invariants that the database keeps, whatever the code does."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.integration.store.rows import DEFINITION, THEN, new_root, new_task, new_variable, store
from workflow_engine import clock, ids, models
from workflow_engine.models import WorkerCredential

pytestmark = pytest.mark.django_db


def refused(name: str, work: Any) -> None:
    """PostgreSQL names the constraint; SQLite names it, or the columns of an index."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        work()
    assert name in str(error.value) or "UNIQUE constraint failed" in str(error.value)


def test_a_lock_has_worker_and_expiry_or_neither() -> None:
    root = new_root()
    store(root, new_task(root))
    tasks = models.ExternalTask.objects
    refused("wf_external_task_lock_has_worker_and_expiry", lambda: tasks.update(worker_id="w"))
    refused("wf_external_task_lock_has_worker_and_expiry", lambda: tasks.update(lock_expiration_time=THEN))
    refused("wf_external_task_retries", lambda: tasks.update(retries=-1))
    tasks.update(worker_id="w", lock_expiration_time=THEN, retries=0)


def test_a_variable_is_once_in_its_scope() -> None:
    root = new_root()
    store(root, new_variable(root, "v", 1))
    refused("wf_variable_once_per_scope", lambda: store(new_variable(root, "v", 2)))
    task_id = ids.new_id(root.id)
    store(new_variable(root, "v", 3, task_id=task_id))
    refused("wf_variable_once_per_task", lambda: store(new_variable(root, "v", 4, task_id=task_id)))


def test_one_open_incident_per_cause() -> None:
    root_id, cause = ids.new_id(), ids.new_id()

    def open_incident(configuration: str | None = cause) -> None:
        models.Incident.objects.create(
            id=ids.new_id(root_id), partition=ids.partition_of(root_id), incident_type="failedJob", incident_timestamp=THEN, configuration=configuration
        )  # fmt: skip

    open_incident()
    refused("wf_incident_open_once_per_cause", open_incident)
    open_incident(None)
    open_incident(None)


def test_ended_history_has_a_final_state_and_a_time() -> None:
    root_id = ids.new_id()
    models.HistoricProcessInstance.objects.create(
        id=root_id, partition=ids.partition_of(root_id), process_definition_id=DEFINITION, process_definition_key="order",
        root_process_instance_id=root_id, start_time=THEN,
    )  # fmt: skip
    rows = models.HistoricProcessInstance.objects
    refused("wf_historic_instance_ended_is_final", lambda: rows.update(end_time=THEN))
    refused("wf_historic_instance_ended_is_final", lambda: rows.update(state="COMPLETED"))
    rows.update(end_time=THEN, state="COMPLETED")


def test_a_version_is_once() -> None:
    deployment = models.Deployment.objects.create(deployment_time=THEN)

    def define(tenant_id: str = "") -> None:
        models.ProcessDefinition.objects.create(
            id=f"k:1:{ids.new_id()}", key="k", version=1, resource_name="x", deployment=deployment, tenant_id=tenant_id
        )

    define()
    define("t")
    refused("wf_definition_version", define)


def test_tokens_of_workers_are_shown_once_and_kept_as_a_hash() -> None:
    credential, token = WorkerCredential.issue("worker", topics=["ship", "pack*"])
    assert token not in str(credential.__dict__)
    assert len(token) >= 43
    now = clock.now()
    assert WorkerCredential.objects.for_token(token, now) == credential
    for wrong in ("", token[:-1], token[:8], token.swapcase(), f"{token} "):
        assert WorkerCredential.objects.for_token(wrong, now) is None
    assert credential.may_work_on("ship")
    assert credential.may_work_on("packing")
    assert not credential.may_work_on("shipping")
    WorkerCredential.objects.update(expires=now)
    assert WorkerCredential.objects.for_token(token, now) is None
    WorkerCredential.objects.update(expires=now + timedelta(days=1), is_revoked=True)
    assert WorkerCredential.objects.for_token(token, now) is None


def test_every_row_knows_its_partition() -> None:
    root = new_root()
    store(root, new_task(root), new_variable(root, "v", 1))
    for model in (models.Execution, models.ExternalTask, models.Variable):
        row: Any = model.objects.get()
        assert row.partition == ids.partition_of(root.id) == ids.partition_of(str(row.pk))
        assert model.objects.by_id(str(row.pk).upper()).exists()
