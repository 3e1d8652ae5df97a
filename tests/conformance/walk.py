"""A random walk: a random model, and a random path through it with the invariants checked after every step.

    python -m tests.conformance.walk --seed N [--path P] [--count M] [--verbose]

repeats the walk of model seed N and path seed P (P is N unless told), or M walks from there on.
"""

from __future__ import annotations

import random
import traceback
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from tests.conformance.generator import generate
from tests.conformance.invariants import broken_invariants
from tests.conformance.models import VARIABLES, Model
from tests.conformance.refusals import is_expected
from tests.conformance.sites import WalkSite
from tests.conformance.waiting import action, all_waiting
from workflow_engine.engine import commands, state
from workflow_engine.engine.errors import EngineError
from workflow_engine.values import JsonValue

STEPS = 40
TRIES = 3  # of a start: the handler may have bad luck


class Violation(AssertionError):
    """An invariant is broken; the text says how to see it again."""


@dataclass
class Walk:
    model_seed: int
    path_seed: int
    model: Model | None = None  # instead of the one that the seed makes
    steps: int = STEPS
    verbose: bool = False
    done: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def chosen(self) -> Model:
        return self.model or generate(self.model_seed)

    def run(self) -> Counter[str]:
        path = random.Random(self.path_seed)
        self.site = WalkSite(self.chosen, random.Random(self.path_seed))
        # Every fourth walk is done twice, the second time with everything loaded before each command.
        self.has_twin = self.path_seed % 4 == 0
        self._start()
        for _ in range(self.steps):
            items = all_waiting(self.site)
            if not items:
                break
            work = [item for item in items if item.is_work]
            item = path.choice(work if work and path.random() < 0.75 else items)
            self._do(action(self.site, item, path), f"{item.kind} {item.activity_id}")
        self._finish()
        return self.counts

    def _start(self) -> None:
        definition = next(iter(self.site.definitions.values()))
        variables = {name: JsonValue('["x","y"]') if name == "items" else value for name, value in VARIABLES.items()}
        command = commands.StartProcessInstance(
            process_definition_id=definition.definition_id, business_key="walk", variables=variables
        )
        for _ in range(TRIES):
            if self._do(command, "start"):
                return

    def _finish(self) -> None:
        """What has not ended in time is deleted: nothing may remain of it."""
        roots = [row["id"] for row in self.site.database.rows(state.Execution, parent_id=None, super_execution_id=None)]
        self.counts["unfinished" if roots else "finished"] += 1
        for root in roots:
            self._do(commands.DeleteProcessInstance(process_instance_id=root), "delete")

    def _do(self, command: commands.Command, about: str) -> bool:
        """One step; False if the command was refused."""
        before = self.site.snapshot()
        self.site.database.ledger.has_canceled = False
        twin = self.site.twin() if self.has_twin else None
        name = type(command).__name__
        refused = self._attempt(self.site, command)
        self.done.append(f"{len(self.done)}. {about}: {_short(command)}" + (f" -> {refused!r}" if refused else ""))
        if self.verbose:
            print(self.done[-1])
        self.counts["refused" if refused else name] += 1
        if refused is not None:
            self._expect(is_expected(refused), f"refused: {refused!r}")
            self._expect(self.site.database.tables == before, "a refused command has changed rows")
        if twin is not None:
            self._expect(
                repr(self._attempt(twin, command)) == repr(refused), "refused only where everything was loaded"
            )
            self._compare(twin)
        for problem in broken_invariants(self.site):
            self._expect(False, problem)
        if refused is not None and isinstance(command, commands.ExecuteJob):
            self._do(commands.FailJob(job_id=command.job_id, message=str(refused), stacktrace=""), about)
        return refused is None

    def _attempt(self, site: WalkSite, command: commands.Command) -> EngineError | None:
        try:
            site.execute(command)
        except EngineError as refused:
            return refused
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.done.append(f"{len(self.done)}. {_short(command)}")
            self._expect(False, f"crash: {error!r} in {place.filename}, line {place.lineno}")
        return None

    def _compare(self, twin: WalkSite) -> None:
        for kind, rows in self.site.database.tables.items():
            others = twin.database.tables[kind]
            for row_id in rows.keys() | others.keys():
                one, other = rows.get(row_id), others.get(row_id)
                self._expect(
                    one == other, f"loading everything changes {kind.__name__} {row_id}: {_difference(one, other)}"
                )

    def _expect(self, holds: bool, problem: str) -> None:
        if not holds:
            repeat = f"python -m tests.conformance.walk --seed {self.model_seed} --path {self.path_seed} --verbose"
            steps = "\n".join(self.done)
            raise Violation(f"{problem}\n(model seed {self.model_seed}, path seed {self.path_seed}: {repeat})\n{steps}")


def _short(command: commands.Command) -> str:
    """What the command says beyond its defaults and ids."""
    told = {
        field.name: getattr(command, field.name)
        for field in fields(command)
        if field.name != "process_definition_id" and getattr(command, field.name) != field.default
    }
    return f"{type(command).__name__}({', '.join(f'{name}={value!r}' for name, value in told.items())})"


def _difference(one: dict[str, Any] | None, other: dict[str, Any] | None) -> str:
    if one is None or other is None:
        return f"{one} or {other}"
    return ", ".join(f"{name} {value!r} or {other[name]!r}" for name, value in one.items() if value != other[name])


if __name__ == "__main__":
    from tests.conformance.walking import main

    main()
