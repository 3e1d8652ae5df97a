"""The door for ASGI servers; `manage.py serve` uses it. WEB_THREADS: the threads in which Django works, in each process."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

from project.server import settle
from workflow_engine.rest.asgi import THREADS, django_in_threads

application = django_in_threads(threads=int(os.environ.get("WEB_THREADS") or THREADS))
settle()
