"""/deployment: files that were deployed together."""
