"""How the web server is started, told in one place for `manage.py serve`, the demo and the tests."""

import contextlib
import gc
import os
import resource
import sys
from importlib import import_module

from django.conf import settings

from workflow_engine.rest.asgi import THREADS

# Long polls count as requests under way, and each has an open connection.
MOST_REQUESTS = 8_192


def command(host: str, port: int, workers: int, threads: int, interface: str) -> list[str]:
    """The server's command line; the process it starts ends cleanly on SIGTERM and SIGINT."""
    return [
        *(sys.executable, "-m", "granian", f"project.{interface}:application", "--interface", interface),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
        *(_ASGI if interface == "asgi" else ("--blocking-threads", str(threads), *_WSGI)),
        # A process that was killed, for its memory say, is replaced; otherwise the others would end as well.
        *("--respawn-failed-workers", "--respawn-interval", "0.5"),
        # An open keep-alive connection of an idle client must not hold up the end.
        *("--workers-kill-timeout", "10", "--log-level", "warning"),
    ]


# The threads are the application's own: it reads WEB_THREADS.
_ASGI = ("--backpressure", str(MOST_REQUESTS))
# A thread that goes takes its database connection with it, so threads stay through quiet minutes.
_WSGI = ("--blocking-threads-idle-timeout", "600")


def allow_many_connections() -> None:
    """As many as the system lets this process have: the usual 1,024 files are few for a server where clients wait."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_REQUESTS if hard == resource.RLIM_INFINITY else min(MOST_REQUESTS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def settle() -> None:
    """What is loaded stays: the garbage collector need not look through it again and again, nor after every few hundred objects."""
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def cpus() -> int:
    """Those that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def options_from_environment() -> dict[str, int | str]:
    return {
        "host": os.environ.get("HOST", "127.0.0.1"),
        "port": int(os.environ.get("PORT", "8000")),
        "workers": int(os.environ.get("WEB_WORKERS") or min(max(cpus(), 2), 8)),
        "threads": int(os.environ.get("WEB_THREADS") or THREADS),
        "interface": os.environ.get("WEB_INTERFACE", "asgi"),
    }
