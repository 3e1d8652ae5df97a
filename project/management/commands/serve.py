"""The web server alone, in the foreground: migrates, then becomes the server process."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from project import server


class Command(BaseCommand):
    help = "Migrates the database and serves the site until told to stop; with DEMO=1 there is a user demo/demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        defaults = server.options_from_environment()
        parser.add_argument("--host", default=defaults["host"], help="address to listen on (HOST)")
        parser.add_argument("--port", type=int, default=defaults["port"], help="port to listen on (PORT)")
        parser.add_argument("--workers", type=int, default=defaults["workers"], help="server processes (WEB_WORKERS)")
        parser.add_argument(
            "--threads", type=int, default=defaults["threads"], help="threads in each process (WEB_THREADS)"
        )
        parser.add_argument(
            "--interface",
            choices=("asgi", "wsgi"),
            default=defaults["interface"],
            help="asgi: long polls need no thread; wsgi: a little less work for each request (WEB_INTERFACE)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        if settings.DEMO:
            call_command("demo_user")
        base = f"http://{options['host']}:{options['port']}"
        self.stdout.write(f"REST API at {base}/engine-rest/, admin at {base}/admin/; Ctrl-C ends it.")
        self.stdout.flush()
        connections.close_all()
        os.environ["WEB_THREADS"] = str(options["threads"])
        server.allow_many_connections()
        command = server.command(
            options["host"], options["port"], options["workers"], options["threads"], options["interface"]
        )
        # Replaced, not started: signals reach the server itself, and nothing is left to supervise.
        os.execv(command[0], command)  # noqa: S606 - a fixed command line, no shell
