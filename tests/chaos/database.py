"""The PostgreSQL of a run: one that keeps what it acknowledged when it crashes, and is asked things over a connection of its own."""

import contextlib
import time
from typing import Any

import psycopg

from tests.support.postgres import SETTINGS, PostgresServer

PATIENCE = 120.0
_OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


class Database(PostgresServer):
    # As in production: what was acknowledged is on the disk.
    settings = {**SETTINGS, "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}

    def launch(self) -> None:
        """As often as it takes: backends of a server that crashed may be at their end for a moment longer."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                super().launch()
            except RuntimeError:
                if self._accepts_connections():
                    return
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
            else:
                return

    def _accepts_connections(self) -> bool:
        """It may have taken longer than pg_ctl waits."""
        try:
            return bool(self.ask("SELECT 1"))
        except psycopg.OperationalError:
            return False

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
            return connection.execute(sql, values).fetchall()

    def version(self) -> str:
        return str(self.ask("SHOW server_version")[0][0])

    def terminate(self, choice: float, count: int) -> dict[str, int]:
        """Ends `count` backends, those within a transaction first; by their state, those that were there to end."""
        ended: dict[str, int] = {}
        with contextlib.suppress(psycopg.OperationalError):
            rows = self.ask(
                f"SELECT pid, state {_OTHERS} ORDER BY state IN ('active', 'idle in transaction') DESC, pid"
            )
            busy = [row for row in rows if row[1] != "idle"]
            rows = busy or rows
            for offset in range(min(count, len(rows))):
                pid, state = rows[(int(choice * len(rows)) + offset) % len(rows)]
                if self.ask("SELECT pg_terminate_backend(%s)", pid)[0][0]:
                    ended[state or "starting"] = ended.get(state or "starting", 0) + 1
        return ended

    def deadlocks(self) -> int:
        log = self.folder / "log"
        return log.read_text(errors="replace").count("deadlock detected") if log.exists() else 0
