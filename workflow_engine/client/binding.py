"""From a handler's signature to its arguments: the task itself, or variables by parameter name, converted by type hints."""

from __future__ import annotations

import asyncio
import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from workflow_engine.client.task import Task
from workflow_engine.client.values import parse_date

Handler = Callable[..., Any]

_CONVERTERS: dict[type, Callable[[Any], Any]] = {
    Decimal: lambda value: Decimal(str(value)),
    UUID: lambda value: UUID(str(value)),
    date: lambda value: value.date() if isinstance(value, datetime) else date.fromisoformat(value),
    datetime: lambda value: value if isinstance(value, datetime) else parse_date(value),
    float: float,
    int: int,
    str: str,
}


@dataclass(frozen=True, slots=True)
class BoundHandler:
    function: Handler
    hints: dict[str, Any]
    parameters: dict[str, inspect.Parameter]

    @property
    def variable_names(self) -> tuple[str, ...] | None:
        """The variables that the handler can see; None if it may look at all of them."""
        kinds = {parameter.kind for parameter in self.parameters.values()}
        takes_task = any(self._is_task(name) for name in self.parameters)
        return None if takes_task or inspect.Parameter.VAR_KEYWORD in kinds else tuple(self.parameters)

    def call(self, task: Task) -> Any:
        result = self.function(**self.arguments(task))
        return asyncio.run(result) if inspect.iscoroutine(result) else result

    def arguments(self, task: Task) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        for name, parameter in self.parameters.items():
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                arguments.update({n: v for n, v in task.variables.items() if n not in arguments})
            elif self._is_task(name):
                arguments[name] = task
            elif name in task.variables:
                arguments[name] = convert(task.variables[name], self.hints.get(name), name)
            elif parameter.default is inspect.Parameter.empty:
                raise TypeError(
                    f"The task has no variable {name!r}, which the handler of topic {task.topic!r} asks for."
                )
        return arguments

    def _is_task(self, name: str) -> bool:
        return self.hints.get(name) is Task or (name == "task" and name not in self.hints)


def bind(function: Handler) -> BoundHandler:
    parameters = dict(inspect.signature(function).parameters)
    for parameter in parameters.values():
        if parameter.kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL):
            raise TypeError(
                f"Parameter {parameter.name!r} of {function!r} cannot be given by name, so it cannot be a variable."
            )
    # A hint that cannot be resolved, say one imported for type checkers only, must not keep the worker from starting.
    try:
        hints = typing.get_type_hints(function)
    except NameError:
        hints = {}
    return BoundHandler(function, hints, parameters)


def convert(value: Any, hint: Any, name: str) -> Any:
    """Only where the hint names a type that variables don't have, or another spelling of a number; else as it came."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(hint) if member is not type(None)]
        hint = members[0] if len(members) == 1 else None
    if value is None or not isinstance(hint, type):
        return value
    if type(value) is hint or (isinstance(value, bool) and hint is int):
        return value
    converter = hint if issubclass(hint, Enum) else _CONVERTERS.get(hint)
    if converter is None:
        return value
    try:
        return converter(value)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise ValueError(f"Variable {name!r} is {value!r}, which is no {hint.__name__}.") from error
