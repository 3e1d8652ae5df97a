"""LISTEN and NOTIFY on one connection of PostgreSQL.

The payload of news is a JSON list of topics, or null for any; who waits for topics sends them as `{"waiting": [...]}` (`interest`).
"""

from __future__ import annotations

import json
import logging
import selectors
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from typing import Any
from uuid import uuid4

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from workflow_engine import wakeup
from workflow_engine.wakeup import connecting

logger = logging.getLogger("workflow_engine.wakeup")

CHANNEL = "workflow_engine"
WAITING = "waiting"
# PostgreSQL allows 8,000 bytes.
MAX_PAYLOAD = 7_000
PROOF_SECONDS = 2.0


class Notifications:
    """Does nothing on databases that have none."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._is_postgresql = connection.vendor == "postgresql"
        self._heard: list[str] = []
        self._is_listening = False

    def fileno(self) -> int:
        return int(self._raw.fileno())

    @property
    def _raw(self) -> Any:
        return self._connection.connection

    def listen(self) -> bool:
        """Whether notifications will arrive. If not, the log says why."""
        if not self._is_postgresql:
            return False
        if not hasattr(self._raw, "add_notify_handler"):
            logger.warning("Work of other processes is looked for again and again: notifications need psycopg 3.")
            return False
        # Those that arrive while another statement is under way.
        self._raw.add_notify_handler(self._hear)
        with self._connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        self._is_listening = not self._is_pooled() or self._is_proven()
        if not self._is_listening:
            logger.warning(
                "Work of other processes is looked for again and again: notifications do not arrive, probably because of a"
                " connection pooler in transaction mode. WORKFLOW_ENGINE['NOTIFICATION_DATABASE'] may name a database"
                " that leads past it, and WORKFLOW_ENGINE['NOTIFICATIONS'] = False ends the attempts."
            )
        return self._is_listening

    @property
    def is_listening(self) -> bool:
        return self._is_listening

    def receive(self, tell: Callable[[wakeup.Topics], None], tell_of_waiting: Callable[[wakeup.Topics], None]) -> None:
        """Tells what has arrived; never waits."""
        if not self._is_listening:
            return
        self._read()
        heard, self._heard = self._heard, []
        for payload in heard:
            content = _content_of(payload)
            if isinstance(content, dict) and WAITING in content:
                tell_of_waiting(_topics_of(content[WAITING]))
            else:
                tell(_topics_of(content))

    def send(self, topics: wakeup.Topics) -> None:
        """News of these topics."""
        self._send(_payloads(topics))

    def ask(self, topics: Collection[str]) -> None:
        """For news of these topics: somebody waits here."""
        self._send(f'{{"{WAITING}": {payload}}}' for payload in _payloads(topics))

    def _send(self, payloads: Iterable[str]) -> None:
        if not self._is_postgresql:
            return
        with self._connection.cursor() as cursor:
            for payload in payloads:
                _notify(cursor, payload)

    def _read(self) -> None:
        """What has come since the last statement. psycopg's own generator would be a second reader beside the handler."""
        with self._connection.wrap_database_errors:
            self._raw.pgconn.consume_input()
        while (notification := self._raw.pgconn.notifies()) is not None:
            self._keep(notification.relname.decode(), notification.be_pid, notification.extra.decode())

    def _hear(self, notification: Any) -> None:
        self._keep(notification.channel, notification.pid, notification.payload)

    def _keep(self, channel: str, pid: int, payload: str) -> None:
        # Whoever sent it has told everybody in this process itself.
        if channel == CHANNEL and pid != self._raw.info.backend_pid:
            self._heard.append(payload)

    def _is_pooled(self) -> bool:
        """A pooler invents the number of the server's process that it tells its clients."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            row = cursor.fetchone()
        assert row is not None
        return bool(row[0] != self._raw.info.backend_pid)

    def _is_proven(self) -> bool:
        """Whether a notification of somebody else comes through while this connection does nothing."""
        proof = json.dumps([f"proof {uuid4()}"])
        with closing(connecting.connect(self._connection.alias)) as other, other.cursor() as cursor:
            _notify(cursor, proof)
        deadline = time.monotonic() + PROOF_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            while proof not in self._heard and (left := deadline - time.monotonic()) > 0:
                selector.select(left)
                self._read()
        return proof in self._heard


def _notify(cursor: CursorWrapper, payload: str) -> None:
    # Nobody needs this one to survive a crash, so its commit need not wait for the disk.
    cursor.execute("SELECT set_config('synchronous_commit', 'off', true), pg_notify(%s, %s)", [CHANNEL, payload])


def _payloads(topics: Collection[str] | None) -> list[str]:
    if topics is None:
        return ["null"]
    whole = json.dumps(sorted(topics), ensure_ascii=False)
    if len(whole.encode()) <= MAX_PAYLOAD:
        return [whole]
    if len(topics) == 1:
        return ["null"]
    names = sorted(topics)
    middle = len(names) // 2
    return [*_payloads(names[:middle]), *_payloads(names[middle:])]


def _content_of(payload: str) -> Any:
    try:
        return json.loads(payload)
    except ValueError:
        return None


def _topics_of(content: Any) -> wakeup.Topics:
    """Anybody may send to the channel: what is not ours means any topic."""
    return [name for name in content if isinstance(name, str)] if isinstance(content, list) else None
