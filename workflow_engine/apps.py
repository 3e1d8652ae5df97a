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
        """Registers the checks and finds the site's handlers. Touches the database after migrations only."""
        from django.db.models.signals import post_migrate
        from django.utils.module_loading import autodiscover_modules

        from workflow_engine import checks  # noqa: F401
        from workflow_engine.services import installation
        from workflow_engine.wakeup import checks as wakeup_checks  # noqa: F401

        post_migrate.connect(installation.prepare, sender=self)

        # A module `workflows` in any app of the site, so that web server, sweeper and shell know the same handlers.
        autodiscover_modules("workflows")
