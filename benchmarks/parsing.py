"""Reading a model (budget: 1,000 elements in 300 ms)."""

from __future__ import annotations

from benchmarks import figures, models
from workflow_engine.bpmn import parse_bpmn


def run() -> None:
    xml = models.sequence([models.EXPRESSION] * 1000)
    median = figures.duration("parse 1,000 elements", lambda: parse_bpmn(xml, "model.bpmn"))
    figures.verdict("parse 1,000 elements", median, 300, "ms of CPU")
