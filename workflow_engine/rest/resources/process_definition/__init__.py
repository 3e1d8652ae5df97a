"""/process-definition: what can be started."""
