"""How the web server is started, told in one place for `manage.py serve`, the demo and the tests."""

import os
import sys


def command(host: str, port: int, workers: int, threads: int) -> list[str]:
    """The server's command line; the process it starts ends cleanly on SIGTERM and SIGINT."""
    return [
        *(sys.executable, "-m", "granian", "project.wsgi:application", "--interface", "wsgi"),
        *("--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)),
        # A thread that goes takes its database connection with it, so threads stay through quiet minutes.
        *("--blocking-threads-idle-timeout", "600"),
        # An open keep-alive connection of an idle client must not hold up the end.
        *("--workers-kill-timeout", "10", "--log-level", "warning"),
    ]


def options_from_environment() -> dict[str, int | str]:
    return {
        "host": os.environ.get("HOST", "127.0.0.1"),
        "port": int(os.environ.get("PORT", "8000")),
        "workers": int(os.environ.get("WEB_WORKERS", "2")),
        "threads": int(os.environ.get("WEB_THREADS", "4")),
    }
