"""The site's settings for tests. TEST_DATABASE chooses the database: sqlite (default) or postgres."""

import os

os.environ.setdefault("SECRET_KEY", "tests")

from project.databases import database_from_url
from project.settings import *  # noqa: F403
from tests.support.databases import database_url

DATABASES = {"default": database_from_url(database_url(os.environ.get("TEST_DATABASE", "sqlite")))}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: threads need connections of their own, which a database in memory cannot give.
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
else:
    # Sockets of a server on this machine: nothing to check before each request.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False

# No thread of its own writes into a test's database; reading metrics writes them down anyway.
WORKFLOW_ENGINE = {**WORKFLOW_ENGINE, "METRICS_INTERVAL": None}

# Slow by design in production; tests log in often.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
