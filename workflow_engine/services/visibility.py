"""What the caller at hand may see: rows of its tenants and those without one, of every process definition or of some.

Who serves a caller says so with `acting_for`; then lists, single rows and commands are narrowed to what it may see. Nobody
said anything: a site's own code and the sweeper see everything. While the engine runs a command nobody is the caller: what
handlers and receivers of signals do is done by the site, not by whoever set it off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet

from workflow_engine import conf
from workflow_engine.models import Batch, Deployment, ExternalTask, IdentityLink, ProcessDefinition, Resource, Variable
from workflow_engine.models.worker_credential import is_among
from workflow_engine.services.granted import Granted
from workflow_engine.services.tenants import are_in_use, sees_all_tenants, tenants_of

Rows = TypeVar("Rows", bound=QuerySet[Any])
Tenants = frozenset[str] | None  # None: all

# Where a model has not its own column: the one next to it that has. "": its key is that of a definition itself.
_TENANT_OF: dict[type[Model], str] = {Resource: "deployment__tenant_id"}
_DEFINITION_OF: dict[type[Model], str] = {
    ProcessDefinition: "",
    Variable: "execution__process_definition",
    IdentityLink: "task__process_definition",
}


@dataclass(frozen=True, kw_only=True)
class Visibility:
    """`find_tenants` is asked once, and only when some row has a tenant. `definitions` None: all of them.

    `topics`: those of whose external tasks the caller may know, as a worker credential names them; empty: every topic.
    `made_by`: whose batches the caller may see; None: everybody's.
    """

    find_tenants: Callable[[], Tenants]
    definitions: Granted | None = None
    topics: tuple[str, ...] = ()
    made_by: str | None = None

    @cached_property
    def tenants(self) -> Tenants:
        return self.find_tenants()

    def sees_tenant(self, tenant_id: str | None) -> bool:
        return not tenant_id or self.tenants is None or tenant_id in self.tenants

    def sees_definition(self, process_definition_id: str | None) -> bool:
        return self.definitions is None or self.definitions.holds_for(process_definition_id)

    def sees(self, row: Any) -> bool:
        """A row with `tenant_id` and `process_definition_id`, of whatever layer."""
        if not self.sees_tenant(row.tenant_id) or not self.sees_definition(row.process_definition_id):
            return False
        topic = getattr(row, "topic_name", None)
        return not self.topics or topic is None or is_among(topic, self.topics)

    @property
    def may_withhold_tasks(self) -> bool:
        """Whether a fetch can leave tasks of its topics to others. A hint for the queue of those who wait for them."""
        return self.definitions is not None or are_in_use()

    def narrow(self, rows: Rows) -> Rows:
        """Those of the rows that may be seen."""
        model = rows.model
        column = tenant_column(model)
        if column is not None and self.tenants is not None:
            mine = Q(**{f"{column}__in": ["", *sorted(self.tenants)]})
            rows = rows.filter(mine | Q(**{f"{column}__isnull": True}) if _is_nullable(model, column) else mine)
        if self.definitions is not None:
            rows = rows.filter(of_definitions(model, self.definitions))
        if self.topics and model is ExternalTask:
            rows = rows.filter(of_topics(self.topics))
        if self.made_by is not None:
            rows = rows.filter(create_user_id=self.made_by) if model is Batch else rows.none()
        return rows


def visible_tenants(user: Any) -> Tenants:
    """Of a user or of the principal of a worker credential."""
    if not conf.current().tenant_checks or sees_all_tenants(user):
        return None
    return tenants_of(user)


def may_name_tenant(user: Any, tenant_id: str) -> bool:
    """Whether something new may belong to this tenant, or to none."""
    return not tenant_id or (mine := visible_tenants(user)) is None or tenant_id in mine


_current: ContextVar[Visibility | None] = ContextVar("workflow_engine_visibility", default=None)


def current() -> Visibility | None:
    """None: everything may be seen."""
    return _current.get()


@contextmanager
def acting_for(visibility: Visibility | None) -> Iterator[None]:
    token = _current.set(visibility)
    try:
        yield
    finally:
        _current.reset(token)


def act_for(visibility: Visibility | None) -> None:
    """From now on, until the surrounding `acting_for` ends."""
    _current.set(visibility)


def sees_everything() -> bool:
    """Whether the caller at hand may see the rows of all tenants and definitions, also those to come."""
    seen = current()
    return seen is None or (
        seen.tenants is None and seen.definitions is None and not seen.topics and seen.made_by is None
    )


def visible(rows: Rows) -> Rows:
    """Those of the rows that the caller at hand may see."""
    seen = current()
    return rows if seen is None else seen.narrow(rows)


def is_visible(row: Any) -> bool:
    seen = current()
    return seen is None or seen.sees(row)


def tenant_column(model: type[Model]) -> str | None:
    return _TENANT_OF.get(model) or ("tenant_id" if _has(model, "tenant_id") else None)


def definition_column(model: type[Model]) -> str | None:
    """The way to the process definition that a row belongs to; None where rows of the model belong to none."""
    if model in _DEFINITION_OF:
        return _DEFINITION_OF[model]
    return "process_definition" if _has(model, "process_definition") or _has(model, "process_definition_id") else None


def knows_definitions(model: type[Model]) -> bool:
    return model in (Deployment, Resource) or definition_column(model) is not None


def of_definitions(model: type[Model], granted: Granted) -> Q:
    """Rows of these definitions. A deployment is seen as a whole or not at all."""
    if model is Deployment:
        return granted.whole_deployments("pk")
    if model is Resource:
        return granted.whole_deployments("deployment_id")
    column = definition_column(model)
    if column is None:
        return Q(pk__in=())
    if column == "":
        return granted.condition("key", "pk")
    if column == "process_definition" and _has(model, "process_definition_key"):
        return granted.condition("process_definition_key", "process_definition_id")
    return granted.condition(f"{column}__key", f"{column}_id")


def of_topics(topics: tuple[str, ...]) -> Q:
    total = Q(topic_name__in=[topic for topic in topics if not topic.endswith("*")])
    for topic in topics:
        if topic.endswith("*"):
            total |= Q(topic_name__startswith=topic[:-1])
    return total


def _has(model: type[Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _is_nullable(model: type[Model], column: str) -> bool:
    return "__" not in column and bool(getattr(model._meta.get_field(column), "null", False))
