"""Authorizations: Camunda's words for what Django's permissions leave out, above all "on this one process definition".

resources  the table: what Camunda's permissions mean in Django's
granted    what somebody has been given
changing   making, changing and deleting authorizations
"""

from workflow_engine.services.authorization.granted import Grants, granted_definition_keys, is_granted, may, qualified
from workflow_engine.services.authorization.resources import ANY, Resource, django_permissions, permissions_of

__all__ = [
    "ANY",
    "Grants",
    "Resource",
    "django_permissions",
    "granted_definition_keys",
    "is_granted",
    "may",
    "permissions_of",
    "qualified",
]
