"""Starts our own site as a process beside this one, on a fresh database: for conformance runs and benchmarks."""

import base64
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent
AUTHORIZATION = "Basic " + base64.b64encode(b"demo:demo").decode()
PATIENCE = 90.0


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    """The URL of an empty database, gone afterwards."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="workflow-site-") as folder:
            yield f"sqlite:///{folder}/db.sqlite3"
        return
    server = PostgresServer()
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def site(database_url: str) -> Iterator[str]:
    """The base address of a running site with the user demo/demo; no sweeper runs beside it."""
    port = free_port()
    environment = {**os.environ, "DATABASE_URL": database_url, "DEMO": "1", "PORT": str(port), "LOG_LEVEL": "ERROR"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "-v", "0"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}/admin/login/")
            yield f"http://127.0.0.1:{port}"
        except BaseException:
            output.seek(0)
            sys.stderr.write(output.read().decode(errors="replace")[-4000:])
            raise
        finally:
            _end(process)


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The site ended with {process.returncode} before it answered.")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"The site answers {address} with {error.code}.") from error
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The site did not answer within {PATIENCE:.0f} seconds.")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
