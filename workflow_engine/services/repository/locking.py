"""One deployment at a time: versions are counted, and subscriptions move from one version to the next."""

from __future__ import annotations

from workflow_engine.models import Property
from workflow_engine.models.property import DEPLOYMENT_LOCK


def lock_deployments(using: str) -> None:
    """Waits for other deployments and holds them off until the transaction ends."""
    rows = Property.objects.using(using)
    rows.bulk_create([Property(name=DEPLOYMENT_LOCK)], ignore_conflicts=True)
    rows.select_for_update().get(name=DEPLOYMENT_LOCK)
