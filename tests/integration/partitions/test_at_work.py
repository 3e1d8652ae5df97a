"""Parts are made and dropped while the engine works: nobody is refused, nothing is lost."""

import threading
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from tests.integration.partitions.conftest import Manage, parts
from tests.support import small_models as small
from workflow_engine import models
from workflow_engine.services import partitions, repository, runtime
from workflow_engine.services.partitions.locks import Patience

WORKERS, PATIENCE = 2, 60


@pytest.fixture
def working() -> Callable[[Callable[[], None]], list[str]]:
    """Threads that start and end instances while something else happens; the instances."""

    def run(meanwhile: Callable[[], None]) -> list[str]:
        definition = repository.deploy(resources={"model.bpmn": small.one_task()}).definitions[0]
        done, errors = [], []
        is_over, have_begun = threading.Event(), threading.Barrier(WORKERS + 1)

        def work() -> None:
            try:
                have_begun.wait(PATIENCE)
                while not is_over.is_set():
                    instance = runtime.start_process_instance(definition.pk, variables={"a": 1})
                    runtime.delete_process_instances([instance.id], "not wanted")
                    done.append(instance.id)
            except BaseException as error:
                errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        try:
            have_begun.wait(PATIENCE)
            meanwhile()
        finally:
            is_over.set()
            for thread in threads:
                thread.join(PATIENCE)
        assert not errors, errors
        return done

    return run


def test_enabling_and_adding_hurts_nobody(manage: Manage, working: Callable[[Callable[[], None]], list[str]]) -> None:
    def meanwhile() -> None:
        manage("enable", "--months", "0", "--attempts", "100")
        manage("add", "--months", "4", "--attempts", "100")

    done = working(meanwhile)
    told = models.HistoricProcessInstance.objects.filter(pk__in=done)
    assert told.filter(state="EXTERNALLY_TERMINATED").count() == len(done)
    for instance in done:
        rows = models.HistoricActivityInstance.objects.filter(process_instance_id=instance)
        assert {row.activity_id: row.end_time is not None for row in rows} == {"start": True, "ship": True}
    call_command("workflow_verify")


def test_two_that_add_the_same_months(manage: Manage) -> None:
    manage("enable", "--months", "0")
    added: list[partitions.Added] = []
    errors: list[BaseException] = []
    begin = threading.Barrier(3)

    def add() -> None:
        try:
            begin.wait(PATIENCE)
            added.extend(partitions.add("default", months=6, patience=Patience(attempts=100)))
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not errors, errors
    assert len(set(added)) == len(added)
    assert manage("add", "--months", "6") == "Every month is there already.\n"


def test_who_holds_a_table_for_long_is_told_of(manage: Manage) -> None:
    """And what was begun is taken back: no constraint stays that would refuse rows one day."""
    table = partitions.tables()[0]
    holds, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            partitions.catalogue.execute("default", f'LOCK TABLE "{table}" IN ACCESS SHARE MODE')
            holds.set()
            may_end.wait(PATIENCE)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert holds.wait(PATIENCE)
        with pytest.raises(Exception, match=f"{table} was never free for 0.01 s in 2 attempts"):
            manage("enable", "--lock-timeout", "0.01", "--attempts", "2")
    finally:
        may_end.set()
        holder.join(PATIENCE)
    assert parts(table) == []
    manage("enable")
    assert len(parts(table)) > 2
