"""Everything that an instance waits for, and what can be done about it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from tests.conformance.models import ANSWERS, ERRORS, ESCALATIONS
from tests.conformance.sites import WalkSite
from workflow_engine.engine import commands, state
from workflow_engine.engine.errors_thrown import is_error_caught

WORKER = "walker"


@dataclass(frozen=True)
class Waiting:
    kind: str  # "external", "user", "job", or the type of an event subscription
    activity_id: str
    row: dict[str, Any]

    @property
    def is_work(self) -> bool:
        return self.kind in ("external", "user")


def all_waiting(site: WalkSite) -> list[Waiting]:
    rows = site.database.rows
    found = [Waiting("external", row["activity_id"], row) for row in rows(state.ExternalTask)]
    found += [Waiting("user", row["task_definition_key"], row) for row in rows(state.UserTask)]
    found += [Waiting("job", row["activity_id"], row) for row in rows(state.Job) if not _is_remembered(site, row)]
    found += [
        Waiting(row["event_type"], row["activity_id"], row)
        for row in rows(state.EventSubscription)
        if row["event_type"] != "compensate"
    ]
    return sorted(found, key=lambda item: (item.kind, item.activity_id, item.row["id"]))


def _is_remembered(site: WalkSite, job: dict[str, Any]) -> bool:
    """Whether it is a timer of a completed scope that is kept for compensation.

    Camunda schedules the timers of such a scope once more, and so do we because recorded traces show them. When one fires it
    makes a token out of nothing; Camunda goes wrong from there in several ways, so nobody fires it here.
    """
    return bool(site.database.tables[state.Execution][job["execution_id"]]["is_event_scope"])


def answer(path: random.Random) -> dict[str, Any]:
    return {name: path.choice(values) for name, values in ANSWERS.items()}


def action(site: WalkSite, item: Waiting, path: random.Random) -> commands.Command:
    """What the path does about it: mostly what it waits for, sometimes something else that may happen to it."""
    return ACTIONS.get(item.kind, _occur)(site, item, path)


def _external(site: WalkSite, item: Waiting, path: random.Random) -> commands.Command:
    task_id, variables, roll = item.row["id"], answer(path), path.random()
    if item.row["retries"] == 0:
        return commands.SetExternalTaskRetries(task_id=task_id, retries=2)
    site.database.tables[state.ExternalTask][task_id]["worker_id"] = WORKER  # fetched
    code = path.choice(ERRORS)
    if roll < 0.08 and _may_throw(site, item, code):
        return commands.ThrowExternalTaskError(task_id=task_id, worker_id=WORKER, error_code=code, variables=variables)
    if roll > 0.9:
        retries = path.choice((0, 0, 1))
        return commands.FailExternalTask(task_id=task_id, worker_id=WORKER, error_message="boom", retries=retries)
    local = {"note": path.random()} if path.random() < 0.1 else {}
    return commands.CompleteExternalTask(task_id=task_id, worker_id=WORKER, variables=variables, local_variables=local)


def _user(site: WalkSite, item: Waiting, path: random.Random) -> commands.Command:
    task_id, variables, roll = item.row["id"], answer(path), path.random()
    code = path.choice(ERRORS)
    if roll < 0.08 and _may_throw(site, item, code):
        return commands.ThrowTaskError(task_id=task_id, error_code=code, variables=variables)
    if roll > 0.85 and item.activity_id not in site.model.undoing:
        return commands.ThrowTaskEscalation(
            task_id=task_id, escalation_code=path.choice(ESCALATIONS), variables=variables
        )
    return commands.CompleteTask(task_id=task_id, variables=variables)


def _job(site: WalkSite, item: Waiting, path: random.Random) -> commands.Command:
    if item.row["retries"] == 0:
        return commands.SetJobRetries(job_id=item.row["id"], retries=2)
    if path.random() < 0.08:
        return commands.FailJob(job_id=item.row["id"], message="boom", stacktrace="")
    return commands.ExecuteJob(job_id=item.row["id"])


def _signal(site: WalkSite, item: Waiting, path: random.Random) -> commands.Command:
    execution_id = item.row["execution_id"] if path.random() < 0.5 else None  # None: to everybody
    return commands.ThrowSignal(name=item.row["event_name"], execution_id=execution_id, variables=answer(path))


def _condition(site: WalkSite, item: Waiting, path: random.Random) -> commands.Command:
    variables = {"alarm": path.random() < 0.8}
    return commands.SetVariables(execution_id=item.row["process_instance_id"], variables=variables)


def _occur(site: WalkSite, item: Waiting, path: random.Random) -> commands.Command:
    return commands.TriggerEventSubscription(subscription_id=item.row["id"], variables=answer(path))


def _may_throw(site: WalkSite, item: Waiting, code: str) -> bool:
    """Nobody would wait for ever because of the error.

    An error that nobody catches ends its token (as in Camunda): a join would wait for it, and a compensation handler would
    never tell its thrower that it is done. Camunda keeps such instances, and recorded traces want us to do so too.
    """
    if item.activity_id in site.model.undoing:
        return False
    if item.activity_id not in site.model.delicate:
        return True
    return is_error_caught(site.reader().context.execution(item.row["execution_id"]), code)


ACTIONS = {"external": _external, "user": _user, "job": _job, "signal": _signal, "conditional": _condition}
