"""Conditions on variables in list queries: `variables=n_gt_4,name_like_A%` or `[{"name": "n", "operator": "gt", "value": 4}]`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from workflow_engine.rest import convert
from workflow_engine.rest.listing.lookups import like
from workflow_engine.rest.listing.parameters import ALTERNATIVES, Arguments, Parameter
from workflow_engine.values import LONG_MAX, LONG_MIN, type_name

_COMPARISONS = {"gt": "gt", "gteq": "gte", "lt": "lt", "lteq": "lte"}
OPERATORS = ("eq", "neq", *_COMPARISONS, "like", "notLike")
_TRIPLE = re.compile(rf"(.+?)_({'|'.join(OPERATORS)})_(.*)", re.DOTALL)
MAX_CONDITIONS = 50
VIEW_VARIABLES = "view_variables"


@dataclass(frozen=True, slots=True)
class VariableCondition:
    name: str
    operator: str
    value: Any


def conditions(raw: Any) -> list[VariableCondition]:
    """From the text of an address, whose values are strings, or from JSON, whose values have the type that JSON gives them."""
    found = [_from_text(part) for part in raw.split(",") if part] if isinstance(raw, str) else _from_json(raw)
    if len(found) > MAX_CONDITIONS:
        raise ValueError(f"holds {len(found)} conditions, at most {MAX_CONDITIONS} are allowed")
    return found


def _from_text(text: str) -> VariableCondition:
    if (match := _TRIPLE.fullmatch(text)) is not None:
        return VariableCondition(*match.groups())
    if text.count("_") >= 2:
        raise ValueError(f"has an invalid comparator: it must be one of {', '.join(OPERATORS)}")
    raise ValueError("must have the format KEY_OPERATOR_VALUE")


def _from_json(raw: Any) -> list[VariableCondition]:
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise ValueError('is not a list of objects such as {"name": "n", "operator": "eq", "value": 5}')
    return [_one_from_json(item) for item in raw]


def _one_from_json(item: dict[str, Any]) -> VariableCondition:
    name, operator, value = item.get("name"), item.get("operator"), item.get("value")
    if not isinstance(name, str) or operator not in OPERATORS:
        raise ValueError(f"has a condition without name, or whose operator is none of {', '.join(OPERATORS)}")
    if isinstance(value, dict | list) or (isinstance(value, int) and not LONG_MIN <= value <= LONG_MAX):
        raise ValueError("has a value that variables cannot be compared with")
    is_text = isinstance(value, str)
    if (operator in ("like", "notLike") and not is_text) or (
        operator in _COMPARISONS and (value is None or isinstance(value, bool))
    ):
        raise ValueError(f"has the operator {operator}, which does not go with the value {convert.shown(value)}")
    return VariableCondition(name, operator, value)


def variables(
    rows: Callable[[], QuerySet[Any]],
    *,
    names_ignore_case: str = "variableNamesIgnoreCase",
    values_ignore_case: str = "variableValuesIgnoreCase",
) -> Parameter:
    """`rows` gives the variables of one listed row, with an OuterRef to it."""

    def condition(wanted: list[VariableCondition], arguments: Arguments) -> Q | None:
        total = Q()
        for one in wanted:
            name = Q(name__iexact=one.name) if arguments.get(names_ignore_case) else Q(name=one.name)
            found = Q(Exists(rows().filter(name & _matches(one, bool(arguments.get(values_ignore_case))))))
            total = total | found if arguments.get(ALTERNATIVES) else total & found
        return total or None

    return Parameter(conditions, condition, VIEW_VARIABLES)


def of_scope(model: Any) -> Callable[[], QuerySet[Any]]:
    """Variables of the listed execution itself."""
    return lambda: model.objects.filter(execution_id=OuterRef("pk"), task__isnull=True)


def of_instance(model: Any, outer: str = "process_instance_id") -> Callable[[], QuerySet[Any]]:
    return lambda: model.objects.filter(process_instance_id=OuterRef(outer))


def _matches(wanted: VariableCondition, ignore_case: bool) -> Q:
    if wanted.operator == "neq":
        return ~_matches(VariableCondition(wanted.name, "eq", wanted.value), ignore_case)
    if wanted.operator == "notLike":
        return Q(type_name="String") & ~_matches(VariableCondition(wanted.name, "like", wanted.value), ignore_case)
    value = wanted.value
    if value is None:
        return Q(type_name="Null")
    kind = Q(type_name=type_name(value))
    if isinstance(value, str):
        return kind & _text_matches(wanted, ignore_case)
    if isinstance(value, datetime):
        value = int(value.timestamp() * 1000)
    column = "double_value" if isinstance(value, float) else "long_value"
    comparison = _COMPARISONS.get(wanted.operator)
    return kind & Q(
        **{f"{column}__{comparison}" if comparison else column: int(value) if column == "long_value" else value}
    )


def _text_matches(wanted: VariableCondition, ignore_case: bool) -> Q:
    if wanted.operator == "like":
        return like("text_value", wanted.value, ignore_case=ignore_case)
    comparison = _COMPARISONS.get(wanted.operator, "exact")
    if ignore_case:
        from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

        lookup = {"exact": Exact, "gt": GreaterThan, "gte": GreaterThanOrEqual, "lt": LessThan, "lte": LessThanOrEqual}[
            comparison
        ]
        return Q(lookup(Lower(F("text_value")), wanted.value.lower()))
    return Q(**{f"text_value__{comparison}": wanted.value})


def own_values(*, values_ignore_case: str = "variableValuesIgnoreCase") -> Parameter:
    """For lists of variables themselves: each condition is on the listed row."""

    def condition(wanted: list[VariableCondition], arguments: Arguments) -> Q | None:
        total = Q()
        for one in wanted:
            total &= Q(name=one.name) & _matches(one, bool(arguments.get(values_ignore_case)))
        return total or None

    return Parameter(conditions, condition)


def own_value() -> Parameter:
    """`variableName=n&variableValue=5`: one value, as text in an address and with its JSON type in a body."""

    def condition(value: Any, arguments: Arguments) -> Q:
        ignore_case = bool(arguments.get("variableValuesIgnoreCase"))
        return _matches(VariableCondition(str(arguments.get("variableName", "")), "eq", value), ignore_case)

    def convert_value(raw: Any) -> Any:
        if isinstance(raw, dict | list):
            raise ValueError("cannot be compared with variables")
        return raw

    return Parameter(convert_value, condition)
