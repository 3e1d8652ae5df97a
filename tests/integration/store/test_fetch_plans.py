"""The statement that looks for tasks uses the partial indexes: their conditions and the statement's agree."""

import pytest

from tests.support import plans
from workflow_engine.store import database, fetch
from workflow_engine.store.topics import Topic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("use_priority", [False, True])
def test_one_index_range_per_topic_and_branch(use_priority: bool) -> None:
    plans.fill_external_tasks()
    topics = [Topic(topic_name=f"topic-{number}", lock_duration=1000) for number in range(3)]
    wanted = fetch.Candidates(topics=topics, limit=10, use_priority=use_priority)
    plan = plans.plan(*fetch._candidates(database.dialect(), wanted, lock=True))
    waiting = "wf_external_task_by_priority" if use_priority else "wf_external_task_by_age"
    assert plan.count(waiting) == len(topics), plan
    assert plan.count("wf_external_task_held") == len(topics), plan
