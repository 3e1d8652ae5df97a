"""The running worker: one thread that fetches, one for each task, one that extends locks. Ends by draining."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from workflow_engine.client.backoff import Backoff
from workflow_engine.client.engine import Engine
from workflow_engine.client.errors import EngineRefused, EngineUnavailable
from workflow_engine.client.execution import Middleware, TaskExecution
from workflow_engine.client.heartbeat import Heartbeat
from workflow_engine.client.slots import Slots
from workflow_engine.client.subscription import Subscription
from workflow_engine.client.task import Task, task_from_json

logger = logging.getLogger(__name__)


class Runner:
    def __init__(
        self,
        engine: Engine,
        subscriptions: Mapping[str, Subscription],
        *,
        threads: int,
        poll: float,
        drain: float,
        middleware: tuple[Middleware, ...] = (),
    ) -> None:
        self.engine, self.subscriptions, self.middleware = engine, subscriptions, middleware
        self.poll, self.drain = poll, drain
        self.stop = threading.Event()
        self._slots = Slots(threads, subscriptions.values())
        self._heartbeat = Heartbeat(engine)
        self._running: dict[str, TaskExecution] = {}

    def run(self) -> None:
        """Until `stop` is set; then waits for running tasks and gives back those that take too long."""
        fetcher = threading.Thread(target=self._fetch_until_stopped, name="workflow-fetcher", daemon=True)
        fetcher.start()
        self.stop.wait()
        self._slots.close()
        deadline = time.monotonic() + self.drain
        # A long poll that is still open may hand out tasks; whoever does not wait for it leaves them locked.
        fetcher.join(self.poll + 1)
        if not self._slots.wait_until_idle(max(0.0, deadline - time.monotonic())):
            for execution in list(self._running.values()):
                execution.is_abandoned.set()
                execution.task.lost.set()
                self._give_back(execution.task)

    def fetch(self, wait: float) -> list[Task]:
        subscriptions, room = self._slots.room()
        if not room:
            return []
        rows = self.engine.fetch_and_lock([s.request() for s in subscriptions], room, wait=wait)
        return [task_from_json(row) for row in rows]

    def execution(self, task: Task) -> TaskExecution:
        return TaskExecution(self.engine, task, self.subscriptions[task.topic], self.middleware, self._heartbeat)

    def _fetch_until_stopped(self) -> None:
        # "Nothing to do" and "nobody there" are different: the first is asked again soon, the second with growing pauses.
        idle, down = Backoff(0.2, 2.0), Backoff(1.0, 30.0)
        is_down = False
        while not self.stop.is_set():
            started = time.monotonic()
            try:
                tasks = self.fetch(self.poll)
            except (EngineUnavailable, EngineRefused) as error:
                log = logger.debug if is_down else logger.error
                log("Cannot fetch tasks, will try again for ever: %s", error)
                is_down = True
                self.stop.wait(down.next())
                continue
            except Exception:
                logger.exception("Fetching tasks failed unexpectedly, will try again")
                self.stop.wait(down.next())
                continue
            if is_down:
                logger.info("The engine is back")
            is_down = False
            down.reset()
            self._start(tasks)
            if tasks or time.monotonic() - started >= self.poll * 0.9:
                idle.reset()
            else:
                self.stop.wait(idle.next())

    def _start(self, tasks: list[Task]) -> None:
        for task in tasks:
            if self.stop.is_set():
                self._give_back(task)
                continue
            execution = self._running[task.id] = self.execution(task)
            self._slots.take(task.topic)
            # A daemon: a handler that never returns must not keep the process from ending.
            threading.Thread(target=self._work, args=(execution,), name=f"workflow-{task.topic}", daemon=True).start()

    def _work(self, execution: TaskExecution) -> None:
        task, subscription = execution.task, execution.subscription
        try:
            if subscription.extend:
                self._heartbeat.watch(task, subscription.lock)
            execution.run()
        except BaseException:
            logger.exception("Task %s of topic %s: the worker itself failed", task.id, task.topic)
        finally:
            self._heartbeat.forget(task)
            self._running.pop(task.id, None)
            self._slots.give(task.topic)

    def _give_back(self, task: Task) -> None:
        try:
            self.engine.unlock(task)
            logger.info("Task %s of topic %s: given back, the worker ends", task.id, task.topic)
        except (EngineUnavailable, EngineRefused) as error:
            logger.warning("Task %s of topic %s: not given back, its lock will expire: %s", task.id, task.topic, error)


def describe(subscriptions: Mapping[str, Any]) -> str:
    return ", ".join(sorted(subscriptions))
