"""Named values of the installation itself, among them the row that makes deployments wait for each other."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

DEPLOYMENT_LOCK = "deployment.lock"
INSTALLATION_ID = "installation.id"


class Property(models.Model):
    """A reference table of a few rows. `deployment.lock` is locked while a deployment is stored; `installation.id` names
    this database for good."""

    name = models.CharField(_("name"), primary_key=True, max_length=64)
    value = models.CharField(_("value"), max_length=300, blank=True, default="")

    objects = models.Manager["Property"]()

    class Meta:
        db_table = "workflow_engine_property"
        verbose_name = _("engine property")
        verbose_name_plural = _("engine properties")
        default_permissions = ("view",)
        permissions = [("configure_engine", _("Can change settings of the engine"))]

    def __str__(self) -> str:
        return self.name
