"""Where the test databases live. Asked once by tests/settings.py, before any worker process is started.

What it makes is written to the environment, which pytest-xdist's workers inherit: one folder or server for the whole run.
"""

import atexit
import os
import tempfile
from pathlib import Path
from uuid import uuid4

from tests.support.postgres import PostgresServer

SQLITE_FOLDER = "TEST_SQLITE_FOLDER"
POSTGRES_URL = "TEST_POSTGRES_URL"


def database_url(kind: str) -> str:
    if kind == "sqlite":
        return f"sqlite:///{sqlite_folder() / 'test.sqlite3'}"
    if kind == "postgres":
        return postgres_url()
    raise ValueError(f"TEST_DATABASE is {kind!r}: it must be sqlite or postgres.")


def sqlite_folder() -> Path:
    """Only a name: pytest makes the folder and removes it, other readers of the settings leave nothing behind."""
    return Path(os.environ.setdefault(SQLITE_FOLDER, f"{tempfile.gettempdir()}/workflow-tests-{uuid4().hex}"))


def postgres_url() -> str:
    """The server that TEST_POSTGRES_URL names, or one of our own that ends with this process."""
    if POSTGRES_URL not in os.environ:
        server = PostgresServer()
        server.start()
        atexit.register(server.stop)
        os.environ[POSTGRES_URL] = server.url
    return os.environ[POSTGRES_URL]
