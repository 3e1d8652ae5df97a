"""The whole demo with one command: site, sweeper, workers and customers, until Ctrl-C."""

import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.urls import reverse

from project import server
from project.demo.customers import Customers
from project.demo.processes import Processes
from workflow_engine.client import Transport, basic

LOGIN = ("demo", "demo")
FIXTURES = "fixtures/*.bpmn"
BANNER = """
  The demo is running. Log in as {user} with the password {password}:

    admin      {base}/admin/
    REST API   {base}/engine-rest/

  Orders come in every few seconds. When an incident appears in the admin, raise its retries: the order goes on.
  Ctrl-C ends everything.
"""


class Command(BaseCommand):
    help = "Runs the demo: the site, the sweeper, workers and customers that keep ordering, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        defaults = server.options_from_environment()
        parser.add_argument("--host", default=defaults["host"], help="address to listen on (HOST)")
        parser.add_argument("--port", type=int, default=defaults["port"], help="port to listen on (PORT)")
        parser.add_argument("--pause", type=float, default=4.0, help="seconds between two orders (default 4)")
        parser.add_argument("--most-open", type=int, default=25, help="orders under way at most (default 25)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo has a user with a known password: set DEMO=1 to run it.")
        if _is_taken(options["host"], options["port"]):
            raise CommandError(f"Port {options['port']} is in use: choose another one, for example PORT=8001 make run.")
        stop = self._stop_on_signals()
        base = f"http://{options['host']}:{options['port']}"
        self._prepare()
        processes = Processes(
            {
                "WORKFLOW_ENGINE_URL": f"{base}/engine-rest",
                "WORKFLOW_ENGINE_USER": LOGIN[0],
                "WORKFLOW_ENGINE_PASSWORD": LOGIN[1],
            }
        )
        try:
            self._start(processes, base, options, stop)
            self._let_customers_order(processes, base, options, stop)
            if trouble := processes.ended():
                raise CommandError(f"{trouble} So the demo ends.")
        finally:
            processes.stop()
        self._say("The demo has ended.")

    def _prepare(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("demo_user", stdout=self.stdout)
        files = sorted(str(path) for path in Path(settings.BASE_DIR).glob(FIXTURES))
        call_command("workflow_deploy", *files, name="demo", changed_only=True, stdout=self.stdout)
        # The children open their own.
        connections.close_all()

    def _start(self, processes: Processes, base: str, options: dict[str, Any], stop: threading.Event) -> None:
        serve = server.options_from_environment()
        command = server.command(
            options["host"], options["port"], int(serve["workers"]), int(serve["threads"]), str(serve["interface"])
        )
        processes.start("server", command)
        while not stop.is_set() and not processes.ended() and not _answers(f"{base}/admin/login/"):
            stop.wait(0.1)
        if stop.is_set() or processes.ended():
            return
        processes.start("sweeper", [sys.executable, sys.argv[0], "workflow_sweeper", "--verbosity", "0"])
        worker = [sys.executable, "-m", "workflow_engine.client", "project.demo.workers:worker"]
        processes.start("worker", [*worker, "--log-level", "ERROR"])
        self._say(BANNER.format(user=LOGIN[0], password=LOGIN[1], base=base))

    def _let_customers_order(
        self, processes: Processes, base: str, options: dict[str, Any], stop: threading.Event
    ) -> None:
        engine = Transport(f"{base}/engine-rest", basic(*LOGIN))

        def tell(incident: dict[str, Any]) -> None:
            address = base + reverse("admin:workflow_engine_incident_change", args=[incident["id"]])
            self._say(f"  An incident at {incident['activityId']}: {incident['incidentMessage']}\n    {address}")

        customers = Customers(engine, pause=options["pause"], most_open=options["most_open"], tell_of_incident=tell)
        shop = threading.Thread(target=customers.run, args=(stop,), name="customers")
        shop.start()
        while not stop.is_set() and not processes.ended():
            stop.wait(0.5)
        trouble = processes.ended()
        stop.set()
        shop.join()
        if trouble:
            raise CommandError(f"{trouble} So the demo ends.")

    def _stop_on_signals(self) -> threading.Event:
        stop = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, on_signal)
        return stop

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError as error:
        raise CommandError(f"The site answers {address} with {error.code}.") from error
    except OSError:
        return False
