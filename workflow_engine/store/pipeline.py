"""libpq's pipeline: several prepared statements go over together, then all answers are read. Saves the waiting in between."""

from __future__ import annotations

import select
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq

# The name of a prepared statement (or the text of another), and its parameters as text.
Call = tuple[bytes, Sequence[Any]]


class Pipeline:
    """Of one connection. If it is left half read, by an interrupt for one, the connection is ended."""

    def __init__(self, pgconn: pq.abc.PGconn) -> None:
        self._pgconn = pgconn
        self._answers = select.poll()
        self._answers.register(pgconn.socket, select.POLLIN)

    def run(self, calls: Sequence[Call]) -> list[pq.abc.PGresult]:
        """One result for each call; after one that failed the others were not carried out, which theirs say."""
        pgconn = self._pgconn
        pgconn.enter_pipeline_mode()
        try:
            for call in calls:
                pgconn.send_query_prepared(*call)
            pgconn.pipeline_sync()
            results = self._results()
            pgconn.exit_pipeline_mode()
        except BaseException:
            # Answers may still be on their way, to questions that nobody knows any more.
            pgconn.finish()
            raise
        return results

    def _results(self) -> list[pq.abc.PGresult]:
        pgconn = self._pgconn
        found: list[pq.abc.PGresult] = []
        if pgconn.flush():
            self._flush()
        while True:
            while pgconn.is_busy():
                self._answers.poll()  # without the interpreter's lock: what this waits for may be another thread of ours
                pgconn.consume_input()
            result = pgconn.get_result()
            if result is None:
                if pgconn.status == pq.ConnStatus.BAD:
                    raise psycopg.OperationalError(f"The connection is lost: {pgconn.get_error_message()}")
            elif result.status == pq.ExecStatus.PIPELINE_SYNC:
                return found
            else:
                found.append(result)

    def _flush(self) -> None:
        """More than fits into the socket: the server reads on only while somebody reads what it says."""
        both = select.poll()
        both.register(self._pgconn.socket, select.POLLIN | select.POLLOUT)
        while True:
            for _, event in both.poll():
                if event & ~select.POLLOUT:
                    self._pgconn.consume_input()
            if not self._pgconn.flush():
                return
