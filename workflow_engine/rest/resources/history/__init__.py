"""/history: what happened."""
