"""The query of a filter: checked when it is stored, extended and filled in when it is run.

A stored query may hold expressions (`assigneeExpression: "${currentUser()}"`), which the list itself refuses from callers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from workflow_engine import clock
from workflow_engine.expressions import ExpressionError, compile_expression, functions, to_text
from workflow_engine.expressions.errors import UnknownNameError
from workflow_engine.models.group_profile import groups_of
from workflow_engine.rest import convert
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.query import MAX_OR_QUERIES, ListQuery
from workflow_engine.rest.listing.views import sorting_of_body
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.task.rows import TaskQuery
from workflow_engine.services.identity import users

TASK = "Task"
_QUERIES: dict[str, type[ListQuery]] = {TASK: TaskQuery}
SUFFIX = "Expression"
# A filter's own are extended, everything else is replaced.
_LISTS = ("taskVariables", "processVariables", "caseInstanceVariables")
_SORTING = ("sortBy", "sortOrder", "parameters")
MAX_EXPRESSION = 4_000

Query = dict[str, Any]


def query_class(resource_type: str) -> type[ListQuery]:
    found = _QUERIES.get(resource_type)
    if found is None:
        raise RestError(
            f"Unable to create filter with invalid resource type {convert.shown(resource_type)}: it must be"
            f" {' or '.join(_QUERIES)}."
        )
    return found


def checked(resource_type: str, raw: Query, *, is_stored: bool) -> Query:
    """What the query says and the list understands; unknown names are left out, as Camunda does."""
    kind = query_class(resource_type)
    alternatives = raw.get("orQueries")
    alternatives = [] if alternatives is None else alternatives
    if not isinstance(alternatives, list) or not all(isinstance(one, dict) for one in alternatives):
        raise RestError("The field 'orQueries' is not a list of queries.")
    query = _known(kind, raw)
    for name in _LISTS:
        if not isinstance(query.get(name, []), list):
            raise RestError(f"The field '{name}' is not a list of objects.")
    if alternatives:
        query["orQueries"] = [_known(kind, one) for one in alternatives]
    if sorting := Body(raw).objects("sorting"):
        query["sorting"] = [{name: one.values[name] for name in _SORTING if name in one} for one in sorting]
    for part in (query, *query.get("orQueries", ())):
        _check_expressions(part)
    built(kind, _without_expressions(query) if is_stored else query)
    return query


def built(kind: type[ListQuery], query: Query) -> ListQuery:
    return kind(query, sorting_of_body(Body(query)))


def presented(query: Query) -> Query:
    """As Camunda shows a stored query: with its lists, also where they are empty."""
    empty: Query = {name: [] for name in _LISTS}
    alternatives = [{**empty, **one} for one in query.get("orQueries", ())]
    return {**empty, **query, "orQueries": alternatives}


def extended(query: Query, more: Query) -> Query:
    """The filter's query with another one on top: single values are replaced, lists and sortings go on."""
    result = dict(query)
    for name, value in more.items():
        if name in _LISTS or name in ("orQueries", "sorting"):
            result[name] = [*result.get(name, ()), *value]
            continue
        plain = name.removesuffix(SUFFIX)
        result.pop(plain, None)
        result.pop(plain + SUFFIX, None)
        result[name] = value
    return result


def filled_in(query: Query, user_id: str) -> Query:
    """With the values of its expressions, for the one who runs it."""
    context = _Context(user_id)
    filled = {name.removesuffix(SUFFIX): _value(name, value, context) for name, value in query.items()}
    if "orQueries" in filled:
        filled["orQueries"] = [filled_in(one, user_id) for one in filled["orQueries"]]
    return filled


class _Context:
    """Expressions of filters know the caller and the time, and no variables."""

    def __init__(self, user_id: str) -> None:
        self._user_id = user_id

    def resolve(self, name: str) -> Any:
        raise UnknownNameError(name)

    def call_function(self, name: str, args: list[Any]) -> Any:
        groups = partial(_groups_of, self._user_id) if name == "currentUserGroups" else list
        return functions.call(name, args, now=clock.now, user_id=self._user_id, groups=groups())


def _groups_of(user_id: str) -> list[str]:
    return sorted(groups_of(users.find(user_id)).values_list("name", flat=True))


def _known(kind: type[ListQuery], raw: Mapping[str, Any]) -> Query:
    return {name: raw[name] for name in kind.parameters if raw.get(name) is not None}


def _without_expressions(query: Query) -> Query:
    plain = {name: value for name, value in query.items() if not name.endswith(SUFFIX)}
    if "orQueries" in plain:
        plain["orQueries"] = [_without_expressions(one) for one in plain["orQueries"]]
    if len(plain.get("orQueries", ())) > MAX_OR_QUERIES:
        raise RestError(f"The field 'orQueries' is not a list of at most {MAX_OR_QUERIES} queries.")
    return plain


def _check_expressions(query: Query) -> None:
    for name, value in query.items():
        if not name.endswith(SUFFIX):
            continue
        if not isinstance(value, str) or len(value) > MAX_EXPRESSION:
            raise RestError(f"The field '{name}' is not an expression of at most {MAX_EXPRESSION} characters.")
        try:
            compile_expression(value)
        except ExpressionError as error:
            raise RestError(f"The field '{name}' holds an invalid expression: {error}") from None


def _value(name: str, value: Any, context: _Context) -> Any:
    if not name.endswith(SUFFIX):
        return value
    try:
        result = compile_expression(value).evaluate(context)
    except ExpressionError as error:
        raise RestError(f"The expression of '{name}' cannot be evaluated: {error}") from None
    if result is None:
        raise RestError(f"The expression of '{name}', {convert.shown(value)}, has no value.")
    if isinstance(result, datetime):
        return format_date(result)
    if isinstance(result, list):
        return [to_text(item) for item in result]
    return to_text(result)
