"""A BPMN workflow engine that lives inside a Django site. Importing it loads nothing else: the pure packages must not pull in Django."""

__version__ = "0.1.0"
