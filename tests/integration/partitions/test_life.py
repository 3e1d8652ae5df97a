"""Tables with rows in are split, and the engine goes on as if nothing had happened."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError

from tests.integration.partitions.conftest import Manage, parts
from tests.rest.conftest import Api, external_task_process
from workflow_engine import clock, ids, models
from workflow_engine.services import partitions
from workflow_engine.services.partitions.months import Month
from workflow_engine.sweeper import months

ACTIVITIES = models.HistoricActivityInstance._meta.db_table
PARTED = list(partitions.catalogue.MODELS)


def start(api: Api) -> str:
    variables = {name: {"value": name * 3, "type": "String"} for name in ("a", "b")}
    return str(api.start("waiting", businessKey="b", variables=variables)["id"])


def work(api: Api, instance: str) -> None:
    topic = {"topicName": "work", "lockDuration": 60_000, "processInstanceIdIn": [instance]}
    tasks = api.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [topic]}).ok()
    body = {"workerId": "w", "variables": {"a": {"value": 1}}}
    api.post(f"/external-task/{tasks[0]['id']}/complete", body).ok()


def story(api: Api, instance: str) -> dict[str, Any]:
    """What history's lists say of an instance."""
    kinds = ("process-instance", "activity-instance", "variable-instance", "detail", "external-task-log", "incident")
    return {kind: api.get(f"/history/{kind}?processInstanceId={instance}").ok() for kind in kinds}


def test_rows_stay_and_work_goes_on(api: Api, manage: Manage) -> None:
    api.deploy(external_task_process("waiting", "work")).ok()
    done, waiting = start(api), start(api)
    work(api, done)
    before = {instance: story(api, instance) for instance in (done, waiting)}
    counts = {model: model._default_manager.count() for model in PARTED}
    told = manage("enable", "--months", "1")
    assert "History is split by month." in told
    assert f"1 of {len(PARTED)}: {ACTIVITIES}: checking" in told
    assert {model: model._default_manager.count() for model in PARTED} == counts
    assert {instance: story(api, instance) for instance in (done, waiting)} == before
    # What began before ends afterwards, and what begins afterwards too.
    work(api, waiting)
    work(api, fresh := start(api))
    of_both = [story(api, instance) for instance in (waiting, fresh)]
    for told_of in of_both:
        assert told_of["process-instance"][0]["state"] == "COMPLETED"
        assert len(told_of["activity-instance"]) == len(before[done]["activity-instance"])
        assert [len(told_of[kind]) for kind in told_of] == [len(before[done][kind]) for kind in told_of]
    for table in partitions.tables():
        assert [part.is_default for part in parts(table)] == [False, False, True] or len(parts(table)) > 3
    call_command("workflow_verify")


def test_enabling_again_changes_nothing(manage: Manage) -> None:
    manage("enable", "--months", "1")
    before = {table: parts(table) for table in partitions.tables()}
    assert manage("enable", "--months", "1") == "History is split by month.\n"
    assert {table: [part.name for part in parts(table)] for table in before} == {
        table: [part.name for part in several] for table, several in before.items()
    }


def test_an_instance_lives_through_months(api: Api, manage: Manage, later: Callable[[int], None]) -> None:
    api.deploy(external_task_process("waiting", "work")).ok()
    manage("enable", "--months", "3")
    instance = start(api)
    later(70)
    work(api, instance)
    told = story(api, instance)
    assert told["process-instance"][0]["state"] == "COMPLETED"
    assert told["process-instance"][0]["durationInMillis"] >= 69 * 86_400_000
    rows = models.HistoricActivityInstance.objects.filter(process_instance_id=instance)
    months = {Month.of(partitions.time_of(str(row.pk))) for row in rows}
    assert len(months) == 2
    assert [row["activityId"] for row in sorted(told["activity-instance"], key=lambda row: row["startTime"])] == [
        "start",
        "work",
        "end",
    ]
    call_command("workflow_verify")


