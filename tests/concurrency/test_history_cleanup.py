"""Removing history while others do, and while instances run: each row is removed once, nobody waits for ever."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from tests.integration.sweeper.conftest import continuation
from workflow_engine import clock, models
from workflow_engine.services import history_cleanup, repository, runtime
from workflow_engine.services.history_cleanup import removing

pytestmark = pytest.mark.django_db(transaction=True)
INSTANCES, REMOVERS = 40, 3


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.reset()


def ended_instances(count: int) -> None:
    definition = repository.deploy(resources={"model.bpmn": continuation()}).definitions[0]
    for _ in range(count):
        instance = runtime.start_process_instance(definition.pk)
        runtime.delete_process_instances([instance.id], "not wanted")


def test_each_row_is_removed_once() -> None:
    ended_instances(INSTANCES)
    models.HistoricProcessInstance.objects.update(removal_time=clock.now() - timedelta(days=1))
    removed: list[int] = []
    errors: list[BaseException] = []
    begin = threading.Barrier(REMOVERS)

    def remove() -> None:
        begin.wait()
        try:
            while models.HistoricProcessInstance.objects.exists():
                removed.append(history_cleanup.remove_instances(clock.now(), 5, "default")[0])
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=remove) for _ in range(REMOVERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert sum(removed) == INSTANCES
    for model in removing.OF_INSTANCES:
        assert not model._default_manager.exclude(process_instance_id=None).exists(), model


def test_what_another_one_has_locked_is_left_to_it() -> None:
    if connection.vendor == "sqlite":
        return  # one writer at a time: there is nothing that could be locked by another
    ended_instances(2)
    models.HistoricProcessInstance.objects.update(removal_time=clock.now() - timedelta(days=1))
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            models.HistoricProcessInstance.objects.select_for_update().order_by("pk").first()
            locked.set()
            done.wait(60)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(60)
    try:
        assert history_cleanup.remove_instances(clock.now(), 10, "default") == (1, False)
        assert history_cleanup.remove_instances(clock.now(), 10, "default") == (0, False)
    finally:
        done.set()
        holder.join(60)
    assert history_cleanup.remove_instances(clock.now(), 10, "default") == (1, False)


def test_running_instances_are_never_touched() -> None:
    definition = repository.deploy(resources={"model.bpmn": continuation()}).definitions[0]
    instance = runtime.start_process_instance(definition.pk)
    # Not even where somebody has given it a removal time by hand.
    models.HistoricProcessInstance.objects.update(removal_time=clock.now() - timedelta(days=1))
    assert history_cleanup.remove_instances(clock.now(), 10, "default") == (0, False)
    assert models.HistoricProcessInstance.objects.filter(pk=instance.id).exists()
    assert connection.in_atomic_block is False
