"""Requests for many things: each item is refused or carried out by itself, and the answer tells of each, in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from rest_framework.exceptions import PermissionDenied as NotPermitted

from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError, told_of
from workflow_engine.rest.limits import limits
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.visibility import check_named

T = TypeVar("T")
Result = dict[str, Any]


class ItemsView(EngineView):
    """Whoever may do it to some definitions only is let in, and asked about each item."""

    knows_definitions = True

    def items(self, name: str) -> list[Body]:
        """Each as if it had come alone, so that its refusals read the same."""
        body = self.body()
        found = body.objects(name)
        if found is None:
            raise body.refusal(name, "is missing")
        if len(found) > limits().max_items:
            raise body.refusal(name, f"holds {len(found)} items, at most {limits().max_items} are allowed")
        return [Body(item.values) for item in found]

    def check_named(self, route: str, **named: str) -> None:
        """What is checked before a view that has the object in its address."""
        if self.visibility is not None and self.definitions is not None:
            check_named(self.visibility, self.request.user, route, named, self.permissions["POST"])

    def accepted(self, accept: Callable[[], T]) -> T | Exception:
        """What an item asks for, or its refusal."""
        try:
            return accept()
        except (RestError, PermissionDenied, NotPermitted) as error:
            return error

    def carried_out(
        self, wanted: Sequence[T | Exception], carry_out: Callable[[list[T]], Sequence[Any]]
    ) -> list[Any | Exception]:
        """What came of each; those that were refused before are not tried."""
        outcomes = iter(carry_out([one for one in wanted if not isinstance(one, Exception)]))
        return [one if isinstance(one, Exception) else next(outcomes) for one in wanted]

    def refusals(self, outcomes: Sequence[Any]) -> list[Result | None]:
        """In the words of a request's refusal; None for what was carried out."""
        known: dict[int, Result] = {}  # what has befallen many is told to each, and to the log once
        found: list[Result | None] = []
        for outcome in outcomes:
            if isinstance(outcome, Exception) and id(outcome) not in known:
                refusal = told_of(outcome, {"request": self.request, "view": self})
                known[id(outcome)] = {
                    "status": refusal.status, "type": refusal.type_name, "message": refusal.message,
                }  # fmt: skip
            found.append(known.get(id(outcome)) if isinstance(outcome, Exception) else None)
        return found