def test_the_default_part_takes_what_nobody_made_a_month_for(
    api: Api, manage: Manage, later: Callable[[int], None]
) -> None:
    api.deploy(external_task_process("waiting", "work")).ok()
    manage("enable", "--months", "0")
    later(100)
    work(api, instance := start(api))
    default = parts(ACTIVITIES)[-1]
    assert partitions.catalogue.fetch("default", f'SELECT count(*) FROM "{default.name}"') == [(3,)]
    before = story(api, instance)
    told = manage("add", "--months", "2")
    assert " to " in told, told
    assert story(api, instance) == before
    default = parts(ACTIVITIES)[-1]
    assert default.is_default
    assert partitions.catalogue.fetch("default", f'SELECT count(*) FROM "{default.name}"') == [(0,)]
    assert manage("add", "--months", "2") == "Every month is there already.\n"
    work(api, start(api))
    assert partitions.catalogue.fetch("default", f'SELECT count(*) FROM "{default.name}"') == [(0,)]


def test_a_sweeper_adds_what_is_to_come(manage: Manage, later: Callable[[int], None]) -> None:
    manage("enable", "--months", "0")
    assert len(partitions.keep_ahead("default")) >= len(partitions.tables())
    assert partitions.keep_ahead("default") == []
    now = Month.of(clock.now())
    assert all(max(part.end for part in parts(table) if part.end) == now.plus(3) for table in partitions.tables())
    later(31)
    look = months.Look()
    assert look() == {"added": len(partitions.tables())}
    assert look() == {}


def test_a_sweeper_that_may_not_make_tables_says_so(
    manage: Manage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    manage("enable", "--months", "0")

    def refuse(*arguments: object, **options: object) -> None:
        raise ProgrammingError("permission denied for schema public")

    monkeypatch.setattr(partitions.adding, "execute", refuse)
    assert months.run_once() == {}
    assert "permission denied for schema public" in caplog.text


def test_what_there_is(manage: Manage) -> None:
    manage("enable", "--months", "2")
    first = Month.not_reached(clock.now())
    told = manage("list")
    assert f"  {ACTIVITIES}_before_{first.in_names}: before {first}, " in told
    assert f"  {ACTIVITIES}_default: all that has no part, " in told


@pytest.mark.parametrize("name", ["a_view", "a_trigger", "an_index"])
def test_what_is_in_the_way_is_told_before_anything_is_done(manage: Manage, name: str) -> None:
    made, gone, told = {
        "a_view": (f"CREATE VIEW wf_v AS SELECT id FROM {ACTIVITIES}", "DROP VIEW wf_v", "views or rules"),
        "a_trigger": (
            f"CREATE TRIGGER wf_t BEFORE UPDATE ON {ACTIVITIES} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            f"DROP TRIGGER wf_t ON {ACTIVITIES}",
            "triggers",
        ),
        "an_index": (
            f"CREATE UNIQUE INDEX wf_u ON {ACTIVITIES} (execution_id, id)",
            "DROP INDEX wf_u",
            "unique constraints besides the id",
        ),
    }[name]
    partitions.catalogue.execute("default", made)
    try:
        with pytest.raises(Exception, match=rf"cannot be split: it has {told} \(.*wf_"):
            manage("enable")
        assert not partitions.is_partitioned("default", ACTIVITIES)
    finally:
        partitions.catalogue.execute("default", gone)


def test_rows_of_another_time_are_told_of(manage: Manage) -> None:
    far = "ffffffff-0000-7000-8000-000000000000"
    models.HistoricIncident.objects.create(pk=far, partition=ids.partition_of(far), create_time=clock.now())
    with pytest.raises(Exception, match="has a row whose id is of another time"):
        manage("enable")
    assert not partitions.is_partitioned("default", models.HistoricIncident._meta.db_table)
    models.HistoricIncident.objects.all().delete()
    assert "History is split by month." in manage("enable")
