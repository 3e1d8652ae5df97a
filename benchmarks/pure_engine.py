"""The engine alone, without database and HTTP (budget: 20,000 activities a second)."""

from __future__ import annotations

from benchmarks import figures, models
from tests.conformance.memory import MemorySite
from workflow_engine.engine.commands import StartProcessInstance


def run() -> None:
    for name, element in (("manual tasks", models.TASK), ("expressions with a result", models.EXPRESSION)):
        site = MemorySite()
        definition = site.deploy(models.sequence([element] * 500))[0]
        command = StartProcessInstance(process_definition_id=definition.definition_id, variables={"n": 1})
        what = f"sequence of 500 {name}"
        median = figures.rate(what, "activities", 502, lambda site=site, command=command: site.execute(command))
        figures.at_least(what, median, 20_000, "a second of CPU")
