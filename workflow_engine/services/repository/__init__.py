"""Deployments and process definitions."""

from workflow_engine.services.repository.deploying import deploy, redeploy
from workflow_engine.services.repository.lookups import definition, latest_definition, model, static_called_definitions
from workflow_engine.services.repository.removing import delete_deployment, delete_process_definitions
from workflow_engine.services.repository.suspension import (
    activate_process_definition,
    set_history_time_to_live,
    set_key_suspended,
    set_suspended,
    suspend_process_definition,
)
from workflow_engine.services.results import DeploymentResult

__all__ = [
    "DeploymentResult",
    "activate_process_definition",
    "definition",
    "delete_deployment",
    "delete_process_definitions",
    "deploy",
    "latest_definition",
    "model",
    "redeploy",
    "set_history_time_to_live",
    "set_key_suspended",
    "set_suspended",
    "static_called_definitions",
    "suspend_process_definition",
]
