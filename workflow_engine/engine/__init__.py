"""The engine: what a process instance does, and nothing of where it is kept.

A process instance is a tree of executions. A token is an execution in an activity; a scope (the process, a sub-process, a
task with boundary events) is an execution that holds variables, subscriptions and jobs; several tokens of one scope are its
concurrent children. `Engine.execute(command)` loads the executions that the command touches, runs operations until every
token waits again, and gives back rows to insert and delete and a list of events from which history is written.

    state       the rows                      commands    what can be asked, imperative
    execution   the tree                      history     what happened, past tense
    lifecycle   start, execute, leave, end    elements/   what each BPMN element does in between
    operations  the order of steps            ports       what the engine needs from outside

What waits is a row: an external task, a user task, a job (timer, asynchronous continuation), an event subscription. A
failure inside a command refuses the command; a failure of a job or a worker costs a retry and at zero opens an incident.
"""

from workflow_engine.engine.context import Changes
from workflow_engine.engine.engine import Engine

__all__ = ["Changes", "Engine"]
