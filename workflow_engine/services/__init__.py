"""The engine's Python API, in Camunda's service names, and the only door through which anything changes.

    repository     deployments and process definitions
    runtime        process instances: start, variables, suspend, modify, delete
    message        messages and signals
    external_task  what workers and operators do with external tasks
    task           user tasks
    management     jobs and incidents
    history        removing history, and who did what
    command        `execute`: any command of `workflow_engine.engine.commands`

Every function runs in one transaction and joins the caller's. What a caller did wrong leaves as
`workflow_engine.engine.errors.EngineError` or one of its subclasses, and then nothing has changed.
"""
