"""/external-task: work for workers."""
