"""The API under an ASGI server: long polls wait here, without a thread and without a database connection.

    application = django_in_threads()                            # the whole site, as project/asgi.py does
    application = with_long_polling(get_asgi_application())       # a site that has an ASGI application of its own

Short requests run in Django's WSGI handler on a few threads that keep their database connections, which costs less than Django's
own ASGI handler. A long poll goes through Django once like any other request; if there is nothing to hand out it waits as a
coroutine (`fetching`), in line with others (`waiting_room`), and goes through Django again when it is its turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflow_engine.rest.door import get_wsgi_application

if TYPE_CHECKING:
    from workflow_engine.rest.asgi.application import Application

__all__ = ["THREADS", "django_in_threads", "with_long_polling"]

# Of each process. More of them would wait for their turn at the interpreter rather than for the database.
THREADS = 2


def django_in_threads(threads: int = THREADS) -> Application:
    """The whole site, on `threads` threads, with long polls that need none."""
    django, (application, pool, within) = get_wsgi_application(), _parts()
    request_threads = pool(threads)
    return application(within(django, request_threads), django, request_threads)


def with_long_polling(application: Any, threads: int = THREADS) -> Application:
    """Another ASGI application, of which only fetchAndLock is answered here."""
    django, (wrap, pool, _) = get_wsgi_application(), _parts()
    return wrap(application, django, pool(threads))


def _parts() -> tuple[Any, Any, Any]:
    """Imported late: a site's asgi.py imports this module before Django is set up."""
    from workflow_engine.rest.asgi.application import Application
    from workflow_engine.rest.asgi.threads import Threads
    from workflow_engine.rest.asgi.wsgi import WsgiInThreads

    return Application, Threads, WsgiInThreads
