"""What /prometheus tells of commands and external tasks, of every process, and the dashboard that draws it."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.rest.conftest import Api, external_task_process
from workflow_engine import clock, models
from workflow_engine.services.metrics import measures as measuring
from workflow_engine.services.metrics import publishing
from workflow_engine.services.metrics.measures import BOUNDS, MOST_TOPICS, OTHER_TOPICS, Measures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]

DASHBOARD = Path(__file__).parents[2] / "docs" / "grafana" / "workflow-engine.json"
COMMANDS = "workflow_engine_command_duration_seconds"
TASKS = "workflow_engine_external_task_events_total"


@pytest.fixture(autouse=True)
def _fresh_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the process had just begun to measure."""
    monkeypatch.setattr(measuring, "_measures", Measures())
    monkeypatch.setattr(publishing, "_reporter", publishing._Reporter())


def samples(api: Api) -> list[Any]:
    answer = api.get("/prometheus")
    assert answer.status == 200
    return [one for family in text_string_to_metric_families(answer.content.decode()) for one in family.samples]


def value(found: list[Any], name: str, **labels: str) -> float:
    return sum(one.value for one in found if one.name == name and labels.items() <= one.labels.items())


def run(api: Api) -> None:
    """One task that is refused to another worker, fails, and is completed."""
    api.deploy(external_task_process("measured", "work")).ok()
    api.start("measured")
    fetch = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 60_000}]}
    (task,) = api.post("/external-task/fetchAndLock", fetch).ok()
    path = f"/external-task/{task['id']}"
    api.post(f"{path}/complete", {"workerId": "other"}).refused(400)
    api.post(f"{path}/failure", {"workerId": "w", "retries": 1, "retryTimeout": 0}).ok()
    (task,) = api.post("/external-task/fetchAndLock", fetch).ok()
    api.post(f"{path}/extendLock", {"workerId": "w", "newDuration": 60_000}).ok()
    api.post(f"{path}/complete", {"workerId": "w"}).ok()


def test_commands_and_tasks_are_measured(api: Api) -> None:
    run(api)
    found = samples(api)
    counted = {
        (one.labels["command"], one.labels["outcome"]): one.value for one in found if one.name == f"{COMMANDS}_count"
    }
    assert counted == {
        ("StartProcessInstance", "done"): 1,
        ("FetchAndLock", "done"): 2,
        ("FailExternalTask", "done"): 1,
        ("ExtendLock", "done"): 1,
        ("CompleteExternalTask", "refused"): 1,
        ("CompleteExternalTask", "done"): 1,
    }
    for command, outcome in counted:
        labels = {"command": command, "outcome": outcome}
        buckets = [one for one in found if one.name == f"{COMMANDS}_bucket" and labels.items() <= one.labels.items()]
        assert [one.labels["le"] for one in buckets] == [*map(str, BOUNDS), "+Inf"]
        values = [one.value for one in buckets]
        assert values == sorted(values)
        assert values[-1] == counted[command, outcome]
        assert value(found, f"{COMMANDS}_sum", **labels) > 0
    happened = {one.labels["event"]: one.value for one in found if one.name == TASKS}
    assert happened == {"created": 1, "fetched": 2, "failed": 1, "completed": 1}
    assert {one.labels["topic"] for one in found if one.name == TASKS} == {"work"}


def test_other_processes_show_until_they_were_silent_for_an_hour(api: Api) -> None:
    run(api)
    now = clock.now()
    figures = {"commands": [["ExecuteJob", "done", [3] + [0] * len(BOUNDS), 0.002]], "tasks": [["work", "created", 4]]}
    models.MeterReporter.objects.create(reporter="sweeper-1", started=now, last_seen=now, figures=figures)
    found = samples(api)
    assert value(found, f"{COMMANDS}_count", command="ExecuteJob", reporter="sweeper-1") == 3
    assert value(found, TASKS, event="created") == 5
    clock.travel(timedelta(minutes=61))
    run(api)
    assert not [one for one in samples(api) if one.labels.get("reporter") == "sweeper-1"]


def test_a_process_writes_one_row_and_only_news(api: Api) -> None:
    assert publishing.publish() is False
    run(api)
    assert publishing.publish() is True
    assert publishing.publish() is False
    run(api)
    assert publishing.publish() is True
    row = models.MeterReporter.objects.get()
    assert row.reporter == publishing._reporter.name
    clock.travel(timedelta(minutes=11))
    assert publishing.publish() is True  # it is still there
    clock.travel(timedelta(hours=2))
    models.MeterReporter.objects.all().delete()
    assert publishing.publish() is True  # forgotten meanwhile, and back
    assert models.MeterReporter.objects.get().figures["tasks"] != []


def test_buckets_are_as_prometheus_wants_them() -> None:
    measured = Measures()
    for seconds in (0.0005, 0.001, 0.0011, 9.0, 11.0):
        measured.command("C", "done", seconds)
    ((name, outcome, counts, total),) = measured.figures()["commands"]
    assert (name, outcome, sum(counts)) == ("C", "done", 5)
    assert (counts[0], counts[1], counts[-2], counts[-1]) == (2, 1, 1, 1)
    assert total == pytest.approx(20.0026)


def test_topics_without_end_are_counted_together() -> None:
    measured = Measures()
    measured.tasks((f"topic-{number}", "created") for number in range(MOST_TOPICS + 5))
    found = {topic: count for topic, _, count in measured.figures()["tasks"]}
    assert len(found) == MOST_TOPICS + 1
    assert found[OTHER_TOPICS] == 5


def test_the_dashboard_draws_every_metric_and_no_other(api: Api) -> None:
    """All of its expressions name metrics and labels that the endpoint gives, where there is something of everything."""
    run(api)
    api.start("measured")
    task = models.ExternalTask.objects.get()
    fetch = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 60_000}]}
    api.post("/external-task/fetchAndLock", fetch).ok()
    api.post(f"/external-task/{task.pk}/failure", {"workerId": "w", "retries": 0}).ok()
    now = clock.now()
    models.SweeperHeartbeat.objects.create(owner="s", started=now, last_seen=now)
    api.post("/task/create", {"name": "standalone"}).ok()
    given: dict[str, set[str]] = {}
    for one in samples(api):
        given.setdefault(one.name, set()).update(one.labels)
    panels = [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    drawn = set(re.findall(r"workflow_engine_\w+", " ".join(expressions)))
    own = {name for name in given if name.startswith("workflow_engine_") and not name.endswith("_created")}
    assert drawn == own
    for expression in expressions:
        for name, matchers in re.findall(r"(workflow_engine_\w+)\{([^}]*)\}", expression):
            assert set(re.findall(r"(\w+)!?=~?\"", matchers)) <= given[name], expression
        labels = {label.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(",")}
        (name, *_) = re.findall(r"workflow_engine_\w+", expression)
        assert labels <= given[name], expression
    assert len({panel["id"] for panel in panels}) == len(panels)
