"""The BPMN elements: what each does when it is executed, signalled and left. One file per element or family."""

from __future__ import annotations

from workflow_engine.bpmn.model import Activity
from workflow_engine.engine.elements.base import Element

__all__ = ["Element", "element_of"]

_registry: dict[str, Element] = {}


def element_of(activity: Activity) -> Element:
    """The element that executes this activity."""
    if not _registry:
        _fill()
    return _registry[activity.behavior]


def _fill() -> None:
    # Imported on first use: the elements need the lifecycle, which needs this table.
    from workflow_engine.engine.elements import (
        call_activity,
        catch_events,
        compensation_event,
        end_events,
        escalation_event,
        event_based_gateway,
        exclusive_gateway,
        external_task,
        inclusive_gateway,
        multi_instance,
        parallel_gateway,
        service_tasks,
        signal_event,
        sub_process,
        user_task,
    )

    for module in (
        call_activity,
        catch_events,
        compensation_event,
        end_events,
        escalation_event,
        event_based_gateway,
        exclusive_gateway,
        external_task,
        inclusive_gateway,
        multi_instance,
        parallel_gateway,
        service_tasks,
        signal_event,
        sub_process,
        user_task,
    ):
        _registry.update(module.ELEMENTS)
