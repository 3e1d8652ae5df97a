"""The door for WSGI servers."""

import os

from workflow_engine.rest.door import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

application = get_wsgi_application()
