"""Every statement of the hot path finds its rows by an index, whatever the tables hold; and no index is there for nothing."""

import re

import pytest
from django.apps import apps
from django.db import connection

from tests.support import hot_path, plans
from workflow_engine.services import removal

pytestmark = pytest.mark.django_db
ALL = re.compile(r"Seq Scan on (workflow_engine_\w+)|SCAN (workflow_engine_\w+)(?! USING)")


def test_no_statement_reads_a_table_from_its_beginning() -> None:
    statements = hot_path.life()
    assert len(statements) > 10
    if connection.vendor == "postgresql":
        # Of an empty table a planner may take whatever it likes; like this it says whether there is an index that serves.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    for sql, params in statements:
        plan = plans.plan(sql, params)
        assert not ALL.search(plan), (sql, plan)


def test_no_index_of_a_growing_table_begins_another() -> None:
    names = {"Execution", "ExternalTask", "Variable", "Job", "UserTask", "HistoricProcessInstance"}
    grown = {*removal.OF_INSTANCES, *(apps.get_model("workflow_engine", name) for name in names)}
    for model in grown:
        plain = [index.fields for index in model._meta.indexes if index.fields and index.condition is None]
        longer = [
            *plain,
            *(c.fields for c in model._meta.constraints if getattr(c, "fields", ()) and c.condition is None),
        ]
        for fields in plain:
            assert not [other for other in longer if list(other[: len(fields)]) == fields and list(other) != fields]


def test_no_growing_table_has_an_index_for_patterns_only() -> None:
    """Django makes one beside each text that is a key."""
    with connection.cursor() as cursor:
        for model in removal.OF_INSTANCES:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
            assert [name for name in found if name.endswith("_like")] == []
