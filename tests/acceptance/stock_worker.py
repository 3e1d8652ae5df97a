"""The stock Python client, driven by a plan: for each topic what to do at the first, second ... delivery.

    python stock_worker.py BASE_URL USER PASSWORD PLAN

PLAN is {"topic": [{"do": "complete", "variables": {...}}, {"do": "fail", "message": ..., "retries": 0},
{"do": "error", "code": ..., "message": ..., "variables": {...}}]}; the last step is repeated.
Prints one JSON line for each task, and ends when its standard input is closed, because the client itself never does.
"""

import json
import os
import sys
import threading
from collections import Counter

from camunda.external_task.external_task import ExternalTask, TaskResult
from camunda.external_task.external_task_worker import ExternalTaskWorker

base_url, user, password, plan_text = sys.argv[1:]
plan = json.loads(plan_text)
deliveries: Counter[str] = Counter()
CONFIG = {
    "auth_basic": {"username": user, "password": password},
    "asyncResponseTimeout": 500,
    "lockDuration": 20_000,
    "usePriority": True,
    # Else JSON comes as the properties of its node, as from Camunda.
    "deserializeValues": False,
    # After an error the client sleeps 300 seconds unless told otherwise.
    "sleepSeconds": 0.2,
}


def handle(task: ExternalTask) -> TaskResult:
    topic = task.get_topic_name()
    step = plan[topic][min(deliveries[topic], len(plan[topic]) - 1)]
    deliveries[topic] += 1
    line = {
        "topic": topic,
        "did": step["do"],
        "businessKey": task.get_business_key(),
        "variables": task.get_variables(),
    }
    print(json.dumps(line), flush=True)
    if step["do"] == "complete":
        return task.complete(step.get("variables") or {})
    if step["do"] == "fail":
        message = step["message"]
        return task.failure(message, "details of " + message, max_retries=step["retries"], retry_timeout=0)
    if step["do"] == "echo":
        # With its type, as the client lets one give it.
        names = [name for name in task.get_variables() if task.get_variable(name, with_meta=True)["type"] != "File"]
        return task.complete({f"{name}Back": task.get_variable(name, with_meta=True) for name in names})
    return task.bpmn_error(step["code"], step.get("message"), step.get("variables") or {})


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
ExternalTaskWorker("stock-python", base_url, CONFIG).subscribe(list(plan), handle)
