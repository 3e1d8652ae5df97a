"""The generated form: HTML with the directives that Camunda's form SDK looks for, well-formed. Labels, names and values are escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from workflow_engine.services.form import FieldData
from workflow_engine.services.form.date_pattern import DEFAULT

_VARIABLE_TYPES = {"long": "Long", "boolean": "Boolean"}
_NAME = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_BRACES = re.compile(r"\{(?=\{)")
_CONSTRAINTS = ("required", "min", "max", "minlength", "maxlength")


def rendered_form(fields: list[FieldData]) -> str:
    lines = ['<form name="generatedForm" role="form">']
    for data in fields:
        lines += ['  <div class="form-group">', *("    " + line for line in _group(data)), "  </div>"]
    return "\n".join([*lines, "</form>", ""])


def _group(data: FieldData) -> Iterator[str]:
    if data.label is not None:
        yield f'<label for="{_text(data.field.id)}">'
        yield f"  {_text(data.label)}"
        yield "</label>"
    if data.field.type == "date":
        yield from _date(data)
    elif data.field.type == "enum":
        yield from _select(data)
    else:
        kind = "checkbox" if data.field.type == "boolean" else "text"
        yield f"<input {_attributes(data)} type={_quoted(kind)}{_default(data)} />"
    yield from _problems(data)


def _select(data: FieldData) -> Iterator[str]:
    yield f"<select {_attributes(data)}>"
    for value, name in data.field.values:
        yield f"  <option value={_quoted(value)}>"
        yield f"    {_text(name)}"
        yield "  </option>"
    yield "</select>"


def _date(data: FieldData) -> Iterator[str]:
    yield '<div class="input-group">'
    if _is_readonly(data):
        yield f'  <input {_attributes(data)} type="text" />'
        yield "</div>"
        return
    # Part of a script: only what may stand in a name.
    name = re.sub(r"[^\w$]", "_", data.field.id, flags=re.ASCII)
    pattern = _quoted(data.field.date_pattern or DEFAULT)
    opened, opening = f"dateFieldOpened{name}", f"open{name}"
    yield f'  <input {_attributes(data)} type="text" uib-datepicker-popup={pattern} is-open="{opened}" />'
    yield '  <div class="input-group-btn">'
    yield f'    <button type="button" class="btn btn-default" ng-click="{opening}($event)">'
    yield '      <i class="glyphicon glyphicon-calendar">'
    yield "      </i>"
    yield "    </button>"
    yield "  </div>"
    yield '  <script cam-script="" type="text/form-script">'
    yield (
        f"    $scope.{opening} = function ($event) {{ $event.preventDefault(); $event.stopPropagation();"
        f" $scope.{opened} = true; }};"
    )
    yield "  </script>"
    yield "</div>"


def _attributes(data: FieldData) -> str:
    field = data.field
    parts = ['class="form-control"', f"name={_quoted(field.id)}"]
    if data.is_business_key:
        parts.append('cam-business-key=""')
    else:
        kind = _VARIABLE_TYPES.get(field.type, "String")
        parts += [f'cam-variable-type="{kind}"', f"cam-variable-name={_quoted(field.id)}"]
    parts += [f"{name}={_quoted(config)}" for name, config in field.constraints if name in _CONSTRAINTS]
    return " ".join([*parts, *(['disabled=""'] if _is_readonly(data) else [])])


def _is_readonly(data: FieldData) -> bool:
    return any(name == "readonly" for name, _ in data.field.constraints)


def _default(data: FieldData) -> str:
    if data.default is None:
        return ""
    return (
        f" value={_quoted(('true' if data.default else 'false') if isinstance(data.default, bool) else data.default)}"
    )


def _problems(data: FieldData) -> Iterator[str]:
    form = _text(_member(data.field.id))
    yield f'<div ng-if="{form}.$invalid &amp;&amp; {form}.$dirty" class="has-error">'
    if data.field.type == "date":
        pattern = _text(data.field.date_pattern or DEFAULT)
        yield from _problem(f"{form}.$error.required &amp;&amp; !{form}.$error.date", "Required field")
        yield from _problem(f"{form}.$error.date", f"Invalid date format: the date should have the pattern '{pattern}'")
    else:
        kind = _VARIABLE_TYPES.get(data.field.type, "String").lower()
        yield from _problem(f"{form}.$error.required", "Required field")
        yield from _problem(f"{form}.$error.camVariableType", f"Only a {kind} value is allowed")
    yield "</div>"


def _problem(condition: str, message: str) -> Iterator[str]:
    yield f'  <div ng-show="{condition}" class="help-block">'
    yield f"    {message}"
    yield "  </div>"


def _member(name: str) -> str:
    """The field of the form in an expression; a name that is none of JavaScript's stands in brackets."""
    if _NAME.fullmatch(name):
        return f"this.generatedForm.{name}"
    return "this.generatedForm['" + name.replace("\\", "\\\\").replace("'", "\\'") + "']"


def _quoted(value: Any) -> str:
    return f'"{_text(value)}"'


def _text(value: Any) -> str:
    # The client's template engine would run what stands in double braces: what a variable holds must not be code.
    return escape(_BRACES.sub("{ ", str(value)), quote=True).replace("&#x27;", "'")
