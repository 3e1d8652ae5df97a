"""One list request: its parameters checked and turned into a queryset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import F, Q, QuerySet

from workflow_engine.rest import convert
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.limits import limits
from workflow_engine.rest.listing.parameters import ALTERNATIVES, Parameter
from workflow_engine.rest.request_body import Body
from workflow_engine.services.visibility import visible

MAX_OR_QUERIES = 20
# By what, in which order, and what only a body can say: the variable to sort by.
Sorting = tuple[str, str, Body | None]


class ListQuery:
    """What a resource's list can be asked. Subclasses declare; instances hold one request."""

    parameters: ClassVar[Mapping[str, Parameter]] = {}
    sortings: ClassVar[Mapping[str, Any]] = {}  # sortBy -> field or expression
    # sortBy -> what makes an expression of the parameters, and the permission for what the order tells
    variable_sortings: ClassVar[Mapping[str, tuple[Callable[[Body], Any], str]]] = {}
    default_order: ClassVar[tuple[str, ...]] = ("pk",)
    has_or_queries: ClassVar[bool] = False

    def __init__(self, values: Mapping[str, Any], sorting: Sequence[Sorting] | None = None) -> None:
        self.needed_permissions: set[str] = set()
        self.arguments = self._converted(values)
        self.check(self.arguments)
        self.condition = self._condition(self.arguments)
        for alternatives in self._or_queries(values):
            self.condition &= alternatives
        self.sorting = [self._sorted_by(*one) for one in sorting or ()]

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        """All rows that there are, before any condition. Who asks may not see them all: that is `queryset`'s concern."""
        raise NotImplementedError

    @classmethod
    def check(cls, arguments: Mapping[str, Any]) -> None:
        """Refuses parameters that exclude each other."""

    def queryset(self) -> QuerySet[Any]:
        return visible(self.rows()).filter(self.condition)

    def count(self) -> int:
        return int(self.queryset().order_by().count())

    def page(self, first: int, most: int | None) -> list[Any]:
        """An unbounded request for too many rows is refused: cut short in silence it would look complete."""
        limit = limits().max_page_size
        rows = self.queryset().order_by(*self.sorting, *self.default_order)
        if most is not None and most <= limit:
            return list(rows[first : first + most])
        found = list(rows[first : first + limit + 1])
        if len(found) > limit:
            raise RestError(f"There are more than {limit} rows: ask for pages with firstResult and maxResults.")
        return found

    def _converted(self, values: Mapping[str, Any]) -> dict[str, Any]:
        converted = {}
        for name, parameter in self.parameters.items():
            raw = values.get(name)
            if raw is None:
                continue
            try:
                converted[name] = parameter.convert(raw)
            except ValueError as error:
                raise RestError(
                    f"Cannot set query parameter '{name}' to value {convert.shown(raw)}: it {error}."
                ) from None
            if parameter.permission is not None:
                self.needed_permissions.add(parameter.permission)
        return converted

    @classmethod
    def _condition(cls, arguments: Mapping[str, Any]) -> Q:
        total = Q()
        for name, value in arguments.items():
            condition = cls.parameters[name].condition
            if condition is not None and (part := condition(value, arguments)) is not None:
                total &= part
        return total

    def _or_queries(self, values: Mapping[str, Any]) -> list[Q]:
        """orQueries: a list of queries of which each must hold in at least one of its parameters."""
        raw = values.get("orQueries")
        if raw is None or not self.has_or_queries:
            return []
        if not isinstance(raw, list) or len(raw) > MAX_OR_QUERIES or not all(isinstance(item, dict) for item in raw):
            raise RestError(f"The field 'orQueries' is not a list of at most {MAX_OR_QUERIES} queries.")
        return [self._alternatives(item) for item in raw]

    def _alternatives(self, values: Mapping[str, Any]) -> Q:
        arguments, total = self._converted(values), Q()
        asked = {**arguments, ALTERNATIVES: True}
        for name, value in arguments.items():
            condition = self.parameters[name].condition
            if condition is not None and (part := condition(value, asked)) is not None:
                total |= part
        return total

    def _sorted_by(self, name: str, order: str, parameters: Body | None) -> Any:
        field = self.sortings.get(name)
        if parameters is not None and name in self.variable_sortings:
            make, permission = self.variable_sortings[name]
            self.needed_permissions.add(permission)
            field = make(parameters)
        if field is None:
            raise RestError(
                f"Cannot set query parameter 'sortBy' to value {convert.shown(name)}: it must be one of"
                f" {', '.join(sorted(self.sortings))}{self._with_parameters()}."
            )
        if order not in ("asc", "desc"):
            raise RestError(
                f"Cannot set query parameter 'sortOrder' to value {convert.shown(order)}: it must be asc or desc."
            )
        # Rows without a value come where PostgreSQL puts them, on every database.
        column = F(field) if isinstance(field, str) else field
        return column.asc(nulls_last=True) if order == "asc" else column.desc(nulls_first=True)

    def _with_parameters(self) -> str:
        names = ", ".join(sorted(self.variable_sortings))
        return f", or in a body with parameters one of {names}" if names else ""
