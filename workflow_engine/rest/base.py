"""The base of every view: who asks, may they, how much do they send; and nothing of DRF's that a plain JSON answer does not need."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from workflow_engine import correlation, tracing
from workflow_engine.engine.commands import Command
from workflow_engine.rest.authentication import BasicCredentials, SessionWithCsrf, WorkerToken
from workflow_engine.rest.errors import NotFound, RestError, answer_to, refusal
from workflow_engine.rest.limits import limits
from workflow_engine.rest.permissions import HasPermission
from workflow_engine.rest.request_body import Body, check_length, read_body
from workflow_engine.rest.visibility import check_named, granted, knows_definitions, visibility_of
from workflow_engine.services.command import execute
from workflow_engine.services.granted import Granted
from workflow_engine.services.visibility import Visibility, act_for, acting_for

ENGINE_NAME = "default"


class EngineView(APIView):
    """`permissions` names the Django permission for each HTTP method; a method without one needs authentication only.

    Authentication, permissions and everything else are set here and never taken from the host site's DRF settings.
    """

    authentication_classes: Sequence[type[BaseAuthentication]] = (WorkerToken, BasicCredentials, SessionWithCsrf)
    permission_classes: Sequence[type[BasePermission]] = (HasPermission,)
    throttle_classes = ()
    parser_classes = ()
    renderer_classes = ()
    permissions: ClassVar[dict[str, str]] = {}
    # For worker credentials, by method too: what of their verbs it is.
    verbs: ClassVar[dict[str, str]] = {}
    # A view that names no object in its address and is no list, but shows and changes only what the caller may see.
    knows_definitions = False
    # A busy view whose service looks at the object that the address names before it changes anything.
    leaves_check_to_service = False
    # A view of rows that people make: who may not see all of them sees his own.
    shows_own: ClassVar[bool] = False
    sees_own_only = False
    definitions: Granted | None = None  # those for which the caller has the method's permission; None: all
    visibility: Visibility | None = None  # None: the caller sees everything
    # A view that reads a larger body than JSON (files) checks its length itself.
    reads_files = False
    _body: Body | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        # A host site's ATOMIC_REQUESTS would hold a transaction while a worker waits; services open their own.
        for alias in connections:
            view = transaction.non_atomic_requests(using=alias)(view)
        return view

    def dispatch(self, request: HttpRequest, *args: Any, engine_name: str = ENGINE_NAME, **kwargs: Any) -> Any:
        self.engine_name = engine_name
        # The site's middleware may have named the request already.
        correlation_id = correlation.current_id() or correlation.id_of(request.META)
        with correlation.bound(correlation_id=correlation_id), tracing.continued(request.META), acting_for(None):
            response = self._answer(request, args, kwargs)
        response.headers[correlation.REQUEST_HEADER] = correlation_id
        return response

    def _answer(self, request: HttpRequest, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """As DRF's `dispatch`, without what parsers and negotiation need."""
        self.args, self.kwargs, self.headers = args, kwargs, {}
        self.request = asked = Request(request, authenticators=_instances(tuple(self.authentication_classes)))
        try:
            self.initial(asked, *args, **kwargs)
            name = str(request.method).lower()
            handler = getattr(self, name, None) if name in self.http_method_names else None
            response = (handler or self.http_method_not_allowed)(asked, *args, **kwargs)
        except Exception as error:
            response = self.handle_exception(error)
        self.response = self.finalize_response(asked, response)
        return self.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.check_permissions(request)
        if self.engine_name != ENGINE_NAME:
            raise NotFound(
                f"There is no process engine with the name '{self.engine_name}': the only one is '{ENGINE_NAME}'."
            )
        check_address(request._request)
        if request.method in ("GET", "HEAD", "OPTIONS", "DELETE"):
            check_length(request._request, 2**20)
        self._see(self.definitions)

    def _see(self, definitions: Granted | None) -> None:
        """From here on lists, single rows and commands are narrowed to what the caller may see."""
        self.visibility = visibility_of(self.request.user, definitions, own_only=self.sees_own_only)
        act_for(self.visibility)
        method = "GET" if self.request.method in ("HEAD", "OPTIONS") else str(self.request.method)
        if self.visibility is None or method not in self.permissions:
            return
        if definitions is not None or not self.leaves_check_to_service:
            check_named(self.visibility, self.request.user, self.route, self.kwargs, self.permissions[method])

    @property
    def route(self) -> str:
        found = self.request._request.resolver_match
        return "" if found is None else found.route

    def get_exception_handler(self) -> Any:
        return answer_to

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(response, HttpResponse):
            raise TypeError(f"{type(self).__name__} answered with {type(response).__name__}")
        headers = response.headers
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        if not response.streaming:
            headers.setdefault("Content-Length", str(len(response.content)))
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        answer = HttpResponse(status=200)
        answer["Allow"] = ", ".join(self.allowed_methods)
        return answer

    def body(self) -> Body:
        """Read once, however often it is asked for."""
        if self._body is None:
            self._body = read_body(self.request._request)
        return self._body

    def content(self) -> Any:
        """What the request says, as plain values."""
        return self.body().values

    def require(self, permission: str) -> None:
        """For what a request asks beside its method's own permission; may narrow what it sees."""
        definitions = granted(self.request.user, permission)
        if definitions is None:
            return
        if not definitions or not knows_definitions(self, self.route):
            raise PermissionDenied(refusal(self.request.user, permission))
        self.definitions = definitions if self.definitions is None else self.definitions & definitions
        self._see(self.definitions)

    def execute(self, command: Command) -> Any:
        """The one door for commands on running instances."""
        return execute(command, user=self.user_id)

    def address(self) -> Body:
        """The parameters of the query string, by name and type."""
        return Body(self.request._request.GET.dict())

    @property
    def user_id(self) -> str:
        """Who does it, for history and logs."""
        return str(self.request.user.get_username())


@cache
def _instances(classes: tuple[type[BaseAuthentication], ...]) -> tuple[BaseAuthentication, ...]:
    """They keep nothing of a request."""
    return tuple(each() for each in classes)


class UnknownAddress(EngineView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound(f"There is nothing at {request.method} {request.path[:200]}.", type_name="NotFoundException")


class NotSupported(EngineView):
    """Resources that this engine does not have."""

    message = "Case management and decisions are not supported by this engine."

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise RestError(self.message, status=501, type_name="NotImplementedException")


def check_address(request: HttpRequest) -> None:
    """Path and query string: databases refuse NUL, and nobody needs a query of megabytes."""
    query = request.META.get("QUERY_STRING", "")
    allowed = limits().max_query_length
    if len(query) > allowed:
        raise RestError(
            f"The query string has {len(query)} characters, at most {allowed} are allowed: send the query as POST.",
            status=414,
        )
    if "\0" in request.path_info or "%00" in query or "\0" in query:
        raise RestError("The address holds the character NUL.")
