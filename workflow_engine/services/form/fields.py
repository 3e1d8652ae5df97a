"""The types of form fields and their constraints: what is accepted from a form, and how values are shown in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from workflow_engine.bpmn.data import FormField, FormProperty
from workflow_engine.engine.errors import BadInput, ModelError
from workflow_engine.services.form import date_pattern
from workflow_engine.values import Long

_LONG_MAX = 2**63 - 1
_SCALARS = (str, bool, int, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldData:
    """A field as a form shows it: dates as texts, everything else as it is."""

    field: FormField
    label: str | None
    default: Any
    value: Any
    is_business_key: bool = False
    is_property: bool = False  # camunda:formProperty, which is drawn but not listed among the form's variables


def as_field(declared: FormProperty) -> FormField:
    """The field that camunda:formProperty would be today."""
    constraints = [("required", "")] if declared.is_required else []
    return FormField(
        id=declared.id,
        type=declared.type or "string",
        default=declared.default,
        constraints=(*constraints, *([] if declared.is_writable else [("readonly", "")])),
        values=declared.values,
        date_pattern=declared.date_pattern,
    )


def to_model(value: Any, field: FormField) -> Any:
    """A submitted or default value as the variable's value. BadInput if it does not fit the field's type."""
    if value is None:
        return None
    try:
        return _CONVERTERS[field.type](value, field)
    except date_pattern.UnknownPattern as error:
        raise ModelError(f"Form field '{field.id}' cannot be read: {error}.") from None
    except ValueError as error:
        raise BadInput(f"Invalid value submitted for form field '{field.id}': {error}.") from None


def to_form(value: Any, field: FormField) -> Any:
    if field.type != "date":
        return value
    if value is None:
        return ""
    if not isinstance(value, datetime):
        return value
    try:
        return date_pattern.show(value, field.date_pattern or date_pattern.DEFAULT)
    except date_pattern.UnknownPattern as error:
        raise ModelError(f"Form field '{field.id}' cannot be shown: {error}.") from None


def _string(value: Any, field: FormField) -> Any:
    if not isinstance(value, _SCALARS):
        raise ValueError("the value is not a text")
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _long(value: Any, field: FormField) -> Any:
    if isinstance(value, str):
        value = int(value) if value.strip().lstrip("+-").isdecimal() and len(value) <= 40 else value
    if not isinstance(value, int) or isinstance(value, bool) or not -_LONG_MAX - 1 <= value <= _LONG_MAX:
        raise ValueError(f"{_short(value)} is not of type Long")
    return Long(value)


def _boolean(value: Any, field: FormField) -> Any:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise ValueError(f"{_short(value)} is not of type Boolean")
    return value.lower() == "true"


def _date(value: Any, field: FormField) -> Any:
    if value == "" or isinstance(value, datetime):
        return value or None
    if not isinstance(value, str):
        raise ValueError(f"{_short(value)} cannot be transformed into a Date")
    return date_pattern.parse(value, field.date_pattern or date_pattern.DEFAULT)


def _enum(value: Any, field: FormField) -> Any:
    allowed = [known for known, _ in field.values]
    if value not in allowed or not isinstance(value, str):
        raise ValueError(f"{_short(value)} is not one of {', '.join(allowed)}")
    return value


_CONVERTERS = {"string": _string, "long": _long, "boolean": _boolean, "date": _date, "enum": _enum}


def check(submitted: Any, field: FormField, *, has_value: bool, is_valid: Callable[[str], bool]) -> None:
    """The constraints of the field, on what was sent. `has_value`: one is there, or will be, if nothing was sent.

    `is_valid` asks a validator of the site's own.
    """
    for name, config in field.constraints:
        holds = is_valid(config) if name == "validator" else _holds(name, config, submitted, field, has_value)
        if not holds:
            raise BadInput(
                f"Invalid value submitted for form field '{field.id}': validation of {name}({config}) failed."
            )


def _holds(name: str, config: str, submitted: Any, field: FormField, has_value: bool) -> bool:
    if name == "required":
        return has_value if submitted is None else submitted != ""
    if name == "readonly":
        return submitted is None
    if submitted is None:
        return True
    limit = _limit(name, config, field)
    if name in ("min", "max"):
        if isinstance(submitted, bool) or not isinstance(submitted, int | float):
            return False
        return submitted >= limit if name == "min" else submitted <= limit
    if not isinstance(submitted, str):
        return False
    return len(submitted) >= limit if name == "minlength" else len(submitted) <= limit


def _limit(name: str, config: str, field: FormField) -> Decimal:
    try:
        limit = Decimal(config)
    except InvalidOperation:
        limit = Decimal("NaN")
    if not limit.is_finite():
        raise ModelError(f"The constraint {name}({config}) of form field '{field.id}' has no number.")
    return limit


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return repr(text if len(text) <= 80 else text[:80] + "...")
