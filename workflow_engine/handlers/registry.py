"""Names and what the site has registered under them. The only things of Python that a model can reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from workflow_engine.expressions import ExpressionObject, UnknownMethodError, UnknownPropertyError

H = TypeVar("H", bound=Callable[..., Any])

_registered: dict[str, Any] = {}


class Bean(ExpressionObject):
    """A registered object as expressions see it: its public attributes and methods, by their Python or Java-like names."""

    def __init__(self, target: Any) -> None:
        self.target = target

    @property
    def execute(self) -> Any:
        """For a bean that is a handler or listener too."""
        return getattr(self.target, "execute", None)

    @property
    def notify(self) -> Any:
        return getattr(self.target, "notify", None)

    @property
    def validate(self) -> Any:
        return getattr(self.target, "validate", None)

    def get_property(self, name: str) -> Any:
        value = self._public(name)
        if value is _MISSING or callable(value):
            getter = self._public(f"get_{_snake(name)}")
            if not callable(getter):
                raise UnknownPropertyError(f"The bean has no property '{name}'.")
            return getter()
        return value

    def call_method(self, name: str, args: list[Any]) -> Any:
        method = self._public(name)
        if not callable(method):
            raise UnknownMethodError(f"The bean has no method '{name}'.")
        return method(*args)

    def _public(self, name: str) -> Any:
        """An attribute by its name, or by that name in Python's spelling. Nothing that starts with an underscore."""
        for spelling in (name, _snake(name)):
            if not spelling.startswith("_") and hasattr(self.target, spelling):
                return getattr(self.target, spelling)
        return _MISSING


_MISSING = object()


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def register(name: str, found: Any) -> None:
    """Registers a handler, listener or wrapped bean; ValueError if another one has the name."""
    known = _registered.get(name)
    if known is not None and known is not found and _origin(known) != _origin(found):
        raise ValueError(f"Cannot register handler '{name}': the name belongs to {known!r} already.")
    _registered[name] = found


def _origin(found: Any) -> tuple[Any, Any] | int:
    """The place in the code: a module that is imported again may replace what it registered."""
    name = getattr(found, "__qualname__", None)
    return id(found) if name is None else (found.__module__, name)


def handler(name: str) -> Callable[[H], H]:
    """Registers a function, or a class whose objects have `execute` (or `notify`, or `validate`), under a name."""

    def decorate(found: H) -> H:
        register(name, found() if isinstance(found, type) else found)
        return found

    return decorate


def register_bean(name: str, target: Any) -> None:
    """Makes an object's public methods and attributes available to expressions."""
    register(name, Bean(target))


def find(name: str) -> Any | None:
    return _registered.get(name)


def registered() -> dict[str, Any]:
    """Everything by name, for checks and people."""
    return dict(_registered)


def unregister(name: str) -> None:
    _registered.pop(name, None)
