"""From BPMN 2.0 XML to a frozen process definition.

`parse_bpmn` reads an untrusted file, reports everything that is wrong with it at once, and resolves what the engine will ask
at run time: scopes, event scopes, handlers, subscriptions, timers. Pure: no database, no Django.
"""

from workflow_engine.bpmn.model import ParsedResource, ProcessDefinition
from workflow_engine.bpmn.parser import DEFAULT, parse_bpmn
from workflow_engine.bpmn.problems import InvalidModel, Problem
from workflow_engine.bpmn.xml import ParseLimits

__all__ = ["DEFAULT", "InvalidModel", "ParseLimits", "ParsedResource", "Problem", "ProcessDefinition", "parse_bpmn"]
