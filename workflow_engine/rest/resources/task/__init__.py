"""/task: work for people."""
