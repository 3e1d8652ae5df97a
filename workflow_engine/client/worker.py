"""The worker as users write it: which function does which topic, and where the engine is."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import uuid
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, TypeVar

from workflow_engine.client.auth import AuthLike, as_auth
from workflow_engine.client.binding import Handler, bind
from workflow_engine.client.engine import Engine
from workflow_engine.client.execution import Middleware
from workflow_engine.client.runner import Runner, describe
from workflow_engine.client.subscription import Subscription
from workflow_engine.client.transport import Transport

logger = logging.getLogger(__name__)

F = TypeVar("F", bound=Handler)
DEFAULT_URL = "http://localhost:8000/engine-rest"


class Worker:
    """Times in seconds. `threads`: tasks that run at the same time. `poll`: how long a request for work waits at the
    engine. `drain`: how long running tasks get when the worker is told to end. What is not given is read from the
    environment: WORKFLOW_ENGINE_URL, and WORKFLOW_ENGINE_USER with WORKFLOW_ENGINE_PASSWORD, or WORKFLOW_ENGINE_TOKEN."""

    def __init__(
        self,
        base_url: str | None = None,
        *,
        auth: AuthLike = None,
        worker_id: str | None = None,
        threads: int = 8,
        poll: float = 10.0,
        drain: float = 20.0,
        timeout: float = 20.0,
        middleware: Sequence[Middleware] = (),
    ) -> None:
        self.base_url = base_url or os.environ.get("WORKFLOW_ENGINE_URL") or DEFAULT_URL
        self.auth = auth or _auth_from_environment()
        # Never shared: the engine tells workers apart by it.
        self.worker_id = worker_id or f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        self.threads, self.poll, self.drain, self.timeout = threads, poll, drain, timeout
        self.middleware = tuple(middleware)
        self.subscriptions: dict[str, Subscription] = {}
        self._runner: Runner | None = None
        self._is_stopped = threading.Event()

    def task(
        self,
        topic: str,
        *,
        lock: float = 60.0,
        extend: bool = True,
        retries: int = 3,
        backoff: Sequence[float] = (10.0, 60.0, 300.0),
        limit: int | None = None,
        variables: Sequence[str] | None = None,
        **filters: Any,
    ) -> Callable[[F], F]:
        """Makes the function the handler of `topic`. Parameters: see `Subscription`; others are fetchAndLock's topic fields."""

        def register(function: F) -> F:
            if topic in self.subscriptions:
                raise ValueError(
                    f"Topic {topic!r} has a handler already: {self.subscriptions[topic].handler.function!r}."
                )
            self.subscriptions[topic] = Subscription(
                topic=topic,
                handler=bind(function),
                lock=lock,
                extend=extend,
                retries=retries,
                backoff=tuple(backoff),
                limit=limit,
                variables=None if variables is None else tuple(variables),
                filters=filters,
            )
            return function

        return register

    def run(self) -> None:
        """Works until `stop`, SIGTERM or SIGINT; a second signal ends the process at once."""
        self._runner = runner = self._new_runner()
        if self._is_stopped.is_set():
            return
        logger.info("Worker %s works for %s on: %s", self.worker_id, self.base_url, describe(self.subscriptions))
        previous = self._listen_to_signals()
        try:
            runner.run()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
            runner.engine.transport.close()
        logger.info("Worker %s has ended", self.worker_id)

    def stop(self) -> None:
        """May be called from any thread or signal handler; `run` then returns after draining."""
        self._is_stopped.set()
        if self._runner is not None:
            self._runner.stop.set()

    def run_once(self) -> int:
        """Fetches what is there and works it off, in this thread and without extending locks. For cron and tests."""
        runner = self._new_runner()
        tasks = runner.fetch(wait=0)
        for task in tasks:
            runner.execution(task).run()
        runner.engine.transport.close()
        return len(tasks)

    def _new_runner(self) -> Runner:
        if not self.subscriptions:
            raise ValueError('The worker has no handler: decorate a function with @worker.task("topic").')
        engine = Engine(Transport(self.base_url, as_auth(self.auth), timeout=self.timeout), self.worker_id)
        return Runner(
            engine,
            self.subscriptions,
            threads=self.threads,
            poll=self.poll,
            drain=self.drain,
            middleware=self.middleware,
        )

    def _listen_to_signals(self) -> dict[signal.Signals, Any]:
        if threading.current_thread() is not threading.main_thread():
            return {}
        previous = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

        def on_signal(number: int, frame: FrameType | None) -> None:
            for known in previous:
                signal.signal(known, signal.SIG_DFL)
            self.stop()

        for number in previous:
            signal.signal(number, on_signal)
        return previous


def _auth_from_environment() -> AuthLike:
    token, user = os.environ.get("WORKFLOW_ENGINE_TOKEN"), os.environ.get("WORKFLOW_ENGINE_USER")
    if user:
        return (user, os.environ.get("WORKFLOW_ENGINE_PASSWORD", ""))
    return token or None
