"""Small processes played on rows in memory: what they wait for, where they stand, what they have done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

from tests.conformance.memory import MemorySite
from tests.unit.bpmn.models import NAMESPACES, ROOT
from workflow_engine.engine import commands as c
from workflow_engine.engine import state
from workflow_engine.engine.activity_instances import ActivityInstance, activity_instance_tree

TASKS = (state.UserTask, "task", "task_definition_key"), (state.ExternalTask, "external", "activity_id")


def process(body: str, *, key: str = "p", root: str = ROOT, attributes: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions {NAMESPACES}>{root}\n'
        f'<process id="{key}" isExecutable="true" {attributes}>{body}</process></definitions>'
    ).encode()


def line(*ids: str) -> str:
    """Sequence flows from the first element through all the others."""
    return "".join(
        f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
        for source, target in pairwise(ids)
    )


def tasks(*ids: str) -> str:
    return "".join(f'<userTask id="{task_id}"/>' for task_id in ids)


def worker_task(task_id: str, inner: str = "", attributes: str = "") -> str:
    return f'<serviceTask id="{task_id}" camunda:type="external" camunda:topic="t" {attributes}>{inner}</serviceTask>'


class Play:
    """A site with one model; `start` begins an instance of its process "p"."""

    def __init__(self, body: str, *, others: tuple[bytes, ...] = (), attributes: str = "", **settings: Any) -> None:
        self.site = MemorySite()
        for name, value in settings.items():
            setattr(self.site, name, value)
        self.definition = self.site.deploy(process(body, attributes=attributes))[0]
        for xml in others:
            self.site.deploy(xml)
        self.instance_id = ""

    def start(self, variables: Mapping[str, Any] | None = None, **options: Any) -> Play:
        command = c.StartProcessInstance(
            process_definition_id=self.definition.definition_id, variables=variables or {}, **options
        )
        self.instance_id = self.site.execute(command).id
        return self

    # -- what there is ----------------------------------------------------------------------------

    def rows(self, kind: type, **where: Any) -> list[dict[str, Any]]:
        return self.site.database.rows(kind, **where)

    @property
    def waiting(self) -> list[str]:
        found = [f"{label} {row[column]}" for kind, label, column in TASKS for row in self.rows(kind)]
        for row in self.rows(state.Job):
            label = "async" if row["handler_type"] == "async-continuation" else "timer"
            found.append(f"{label} {row['activity_id']}")
        found += [
            f"{row['event_type']} {row['activity_id']}"
            for row in self.rows(state.EventSubscription)
            if row["event_type"] in ("message", "signal", "conditional") and row["execution_id"] is not None
        ]
        return sorted(found)

    @property
    def tree(self) -> str:
        found = activity_instance_tree(self.site.reader().context, self.instance_id)
        return "" if found is None else _text(found, "p")

    @property
    def history(self) -> dict[str, int]:
        """How often an activity came to which end."""
        return dict(Counter(f"{row['activity']} {row['state']}" for row in self.site.database.activities.values()))

    @property
    def ended(self) -> list[str]:
        """What ran to its end, in the order in which it began."""
        return [row["activity"] for row in self.site.database.activities.values() if row["state"] == "ended"]

    @property
    def variables(self) -> dict[str, Any]:
        """Of all scopes that are alive."""
        return {row["name"]: row["value"] for row in self.rows(state.Variable)}

    @property
    def final_variables(self) -> dict[str, Any]:
        """The last value of every variable that ever was, as history keeps it."""
        return {row["name"]: row["value"] for row in self.site.database.variables.values()}

    @property
    def left_over(self) -> dict[str, int]:
        """How many rows of each kind are alive."""
        return {kind.__name__: len(rows) for kind, rows in self.site.database.tables.items() if rows}

    @property
    def state(self) -> str:
        return str(self.site.database.instances[self.instance_id]["state"])

    def instance_of(self, activity_id: str) -> str:
        """The id of the (first) activity instance, or of the transition instance "(a)"."""
        found = activity_instance_tree(self.site.reader().context, self.instance_id)
        pending = [found] if found is not None else []
        while pending:
            node = pending.pop(0)
            if node.activity_id == activity_id:
                return node.id
            pending.extend(node.children)
            for transition in node.transitions:
                if f"({transition.activity_id})" == activity_id:
                    return transition.id
        raise AssertionError(f"no instance of {activity_id} in {self.tree}")

    # -- what can be done -------------------------------------------------------------------------

    def execute(self, command: c.Command) -> Any:
        return self.site.execute(command)

    def complete(self, activity_id: str, variables: Mapping[str, Any] | None = None) -> Play:
        """A person or a worker did the (first) task."""
        for row in self.rows(state.UserTask, task_definition_key=activity_id):
            self.execute(c.CompleteTask(task_id=row["id"], variables=variables or {}))
            return self
        task = self.rows(state.ExternalTask, activity_id=activity_id)[0]
        self.execute(c.CompleteExternalTask(task_id=task["id"], worker_id=None, variables=variables or {}))
        return self

    def throw(self, activity_id: str, code: str, message: str | None = None) -> Play:
        """A worker's BPMN error."""
        task = self.rows(state.ExternalTask, activity_id=activity_id)[0]
        self.site.database.tables[state.ExternalTask][task["id"]]["worker_id"] = "w"
        self.execute(
            c.ThrowExternalTaskError(task_id=task["id"], worker_id="w", error_code=code, error_message=message)
        )
        return self

    def escalate(self, activity_id: str, code: str) -> Play:
        task = self.rows(state.UserTask, task_definition_key=activity_id)[0]
        self.execute(c.ThrowTaskEscalation(task_id=task["id"], escalation_code=code))
        return self

    def job(self, activity_id: str) -> dict[str, Any]:
        return self.rows(state.Job, activity_id=activity_id)[0]

    def fire(self, activity_id: str) -> Play:
        """The (first) job at the activity is run."""
        self.execute(c.ExecuteJob(job_id=self.job(activity_id)["id"]))
        return self

    def send(self, activity_id: str, variables: Mapping[str, Any] | None = None, **options: Any) -> Play:
        """A message or signal reaches whoever waits at the activity."""
        found = self.rows(state.EventSubscription, activity_id=activity_id)[0]
        self.execute(c.TriggerEventSubscription(subscription_id=found["id"], variables=variables or {}, **options))
        return self

    def set(self, **variables: Any) -> Play:
        self.execute(c.SetVariables(execution_id=self.instance_id, variables=variables))
        return self

    def modify(self, *instructions: c.ModificationInstruction, instance_id: str | None = None, **options: Any) -> Play:
        self.execute(
            c.ModifyProcessInstance(
                process_instance_id=instance_id or self.instance_id, instructions=instructions, **options
            )
        )
        return self

    def later(self, **time: float) -> Play:
        self.site.time += timedelta(**time)
        return self


def _text(node: ActivityInstance, name: str) -> str:
    inside = [_text(child, child.activity_id) for child in node.children]
    inside += [f"({transition.activity_id})" for transition in node.transitions]
    return name + (f"[{', '.join(sorted(inside))}]" if inside else "")
