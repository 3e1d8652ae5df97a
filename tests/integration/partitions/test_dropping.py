"""Months go when nothing in them is needed any more: by whom the rows belong to, never by their age alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.integration.partitions.conftest import Manage, parts
from tests.integration.partitions.test_life import start, story, work
from tests.rest.conftest import Api, external_task_process, process
from workflow_engine import clock, models
from workflow_engine.services import partitions
from workflow_engine.services.partitions import dropping
from workflow_engine.services.partitions.months import Month

INSTANCES = models.HistoricProcessInstance._meta.db_table
EVER = process(
    "ever",
    '<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f" sourceRef="start" targetRef="end"/><bpmn:endEvent id="end"/>',
).replace('camunda:historyTimeToLive="30"', 'camunda:historyTimeToLive=""')


@pytest.fixture
def first(api: Api, manage: Manage) -> str:
    """The month that the oldest parts end with."""
    api.deploy(external_task_process("waiting", "work")).ok()
    manage("enable", "--months", "2")
    return str(Month.not_reached(clock.now()))


def left() -> dict[str, bool]:
    """By table: whether its oldest part is there."""
    return {table: parts(table)[0].first_id is None for table in partitions.tables()}


def test_all_of_a_month_goes(api: Api, manage: Manage, first: str, later: Callable[[int], None]) -> None:
    work(api, instance := start(api))
    later(100)
    work(api, fresh := start(api))
    told = manage("drop", "--older-than", first)
    assert told.endswith(f"{len(left())} of {len(left())} parts may go. --execute drops them.\n")
    assert all(left().values()), "nothing was dropped"
    told = manage("drop", "--older-than", first, "--execute")
    assert told.endswith(f"{len(left())} of {len(left())} parts dropped.\n")
    assert f"{INSTANCES}_before_{first.replace('-', '_')}: dropped: 1 rows" in told
    assert not any(left().values())
    assert not any(story(api, instance).values())
    assert all(rows for kind, rows in story(api, fresh).items() if kind != "incident")
    assert manage("drop", "--older-than", first, "--execute") == "0 of 0 parts dropped.\n"
    call_command("workflow_verify")


def test_what_runs_keeps_its_months(api: Api, manage: Manage, first: str, later: Callable[[int], None]) -> None:
    work(api, done := start(api))
    running = start(api)
    before = story(api, running)
    later(100)
    told = manage("drop", "--older-than", first, "--execute")
    assert f"{INSTANCES}_before_{first.replace('-', '_')}: stays: 1 of 2 rows are needed" in told
    # Tables in which it has nothing.
    gone = {table for table, is_there in left().items() if not is_there}
    assert gone == {
        model._meta.db_table
        for model in (
            models.HistoricIncident,
            models.HistoricJobLog,
            models.HistoricTaskInstance,
            models.HistoricIdentityLink,
        )
    }
    assert story(api, running) == before
    assert story(api, done)["process-instance"]
    call_command("workflow_verify")
    work(api, running)
    assert story(api, running)["process-instance"][0]["state"] == "COMPLETED"
    # Now it has ended, and is kept for its time to live.
    assert "stays" in manage("drop", "--older-than", first, "--execute")
    later(31)
    assert manage("drop", "--older-than", first, "--execute").count("dropped") == len(left()) - len(gone) + 1
    call_command("workflow_verify")
    assert not any(story(api, running).values()), "its rows of later months went as well"


def test_history_without_a_removal_time_stays(
    api: Api, manage: Manage, first: str, later: Callable[[int], None]
) -> None:
    work(api, start(api))
    api.deploy(EVER).ok()
    kept = str(api.start("ever")["id"])
    before = story(api, kept)
    later(400)
    manage("drop", "--older-than", "12", "--execute")
    assert story(api, kept) == before
    assert left()[INSTANCES]
    models.HistoricProcessInstance.objects.filter(pk=kept).update(removal_time=clock.now())
    manage("drop", "--older-than", first, "--execute")
    assert not any(left().values())


def test_rows_of_no_instance_stay(manage: Manage, api: Api, first: str, later: Callable[[int], None]) -> None:
    task = api.post("/task/create", {"id": None, "name": "alone"})
    assert task.status == 204
    later(400)
    manage("drop", "--older-than", first, "--execute")
    assert [table for table, is_there in left().items() if is_there] == [models.HistoricTaskInstance._meta.db_table]


def test_more_time_that_is_given_meanwhile_counts(
    api: Api, manage: Manage, first: str, later: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    work(api, instance := start(api))
    later(100)
    looked_at = dropping._looked_at

    def look_and_then(*arguments: Any) -> Any:
        found = looked_at(*arguments)
        later_still = clock.now() + timedelta(days=1)
        models.HistoricProcessInstance.objects.filter(pk=instance).update(removal_time=later_still)
        return found

    monkeypatch.setattr(dropping, "_looked_at", look_and_then)
    told = manage("drop", "--older-than", first, "--execute")
    assert "something has changed meanwhile" in told
    assert all(story(api, instance)[kind] for kind in ("process-instance", "activity-instance", "detail"))


@pytest.mark.parametrize("before", ["0", "2999-01"])
def test_months_that_are_not_over_are_refused(manage: Manage, first: str, before: str, later: Any) -> None:
    clock.travel_to(Month.of(clock.now()).plus(1).start + timedelta(hours=1))
    with pytest.raises(CommandError, match="has not been over for 2 days"):
        manage("drop", "--older-than", before)
