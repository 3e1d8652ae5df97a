"""Incidents: what a human has to mend. An incident of a called instance shows on every instance that called it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_engine.engine.history import IncidentClosed, IncidentOpened
from workflow_engine.engine.state import ExternalTask, Incident, Job

if TYPE_CHECKING:
    from workflow_engine.engine.context import CommandContext
    from workflow_engine.engine.execution import Execution

FAILED_JOB = "failedJob"
FAILED_EXTERNAL_TASK = "failedExternalTask"


class Incidents:
    def __init__(self, context: CommandContext) -> None:
        self.context = context

    def of(self, execution: Execution) -> list[Incident]:
        if execution.incident_list is None:
            rows = self.context.loader.incidents(execution.id)
            execution.incident_list = [row for row in self.context.adopt_rows(rows) if row.execution_id == execution.id]
        return execution.incident_list

    def open_for_external_task(self, task: ExternalTask) -> None:
        execution = self.context.execution(task.execution_id)
        self.open(
            execution,
            FAILED_EXTERNAL_TASK,
            configuration=task.id,
            message=task.error_message,
            activity_id=task.activity_id,
        )

    def open_for_job(self, job: Job) -> None:
        if job.execution_id is None:
            self._open_without_instance(job)
            return
        self.open(
            self.context.execution(job.execution_id),
            FAILED_JOB,
            configuration=job.id,
            message=job.exception_message,
            activity_id=job.activity_id,
            failed_activity_id=job.failed_activity_id,
            job_definition_id=job.job_definition_id,
        )

    def open(
        self,
        execution: Execution,
        incident_type: str,
        *,
        configuration: str | None,
        message: str | None,
        activity_id: str | None,
        failed_activity_id: str | None = None,
        job_definition_id: str | None = None,
    ) -> Incident:
        """Opens it here and, as a reflection, in every calling instance."""
        cause = self._create(
            execution,
            incident_type,
            configuration=configuration,
            message=message,
            activity_id=activity_id,
            failed_activity_id=failed_activity_id,
            job_definition_id=job_definition_id,
        )
        root_id = cause.id
        cause_id = cause.id
        caller = execution.process_instance.super_execution
        while caller is not None:
            reflected = self._create(
                caller,
                incident_type,
                configuration=None,
                message=None,
                activity_id=caller.activity_id,
                failed_activity_id=caller.activity_id,
                cause_id=cause_id,
                root_id=root_id,
            )
            cause_id = reflected.id
            caller = caller.process_instance.super_execution
        return cause

    def _create(
        self,
        execution: Execution,
        incident_type: str,
        *,
        configuration: str | None,
        message: str | None,
        activity_id: str | None,
        failed_activity_id: str | None = None,
        job_definition_id: str | None = None,
        cause_id: str | None = None,
        root_id: str | None = None,
    ) -> Incident:
        new_id = self.context.environment.new_id(execution.root_process_instance_id)
        incident = Incident(
            id=new_id,
            incident_type=incident_type,
            incident_timestamp=self.context.now,
            process_instance_id=execution.process_instance_id,
            root_process_instance_id=execution.root_process_instance_id,
            execution_id=execution.id,
            process_definition_id=execution.process_definition_id,
            activity_id=activity_id,
            failed_activity_id=failed_activity_id,
            incident_message=message,
            configuration=configuration,
            cause_incident_id=cause_id or new_id,
            root_cause_incident_id=root_id or new_id,
            job_definition_id=job_definition_id,
            tenant_id=execution.tenant_id,
        )
        self.of(execution).append(incident)
        self._insert(incident)
        return incident

    def _open_without_instance(self, job: Job) -> None:
        """A timer start event or a job of a batch failed: there is no instance."""
        new_id = self.context.environment.new_id(job.id)
        self._insert(
            Incident(
                id=new_id,
                incident_type=FAILED_JOB,
                incident_timestamp=self.context.now,
                process_instance_id=None,
                root_process_instance_id=None,
                execution_id=None,
                process_definition_id=job.process_definition_id,
                activity_id=job.activity_id,
                failed_activity_id=job.failed_activity_id,
                incident_message=job.exception_message,
                configuration=job.id,
                cause_incident_id=new_id,
                root_cause_incident_id=new_id,
                job_definition_id=job.job_definition_id,
                tenant_id=job.tenant_id,
            )
        )

    def _insert(self, incident: Incident) -> None:
        self.context.insert(incident)
        self.context.emit(
            IncidentOpened(
                time=self.context.now,
                process_instance_id=incident.process_instance_id,
                root_process_instance_id=incident.root_process_instance_id,
                process_definition_id=incident.process_definition_id,
                tenant_id=incident.tenant_id,
                incident=incident,
            )
        )

    def close_of(self, execution: Execution, configuration: str, *, resolved: bool) -> None:
        """Closes the incident of a job or external task."""
        for incident in list(self.of(execution)):
            if incident.configuration == configuration:
                self.close(incident, resolved=resolved)

    def close_without_instance(self, job: Job, *, resolved: bool) -> None:
        for incident in self.context.adopt_rows(self.context.loader.incidents_of_cause(job.id)):
            self.close(incident, resolved=resolved)

    def close(self, incident: Incident, *, resolved: bool) -> None:
        """Closes an incident and its reflections in calling instances."""
        if incident.execution_id is not None:
            execution = self.context.find_execution(incident.execution_id)
            if execution is not None and incident in self.of(execution):
                self.of(execution).remove(incident)
            if execution is not None:
                self._close_reflection(execution, incident, resolved=resolved)
        self.context.delete(incident)
        self.context.emit(
            IncidentClosed(
                time=self.context.now,
                process_instance_id=incident.process_instance_id,
                root_process_instance_id=incident.root_process_instance_id,
                process_definition_id=incident.process_definition_id,
                tenant_id=incident.tenant_id,
                incident_id=incident.id,
                resolved=resolved,
            )
        )

    def _close_reflection(self, execution: Execution, incident: Incident, *, resolved: bool) -> None:
        caller = execution.process_instance.super_execution
        if caller is None:
            return
        for reflected in list(self.of(caller)):
            if reflected.cause_incident_id == incident.id and reflected.id != incident.id:
                self.close(reflected, resolved=resolved)

    def remove_all(self, execution: Execution) -> None:
        successor = execution.replaced_by
        for incident in list(self.of(execution)):
            if successor is not None and successor.id == execution.parent_id:
                self.of(execution).remove(incident)
                incident.execution_id = successor.id
                self.of(successor).append(incident)
            else:
                self.close(incident, resolved=False)

    def move(self, source: Execution, target: Execution, configuration: str) -> None:
        """An external task or job went to another execution of its scope; its incident goes with it."""
        for incident in list(self.of(source)):
            if incident.configuration == configuration:
                self.of(source).remove(incident)
                incident.execution_id = target.id
                self.of(target).append(incident)
