"""What only PostgreSQL has: connections that can be counted, notifications, and what is done where they do not arrive.

Where news must come by notification, looks at the tables are an hour apart.
"""

import json
from collections.abc import Callable
from contextlib import closing
from itertools import takewhile
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.asgi.conftest import Serve
from tests.asgi.pooler import Pooler
from tests.asgi.site import AsgiSite, answered
from tests.support.waiting import PATIENCE, wait_until
from workflow_engine.models import ExternalTask, ProcessDefinition
from workflow_engine.services import runtime
from workflow_engine.wakeup import connecting, courier, notifications

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

HOUR = 3600
WAITING = 500
# A process's threads and its courier have one each.
MOST_CONNECTIONS = 2 * (4 + 1)
_COURIERS = f"FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{connecting.NAME}'"


def rows(sql: str) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def connections_of_the_site() -> int:
    ((count,),) = rows(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        " AND pid <> pg_backend_pid()"
    )
    return count


def couriers() -> set[int]:
    return {pid for (pid,) in rows(f"SELECT pid {_COURIERS}")}


def threads_of(site: AsgiSite) -> int:
    told = [Path(f"/proc/{process}/status").read_text() for process in site.watched()]
    return sum(int(line.split()[1]) for text in told for line in text.splitlines() if line.startswith("Threads:"))


def test_500_who_wait_hold_no_thread_and_no_connection(serve: Serve) -> None:
    site = serve()
    # Every thread of Django has begun, and has its connection.
    warm = [site.client().poll("polled", milliseconds=0) for _ in range(100)]
    assert all(client.ok() == [] for client in answered(warm))
    threads, held = threads_of(site), connections_of_the_site()
    waiting = [site.client().poll("polled") for _ in range(WAITING)]
    site.wait_for_waiting(WAITING)
    assert all(told["waiting"] > WAITING / 10 for told in site.watched().values())
    # A thread of a process that had not got to its own; not one of those who wait.
    assert threads_of(site) <= threads + 4, threads
    assert connections_of_the_site() <= MOST_CONNECTIONS, held

    instances = {site.start("polled") for _ in range(5)}
    line = answered(waiting)
    given = [next(line).ok() for _ in instances]
    assert {task["processInstanceId"] for (task,) in given} == instances
    site.terminate()
    assert [client.answer() for client in line] == [(200, [])] * (WAITING - 5)
    assert ExternalTask.objects.filter(worker_id__isnull=False).count() == 5


def test_notifications_alone_bring_news_between_processes(serve: Serve) -> None:
    site = serve(LOOK_INTERVAL=HOUR)
    here, there = site.watched()
    wait_until(lambda: len(couriers()) == 2)
    for waits, works in ((here, there), (there, here)):
        client = site.client(waits).poll("polled")
        site.wait_for_waiting(1)
        instance = site.start("polled", works)
        (task,) = client.ok()
        assert task["processInstanceId"] == instance


class Listener:
    """Hears what processes tell each other."""

    def __init__(self, listening: BaseDatabaseWrapper) -> None:
        with listening.cursor() as cursor:
            cursor.execute(f"LISTEN {notifications.CHANNEL}")
        self._payloads = (one.payload for one in listening.connection.notifies(timeout=PATIENCE))

    def until(self, payload: str) -> list[str]:
        """What comes before this."""
        return list(takewhile(lambda told: told != payload, self._payloads))


def ask_for(topic: str) -> None:
    rows(f"SELECT pg_notify('{notifications.CHANNEL}', '{waits_for(topic)}')")


def waits_for(topic: str) -> str:
    return json.dumps({notifications.WAITING: [topic]})


def test_news_that_nobody_waits_for_is_kept_back_until_somebody_does(serve: Serve) -> None:
    site = serve(workers=1, LOOK_INTERVAL=HOUR)
    wait_until(couriers)
    waiting = site.client().poll("another")
    site.wait_for_waiting(1)
    with closing(connecting.connect(connection.alias)) as listening:
        listener = Listener(listening)

        def is_told(*acts: Callable[[], object]) -> bool:
            for act in acts:
                act()
            # It tells in order, and what it waits for itself again and again. The first time may have been before we did this.
            return json.dumps(["polled"]) in [told for _ in range(2) for told in listener.until(waits_for("another"))]

        # At first others may be waiting for anything.
        wait_until(lambda: not is_told(lambda: site.start("polled")))
        assert is_told(lambda: ask_for("polled"))
        assert is_told(lambda: ask_for("polled"), lambda: site.start("polled"))
    site.terminate()
    assert waiting.answer() == (200, [])


def test_a_program_that_carries_news_wakes_who_waits(serve: Serve) -> None:
    """This test's own process, as the sweeper does it."""
    site = serve(workers=1, LOOK_INTERVAL=HOUR)
    client = site.client().poll("polled")
    site.wait_for_waiting(1)
    with courier.carrying():
        instance = runtime.start_process_instance(_definition())
        (task,) = client.ok()
    assert task["processInstanceId"] == str(instance.id)


def test_a_lost_connection_is_opened_again(serve: Serve) -> None:
    site = serve(LOOK_INTERVAL=HOUR)
    here, there = site.watched()
    before = wait_until(lambda: found if len(found := couriers()) == 2 else None)
    client = site.client(here).poll("polled")
    site.wait_for_waiting(1)
    rows(f"SELECT pg_terminate_backend(pid) {_COURIERS}")
    wait_until(lambda: len(couriers() - before) == 2, site.log)
    assert site.log().count("The connection that brings news of work will be opened again") == 2
    instance = site.start("polled", there)
    (task,) = client.ok()
    assert task["processInstanceId"] == instance


def test_work_that_was_made_while_nobody_listened_is_found_with_the_new_connection(serve: Serve) -> None:
    site = serve(workers=1, LOOK_INTERVAL=HOUR)
    before = wait_until(couriers)
    client = site.client().poll("polled")
    site.wait_for_waiting(1)
    # Nobody tells of it.
    instance = runtime.start_process_instance(_definition())
    rows(f"SELECT pg_terminate_backend(pid) {_COURIERS}")
    (task,) = client.ok()
    assert task["processInstanceId"] == str(instance.id)
    assert couriers() - before


def test_behind_a_pooler_work_is_looked_for_and_the_log_says_so(
    serve: Serve, tmp_path: Path, site_environment: dict[str, str]
) -> None:
    settings, url = connection.settings_dict, site_environment["DATABASE_URL"]
    host, port = settings["OPTIONS"].get("host") or settings["HOST"], int(settings["PORT"] or 5432)
    with Pooler(tmp_path, host, port) as pooler:
        site = serve(environment={"DATABASE_URL": url.replace(f"host={host}", f"host={tmp_path}")})
        here, there = site.watched()
        wait_until(lambda: site.log().count("notifications do not arrive") == 2, site.log)
        client = site.client(here).poll("polled")
        site.wait_for_waiting(1)
        instance = site.start("polled", there)
        (task,) = client.ok()
        assert task["processInstanceId"] == instance
        site.stop()
    assert pooler.swallowed


def _definition() -> str:
    return str(ProcessDefinition.objects.get(key="polled").pk)
