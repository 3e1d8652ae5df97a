"""Log records with what they belong to: formatters for the site's LOGGING, and `event`, by which the engine logs.

    "formatters": {"json": {"()": "workflow_engine.logs.JsonFormatter"}}

Records say which instance, task or job it is about; never values of variables, bodies, headers or tokens. The message of an
exception may hold such a value, so it is left out unless the site asks for it: type and place remain.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.db import InterfaceError, OperationalError

from workflow_engine import correlation

LONGEST = 1_000
_ATTRIBUTE = "workflow"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# They tell of the connection, not of what was to be written.
_HARMLESS = (OperationalError, InterfaceError)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def event(
    logger: logging.Logger, level: int, name: str, message: str, /, *, error: BaseException | None = None, **fields: Any
) -> None:
    """One thing that happened. `name` stays the same for ever, `message` is for people, `error` brings its traceback."""
    if logger.isEnabledFor(level):
        known = {key: value for key, value in fields.items() if value is not None}
        about = {**correlation.fields(), "event": name, **known}
        logger.log(level, "%s", message, exc_info=error, extra={_ATTRIBUTE: about})


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """What the record is about: its own fields, or those of the code that logs."""
    own = getattr(record, _ATTRIBUTE, None)
    return dict(own) if isinstance(own, dict) else correlation.fields()


class KeepFields(logging.Filter):
    """For handlers that hand records to another thread, as QueueHandler does: what they are about is noted at once."""

    def filter(self, record: logging.LogRecord) -> bool:
        setattr(record, _ATTRIBUTE, fields_of(record))
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object in one line. `exception_messages`: exceptions with what they say, which may be confidential."""

    def __init__(self, *, exception_messages: bool = False) -> None:
        super().__init__()
        self._with_messages = exception_messages

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            "thread": record.threadName,
        }
        for name, value in fields_of(record).items():
            entry.setdefault(name, _bounded(value))
        if record.exc_info and record.exc_info[0] is not None:
            entry["exception"] = exception_text(record.exc_info, self._with_messages)
        return json.dumps(entry, default=str)


class LineFormatter(logging.Formatter):
    """One line for people; nothing that somebody else named can begin a second one."""

    def __init__(self, *, exception_messages: bool = False) -> None:
        super().__init__()
        self._with_messages = exception_messages

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone().isoformat(" ", timespec="milliseconds")
        line = f"{time} {record.levelname} {record.name}: {record.getMessage()}"
        about = [f"{name}={_bounded(value)}" for name, value in fields_of(record).items() if name != "event"]
        text = _one_line(f"{line} [{' '.join(about)}]" if about else line)
        if record.exc_info and record.exc_info[0] is not None:
            text += "\n" + exception_text(record.exc_info, self._with_messages)
        return text


def is_structured(logger: logging.Logger) -> bool:
    """Whether what it logs ends up as JSON: then lines for people on the standard output would only be in the way."""
    place: logging.Logger | None = logger
    while place is not None:
        if any(isinstance(handler.formatter, JsonFormatter) for handler in place.handlers):
            return True
        place = place.parent if place.propagate else None
    return False


def exception_text(info: Any, with_messages: bool) -> str:
    """The traceback, with the exceptions' types and, if wanted, what they say."""
    kind, error, trace = info
    if with_messages:
        return "".join(traceback.format_exception(kind, error, trace)).rstrip()
    return "".join(_without_messages(error, set())).rstrip()


def _without_messages(error: BaseException, seen: set[int]) -> list[str]:
    """As Python prints a chain of exceptions, the innermost cause first."""
    seen.add(id(error))
    lines: list[str] = []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and id(cause) not in seen:
        lines += [*_without_messages(cause, seen), "\nwhich led to:\n\n"]
    if error.__traceback__ is not None:
        lines += ["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__)]
    return [*lines, summary(error) + "\n"]


def summary(error: BaseException) -> str:
    """The type of an exception, and what it says where that cannot be anybody's secret."""
    name = type_name(error)
    return f"{name}: {str(error).strip()}" if isinstance(error, _HARMLESS) else name


def type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _bounded(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(key): _bounded(part) for key, part in value.items()}
    text = str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def _one_line(text: str) -> str:
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
