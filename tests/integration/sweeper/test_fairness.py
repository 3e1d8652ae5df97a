"""Where more is due than a sweeper can take: every definition has its turn, whatever waits of the others, and at what cost."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.integration.sweeper.conftest import continuation, timer
from tests.support import plans
from workflow_engine import clock, handlers, ids, models
from workflow_engine.store import database, waiting_definitions
from workflow_engine.sweeper import acquisition, jobs
from workflow_engine.sweeper.turns import Turns

pytestmark = pytest.mark.django_db
Start = Callable[[bytes], str]
NOISE, BATCH = 60, 4


@pytest.fixture(autouse=True)
def _handler() -> None:
    handlers.register("sweeper_test", lambda execution: None)


def rows(
    key: str | None, count: int, *, due_in: float | None = None, age: int = 0, lock_owner: str | None = None
) -> list[models.Job]:
    """Jobs of a definition, without instances. `due_in` seconds, or continuations."""
    now = clock.now()
    instances = [ids.new_id() for _ in range(count)]
    return [
        models.Job(
            id=ids.new_id(instance),
            partition=ids.partition_of(instance),
            handler_type="async-continuation" if due_in is None else "timer-intermediate-transition",
            create_time=now - timedelta(minutes=age),
            process_definition_key=key,
            due_date=None if due_in is None else now + timedelta(seconds=due_in, minutes=-age),
            lock_owner=lock_owner,
            lock_expiration_time=None if lock_owner is None else now + timedelta(hours=1),
        )
        for instance in instances
    ]


def insert(*found: list[models.Job]) -> None:
    models.Job.objects.bulk_create([row for group in found for row in group])


def taken(limit: int, turns: Turns | None = None) -> Counter[str | None]:
    acquired = [job.id for job in acquisition.acquire("me", limit, turns=turns)]
    return Counter(models.Job.objects.filter(pk__in=acquired).values_list("process_definition_key", flat=True))


@pytest.mark.parametrize("model", [continuation, lambda key: timer("PT0S", key)], ids=["continuations", "timers"])
def test_a_noisy_definition_delays_nobody_by_more_than_a_batch(start: Start, model: Callable[..., bytes]) -> None:
    for _ in range(NOISE):
        start(model(key="noisy"))
    quiet = start(model(key="quiet"))
    assert jobs.run_once("me", BATCH)["executed"] == BATCH
    assert not models.ProcessInstance.objects.filter(pk=quiet).exists()
    assert models.ProcessInstance.objects.count() == NOISE - BATCH + 1


def test_new_versions_wait_in_line_with_the_old_ones(start: Start) -> None:
    for _ in range(NOISE):
        start(continuation(key="noisy"))
        start(continuation(key="noisy", attributes='name="2"'))
    start(continuation(key="quiet"))
    assert taken(BATCH) == {"noisy": BATCH - 1, "quiet": 1}


def test_places_are_shared_and_none_stays_free() -> None:
    insert(rows("a", 50, age=3), rows("b", 2, age=2), rows("c", 50, age=1))
    assert taken(10) == {"a": 4, "b": 2, "c": 4}
    assert taken(10) == {"a": 5, "c": 5}
    models.Job.objects.filter(process_definition_key="c").delete()
    assert taken(10) == {"a": 10}


def test_each_has_its_turn_where_there_are_more_definitions_than_places() -> None:
    for key in "abcdefghij":
        insert(rows(key, 20, age=60 if key in "ab" else 1))
    turns, served = Turns(), Counter[str | None]()
    for _ in range(4):
        served += taken(5, turns)
    assert served == dict.fromkeys("abcdefghij", 2)


def test_jobs_of_no_definition_have_their_turn_too() -> None:
    insert(rows("noisy", NOISE, age=5), rows(None, NOISE), rows("quiet", 1))
    assert taken(6) == {"noisy": 3, "quiet": 1, None: 2}
    turns, served = Turns(), Counter[str | None]()
    for _ in range(4):
        served += taken(1, turns)
    assert served == {None: 2, "noisy": 2}


def test_of_the_timers_only_those_that_are_due_count() -> None:
    insert(rows("noisy", NOISE, due_in=-1, age=5), rows("quiet", 1, due_in=-1), rows("quiet", NOISE, due_in=3600))
    insert(rows("later", NOISE, due_in=3600), rows("held", NOISE, due_in=-1, lock_owner="another"))
    assert taken(BATCH) == {"noisy": BATCH - 1, "quiet": 1}
    assert taken(BATCH) == {"noisy": BATCH}


def test_a_walk_is_bounded_and_the_next_goes_on() -> None:
    insert(*(rows(f"later-{n}", 1, due_in=3600) for n in range(9)), rows("z", NOISE, due_in=-1))
    dialect, now = database.dialect(), clock.now()
    walk = waiting_definitions.walk(dialect, now, timers=True, after=None, most=6)
    assert (walk.found, walk.last, walk.is_over) == ([], "later-5", False)
    walk = waiting_definitions.walk(dialect, now, timers=True, after=walk.last, most=6)
    assert (walk.found, walk.last, walk.is_over) == (["z"], "z", True)
    walk = waiting_definitions.walk(dialect, now, timers=True, after=walk.last, most=6)
    assert (walk.found, walk.last, walk.is_over) == ([], "z", True)


def test_what_fits_into_a_batch_costs_no_more_than_without_turns(start: Start) -> None:
    insert(rows("a", 3), rows("b", 3), rows("a", 3, due_in=-1))
    with CaptureQueriesContext(connection) as few:
        assert len(acquisition.acquire("me", 10)) == 9
    assert not any("RECURSIVE" in query["sql"] for query in few)
    insert(rows("a", 300), rows("b", 300))
    with CaptureQueriesContext(connection) as many:
        assert len(acquisition.acquire("me", 10)) == 10
    # The walk, whether there are jobs of no definition, and one for the shares of both definitions; the orphans were not asked for.
    assert len(many) <= len(few) + 2


def test_every_query_reads_an_index_in_its_order() -> None:
    insert(rows("noisy", 3000, age=9), rows("noisy", 3000, due_in=-1, age=9), rows("quiet", 500, due_in=3600))
    insert(rows("quiet", 5), rows("quiet", 5, due_in=-1), rows(None, 500), rows(None, 500, due_in=-1))
    assert read_indexes(50) == [
        {"wf_job_due", "wf_job_held"},  # is there anything?
        {"wf_job_due"},  # the oldest continuations
        {"wf_job_free_of_definition"},  # the definitions that have some
        {"wf_job_free_of_definition"},  # whether there are some of no definition
        {"wf_job_free_of_definition"},  # each one's share
        {"wf_job_due"},  # and the timers
        *[{"wf_job_due_of_definition"}] * 3,
    ]


def test_nothing_due_among_many_is_one_look_into_indexes() -> None:
    insert(rows("later", 3000, due_in=3600), rows("held", 500, lock_owner="another"))
    assert read_indexes(50) == [{"wf_job_due", "wf_job_held"}]
    now = clock.now()
    assert indexes_of(lambda: acquisition.next_due(now)) == [{"wf_job_due"}]
    insert(rows("one", 1))
    orphans = {"wf_job_held"}
    assert read_indexes(50) == [{"wf_job_due", "wf_job_held"}, {"wf_job_due"}, {"wf_job_due"}, orphans]


def read_indexes(limit: int) -> list[set[str]]:
    """Of each query of one acquisition the indexes that find its jobs."""
    return indexes_of(lambda: acquisition.acquire("me", limit))


def indexes_of(work: Callable[[], object]) -> list[set[str]]:
    """No query reads the table or sorts."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workflow_engine_job")
    with CaptureQueriesContext(connection) as queries:
        work()
    found = []
    for sql in (query["sql"] for query in queries):
        if "workflow_engine_job" in sql and not sql.startswith("UPDATE"):
            # How it looks for exclusive jobs that run is the planner's business: of these there are few.
            plan = "\n".join(
                line for line in plans.plan(sql.replace("%", "%%"), ()).splitlines() if " u0" not in line.lower()
            )
            assert not re.search(r"Seq Scan|Sort|TEMP B-TREE|SCAN (workflow_engine_job|j\b)", plan), plan
            found.append(set(re.findall(r"wf_job_\w+", plan)))
    return found
