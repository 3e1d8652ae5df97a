"""Incidents: notes on them, and resolving those of a site's own types. The engine's own resolve when retries are raised."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from workflow_engine import models
from workflow_engine.engine.commands import ResolveIncident
from workflow_engine.engine.errors import NotFound
from workflow_engine.services import operation_log
from workflow_engine.services.command import execute
from workflow_engine.services.who import name_of
from workflow_engine.store import database


def resolve_incident(incident_id: str, *, user: Any = None, using: str | None = None) -> None:
    execute(ResolveIncident(incident_id=incident_id), user=name_of(user), using=using)


def annotate_incident(incident_id: str, annotation: str | None, *, user: Any = None, using: str | None = None) -> None:
    """None removes the note."""
    alias = database.alias(using)
    with transaction.atomic(using=alias):
        incident = models.Incident.objects.using(alias).by_id(incident_id).select_for_update().first()
        if incident is None:
            raise NotFound(f"No incident found with id '{incident_id}'.")
        for model in (models.Incident, models.HistoricIncident):
            model.objects.using(alias).by_id(incident_id).update(annotation=annotation)
        entry = operation_log.Entry(
            operation_type="SetAnnotation" if annotation else "ClearAnnotation",
            entity_type="Incident",
            property="incidentId",
            new_value=incident_id,
            process_instance_id=None if incident.process_instance_id is None else str(incident.process_instance_id),
            process_definition_id=incident.process_definition_id,
            tenant_id=incident.tenant_id,
        )
        operation_log.write([entry], name_of(user), alias)
