"""The statement that looks for tasks can use the partial indexes: their conditions and the statement's agree."""

import pytest
from django.db import connection

from workflow_engine.store import database, fetch
from workflow_engine.store.topics import Topic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("use_priority", [False, True])
def test_one_index_range_per_topic_and_branch(use_priority: bool) -> None:
    topics = [Topic(topic_name=name, lock_duration=1000) for name in ("a", "b", "c")]
    wanted = fetch.Candidates(topics=topics, limit=10, use_priority=use_priority)
    sql, params = fetch._candidates(database.dialect(), wanted, lock=True)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # An empty table is read whole, unless it costs too much.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            # Nor does it matter to an almost empty table whether an index has the order or the rows are sorted.
            cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, params)
        plan = "\n".join(str(column) for row in cursor.fetchall() for column in row)
    waiting = "wf_external_task_by_priority" if use_priority else "wf_external_task_by_age"
    assert plan.count(waiting) == len(topics), plan
    assert plan.count("wf_external_task_held") == len(topics), plan
