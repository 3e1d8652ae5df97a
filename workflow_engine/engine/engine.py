"""The engine's door: one command in, changed rows and history events out."""

from __future__ import annotations

from typing import Any

from workflow_engine.engine import commands, execute, history
from workflow_engine.engine.conditions import ConditionalEvents
from workflow_engine.engine.context import Changes, CommandContext
from workflow_engine.engine.errors import LimitExceeded
from workflow_engine.engine.incidents import Incidents
from workflow_engine.engine.jobs import Jobs
from workflow_engine.engine.lifecycle import Lifecycle
from workflow_engine.engine.listeners import Listeners
from workflow_engine.engine.ports import Environment, Loader
from workflow_engine.engine.subscriptions import Subscriptions
from workflow_engine.engine.tasks import ExternalTasks
from workflow_engine.engine.user_tasks import UserTasks
from workflow_engine.engine.variables import Variables


class Engine:
    """Executes one command on loaded rows. Make a new one for every transaction."""

    def __init__(self, loader: Loader, environment: Environment) -> None:
        context = CommandContext(loader, environment)
        context.variables = Variables(context)
        context.lifecycle = Lifecycle(context)
        context.jobs = Jobs(context)
        context.subscriptions = Subscriptions(context)
        context.external_tasks = ExternalTasks(context)
        context.user_tasks = UserTasks(context)
        context.incidents = Incidents(context)
        context.listeners = Listeners(context)
        context.conditions = ConditionalEvents(context)
        self.context = context

    def execute(self, command: commands.Command) -> Any:
        """Carries the command out; EngineError if it is refused. Its result is told in the command's docstring."""
        try:
            result = execute.HANDLERS[type(command)](self.context, command)
            self.context.conditions.flush()
        except RecursionError as error:
            raise LimitExceeded("The command nests deeper than the engine can follow.") from error
        return result

    def changes(self) -> Changes:
        """The rows to write; EngineError if what was done does not add up."""
        self.context.finish()
        return self.context.changes()

    @property
    def events(self) -> list[history.HistoryEvent]:
        return self.context.events
