"""The door for WSGI servers."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

from project.server import settle
from workflow_engine.rest.door import get_wsgi_application

application = get_wsgi_application()
settle()
