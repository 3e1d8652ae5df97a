"""How much the engine has done: counted in memory, written down from time to time, asked for by /metrics."""

from workflow_engine.services.metrics.counting import count
from workflow_engine.services.metrics.measures import BOUNDS
from workflow_engine.services.metrics.names import COUNTED, NAMES
from workflow_engine.services.metrics.publishing import publish, published
from workflow_engine.services.metrics.reading import Interval, delete_task_metrics, intervals, total
from workflow_engine.services.metrics.reporting import report

__all__ = [
    "BOUNDS",
    "COUNTED",
    "NAMES",
    "Interval",
    "count",
    "delete_task_metrics",
    "intervals",
    "publish",
    "published",
    "report",
    "total",
]
