"""Modification of running instances: activities started and canceled by hand, past the flows of the model.

    modify          the instructions one after the other, and what becomes of the instance afterwards
    start           a new instance that begins with instructions instead of its start event
    instantiation   start before or after an activity or on a flow, the scopes around it included
    cancellation    cancel an activity instance, a transition instance, or all of an activity
    scope_executions   which executions stand for which scope at the moment

Every instruction runs to its wait states before the next one looks at the tree.
"""

from workflow_engine.engine.modification.manner import Manner
from workflow_engine.engine.modification.modify import cancel_calling_activity, modify_process_instance
from workflow_engine.engine.modification.start import start_with_instructions

__all__ = ["Manner", "cancel_calling_activity", "modify_process_instance", "start_with_instructions"]
