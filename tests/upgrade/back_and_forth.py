"""Undoes every migration but the first, one after another, and does them again. Run as a program on a site's database.

Before that every table gets a row, where work has left none; what stands in tables of the first migration must still be there
afterwards.
"""

# ruff: noqa: E402 - models can be imported only after Django has been set up

import os
import sys
from typing import Any

sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

import django

django.setup()

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from workflow_engine import clock, ids

APP = "workflow_engine"
# What no rule can guess.
SPECIAL: dict[str, dict[str, Any]] = {
    "Authorization": {"type": 0},
    "Attachment": {"url": "http://example.com/"},
    "EventSubscription": {"process_definition_id": "upgrade:1:x"},
    "WorkerCredential": {"tenant_ids": ["t"], "verbs": []},
}


def fill() -> None:
    for model in apps.get_app_config(APP).get_models():
        if model._meta.proxy or model._default_manager.exists():
            continue
        with transaction.atomic():
            row = model._default_manager.create(**{**_values(model), **SPECIAL.get(model.__name__, {})})
            for field in model._meta.many_to_many:
                getattr(row, field.name).add(_any(field.related_model))


def _any(model: type[models.Model]) -> models.Model:
    return model._default_manager.first() or model._default_manager.create(**_values(model))


def _values(model: type[models.Model]) -> dict[str, Any]:
    return {
        field.name: _value(field)
        for field in model._meta.concrete_fields
        if field.name == "partition" or not (_is_automatic(field) or field.null)
    }


def _is_automatic(field: Any) -> bool:
    return isinstance(field, models.AutoField) or field.has_default() or field.has_db_default()


def _value(field: Any) -> Any:
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.ForeignKey):
        related = field.related_model
        if not field.db_constraint:
            return related(pk=ids.new_id())
        return _any(related)
    by_type = {"UUIDField": ids.new_uuid, "DateTimeField": clock.now, "JSONField": dict, "BooleanField": bool}
    kind = field.get_internal_type()
    return by_type[kind]() if kind in by_type else 0 if "Integer" in kind else b"x" if kind == "BinaryField" else "x"


def counts() -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(APP):
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                found[table] = cursor.fetchone()[0]
    return found


def main() -> None:
    fill()
    names = [name for app, name in MigrationLoader(connection).graph.forwards_plan((APP, _newest())) if app == APP]
    before = counts()
    assert all(before.values()), before
    for name in reversed(names[:-1]):
        call_command("migrate", APP, name, verbosity=0)
    first = counts()
    call_command("migrate", APP, verbosity=0)
    after = counts()
    assert set(after) == set(before)
    lost = {table: (before[table], first[table], after[table]) for table in first if before[table] != after[table]}
    assert not lost, f"rows before, at the first migration, and after: {lost}"
    print(f"{len(names)} migrations, {len(after)} tables, {sum(first.values())} rows kept")


def _newest() -> str:
    return str(MigrationLoader(connection).graph.leaf_nodes(APP)[0][1])


if __name__ == "__main__":
    main()
