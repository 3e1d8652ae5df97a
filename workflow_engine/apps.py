"""Tells Django about the application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowEngineConfig(AppConfig):
    name = "workflow_engine"
    label = "workflow_engine"
    verbose_name = _("Workflow engine")
    # Explicit, or a host site with another DEFAULT_AUTO_FIELD would get migrations of its own for this app.
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the checks and finds the site's handlers. Never touches the database."""
        from django.utils.module_loading import autodiscover_modules

        from workflow_engine import checks  # noqa: F401

        # A module `workflows` in any app of the site, so that web server, sweeper and shell know the same handlers.
        autodiscover_modules("workflows")
