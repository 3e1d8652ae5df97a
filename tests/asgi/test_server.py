"""Long polls under granian, as `make serve` starts it: who gets what, across processes, hang-ups and the end."""

import os
import signal
import socket
import struct
import sys
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from tests.acceptance.stock_clients import StockWorker, command, complete
from tests.asgi.conftest import Serve
from tests.asgi.site import LOGIN, AsgiSite, Client, answered
from tests.rest.conftest import basic
from tests.support.waiting import wait_until
from workflow_engine.models import ExternalTask, WorkerCredential

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


def hang_up(client: Client) -> None:
    """So that the server hears of it at once: a reset, not a polite end."""
    client._connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def one_in_line_after_the_other(site: AsgiSite, count: int) -> list[Client]:
    clients = []
    for number in range(count):
        clients.append(site.client().poll("polled", worker=f"w{number}"))
        site.wait_for_waiting(number + 1)
    return clients


def test_each_task_goes_to_one_worker_in_any_process_and_the_end_answers_the_others(serve: Serve) -> None:
    site = serve()
    here, there = site.watched()
    waiting = [site.client(process).poll("polled") for process in (here, there) for _ in range(10)]
    site.wait_for_waiting(20)
    # All of them wait in one process and all work comes from the other one, or the first has served its own.
    instances = {site.start("polled", process) for process in (here, here, there, there, here, here)}
    given, line = set(), answered(waiting)
    for _ in instances:
        (task,) = next(line).ok()
        given.add(task["processInstanceId"])
    assert given == instances
    site.wait_for_waiting(14)
    site.terminate()
    assert [client.answer() for client in line] == [(200, [])] * 14
    assert site.process.wait(60) == 0, site.log()
    assert ExternalTask.objects.filter(worker_id__isnull=False).count() == 6


def test_work_of_one_process_reaches_who_waits_in_another(serve: Serve) -> None:
    site = serve()
    here, there = site.watched()
    for waits, works in ((here, there), (there, here)):
        client = site.client(waits).poll("polled")
        site.wait_for_waiting(1)
        instance = site.start("polled", works)
        (task,) = client.ok()
        assert task["processInstanceId"] == instance


def test_a_process_that_is_killed_is_replaced(serve: Serve) -> None:
    site = serve()
    here, there = site.watched()
    os.kill(here, signal.SIGKILL)
    left = wait_until(lambda: found if here not in (found := site.watched()) else None)
    assert there in left
    (new,) = set(left) - {there}
    client = site.client(new).poll("polled")
    site.wait_for_waiting(1)
    instance = site.start("polled", there)
    (task,) = client.ok()
    assert task["processInstanceId"] == instance
    site.terminate()
    assert site.process.wait(60) == 0, site.log()


def test_who_waited_longest_is_first(serve: Serve) -> None:
    site = serve(workers=1)
    line = one_in_line_after_the_other(site, 4)
    for client in line:
        instance = site.start("polled")
        assert next(answered(line)) is client
        line = line[1:]
        (task,) = client.ok()
        assert task["processInstanceId"] == instance
        site.wait_for_waiting(len(line))


def test_who_hung_up_while_waiting_gets_nothing(serve: Serve) -> None:
    site = serve(workers=1)
    first, second = one_in_line_after_the_other(site, 2)
    hang_up(first)
    site.wait_for_waiting(1)
    site.start("polled")
    (task,) = second.ok()
    assert task["workerId"] == "w1"
    site.start("polled")
    assert ExternalTask.objects.get(worker_id=None).lock_expiration_time is None


def test_who_hung_up_while_its_task_was_being_locked_gets_nothing(serve: Serve) -> None:
    site = serve(workers=1)
    site.start("polled")
    client = site.client()
    with transaction.atomic(), connection.cursor() as cursor:
        # Nobody else can lock tasks now; on SQLite the transaction alone sees to that.
        if connection.vendor == "postgresql":
            cursor.execute(f'LOCK TABLE "{ExternalTask._meta.db_table}" IN EXCLUSIVE MODE')
        client.poll("polled")
        site.wait_for_waiting(1, looking=1)
        hang_up(client)
        wait_until(lambda: [told["hung_up"] for told in site.watched().values()] == [1], site.log)
    wait_until(lambda: "Freed 1 external tasks" in site.log(), site.log)
    task = ExternalTask.objects.get()
    assert (task.worker_id, task.lock_token, task.lock_expiration_time) == (None, None, None)
    (again,) = site.client().poll("polled", worker="next").ok()
    assert again["workerId"] == "next"


def test_credentials_that_are_revoked_while_waiting_get_nothing(serve: Serve) -> None:
    site = serve(workers=1)
    credential, token = WorkerCredential.issue("worker", topics=["polled"])
    revoked = site.client(authorization=f"Bearer {token}").poll("polled")
    site.wait_for_waiting(1)
    valid = site.client().poll("polled", worker="valid")
    site.wait_for_waiting(2)
    WorkerCredential.objects.filter(pk=credential.pk).update(is_revoked=True)
    site.start("polled")
    status, answer = revoked.answer()
    assert (status, "processInstanceId" in str(answer)) == (401, False)
    (task,) = valid.ok()
    assert task["workerId"] == "valid"


@pytest.mark.parametrize("client_name", ["javascript", "python"])
def test_a_stock_client_polls_and_is_served(
    serve: Serve, client_name: str, node_environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    site = serve()
    programs: dict[str, Callable[[], list[str]]] = {
        "javascript": lambda: [request.getfixturevalue("node"), "stock_worker.mjs"],
        "python": lambda: [sys.executable, "stock_worker.py"],
    }
    base = f"http://127.0.0.1:{site.port}/engine-rest"
    worker = StockWorker(
        command(programs[client_name](), base, *LOGIN, {"polled": [complete()]}), {**os.environ, **node_environment}
    )
    try:
        site.wait_for_waiting(1)
        site.start("polled")
        wait_until(lambda: worker.done == ["polled complete"], lambda: (worker.done, worker.errors, site.log()))
        wait_until(lambda: not ExternalTask.objects.exists(), site.log)
    finally:
        worker.stop()
    assert not worker.errors


def test_a_wrong_password_waits_for_nothing(serve: Serve) -> None:
    site = serve(workers=1)
    status, _ = site.client(authorization=basic("demo", "wrong")).poll("polled").answer()
    assert status == 401
    assert site.waiting() == 0
