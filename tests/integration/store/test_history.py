"""Events of one command are folded into rows; ends of what started earlier update by id."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.integration.store.rows import DEFINITION, THEN, changes, new_root, new_task, store
from workflow_engine import ids, models
from workflow_engine.engine import history
from workflow_engine.store.unit_of_work import UnitOfWork

pytestmark = pytest.mark.django_db
LATER = THEN + timedelta(seconds=2)


def about(root: Any) -> dict[str, Any]:
    return {"process_instance_id": root.id, "root_process_instance_id": root.id, "process_definition_id": DEFINITION}


def started(root: Any) -> list[history.HistoryEvent]:
    return [
        history.ProcessInstanceStarted(time=THEN, **about(root), process_definition_key="order", start_user_id="demo"),
        history.ActivityStarted(
            time=THEN, **about(root), activity_instance_id=root.activity_instance_id, parent_activity_instance_id=root.id,
            execution_id=root.id, activity_id="start", activity_name="Start", activity_type="startEvent",
        ),
    ]  # fmt: skip


def ended(root: Any) -> list[history.HistoryEvent]:
    return [
        history.ActivityEnded(
            time=LATER,
            **about(root),
            activity_instance_id=root.activity_instance_id,
            execution_id=root.id,
            activity_id="start",
            activity_name="Start",
            activity_type="startEvent",
        ),
        history.ProcessInstanceEnded(time=LATER, **about(root), state="COMPLETED", end_activity_id="end"),
    ]


def variable_changed(root: Any, change: str, value: Any, variable_id: str, revision: int = 0) -> history.HistoryEvent:
    return history.VariableChanged(
        time=THEN, **about(root), change=change, variable_id=variable_id, name="v", value=value, execution_id=root.id,
        task_id=None, scope_activity_instance_id=root.id, activity_instance_id=root.id, revision=revision,
    )  # fmt: skip


def check_ended() -> None:
    instance = models.HistoricProcessInstance.objects.get()
    assert (instance.state, instance.end_time, instance.duration_in_millis) == ("COMPLETED", LATER, 2000)
    assert (instance.start_user_id, instance.end_activity_id) == ("demo", "end")
    activity = models.HistoricActivityInstance.objects.get()
    assert (activity.activity_name, activity.start_time, activity.end_time) == ("Start", THEN, LATER)
    assert not activity.canceled


def test_start_and_end_in_one_command_are_one_insert() -> None:
    root = new_root(activity_instance_id=ids.new_id())
    with CaptureQueriesContext(connection) as captured, UnitOfWork() as work:
        work.flush(changes(), started(root) + ended(root))
    assert not [q for q in captured if q["sql"].startswith(("UPDATE", "SELECT"))]
    check_ended()
    assert sorted(models.HistoricActivityInstance.objects.values_list("sequence", flat=True)) == [2]


def test_an_end_updates_by_id_without_reading() -> None:
    root = new_root(activity_instance_id=ids.new_id())
    with UnitOfWork() as work:
        work.flush(changes(inserted=[root]), started(root))
    with UnitOfWork() as work:
        loaded = work.lock_root(root.id)
        with CaptureQueriesContext(connection) as captured:
            work.flush(changes(deleted=[loaded]), ended(root))
        assert not [q for q in captured if q["sql"].startswith("SELECT")]
    check_ended()


def test_history_counts_in_the_root() -> None:
    root = new_root(activity_instance_id=ids.new_id())
    with UnitOfWork() as work:
        work.flush(changes(inserted=[root]), started(root))
    with UnitOfWork() as work:
        work.lock_root(root.id)
        work.flush(changes(), [variable_changed(root, "create", 1, ids.new_id(root.id))])
    assert models.Execution.objects.get().history_sequence == 4
    assert models.HistoricVariableInstance.objects.get().sequence == 3
    assert models.HistoricDetail.objects.get().sequence == 4


def test_variables_keep_their_last_value_and_every_update() -> None:
    root, variable_id = new_root(), ids.new_id()
    events = [variable_changed(root, "create", 1, variable_id), variable_changed(root, "update", "x", variable_id, 1)]
    with UnitOfWork() as work:
        work.flush(changes(inserted=[root]), events)
    last = models.HistoricVariableInstance.objects.get()
    assert (last.value, last.revision, last.state) == ("x", 1, "CREATED")
    assert [d.value for d in models.HistoricDetail.objects.order_by("sequence")] == [1, "x"]
    with UnitOfWork() as work:
        work.lock_root(root.id)
        work.flush(changes(), [variable_changed(root, "delete", "x", variable_id, 2)])
    last.refresh_from_db()
    assert (last.value, last.state) == ("x", "DELETED")
    removed = models.HistoricDetail.objects.order_by("sequence").last()
    assert removed is not None
    assert (removed.type_name, removed.is_without_value, removed.revision) == ("String", True, 3)


@pytest.mark.parametrize(
    ("level", "kept"),
    [("none", set()), ("activity", {"i", "a"}), ("audit", {"i", "a", "v"}), ("full", {"i", "a", "v", "d", "l"})],
)
def test_levels(settings: Any, level: str, kept: set[str]) -> None:
    settings.WORKFLOW_ENGINE = {"HISTORY_LEVEL": level}
    root = new_root(activity_instance_id=ids.new_id())
    log = history.ExternalTaskLogged(time=THEN, **about(root), state="created", external_task=new_task(root))
    with UnitOfWork() as work:
        work.flush(
            changes(inserted=[root]), [*started(root), variable_changed(root, "create", 1, ids.new_id(root.id)), log]
        )
    found = {
        "i": models.HistoricProcessInstance, "a": models.HistoricActivityInstance, "v": models.HistoricVariableInstance,
        "d": models.HistoricDetail, "l": models.HistoricExternalTaskLog,
    }  # fmt: skip
    assert {key for key, model in found.items() if model.objects.exists()} == kept


def test_time_to_live_becomes_a_removal_time() -> None:
    root = new_root(activity_instance_id=ids.new_id())
    with UnitOfWork(time_to_live=lambda definition_id: 5) as work:
        work.flush(changes(), started(root) + ended(root))
    assert models.HistoricProcessInstance.objects.get().removal_time == LATER + timedelta(days=5)


def test_compensation_records_tell_how_far_they_are() -> None:
    root, record_id = new_root(), ids.new_id()

    def recorded(state: str, time: Any, **more: Any) -> history.CompensationRecorded:
        return history.CompensationRecorded(time=time, **about(root), record_id=record_id, state=state, **more)

    with UnitOfWork() as work:
        work.flush(
            changes(inserted=[root]), [recorded("available", THEN, activity_id="book", handler_activity_id="cancel")]
        )
    with UnitOfWork() as work:
        work.lock_root(root.id)
        work.flush(changes(), [recorded("compensating", LATER)])
    record = models.CompensationRecord.objects.get()
    assert (record.activity_id, record.state, record.create_time, record.start_time) == (
        "book",
        "compensating",
        THEN,
        LATER,
    )


def test_incidents() -> None:
    from workflow_engine.engine import state

    root = new_root()
    incident = state.Incident(
        id=ids.new_id(root.id), incident_type="failedJob", incident_timestamp=THEN, process_instance_id=root.id,
        root_process_instance_id=root.id, execution_id=root.id, process_definition_id=DEFINITION, activity_id="a", configuration=ids.new_id(),
    )  # fmt: skip
    store(root, incident)
    with UnitOfWork() as work:
        work.lock_root(root.id)
        loaded = work.loader.incident(incident.id)
        events = [
            history.IncidentOpened(time=THEN, **about(root), incident=loaded),
            history.IncidentClosed(time=LATER, **about(root), incident_id=incident.id, resolved=True),
        ]
        work.flush(changes(deleted=[loaded]), events)
    assert models.HistoricIncident.objects.get().state == "resolved"
    assert not models.Incident.objects.exists()
