"""The engine's rows: fields, constraints, indexes and named queries. No rules: only services change rows.

Every row of a running instance and of its history has a `partition`; see `base.py`. Definitions, deployments, properties
and credentials are small reference tables without one.
"""

from workflow_engine.models.attachment import Attachment
from workflow_engine.models.authorization import Authorization, AuthorizationType
from workflow_engine.models.batch import Batch, BatchChunk
from workflow_engine.models.business_key import BusinessKey
from workflow_engine.models.camunda_form_definition import CamundaFormDefinition
from workflow_engine.models.comment import Comment
from workflow_engine.models.compensation_record import CompensationRecord, CompensationState
from workflow_engine.models.deployment import Deployment, Resource
from workflow_engine.models.event_subscription import EventSubscription
from workflow_engine.models.execution import Execution, ProcessInstance
from workflow_engine.models.external_task import ExternalTask
from workflow_engine.models.filter import Filter
from workflow_engine.models.group_profile import GroupProfile
from workflow_engine.models.historic_activity_instance import HistoricActivityInstance
from workflow_engine.models.historic_incident import HistoricIncident, IncidentState
from workflow_engine.models.historic_log import HistoricExternalTaskLog, HistoricJobLog, LogState
from workflow_engine.models.historic_process_instance import HistoricProcessInstance, InstanceState
from workflow_engine.models.historic_task import HistoricIdentityLink, HistoricTaskInstance
from workflow_engine.models.historic_variable import HistoricDetail, HistoricVariableInstance, VariableState
from workflow_engine.models.idempotency_key import IdempotencyKey
from workflow_engine.models.incident import Incident
from workflow_engine.models.job import Job, JobDefinition
from workflow_engine.models.meter_log import MeterLog, TaskMeterLog
from workflow_engine.models.meter_reporter import MeterReporter
from workflow_engine.models.process_definition import ProcessDefinition
from workflow_engine.models.property import Property
from workflow_engine.models.schema_log import SchemaLog
from workflow_engine.models.sweeper_heartbeat import SweeperHeartbeat
from workflow_engine.models.tenant import Tenant
from workflow_engine.models.user_operation_log import UserOperationLog
from workflow_engine.models.user_task import IdentityLink, UserTask
from workflow_engine.models.variable import Variable
from workflow_engine.models.worker_credential import WorkerCredential

__all__ = [
    "Attachment",
    "Authorization",
    "AuthorizationType",
    "Batch",
    "BatchChunk",
    "BusinessKey",
    "CamundaFormDefinition",
    "Comment",
    "CompensationRecord",
    "CompensationState",
    "Deployment",
    "EventSubscription",
    "Execution",
    "ExternalTask",
    "Filter",
    "GroupProfile",
    "HistoricActivityInstance",
    "HistoricDetail",
    "HistoricExternalTaskLog",
    "HistoricIdentityLink",
    "HistoricIncident",
    "HistoricJobLog",
    "HistoricProcessInstance",
    "HistoricTaskInstance",
    "HistoricVariableInstance",
    "IdempotencyKey",
    "IdentityLink",
    "Incident",
    "IncidentState",
    "InstanceState",
    "Job",
    "JobDefinition",
    "LogState",
    "MeterLog",
    "MeterReporter",
    "ProcessDefinition",
    "ProcessInstance",
    "Property",
    "Resource",
    "SchemaLog",
    "SweeperHeartbeat",
    "TaskMeterLog",
    "Tenant",
    "UserOperationLog",
    "UserTask",
    "Variable",
    "VariableState",
    "WorkerCredential",
]
