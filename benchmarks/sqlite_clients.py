"""SQLite with many clients at once, over the real server: what it does in a second, and never "database is locked".

CLIENTS (8), SECONDS (10) in each of ROUNDS (3). Whatever DATABASE_URL says, the database is a fresh SQLite file.
"""

from __future__ import annotations

import sys
import time
import urllib.request
import uuid

from benchmarks import figures, models
from benchmarks.clients import Clients
from scripts.site_process import AUTHORIZATION, fresh_database, site


def run() -> None:
    count, seconds = figures.size("CLIENTS", 8), figures.size("SECONDS", 10)
    with fresh_database("sqlite") as url, site(url) as base:
        key = f"clients-{uuid.uuid4().hex[:8]}"
        task = models.EXTERNAL.replace('"work"', f'"{key}"')
        _deploy(base, models.sequence([task] * 2, key=key))
        rates, instances, took = [], [], []
        for _ in range(figures.size("ROUNDS", 3)):
            clients = Clients(base, key, key, count)
            began = time.perf_counter()
            clients.run(seconds)
            lasted = time.perf_counter() - began
            rates.append(sum(clients.done.values()) / lasted)
            instances.append(clients.done["start"] / lasted)
            took += clients.took
        figures.show(f"SQLite, {count} clients: requests", "requests/s", rates)
        figures.show("and of these starts, each with two completions", "instances/s", instances)
        figures.show("a request", "ms", took)
        sys.stdout.write(f"{'':<44} {'p99':>10} {figures.at(took, 0.99):>10.1f} {'':>10}  ms; none was refused\n")


def _deploy(base: str, xml: bytes) -> None:
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="model.bpmn"; filename="model.bpmn"\r\n\r\n'
    request = urllib.request.Request(
        f"{base}/engine-rest/deployment/create",
        data=head.encode() + xml + f"\r\n--{boundary}--\r\n".encode(),
        headers={"Authorization": AUTHORIZATION, "Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    with urllib.request.urlopen(request) as response:
        response.read()
