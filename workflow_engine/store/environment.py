"""What the engine asks of the outside during one command (`engine.ports.Environment`): settings, ids, definitions, the site's handlers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflow_engine import conf, handlers, ids, models, scripting
from workflow_engine.bpmn import ProcessDefinition
from workflow_engine.bpmn.data import CallBinding
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.ports import ScriptCall, ScriptOutcome
from workflow_engine.store import business_keys, definitions
from workflow_engine.store.unit_of_work import UnitOfWork


class StoreEnvironment:
    """`reserved_root_id`: the id that the first new root gets, chosen before because something refers to it already."""

    def __init__(self, work: UnitOfWork, *, user: str | None = None, reserved_root_id: str | None = None) -> None:
        settings = conf.current()
        self.max_activities_per_command = settings.max_activities_per_command
        self.max_call_depth = settings.max_call_depth
        self.max_multi_instance = settings.max_multi_instance
        self.default_retries = settings.default_retries
        self.default_retry_cycle = settings.default_retry_cycle
        self.uncaught_bpmn_error = settings.uncaught_bpmn_error
        self.scripts_enabled = settings.scripts_enabled
        self._work = work
        self._user = user
        self.reserved_root_id = reserved_root_id

    def now(self) -> datetime:
        return self._work.now

    def new_id(self, root_process_instance_id: str | None) -> str:
        if root_process_instance_id is None and self.reserved_root_id is not None:
            reserved, self.reserved_root_id = self.reserved_root_id, None
            return reserved
        return ids.new_id(root_process_instance_id)

    def definition(self, process_definition_id: str) -> ProcessDefinition:
        return definitions.get(process_definition_id, self._work.using)

    def called_definition(
        self,
        binding: CallBinding,
        key: str,
        *,
        caller: ProcessDefinition,
        version: Any,
        version_tag: Any,
        tenant_id: str,
    ) -> ProcessDefinition:
        using = self._work.using
        found = definitions.called_id(
            binding, key, caller=caller, version=version, version_tag=version_tag, tenant_id=tenant_id, using=using
        )
        return definitions.get(found, using)

    def handler(self, name: str) -> Any | None:
        return handlers.find(name)

    def run_script(self, call: ScriptCall) -> ScriptOutcome:
        if not self.scripts_enabled:
            return ScriptOutcome(
                failure=f"scripts ({call.format}) are switched off. The site may enable them with the setting SCRIPTS_ENABLED."
            )
        settings = conf.current()
        limits = scripting.Limits(
            seconds=settings.script_time_limit.total_seconds(),
            memory=settings.script_memory_limit,
            stack=settings.script_stack_limit,
        )
        return scripting.run(call, limits)

    def script_source(self, definition: ProcessDefinition, resource: str) -> str:
        name = resource.removeprefix("deployment://").removeprefix("classpath://")
        found = (
            models.Resource.objects.using(self._work.using)
            .filter(deployment_id=definition.deployment_id or "", name=name)
            .first()
        )
        if found is None:
            raise ModelError(f"Cannot find the script '{resource}' in deployment '{definition.deployment_id}'.")
        return bytes(found.content).decode()

    def current_user(self) -> str | None:
        return self._user

    def is_business_key_taken(self, definition: ProcessDefinition, business_key: str) -> bool:
        if not business_keys.is_unique(definition):
            return False
        tenant_id = definition.tenant_id or ""
        return business_keys.holder(tenant_id, definition.key, business_key, self._work.using) is not None
