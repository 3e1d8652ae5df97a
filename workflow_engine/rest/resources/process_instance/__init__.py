"""/process-instance: what runs."""
