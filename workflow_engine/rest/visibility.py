"""What the caller of a request may see, and whether it may touch the object that the address names.

Superusers and who holds a permission for the model need no statement for it: only rows that have a tenant make it ask for the
caller's tenants. Who holds a permission for some definitions only is let into views that know definitions, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import PermissionDenied

from workflow_engine import conf, ids, models
from workflow_engine.rest.errors import refusal
from workflow_engine.rest.rows import missing
from workflow_engine.rest.worker_tokens import WorkerPrincipal
from workflow_engine.services import visibility
from workflow_engine.services.authorization import qualified
from workflow_engine.services.granted import Granted, granted_to
from workflow_engine.services.visibility import Visibility, definition_column, visible_tenants


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What an address names by its first part in angle brackets. `view`: the permission to see it."""

    model: Any
    view: str
    what: str
    column: str = "pk"
    history: Any = None  # the model that still knows it when it is over

    def rows(self, name: str, *, ended: bool = False) -> QuerySet[Any]:
        rows = (self.history if ended else self.model).objects.all()
        if self.model is models.ProcessDefinition:
            return rows.filter(pk=name) if self.column == "pk" else rows.filter(key=name)
        known = ids.canonical(name)
        if known is None:
            return rows.none()
        return (
            rows.by_id(known) if self.column == "pk" and hasattr(rows, "by_id") else rows.filter(**{self.column: known})
        )


_NAMED = {
    "external-task": Named(model=models.ExternalTask, view="view_externaltask", what="External task"),
    "task": Named(model=models.UserTask, history=models.HistoricTaskInstance, view="view_usertask", what="Task"),
    "process-instance": Named(
        model=models.ProcessInstance,
        history=models.HistoricProcessInstance,
        view="view_processinstance",
        what="Process instance",
    ),
    "process-instance/variables": Named(
        model=models.Execution,
        history=models.HistoricProcessInstance,
        view="view_processinstance",
        what="Process instance",
    ),
    "execution": Named(model=models.Execution, view="view_execution", what="Execution"),
    "job": Named(model=models.Job, view="view_job", what="Job"),
    "job-definition": Named(model=models.JobDefinition, view="view_jobdefinition", what="Job definition"),
    "incident": Named(model=models.Incident, view="view_incident", what="Incident"),
    "variable-instance": Named(model=models.Variable, view="view_variables", what="Variable instance"),
    "deployment": Named(model=models.Deployment, view="view_deployment", what="Deployment"),
    "process-definition": Named(
        model=models.ProcessDefinition, view="view_processdefinition", what="Process definition"
    ),
    "process-definition/key": Named(
        model=models.ProcessDefinition, view="view_processdefinition", what="Process definition", column="key"
    ),
    "history/process-definition": Named(
        model=models.ProcessDefinition, view="view_processdefinition", what="Process definition"
    ),
    "history/process-instance": Named(
        model=models.HistoricProcessInstance, view="view_historicprocessinstance", what="Historic process instance"
    ),
    "history/activity-instance": Named(
        model=models.HistoricActivityInstance, view="view_historicactivityinstance", what="Historic activity instance"
    ),
    "history/variable-instance": Named(
        model=models.HistoricVariableInstance, view="view_variables", what="Historic variable instance"
    ),
    "history/detail": Named(model=models.HistoricDetail, view="view_variables", what="Historic detail"),
    "history/task": Named(model=models.HistoricTaskInstance, view="view_historictaskinstance", what="Historic task"),
    "history/incident": Named(model=models.HistoricIncident, view="view_historicincident", what="Historic incident"),
    "history/external-task-log": Named(
        model=models.HistoricExternalTaskLog,
        view="view_historicexternaltasklog",
        what="Historic external task log",
    ),
    "history/job-log": Named(model=models.HistoricJobLog, view="view_historicjoblog", what="Historic job log"),
    "history/user-operation": Named(
        model=models.UserOperationLog, view="view_useroperationlog", what="User operation", column="operation_id"
    ),
}
# Below a prefix of the site's own: the resource and the name of the part that follows it.
_ROUTE = re.compile(r"(?:^|/)((?:history/)?[a-z-]+(?:/key)?)/<(?:\w+:)?(\w+)>")
_ENGINE = re.compile(r"(?:^|/)engine/<(?:\w+:)?engine_name>")


