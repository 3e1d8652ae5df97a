"""The sweeper as a process: fires due timers, runs asynchronous continuations, clears expired locks, forgets old keys."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import uuid
from argparse import ArgumentParser
from datetime import datetime, timedelta
from functools import partial
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections, router

from workflow_engine import clock, logs, wakeup
from workflow_engine.models import Job
from workflow_engine.services import startup
from workflow_engine.sweeper import external_task_locks, history_cleanup, idempotency_keys, jobs, months
from workflow_engine.sweeper.counts import Counts
from workflow_engine.sweeper.loop import Sweeper
from workflow_engine.wakeup import courier

logger = logging.getLogger("workflow_engine.sweeper")

# Of jobs that jobs of the same --once pass have made.
GENERATIONS = 20


class Command(BaseCommand):
    help = (
        "Runs what is due (timers, asynchronous continuations) until it is told to stop with SIGTERM or Ctrl-C."
        " Any number of sweepers may run side by side. --once is for cron."
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._is_stopped = threading.Event()
        self._verbosity = 1

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")
        parser.add_argument("--threads", type=int, help="jobs that run at the same time (default 4; 1 on SQLite)")
        parser.add_argument("--poll", type=float, default=1.0, help="seconds between two looks for work (default 1)")
        parser.add_argument(
            "--lock-grace",
            type=float,
            default=external_task_locks.GRACE.total_seconds(),
            help="seconds for which an expired external task lock is kept for a worker that is late (default %(default)g)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["poll"] <= 0 or (options["threads"] is not None and options["threads"] < 1):
            raise CommandError("--poll must be above 0, and --threads at least 1.")
        self._verbosity = options["verbosity"]
        owner = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        previous = self._stop_on_signals()
        try:
            if options["once"]:
                self._sweep_once(owner, timedelta(seconds=options["lock_grace"]))
            else:
                self._sweep(owner, options)
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _sweep(self, owner: str, options: dict[str, Any]) -> None:
        # SQLite has one writer at a time: more threads would only queue up for it.
        is_sqlite = connections[router.db_for_write(Job)].vendor == "sqlite"
        threads = options["threads"] or (1 if is_sqlite else 4)
        grace = timedelta(seconds=options["lock_grace"])
        sweeper = Sweeper(owner, threads=threads, poll=options["poll"], tell=self._tell, lock_grace=grace)
        self._say(
            f"Sweeper {owner} is looking for due jobs (threads: {threads}).",
            "sweeper_started",
            sweeper=owner,
            threads=threads,
            **startup.facts(),
        )
        # Workers that wait hear at once of the tasks that jobs make, and this sweeper of the jobs that others make.
        with courier.carrying(waiting_for=(wakeup.JOBS,)):
            sweeper.run(self._is_stopped)
        self._say("Sweeper has ended.", "sweeper_ended", sweeper=owner)

    def _sweep_once(self, owner: str, grace: timedelta) -> None:
        """What is due, and what that makes due at once; but not for ever where a model goes round in circles."""
        history_cleanup.run_once()
        self._tell("months of history", months.run_once())
        done, is_stopped = Counts(), self._is_stopped.is_set
        for _ in range(GENERATIONS):
            until, before = clock.now(router.db_for_write(Job)), done.total()
            while not is_stopped() and (counts := jobs.run_once(owner, created_until=until, should_stop=is_stopped)):
                done.update(counts)
            if done.total() == before:
                break
        self._tell("jobs", done)
        for duty, run_once in (
            ("external task locks", partial(external_task_locks.run_once, grace=grace)),
            ("idempotency keys", idempotency_keys.run_once),
        ):
            cleared = Counts()
            while not is_stopped() and (counts := run_once()):
                cleared.update(counts)
            self._tell(duty, cleared)

    def _stop_on_signals(self) -> dict[int, Any]:
        """Gives the handlers that were there before."""
        if threading.current_thread() is not threading.main_thread():
            return {}
        previous: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

        def on_signal(number: int, frame: FrameType | None) -> None:
            # The second signal ends the process at once.
            for known in previous:
                signal.signal(known, signal.SIG_DFL)
            self._is_stopped.set()

        for number in previous:
            signal.signal(number, on_signal)
        return previous

    def _tell(self, duty: str, counts: Counts) -> None:
        self._say(f"{duty}: {counts}", "sweeper_pass", duty=duty, counts=dict(counts))

    def _say(self, sentence: str, event: str, **fields: Any) -> None:
        """On the standard output, or as a log record where the site wants those as JSON."""
        if logs.is_structured(logger):
            logs.event(logger, logging.INFO, event, sentence, **fields)
        elif self._verbosity:
            self.stdout.write(f"{datetime.now().astimezone():%H:%M:%S} {sentence}")
            self.stdout.flush()
