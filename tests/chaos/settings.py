"""The settings of the site under chaos: our own site's, with locks short enough to expire in a run."""

from datetime import timedelta

from project.settings import *  # noqa: F403

WORKFLOW_ENGINE = {**WORKFLOW_ENGINE, "JOB_LOCK_DURATION": timedelta(seconds=10)}  # noqa: F405
# Slow by design in production; here every request would pay for it once per process.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
