"""Forms of tasks and start events as the API answers with them."""
