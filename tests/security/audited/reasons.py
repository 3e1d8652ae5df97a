"""Addresses that leave no row in the user operation log, each with the reason."""

WORK = "a worker's own work: the external task log says which worker, the row which lock"
HISTORY = "the work itself and no change of it: in the history of the instance, with who started it"
EXCUSED = {
    **dict.fromkeys((
        "POST /external-task/fetchAndLock",
        *(f"POST /external-task/<str:task_id>/{name}" for name in ("complete", "failure", "bpmnError", "extendLock", "lock")),
        *(f"POST /external-task/{name}-many" for name in ("complete", "failure", "extendLock")),
    ), WORK),
    **dict.fromkeys((
        "POST /condition",
        "POST /execution/<str:execution_id>/messageSubscriptions/<path:message_name>/trigger",
        "POST /execution/<str:execution_id>/signal",
        "POST /message",
        "POST /signal",
        "POST /task/<str:task_id>/bpmnError",
        "POST /task/<str:task_id>/bpmnEscalation",
    ), HISTORY),
    "POST /task/<str:task_id>/comment/create": "the comment itself says who wrote it, and when",
}  # fmt: skip

READS = "a query: what it asks for does not fit into an address, or must not stand in one"
CHANGES_NOTHING = {
    **dict.fromkeys((
        "POST /filter/<str:filter_id>/count",
        "POST /filter/<str:filter_id>/list",
        "POST /filter/<str:filter_id>/singleResult",
        "POST /identity/password-policy",
        "POST /identity/verify",
        "POST /migration/generate",
        "POST /migration/validate",
    ), READS),
    "POST /telemetry/configuration": "there is nothing to switch on: nothing is ever sent",
}  # fmt: skip
