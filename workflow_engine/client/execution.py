"""One task from the handler's call to the engine's answer. Decides what each ending means; never raises for a task's failure."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from workflow_engine.client import tracing
from workflow_engine.client.backoff import Backoff
from workflow_engine.client.engine import Engine
from workflow_engine.client.errors import EngineRefused, EngineUnavailable
from workflow_engine.client.heartbeat import Heartbeat
from workflow_engine.client.outcomes import BpmnError, HandOver, NoRetry, Result, Retry
from workflow_engine.client.subscription import Subscription
from workflow_engine.client.task import Task

logger = logging.getLogger(__name__)

Middleware = Callable[[Task, Callable[[Task], Any]], Any]
MESSAGE_LENGTH = 4000
# A temporary state of the server (an optimistic conflict, a bug under load) or its last word; so not for ever.
SERVER_ERROR_ATTEMPTS = 4


class TaskExecution:
    def __init__(
        self,
        engine: Engine,
        task: Task,
        subscription: Subscription,
        middleware: tuple[Middleware, ...] = (),
        heartbeat: Heartbeat | None = None,
    ) -> None:
        self.engine, self.task, self.subscription, self.middleware = engine, task, subscription, middleware
        self.heartbeat = heartbeat
        self.is_abandoned = threading.Event()  # the worker ends and has given the task back

    def run(self) -> None:
        with tracing.of_task(self.task):
            self._run()

    def _run(self) -> None:
        task = self.task
        logger.debug("Task %s of topic %s: started", task.id, task.topic)
        try:
            result = self._call()
            variables, local_variables = _variables(result)
        except BpmnError as error:
            code, message, values = error.code, error.message, error.variables
            self._report("BPMN error " + code, lambda: self.engine.bpmn_error(task, code, message, values))
        except Retry as error:
            left, _ = self.subscription.after_failure(task.retries)
            keep = self.subscription.retries if task.retries is None else task.retries
            self._fail(error, left if error.counts else keep, error.after)
        except NoRetry as error:
            self._fail(error, 0, 0)
        except (Exception, SystemExit) as error:
            self._fail(error, *self.subscription.after_failure(task.retries))
        else:
            if isinstance(result, HandOver):
                lock = result.lock
                if self.heartbeat is not None:
                    self.heartbeat.forget(task)
                self._report("handed over", lambda: self.engine.extend_lock(task, lock))
            else:
                self._report("completed", lambda: self.engine.complete(task, variables, local_variables))

    def _call(self) -> Any:
        call: Callable[[Task], Any] = self.subscription.handler.call
        for middleware in reversed(self.middleware):
            call = _wrapped(middleware, call)
        return call(self.task)

    def _fail(self, error: BaseException, retries: int, after: float) -> None:
        tracing.failed(error)
        message = str(error) if isinstance(error, Retry | NoRetry) else f"{type(error).__name__}: {error}"
        details = "".join(traceback.format_exception(error))
        logger.warning(
            "Task %s of topic %s failed, %d retries left: %s", self.task.id, self.task.topic, retries, message
        )
        self._report(
            "failed",
            lambda: self.engine.failure(
                self.task, message[:MESSAGE_LENGTH], details, retries=retries, retry_after=after
            ),
        )

    def _report(self, outcome: str, send: Callable[[], None]) -> None:
        """Tells the engine, for as long as it takes: the work is done and nobody else can know how it ended."""
        task, pauses, server_errors, is_repeated = self.task, Backoff(0.5, 30.0), 0, False
        while not self.is_abandoned.is_set():
            try:
                send()
            except EngineUnavailable as error:
                logger.warning("Task %s of topic %s, %s: not reported yet: %s", task.id, task.topic, outcome, error)
            except EngineRefused as error:
                server_errors += 1
                if error.status not in (409, 500) or server_errors >= SERVER_ERROR_ATTEMPTS:
                    self._refused(outcome, error, is_repeated)
                    return
            except (TypeError, ValueError) as error:
                # The handler's variables cannot be sent; that is its failure, and a human must see it.
                self._fail(error, 0, 0)
                return
            else:
                logger.info("Task %s of topic %s: %s", task.id, task.topic, outcome)
                return
            is_repeated = True
            self.is_abandoned.wait(pauses.next())

    def _refused(self, outcome: str, error: EngineRefused, is_repeated: bool) -> None:
        task = self.task
        if error.is_gone:
            reason = "an earlier attempt got through" if is_repeated else "it was cancelled or done by somebody else"
            logger.info("Task %s of topic %s, %s: the task is gone, %s", task.id, task.topic, outcome, reason)
            return
        logger.warning("Task %s of topic %s, %s: refused: %s", task.id, task.topic, outcome, error)
        if outcome != "failed" and error.status != 401:
            # Either the lock is lost, then this is refused as well, or the engine cannot take the result: an incident shows it.
            self._fail(NoRetry(f"The engine refused the outcome '{outcome}': {error}"), 0, 0)


def _variables(result: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    match result:
        case None | HandOver():
            return {}, {}
        case Result():
            return result.variables, result.local_variables
        case Mapping():
            return result, {}
    raise TypeError(f"A handler returns a dict, Result, HandOver or nothing, not {type(result).__name__}.")


def _wrapped(middleware: Middleware, call: Callable[[Task], Any]) -> Callable[[Task], Any]:
    return lambda task: middleware(task, call)