@lru_cache(maxsize=1_000)
def named_by(route: str) -> tuple[Named, str] | None:
    """The kind of object that the addresses of a route name, and the parameter that holds its id."""
    found = _ROUTE.search(_ENGINE.sub("", route))
    if found is None:
        return None
    # The variables of a process instance answer to the id of each of its executions.
    kind = found.group(1) + ("/variables" if found.group(1) == "process-instance" and "/variables" in route else "")
    named = _NAMED.get(kind)
    return None if named is None else (named, found.group(2))


def visibility_of(user: Any, definitions: Granted | None = None, *, own_only: bool = False) -> Visibility | None:
    """None: everything. `own_only`: of rows that people make, those that the user has made."""
    topics = tuple(user.credential.topics) if isinstance(user, WorkerPrincipal) else ()
    if definitions is None and not topics and not own_only:
        if not conf.current().tenant_checks:
            return None
        if user.is_superuser and not isinstance(user, WorkerPrincipal):
            return None
    maker = str(user.get_username()) if own_only else None
    return Visibility(
        find_tenants=partial(visible_tenants, user), definitions=definitions, topics=topics, made_by=maker
    )


def granted(user: Any, permission: str) -> Granted | None:
    """The definitions for which the caller has a permission, of this application unless it names another; None: for all."""
    permission = qualified(permission)
    return None if user.has_perm(permission) else granted_to(user, permission)


def knows_definitions(view: Any, route: str) -> bool:
    """Whether a view can be narrowed to some definitions: a list of such rows, an object, or one that says so."""
    if getattr(view, "knows_definitions", False) or named_by(route) is not None:
        return True
    query = getattr(view, "query", None)
    return query is not None and visibility.knows_definitions(query.rows().model)


def check_named(seen: Visibility, user: Any, route: str, parameters: Mapping[str, str], needed: str | None) -> None:
    """The object that the address names: 404 if it may not be seen, as if there were none; 403 if it may not be changed."""
    found = named_by(route)
    if found is None:
        return
    named, parameter = found
    rows = named.rows(parameters[parameter])
    if named.column == "key":
        rows = rows.filter(tenant_id=parameters.get("tenant_id", "")).order_by("-version")
    row = _belongings(rows)
    if row is None and named.history is not None:
        rows = named.rows(parameters[parameter], ended=True)
        row = _belongings(rows)
    if row is None or not seen.sees_tenant(row[0]) or not _is_of_topics(seen, named, rows):
        raise missing(named.what, parameters[parameter])
    if seen.definitions is None or _is_granted(seen.definitions, named.model, row[1], rows):
        return
    if needed is not None and needed != named.view and _may_view(user, named, row[1], rows):
        raise PermissionDenied(refusal(user, needed))
    raise missing(named.what, parameters[parameter])


def _belongings(rows: QuerySet[Any]) -> tuple[str | None, str | None] | None:
    """Tenant and process definition of the first row."""
    column = definition_column(rows.model)
    if column is None:
        return rows.values_list("tenant_id", "pk").first()
    definition = "pk" if column == "" else f"{column}_id"
    return rows.values_list("tenant_id", definition).first()


def _is_of_topics(seen: Visibility, named: Named, rows: QuerySet[Any]) -> bool:
    if not seen.topics or named.model is not models.ExternalTask:
        return True
    return rows.filter(visibility.of_topics(seen.topics)).exists()


def _is_granted(definitions: Granted, model: Any, definition_id: str | None, rows: QuerySet[Any]) -> bool:
    if model is models.Deployment:
        return rows.filter(definitions.whole_deployments("pk")).exists()
    return definitions.holds_for(definition_id)


def _may_view(user: Any, named: Named, definition_id: str | None, rows: QuerySet[Any]) -> bool:
    definitions = granted(user, named.view)
    return definitions is None or _is_granted(definitions, named.model, definition_id, rows)
