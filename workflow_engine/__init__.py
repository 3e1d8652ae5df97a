"""A BPMN workflow engine that lives inside a Django site. Importing it loads nothing else: the pure packages must not pull in Django."""

__version__ = "0.1.0"
# The release of Camunda whose API this one follows: what clients compare with is not our own number.
API_VERSION = "7.24.0"
