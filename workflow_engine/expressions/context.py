"""What an expression sees of the world: names, functions, and objects that offer properties and methods of their own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from workflow_engine.expressions import functions
from workflow_engine.expressions.errors import UnknownNameError


class Context(Protocol):
    """Where names and functions come from."""

    def resolve(self, name: str) -> Any:
        """The value of a name; raises UnknownNameError."""

    def call_function(self, name: str, args: list[Any]) -> Any:
        """The value of now(), currentUser(), S(text) and the like; usually functions.call(name, args, now=..., ...)."""


class ExpressionObject(ABC):
    """An object that decides itself what expressions may do with it: the execution, a task, a site's bean."""

    @abstractmethod
    def get_property(self, name: str) -> Any:
        """The value of a property; raises UnknownPropertyError."""

    @abstractmethod
    def call_method(self, name: str, args: list[Any]) -> Any:
        """The result of a method; raises UnknownMethodError. Other exceptions reach the caller of the expression."""


class VariablesContext:
    """The plainest context: a map of variables, a clock and perhaps a user."""

    def __init__(
        self, variables: Mapping[str, Any], *, now: Callable[[], datetime] | None = None, user_id: str | None = None
    ) -> None:
        self._variables, self._now, self._user_id = variables, now, user_id

    def resolve(self, name: str) -> Any:
        try:
            return self._variables[name]
        except KeyError:
            raise UnknownNameError(name) from None

    def call_function(self, name: str, args: list[Any]) -> Any:
        return functions.call(name, args, now=self._now, user_id=self._user_id)
