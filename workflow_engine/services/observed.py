"""Looks on while a command is carried out: its time for the metrics, a log record, a span. Changes nothing about it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

from workflow_engine import correlation, logs, tracing
from workflow_engine.engine.commands import Command
from workflow_engine.engine.errors import EngineError, ModelError
from workflow_engine.engine.handlers import HandlerFailed
from workflow_engine.services.metrics.measures import DONE, FAILED, REFUSED, measures

if TYPE_CHECKING:
    from workflow_engine.services.command import Session

logger = logging.getLogger("workflow_engine.commands")

_OF_COMMANDS = ("worker_id", "business_key")
_OF_ROWS = ("process_instance_id", "activity_id", "business_key", "topic_name")
# Of the row that a command names, by its class.
_IDS = {"ExternalTask": "external_task_id", "UserTask": "task_id", "Job": "job_id", "Incident": "incident_id"}


class Observed:
    """`with Observed(command, user) as observed`; whoever opens a session for the command gives it to `observed.session`."""

    __slots__ = ("_began", "_bound", "_opened", "_span", "command", "session", "user")

    def __init__(self, command: Command, user: str | None) -> None:
        self.command, self.user = command, user
        self.session: Session | None = None
        self._span: AbstractContextManager[Any] | None = None

    def __enter__(self) -> Self:
        self._bound = correlation.bound(self.details)
        self._bound.__enter__()
        if tracing.is_on():
            self._span = tracing.span(type(self.command).__name__)
            self._opened = self._span.__enter__()
        self._began = perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        seconds = perf_counter() - self._began
        outcome = _outcome(kind)
        name = type(self.command).__name__
        measures().command(name, outcome, seconds)
        if logger.isEnabledFor(logging.DEBUG):
            logs.event(
                logger,
                logging.DEBUG,
                f"command_{outcome}",
                f"{name}: {outcome}" if kind is None else f"{name}: {outcome} ({kind.__name__})",
                duration_ms=round(seconds * 1000, 3),
            )
        if self._span is not None:
            tracing.describe(self._opened, self.details())
            self._span.__exit__(kind, error, trace)
        self._bound.__exit__()

    def details(self) -> Mapping[str, Any]:
        """What is known of the command by now. Names and ids, never what it carries."""
        command = self.command
        found: dict[str, Any] = {"command": type(command).__name__, "user": self.user}
        for name in _OF_COMMANDS:
            found[name] = getattr(command, name, None)
        row_class, row_id = _named_row(command)
        if row_class is not None:
            found[_IDS.get(row_class.__name__, "execution_id")] = row_id
        definition_id = getattr(command, "process_definition_id", None)
        if self.session is not None:
            row = None if row_class is None else self.session.work.loader.loaded(row_class, row_id)
            events = self.session.engine.events
            for source in (row, *events[:1]):
                for name in _OF_ROWS:
                    found[name] = found.get(name) or getattr(source, name, None)
                definition_id = definition_id or getattr(source, "process_definition_id", None)
        if definition_id is not None:
            found["process_definition_key"] = definition_id.rsplit(":", 2)[0]
        return found


class timed:  # noqa: N801 - used as a statement: `with timed("FetchAndLock")`
    """The time alone, for what is no command of the engine."""

    __slots__ = ("_began", "_name")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._began = perf_counter()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        measures().command(self._name, _outcome(kind), perf_counter() - self._began)


def _outcome(kind: type[BaseException] | None) -> str:
    """Refused is the caller's mistake, failed the model's, a handler's or the database's."""
    if kind is None:
        return DONE
    is_refused = issubclass(kind, EngineError) and not issubclass(kind, ModelError | HandlerFailed)
    return REFUSED if is_refused else FAILED


def _named_row(command: Command) -> tuple[Any, str]:
    # Which itself looks on through this module.
    from workflow_engine.services.command import NAMED_ROWS

    row_class, attribute = NAMED_ROWS.get(type(command), (None, ""))
    return row_class, getattr(command, attribute, "") if row_class is not None else ""
