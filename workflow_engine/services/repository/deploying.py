"""Deploying: all resources are checked before anything is stored, and one deployment is stored at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from workflow_engine import bpmn, ids, models
from workflow_engine.engine.errors import NotFound
from workflow_engine.services import operation_log
from workflow_engine.services.repository import camunda_forms, checking, suspension, triggers
from workflow_engine.services.repository.locking import lock_deployments
from workflow_engine.services.results import DeploymentResult
from workflow_engine.services.who import name_of
from workflow_engine.store import database, definitions
from workflow_engine.store.retry import repeating
from workflow_engine.store.unit_of_work import UnitOfWork


def deploy(
    *,
    resources: Mapping[str, bytes],
    name: str | None = None,
    source: str | None = None,
    tenant_id: str = "",
    enable_duplicate_filtering: bool = False,
    deploy_changed_only: bool = False,
    activation_time: datetime | None = None,
    user: Any = None,
    using: str | None = None,
) -> DeploymentResult:
    """Stores the resources and makes a new version of every process in them. Raises InvalidModel with all problems of all files.

    With duplicate filtering nothing is stored if the newest deployments of this name and source hold the same resources;
    with `deploy_changed_only` only those that differ are. With `activation_time` the new definitions are suspended until then.
    """
    checking.check_resources(resources, name, tenant_id)
    parsed, forms = checking.parse(resources), camunda_forms.parse(resources)
    alias = database.alias(using)

    def store() -> DeploymentResult:
        with UnitOfWork(alias) as work:
            lock_deployments(alias)
            chosen = dict(resources)
            if enable_duplicate_filtering or deploy_changed_only:
                chosen = _changed(chosen, name, source, tenant_id, deploy_changed_only, alias)
            if not chosen:
                return _unchanged(name, source, tenant_id, alias)
            deployment = _store_resources(chosen, name, source, tenant_id, work)
            camunda_forms.store({key: forms[key] for key in chosen if key in forms}, deployment, alias)
            processes = [process for resource in chosen for process in parsed.get(resource, ())]
            return _store_definitions(work, deployment, processes, activation_time, name_of(user))

    return repeating(alias, store)


def redeploy(
    deployment_id: str,
    *,
    resource_ids: Collection[str] = (),
    resource_names: Collection[str] = (),
    source: str | None = None,
    user: Any = None,
    using: str | None = None,
) -> DeploymentResult:
    """Deploys the resources of a former deployment again, all or the chosen ones."""
    alias = database.alias(using)
    deployment = models.Deployment.objects.using(alias).by_id(deployment_id).first()
    if deployment is None:
        raise NotFound(f"Cannot redeploy: there is no deployment with id '{deployment_id}'.")
    every = {str(row.pk): row for row in deployment.resources.order_by("name")}
    by_name = {row.name: row for row in every.values()}
    for missing in [*(i for i in resource_ids if i not in every), *(n for n in resource_names if n not in by_name)]:
        raise NotFound(f"Cannot redeploy: there is no resource '{missing}' in deployment '{deployment_id}'.")
    chosen = {every[one].name for one in resource_ids} | set(resource_names) or set(by_name)
    return deploy(
        resources={name: bytes(row.content) for name, row in by_name.items() if name in chosen},
        name=deployment.name,
        source=source if source is not None else deployment.source,
        tenant_id=deployment.tenant_id,
        user=user,
        using=using,
    )


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _changed(
    resources: dict[str, bytes], name: str | None, source: str | None, tenant_id: str, changed_only: bool, using: str
) -> dict[str, bytes]:
    """What has to be deployed, compared with the newest resource of each name among deployments of this name and source."""
    rows = models.Resource.objects.using(using).filter(
        deployment__name=name, deployment__source=source, deployment__tenant_id=tenant_id, name__in=list(resources)
    )
    # Oldest first, so that the newest of a name wins.
    known = dict(rows.order_by("deployment__deployment_time", "deployment_id").values_list("name", "sha256"))
    changed = {key: content for key, content in resources.items() if known.get(key) != digest(content)}
    return changed if changed_only or not changed else resources


def _unchanged(name: str | None, source: str | None, tenant_id: str, using: str) -> DeploymentResult:
    newest = models.Deployment.objects.using(using).named(name, tenant_id).filter(source=source).newest_first()
    return DeploymentResult(deployment=newest[0], definitions=[], is_new=False)


def _store_resources(
    resources: Mapping[str, bytes], name: str | None, source: str | None, tenant_id: str, work: UnitOfWork
) -> models.Deployment:
    deployment = models.Deployment(name=name, source=source, tenant_id=tenant_id, deployment_time=work.now)
    deployment.save(using=work.using, force_insert=True)
    models.Resource.objects.using(work.using).bulk_create(
        models.Resource(deployment=deployment, name=key, content=content, sha256=digest(content))
        for key, content in resources.items()
    )
    return deployment


def _store_definitions(
    work: UnitOfWork,
    deployment: models.Deployment,
    processes: Sequence[bpmn.ProcessDefinition],
    activation_time: datetime | None,
    user: str | None,
) -> DeploymentResult:
    rows = []
    for process in processes:
        row = _definition_row(process, deployment, work.using)
        row.is_suspended = activation_time is not None
        row.save(using=work.using, force_insert=True)
        definitions.identify(process, row)
        models.JobDefinition.objects.using(work.using).bulk_create(_job_definitions(process, row))
        rows.append(row)
    triggers.replace(work, list(zip(processes, rows, strict=True)))
    entry = operation_log.Entry(
        operation_type="Create",
        entity_type="Deployment",
        deployment_id=str(deployment.pk),
        tenant_id=deployment.tenant_id,
    )
    operation_log.write([entry], user, work.using)
    if activation_time is not None:
        suspension.schedule(work, rows, False, activation_time)
        suspension.log(rows, True, user, work.using)
        suspension.log(rows, False, user, work.using, execution_date=activation_time)
    warnings = {warning: None for process in processes for warning in process.warnings}
    unknown = [warning for process in processes for warning in checking.unknown_handlers(process)]
    return DeploymentResult(deployment=deployment, definitions=rows, warnings=(*warnings, *unknown))


def _definition_row(
    process: bpmn.ProcessDefinition, deployment: models.Deployment, using: str
) -> models.ProcessDefinition:
    tenant_id = deployment.tenant_id
    latest = models.ProcessDefinition.objects.using(using).of_key(process.key, tenant_id).first()
    version = 1 if latest is None else latest.version + 1
    return models.ProcessDefinition(
        id=f"{process.key}:{version}:{ids.new_id()}",
        key=process.key,
        version=version,
        version_tag=process.version_tag,
        name=process.name,
        category=process.category,
        description=process.documentation,
        resource_name=process.resource_name,
        deployment=deployment,
        tenant_id=tenant_id,
        is_startable_in_tasklist=process.is_startable_in_tasklist,
        has_start_form=process.start_form is not None,
        history_time_to_live=process.history_time_to_live,
    )


def _job_definitions(process: bpmn.ProcessDefinition, row: models.ProcessDefinition) -> list[models.JobDefinition]:
    return [
        models.JobDefinition(
            id=ids.job_definition_id(row.pk, job.activity_id, job.job_type, job.configuration),
            process_definition=row,
            process_definition_key=row.key,
            deployment_id=row.deployment_id,
            activity_id=job.activity_id,
            job_type=job.job_type,
            job_configuration=job.configuration,
            is_suspended=row.is_suspended,
            tenant_id=row.tenant_id,
        )
        for job in process.job_declarations
    ]
