"""Which topics have work: one index range for each topic and kind of task, and never a task that a fetch would not find."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.rest.conftest import external_task_process
from tests.support import plans
from workflow_engine import clock
from workflow_engine.models import ExternalTask
from workflow_engine.services import repository, runtime
from workflow_engine.store import database, waiting_work

pytestmark = pytest.mark.django_db


def start(topic: str, **columns: Any) -> None:
    """An instance whose task is as these columns say."""
    model = external_task_process(f"p-{topic}", topic).encode()
    definition = repository.deploy(resources={"m.bpmn": model}, name=topic).definitions[0]
    instance = runtime.start_process_instance(definition.pk)
    ExternalTask.objects.filter(process_instance_id=instance.id).update(**columns)


def test_only_what_a_fetch_would_find() -> None:
    hour = timedelta(hours=1)
    start("free")
    start("retried", retries=1)
    start("held", worker_id="w", lock_expiration_time=clock.now() + hour)
    start("expired", worker_id="w", lock_expiration_time=clock.now() - hour)
    start("suspended", is_suspended=True)
    start("failed", retries=0)
    start("unasked")
    asked = ["free", "retried", "held", "expired", "suspended", "failed", "unknown"]
    assert waiting_work.topics_with_work(database.dialect(), asked) == {"free", "retried", "expired"}
    assert waiting_work.topics_with_work(database.dialect(), []) == set()
    with clock.travelled(2 * hour):
        assert "held" in waiting_work.topics_with_work(database.dialect(), asked)


def test_the_partial_indexes_are_read() -> None:
    plans.fill_external_tasks()
    limits = dict.fromkeys(["topic-1", "topic-2", "unknown"], waiting_work.UNLIMITED)
    dialect = database.dialect()
    is_postgresql = connection.vendor == "postgresql"
    plan = plans.plan(
        *(waiting_work._postgresql(dialect, limits) if is_postgresql else waiting_work._sqlite(dialect, limits))
    )
    assert plan.count("wf_external_task_by_age") + plan.count("wf_external_task_by_priority") == 1, plan
    assert plan.count("wf_external_task_held") == 1, plan
    assert "Hash" not in plan, plan
    # No index of the task is read from its beginning.
    assert "SCAN t" not in plan, plan
    assert plan.count("Index Cond" if is_postgresql else "topic_name=?") == 2, plan
