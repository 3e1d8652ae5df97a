"""A site's WSGI application, with a door of their own for requests of workers to the API.

    application = get_wsgi_application()     # instead of Django's, which it holds

Who sends an Authorization header is known by it alone, so Django's middleware for sessions, messages, forms and pages is left out
for these requests. Middleware of the site's own works for them as for any other, and finds the session and user that it may ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core import wsgi
from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from workflow_engine.rest import routes
from workflow_engine.rest.addresses import NAMESPACE

Environ = dict[str, Any]
WsgiApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# What they do is for pages, or the API's views do it by themselves.
NOT_FOR_WORKERS = frozenset(
    {
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "workflow_engine.middleware.correlate",
    }
)
# What they give to a request needs a cookie. The API does not ask for it, but a site's own middleware may.
OF_COOKIES = frozenset(
    {
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
    }
)
# Of these it is known that they do not ask.
KNOWN = ("django.middleware.", "django.contrib.", "whitenoise.", "workflow_engine.")
COMMON = "django.middleware.common.CommonMiddleware"


def get_wsgi_application() -> Door:
    return Door(wsgi.get_wsgi_application())


class Door:
    """A WSGI application."""

    def __init__(self, site: WsgiApplication) -> None:
        self._site = site
        self._workers: WsgiApplication | None = None
        self._prefix = ""

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_AUTHORIZATION" not in environ:
            return self._site(environ, start_response)
        if self._workers is None:
            # With the first request: whoever makes an application has not always set everything up.
            self._prefix, self._workers = _prefix(), _worker_handler() or self._site
        is_for_workers = self._prefix and environ.get("PATH_INFO", "").startswith(self._prefix)
        return (self._workers if is_for_workers else self._site)(environ, start_response)


class WorkerHandler(WSGIHandler):
    """Django's handler, with the middleware that workers need, and an address looked up once whatever the id in it."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        super().__init__()

    def resolve_request(self, request: Any) -> Any:
        found = None if hasattr(request, "urlconf") else routes.find(request.path_info)
        if found is None:
            return super().resolve_request(request)
        request.resolver_match = found
        return found

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for name in reversed(self._names):
            try:
                middleware = import_string(name)(handler)
            except MiddlewareNotUsed:
                continue
            if hasattr(middleware, "process_view"):
                self._view_middleware.insert(0, middleware.process_view)
            if hasattr(middleware, "process_template_response"):
                self._template_response_middleware.append(middleware.process_template_response)
            if hasattr(middleware, "process_exception"):
                self._exception_middleware.append(middleware.process_exception)
            handler = convert_exception_to_response(middleware)
        self._middleware_chain = handler


def _worker_handler() -> WorkerHandler | None:
    """None where the site has middleware that only Django's own way of loading can use."""
    names = [name for name in settings.MIDDLEWARE if name not in NOT_FOR_WORKERS]
    if all(name.startswith(KNOWN) for name in names):
        names = [name for name in names if name not in OF_COOKIES]
    if COMMON in names and not (settings.DISALLOWED_USER_AGENTS or settings.PREPEND_WWW):
        names.remove(COMMON)
    if not all(getattr(import_string(name), "sync_capable", True) for name in names):
        return None
    return WorkerHandler(names)


def _prefix() -> str:
    try:
        return reverse(f"{NAMESPACE}:version", urlconf=settings.ROOT_URLCONF).rsplit("/", 1)[0] + "/"
    except NoReverseMatch:
        return ""
