"""The registry of handlers and beans."""

from collections.abc import Iterator
from typing import Any

import pytest

from workflow_engine import handlers


@pytest.fixture(autouse=True)
def _tidy() -> Iterator[None]:
    before = set(handlers.registered())
    yield
    for name in set(handlers.registered()) - before:
        handlers.unregister(name)


def test_functions_and_classes() -> None:
    @handlers.handler("test_function")
    def function(execution: Any) -> None: ...

    @handlers.handler("test_class")
    class Handler:
        def execute(self, execution: Any) -> None: ...

    assert handlers.find("test_function") is function
    assert isinstance(handlers.find("test_class"), Handler)
    assert handlers.find("nobody") is None


def test_a_name_belongs_to_one() -> None:
    def first(execution: Any) -> None: ...

    def second(execution: Any) -> None: ...

    handlers.register("test_name", first)
    handlers.register("test_name", first)
    with pytest.raises(ValueError, match="belongs to"):
        handlers.register("test_name", second)


def test_a_bean_may_be_a_handler_too() -> None:
    class Both:
        def execute(self, execution: Any) -> str:
            return "done"

    handlers.register_bean("test_bean", Both())
    bean = handlers.find("test_bean")
    assert bean is not None
    assert bean.execute(None) == "done"
    assert bean.notify is None
