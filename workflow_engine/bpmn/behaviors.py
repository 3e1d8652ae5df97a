"""The keys that join a parsed activity to the engine's element that executes it."""

from __future__ import annotations

NONE_START_EVENT = "none_start_event"  # every start event of a process or embedded sub-process
EVENT_SUB_PROCESS_START_EVENT = "event_sub_process_start_event"
NONE_END_EVENT = "none_end_event"
ERROR_END_EVENT = "error_end_event"
CANCEL_END_EVENT = "cancel_end_event"
TERMINATE_END_EVENT = "terminate_end_event"
ESCALATION_EVENT = "escalation_event"  # throwing, intermediate or end
COMPENSATION_EVENT = "compensation_event"  # throwing, intermediate or end
SIGNAL_THROW_EVENT = "signal_throw_event"  # intermediate or end
NONE_THROW_EVENT = "none_throw_event"  # also a message throw or end event without an implementation
INTERMEDIATE_CATCH_EVENT = "intermediate_catch_event"  # message, signal, timer
CONDITIONAL_CATCH_EVENT = "conditional_catch_event"
LINK_CATCH_EVENT = "link_catch_event"  # link throw events are resolved into sequence flows by the parser
BOUNDARY_EVENT = "boundary_event"  # message, signal, timer, error, escalation
CONDITIONAL_BOUNDARY_EVENT = "conditional_boundary_event"
CANCEL_BOUNDARY_EVENT = "cancel_boundary_event"
COMPENSATION_BOUNDARY_EVENT = "compensation_boundary_event"  # never executed: names the handler

EXCLUSIVE_GATEWAY = "exclusive_gateway"
PARALLEL_GATEWAY = "parallel_gateway"
INCLUSIVE_GATEWAY = "inclusive_gateway"
EVENT_BASED_GATEWAY = "event_based_gateway"

PASS_THROUGH_TASK = "pass_through_task"  # noqa: S105 - manual and undefined task
EXTERNAL_TASK = "external_task"  # service, send, business rule task, message throw and end event
EXPRESSION_TASK = "expression_task"  # camunda:expression
HANDLER_TASK = "handler_task"  # camunda:class, camunda:delegateExpression
SCRIPT_TASK = "script_task"
DECISION_TASK = "decision_task"  # camunda:decisionRef
RECEIVE_TASK = "receive_task"
USER_TASK = "user_task"
CALL_ACTIVITY = "call_activity"

SUB_PROCESS = "sub_process"  # embedded sub-process and transaction
EVENT_SUB_PROCESS = "event_sub_process"
SEQUENTIAL_MULTI_INSTANCE = "sequential_multi_instance"
PARALLEL_MULTI_INSTANCE = "parallel_multi_instance"
