"""A worker client for external tasks: Python programs anywhere that do the work of a process over its REST API.

    from workflow_engine.client import BpmnError, Worker

    worker = Worker("http://localhost:8000/engine-rest", auth=("demo", "demo"))

    @worker.task("charge-card", lock=60)
    def charge_card(amount: Decimal, card: str) -> dict[str, Any]:
        if not enough_on(card):
            raise BpmnError("CARD_REFUSED")
        return {"payment": charge(card, amount)}

    worker.run()

Knows neither Django nor the engine's code, only the API, so it works with any engine that speaks Camunda 7's.
Work is delivered at least once: a handler must bear to be called again for the same task.
"""

from workflow_engine.client.auth import basic, bearer
from workflow_engine.client.engine import Engine
from workflow_engine.client.errors import EngineRefused, EngineUnavailable
from workflow_engine.client.outcomes import BpmnError, HandOver, NoRetry, Result, Retry
from workflow_engine.client.task import Task, task_from_json
from workflow_engine.client.transport import Transport
from workflow_engine.client.values import Typed
from workflow_engine.client.worker import Worker

__all__ = [
    "BpmnError",
    "Engine",
    "EngineRefused",
    "EngineUnavailable",
    "HandOver",
    "NoRetry",
    "Result",
    "Retry",
    "Task",
    "Transport",
    "Typed",
    "Worker",
    "basic",
    "bearer",
    "task_from_json",
]
