"""What a database knows of itself: which versions prepared it, and an id that tells it from every other."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connections, router

from workflow_engine import API_VERSION, clock
from workflow_engine.models import Property, SchemaLog
from workflow_engine.models.property import INSTALLATION_ID
from workflow_engine.store import database


def prepare(using: str, **_: Any) -> None:
    """After every migration, whatever its target: where the tables are not there (yet), there is nothing to say."""
    if not router.allow_migrate_model(using, SchemaLog):
        return
    present = connections[using].introspection.table_names()
    if not {SchemaLog._meta.db_table, Property._meta.db_table} <= set(present):
        return
    SchemaLog.objects.using(using).get_or_create(version=API_VERSION, defaults={"timestamp": clock.now(using)})
    Property.objects.using(using).get_or_create(name=INSTALLATION_ID, defaults={"value": str(uuid.uuid4())})


def installation_id(using: str | None = None) -> str:
    found: str = Property.objects.using(database.alias(using)).get(name=INSTALLATION_ID).value
    return found
