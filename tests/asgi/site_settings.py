"""The settings of the site that these tests start as a process: our own site's, and what ENGINE_SETTINGS says in JSON."""

import json
import os
from datetime import timedelta

from project.settings import *  # noqa: F403

_GIVEN = json.loads(os.environ.get("ENGINE_SETTINGS", "{}"))
if "LOOK_INTERVAL" in _GIVEN:
    _GIVEN["LOOK_INTERVAL"] = timedelta(seconds=_GIVEN["LOOK_INTERVAL"])
WORKFLOW_ENGINE = {**WORKFLOW_ENGINE, "METRICS_INTERVAL": None, **_GIVEN}  # noqa: F405
# As in tests/settings.py: the users are made there.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
