"""`answer_many`: what workers say about many tasks, one transaction for those of one instance.

The answers of an instance are first carried out together, by one engine whose changes are written at once. Where one of them
cannot be carried out after all, that is undone, and each is carried out by itself, as if it had come alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from time import perf_counter
from typing import Any

from django.db import OperationalError, transaction

from workflow_engine import correlation, ids, tracing
from workflow_engine.engine import commands as c
from workflow_engine.engine import state
from workflow_engine.engine.errors import EngineError, NotFound
from workflow_engine.engine.execution import Execution
from workflow_engine.services import hidden
from workflow_engine.services.attempts import Attempts
from workflow_engine.services.command import Session, execute, session
from workflow_engine.services.metrics.measures import DONE, REFUSED, measures
from workflow_engine.services.who import name_of
from workflow_engine.store import database, many_tasks, tables
from workflow_engine.store.retry import repeating
from workflow_engine.values import Transient

Answer = c.CompleteExternalTask | c.FailExternalTask
Outcome = Exception | None
# What a command has removed it must look past among the tokens that are left, so the work grows with the square.
TOGETHER = 50
_VERBS: dict[type[c.Command], str] = {c.CompleteExternalTask: "complete", c.FailExternalTask: "report failure of"}


def answer_many(answers: Sequence[Answer], *, user: Any = None, using: str | None = None) -> list[Outcome]:
    """Tells of each answer how it failed, or None. Those of one instance are carried out in the given order, and all or none
    of them is committed; an answer that is refused changes nothing and leaves the others alone."""
    alias, name = database.alias(using), name_of(user)
    roots = many_tasks.roots_of(database.dialect(alias), [answer.task_id for answer in answers])
    outcomes: list[Outcome] = [None] * len(answers)
    by_root: dict[str, list[int]] = {}
    for position, answer in enumerate(answers):
        if answer.task_id in roots:
            by_root.setdefault(roots[answer.task_id], []).append(position)
        else:
            outcomes[position] = NotFound(f"No external task found with id '{answer.task_id}'.")
            _measure(answer, REFUSED, 0)
    attempts = Attempts(alias)
    # In the order of their ids: within a caller's transaction many stay locked, and two must not lock crosswise.
    for root_id in sorted(by_root):
        positions = by_root[root_id]
        chosen = [answers[position] for position in positions]
        found = attempts.attempt(partial(_of_one_instance, root_id, chosen, attempts, name, alias))
        told = [found] * len(chosen) if isinstance(found, Exception) else found
        for position, outcome in zip(positions, told, strict=True):
            outcomes[position] = outcome
    return outcomes


def _of_one_instance(
    root_id: str, answers: Sequence[Answer], attempts: Attempts, user: str | None, using: str
) -> Sequence[Outcome]:
    if len(answers) == 1:
        execute(answers[0], user=user, using=using)
        return [None]
    name = type(answers[0]).__name__
    with correlation.bound(command=name, user=user, worker_id=answers[0].worker_id), tracing.span(name):
        return repeating(using, lambda: _in_one_transaction(root_id, answers, attempts, user, using))


def _in_one_transaction(
    root_id: str, answers: Sequence[Answer], attempts: Attempts, user: str | None, using: str
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    with transaction.atomic(using=using):
        dialect = database.dialect(using)
        root = {"partition": ids.partition_of(root_id), "id": root_id}
        dialect.select(tables.of_class(Execution), root, lock=True)
        many_tasks.lock(dialect, [answer.task_id for answer in answers])
        for start in range(0, len(answers), TOGETHER):
            part = answers[start : start + TOGETHER]
            found = _together(root_id, part, user, using) if _may_go_together(part) else None
            outcomes += _one_by_one(part, attempts, user, using) if found is None else found
    return outcomes


def _may_go_together(answers: Sequence[Answer]) -> bool:
    """Transient variables must be gone when the next answer comes."""
    given = [variables for answer in answers for variables in (answer.variables, answer.local_variables)]
    return len(answers) > 1 and not any(isinstance(value, Transient) for one in given for value in one.values())


def _together(root_id: str, answers: Sequence[Answer], user: str | None, using: str) -> list[Outcome] | None:
    """None: something happened in between, and everything was undone."""
    began = perf_counter()
    try:
        with session(using, user=user) as opened:
            if opened.work.lock_root(root_id) is None:
                return None
            _load(opened, answers)
            outcomes = [_refusal(opened, answer) for answer in answers]
            for answer, refusal in zip(answers, outcomes, strict=True):
                if refusal is None:
                    opened.carry_out(answer)
    except OperationalError:
        raise
    except Exception:
        # Whose fault it is shows when each is carried out by itself; then it is told.
        return None
    seconds = (perf_counter() - began) / len(answers)
    for answer, refusal in zip(answers, outcomes, strict=True):
        _measure(answer, DONE if refusal is None else REFUSED, seconds)
    return outcomes


def _load(opened: Session, answers: Sequence[Answer]) -> None:
    """The tasks, their executions and what these are in: a statement for each level. The root is locked, and so are the tasks."""
    loader = opened.work.loader
    found = loader.by_ids(state.ExternalTask, [answer.task_id for answer in answers])
    level = {task.execution_id for task in found}
    while level:
        rows = loader.by_ids(Execution, sorted(level))
        level = {row.parent_id for row in rows if row.parent_id and loader.loaded(Execution, row.parent_id) is None}


def _refusal(opened: Session, answer: Answer) -> Outcome:
    """As the engine refuses it, before anything has changed."""
    try:
        if opened.caller is not None:
            hidden.refuse(opened.caller, opened.work.loader, state.ExternalTask, answer.task_id, "task_id")
        tasks = opened.engine.context.external_tasks
        tasks.find_locked(answer.task_id, answer.worker_id, answer.lock_token, _VERBS[type(answer)])
    except EngineError as error:
        return error
    return None


def _one_by_one(answers: Sequence[Answer], attempts: Attempts, user: str | None, using: str) -> list[Outcome]:
    """Each in a savepoint of its own."""
    outcomes: list[Outcome] = []
    for answer in answers:
        try:
            execute(answer, user=user, using=using)
        except EngineError as error:
            outcomes.append(error)
        except OperationalError:
            raise
        except Exception as error:
            if attempts.is_within_transaction:
                raise
            outcomes.append(error)
        else:
            outcomes.append(None)
    return outcomes


def _measure(answer: Answer, outcome: str, seconds: float) -> None:
    measures().command(type(answer).__name__, outcome, seconds)
