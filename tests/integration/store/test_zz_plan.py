import pytest, time
from django.db import connection
from workflow_engine import ids, models
from workflow_engine.store import database, fetch
from workflow_engine.store.topics import Topic
from workflow_engine.services import external_task, repository, runtime
from tests.support import small_models as small
pytestmark = pytest.mark.django_db

def test_plan():
    d = repository.deploy(resources={"o.bpmn": small.one_task()}).definitions[0]
    runtime.start_process_instance(d.pk)
    t = models.ExternalTask.objects.get()
    pg = connection.vendor == "postgresql"
    import datetime
    N = 100_000
    rows = []
    from django.utils import timezone
    now = timezone.now()
    rows = [models.ExternalTask(id=(i:=ids.new_id()), partition=ids.partition_of(i), topic_name=f"t{n%50}", process_instance_id=t.process_instance_id, root_process_instance_id=t.root_process_instance_id, execution_id=t.execution_id, process_definition_id=t.process_definition_id, process_definition_key="order", activity_id="ship", activity_instance_id=t.activity_instance_id, create_time=now, priority=n%7,
        worker_id="x" if n%3==0 else None, lock_expiration_time=(now+datetime.timedelta(hours=1)) if n%3==0 else None) for n in range(N)]
    models.ExternalTask.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as c:
        c.execute("ANALYZE")
    for use_priority in (False, True):
        for topics in (["t1"], ["t1","t2","t3","t4","t5"]):
            wanted = fetch.Candidates(topics=[Topic(topic_name=x, lock_duration=1000) for x in topics], limit=10, use_priority=use_priority)
            dialect = database.dialect()
            sql, params = fetch._candidates(dialect, wanted, True)
            with connection.cursor() as c:
                c.execute(("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " if pg else "EXPLAIN QUERY PLAN ")+sql, params)
                plan = c.fetchall()
            text = "\n".join(" ".join(map(str,r)) for r in plan)
            print(use_priority, topics); print("\n".join(l for l in text.splitlines() if any(w in l for w in ("Index","Seq","SCAN","SEARCH","Time","TEMP","Sort"))))
            t0=time.perf_counter()
            for _ in range(50): fetch.find(dialect, wanted)
            print("ms per find", (time.perf_counter()-t0)*20)
