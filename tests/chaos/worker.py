"""Our own worker of a chaos run: `python -m workflow_engine.client tests.chaos.worker:worker`. As stock_worker.mjs does it."""

import os
import time
from pathlib import Path

from tests.chaos import ledger
from tests.chaos.models import LOCK, TOPICS
from workflow_engine.client import BpmnError, Task, Worker

LEDGER, NAME = Path(os.environ["CHAOS_LEDGER"]), os.environ["CHAOS_NAME"]
VARIABLES = ("work", "refuse", "addressClarified", "poison", "healed")

worker = Worker(worker_id=NAME, threads=4, poll=3.0, drain=5.0)


def work(task: Task) -> None:
    given = task.variables
    time.sleep(given.get("work", 0) / 1000)
    done = ledger.Effect(
        task=task.id,
        activity_instance=task.activity_instance_id,
        process_instance=task.process_instance_id,
        token=task.lock_token,
        worker=task.worker_id,
    )
    ledger.write(LEDGER, NAME, done)
    if given.get("poison") and not given.get("healed"):
        raise RuntimeError("This work is poison.")
    topic, _, code = given.get("refuse", "").partition(":")
    if topic == task.topic and not given.get("addressClarified"):
        raise BpmnError(code, "The worker refuses.")


for name in TOPICS:
    worker.task(name, lock=LOCK, retries=2, backoff=(0.2,), variables=VARIABLES)(work)
