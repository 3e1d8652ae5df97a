"""pycamunda, which has requests but no worker of its own, in the smallest loop, driven by a plan as stock_worker.py is.

    python stock_pycamunda.py BASE_URL USER PASSWORD PLAN

Prints one JSON line for each task, and ends when its standard input is closed.
"""

import json
import os
import sys
import threading
from collections import Counter
from typing import Any

import pycamunda
from pycamunda import externaltask
from requests.auth import HTTPBasicAuth

base_url, user, password, plan_text = sys.argv[1:]
plan = json.loads(plan_text)
WORKER = "stock-pycamunda"
deliveries: Counter[str] = Counter()


def send(request: Any) -> Any:
    request.auth = HTTPBasicAuth(user, password)
    return request()


def fetch() -> Any:
    request = externaltask.FetchAndLock(base_url, WORKER, 2, async_response_timeout=500, use_priority=True)
    for topic in plan:
        request.add_topic(topic, 20_000)
    return send(request)


def with_variables(request: Any, variables: dict[str, Any] | None) -> Any:
    for name, value in (variables or {}).items():
        request.add_variable(name, value)
    return request


def answer(task: Any, step: dict[str, Any]) -> Any:
    """The request that a step stands for."""
    do, variables = step["do"], step.get("variables")
    if do == "complete":
        return with_variables(externaltask.Complete(base_url, task.id_, WORKER), variables)
    if do == "echo":
        request = externaltask.Complete(base_url, task.id_, WORKER)
        for name, held in task.variables.items():
            if held.type_ != "File":
                request.add_variable(f"{name}Back", held.value, held.type_, held.value_info)
        return request
    if do == "fail":
        message, retries = step["message"], step["retries"]
        return externaltask.HandleFailure(base_url, task.id_, WORKER, message, "details of " + message, retries, 0)
    if do == "extend":
        return externaltask.ExtendLock(base_url, task.id_, step["duration"], WORKER)
    if do == "unlock":
        return externaltask.Unlock(base_url, task.id_)
    error = externaltask.HandleBPMNError(base_url, task.id_, WORKER, step["code"], step["message"])
    return with_variables(error, variables)


def work(task: Any) -> None:
    topic = task.topic_name
    step = plan[topic][min(deliveries[topic], len(plan[topic]) - 1)]
    deliveries[topic] += 1
    variables = {name: held.value for name, held in task.variables.items()}
    line = {"topic": topic, "did": step["do"], "businessKey": task.business_key, "variables": variables}
    print(json.dumps(line), flush=True)
    send(answer(task, step))


def work_for_ever() -> None:
    while True:
        try:
            for task in fetch():
                work(task)
        except pycamunda.PyCamundaException as error:
            print(json.dumps({"error": str(error)}), flush=True)


threading.Thread(target=work_for_ever, daemon=True).start()
sys.stdin.read()
os._exit(0)
