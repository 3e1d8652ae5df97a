"""The endpoints of variables, the same for process instances, executions and tasks: a subclass says whose they are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.engine import commands
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import NotFound
from workflow_engine.rest.limits import limits
from workflow_engine.rest.variables.accepted import accepted_value, accepted_variables, check_name
from workflow_engine.rest.variables.binary import binary_answer, uploaded_value
from workflow_engine.rest.variables.presented import presented, presented_variables

READ_WRITE = {"GET": "view_variables", "POST": "set_variables", "PUT": "set_variables", "DELETE": "set_variables"}


class ScopeView(EngineView):
    """One scope. `what` names it in messages: "process instance"."""

    permissions = READ_WRITE
    what: ClassVar[str]
    is_local: ClassVar[bool] = False

    def read(self, names: Collection[str] | None = None) -> dict[str, Any]:
        """The values of this scope; 404 where there is no such scope."""
        raise NotImplementedError

    def target(self) -> dict[str, Any]:
        """Whose variables a command changes: execution_id, and task_id for a task; 404 where there is no such scope."""
        raise NotImplementedError

    def change(self, values: dict[str, Any], removals: Collection[str] = ()) -> None:
        self.execute(
            commands.SetVariables(**self.target(), variables=values, removals=tuple(removals), is_local=self.is_local)
        )

    def one(self, name: str) -> Any:
        held = self.read([name])
        if name not in held:
            raise NotFound(f"{self.what} variable with name {name[:300]} does not exist")
        return held[name]


class VariablesMixin(ScopeView):
    def get(self, request: Request, **named: str) -> HttpResponse:
        deserialize = self.address().boolean("deserializeValues", True)
        return json_answer(presented_variables(self.read(), deserialize=deserialize))

    def post(self, request: Request, **named: str) -> HttpResponse:
        body = self.body()
        removals = body.text_list("deletions") or []
        if len(removals) > limits().max_variables:
            raise body.refusal(
                "deletions", f"names {len(removals)} variables, at most {limits().max_variables} are allowed"
            )
        self.change(accepted_variables(body, "modifications", may_be_transient=True), removals)
        return no_content()


class VariableMixin(ScopeView):
    def get(self, request: Request, name: str, **named: str) -> HttpResponse:
        return json_answer(presented(self.one(name), deserialize=self.address().boolean("deserializeValue", True)))

    def put(self, request: Request, name: str, **named: str) -> HttpResponse:
        check_name(name)
        self.change({name: accepted_value(name, self.body().values, may_be_transient=True)})
        return no_content()

    def delete(self, request: Request, name: str, **named: str) -> HttpResponse:
        self.change({}, [name])
        return no_content()


class VariableDataMixin(ScopeView):
    def get(self, request: Request, name: str, **named: str) -> HttpResponse:
        return binary_answer(self.one(name), name)

    def post(self, request: Request, name: str, **named: str) -> HttpResponse:
        check_name(name)
        self.change({name: uploaded_value(request._request)})
        return no_content()


def scope_views(scope: type[ScopeView]) -> tuple[Any, Any, Any]:
    """The three views of a scope: all its variables, one, and the content of one."""
    mixins = (VariablesMixin, VariableMixin, VariableDataMixin)
    views: list[Any] = [
        type(f"{scope.__name__}{mixin.__name__.removesuffix('Mixin')}", (scope, mixin), {}) for mixin in mixins
    ]
    return tuple(view.as_view() for view in views)
