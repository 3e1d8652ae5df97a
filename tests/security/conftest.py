"""The API as its own tests see it."""

from tests.rest.conftest import _no_remembered_credentials, api, superuser, waiting_task

__all__ = ["_no_remembered_credentials", "api", "superuser", "waiting_task"]
