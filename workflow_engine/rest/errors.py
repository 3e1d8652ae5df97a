"""The one place where something that went wrong becomes an answer: status, `type`, `message` and `code` as in Camunda 7.

A caller's mistake is a 4xx with a sentence. Only what nobody foresaw is a 500, and it tells the caller nothing of the inside.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions as drf
from rest_framework.views import set_rollback

from workflow_engine import logs
from workflow_engine.bpmn.problems import InvalidModel, Problem
from workflow_engine.engine import errors as engine
from workflow_engine.rest.answers import json_answer
from workflow_engine.services import errors as services
from workflow_engine.services.authorization import qualified

logger = logging.getLogger("workflow_engine.rest")


class RestError(Exception):
    """An answer that says no. `type_name` is the name that Camunda's clients know."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type_name: str = "InvalidRequestException",
        code: int | None = 0,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.type_name, self.code, self.more = status, type_name, code, more


class NotFound(RestError):
    def __init__(self, message: str, *, type_name: str = "InvalidRequestException") -> None:
        super().__init__(message, status=404, type_name=type_name)


class TooLarge(RestError):
    def __init__(self, message: str) -> None:
        super().__init__(message, status=413)


def refusal(user: Any, permission: str) -> str:
    return f"User '{user.get_username()}' has not the permission '{qualified(permission)}'."


# The first class that fits decides, so subclasses stand before their bases.
_ANSWERS: tuple[tuple[type[BaseException], int, str], ...] = (
    (engine.DefinitionNotFound, 404, "RestException"),
    (engine.NotFound, 404, "RestException"),
    (engine.Suspended, 409, "SuspendedEntityInteractionException"),
    (services.HistoryDisabled, 403, "InvalidRequestException"),
    (services.AlreadyExists, 400, "BadUserRequestException"),
    (engine.NotAllowed, 400, "RestException"),
    (engine.BadInput, 400, "InvalidRequestException"),
    (engine.ModelError, 400, "ProcessEngineException"),
    (engine.EngineError, 400, "ProcessEngineException"),
    (Http404, 404, "NotFoundException"),
    (PermissionDenied, 403, "AuthorizationException"),
    (drf.NotAuthenticated, 401, "AuthenticationException"),
    (drf.AuthenticationFailed, 401, "AuthenticationException"),
    (drf.PermissionDenied, 403, "AuthorizationException"),
    (drf.MethodNotAllowed, 405, "NotAllowedException"),
    (drf.UnsupportedMediaType, 415, "NotSupportedException"),
    (RequestDataTooBig, 413, "InvalidRequestException"),
    (TooManyFilesSent, 413, "InvalidRequestException"),
    (MultiPartParserError, 400, "InvalidRequestException"),
    (SuspiciousOperation, 400, "InvalidRequestException"),
    # The last net: values that passed every check and that the database refuses all the same.
    (DataError, 400, "InvalidRequestException"),
    (IntegrityError, 409, "OptimisticLockingException"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the caller is told: of a whole request, or of one item of many."""

    status: int
    type_name: str
    message: str
    code: int | None = 0
    more: Mapping[str, Any] = field(default_factory=dict)


def answer_to(error: BaseException, context: dict[str, Any]) -> Any:
    """DRF's exception handler of every view."""
    set_rollback()
    told = told_of(error, context)
    answer = _answer(told)
    if header := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = header
    if isinstance(error, drf.MethodNotAllowed):
        answer["Allow"] = ", ".join(context["view"].allowed_methods)
    if told.status == 503:
        answer["Retry-After"] = "1"
    return answer


def told_of(error: BaseException, context: dict[str, Any]) -> Refusal:
    """What no caller could help goes to the log as well."""
    if isinstance(error, RestError):
        return Refusal(error.status, error.type_name, str(error), error.code, error.more)
    if isinstance(error, InvalidModel):
        return _refused_model(error)
    for kind, status, type_name in _ANSWERS:
        if isinstance(error, kind):
            return Refusal(status, type_name, _sentence(error))
    if isinstance(error, OperationalError):
        # Deadlocks, a busy SQLite file, a database that restarts: the same request may well succeed.
        logs.event(
            logger,
            logging.WARNING,
            "database_unavailable",
            # One line: while a database is away every request says the same, and where it was says nothing.
            f"The database could not carry out a request: {logs.summary(error)}",
            **_about(context),
        )
        return Refusal(
            503, "OptimisticLockingException", "The database could not carry out the request now: send it again."
        )
    return _unforeseen(error, context)


def _sentence(error: BaseException) -> str:
    if isinstance(error, DataError):
        return "A value of the request does not fit: it is too long or out of range."
    if isinstance(error, IntegrityError):
        return "The request collides with another one that was carried out at the same time."
    detail = getattr(error, "detail", None)
    return str(detail if detail is not None else error) or type(error).__name__


def _answer(told: Refusal) -> Any:
    content = {"type": told.type_name, "message": told.message, "code": told.code, **told.more}
    answer = json_answer(content, status=told.status)
    # The caller learns it; a line in the site's log for every refusal would only let callers fill it.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


_PARSE_ERROR = "ENGINE-09005 Could not parse BPMN process."


def _refused_model(error: InvalidModel) -> Refusal:
    """Every problem of every file. By its beginning the Modeler tells a broken diagram from a wrong address of the engine."""
    details: dict[str, dict[str, list[Any]]] = {}
    for problem in error.problems:
        kinds = details.setdefault(problem.resource_name or error.resource_name, {"errors": [], "warnings": []})
        kinds["warnings" if problem.severity == "warning" else "errors"].append(_problem_json(problem))
    return Refusal(400, "ParseException", f"{_PARSE_ERROR} {error}", 0, {"details": details})


def _problem_json(problem: Problem) -> dict[str, Any]:
    found = [] if problem.element_id is None else [problem.element_id]
    # Camunda spells the last name with a Cyrillic letter; clients that read it as described find the plain one.
    return {
        "message": problem.message, "line": problem.line or 0, "column": problem.column or 0,
        "mainElementId": problem.element_id, "elementIds": found, "\u0435lementIds": found,
    }  # fmt: skip


def _about(context: dict[str, Any]) -> dict[str, Any]:
    """What a record says of the request: its address and who sent it, neither its query nor its body."""
    request = context["request"]
    return {"method": request.method, "path": request.path, "user": _name_of(request)}


def _name_of(request: Any) -> str | None:
    # Without asking again who it is: perhaps just that has failed.
    user = getattr(request, "_user", None)
    return None if user is None else str(user.get_username())


def _unforeseen(error: BaseException, context: dict[str, Any]) -> Refusal:
    request = context["request"]
    sentence = f"{request.method} {request.path} failed"
    logs.event(logger, logging.ERROR, "request_failed", sentence, error=error, **_about(context))
    # So that test clients and error reporters hear of it as of any other failure.
    got_request_exception.send(sender=answer_to, request=request)
    return Refusal(500, "RestException", "The engine failed to carry out the request; its log says why.")
